/** The fields of the first visit for a server that the page didn't come from. */

import { useLayoutEffect, useState } from "preact/hooks";
import { type From, type Goal, wantedAt } from "../address.ts";
import { goalOf } from "../goal.ts";

/** What they need. */
export interface ElsewhereProps {
  /** Where the page came from: what stands in them at first. */
  readonly from: From;
  /** Takes what they come to, for whatever name stands above them. */
  onChange(goalFor: (user: string) => Goal): void;
}

/** An address and a port. */
export function Elsewhere({ from, onChange }: ElsewhereProps) {
  const [{ host, port }, setWanted] = useState(() => wantedAt(from, ""));
  // At once: whoever types fast is at Enter before a frame is drawn.
  useLayoutEffect(() => {
    onChange((user) => goalOf({ user, host, port }, from));
  }, [host, port]);
  return (
    <div class="connect-server">
      <label class="connect-field">
        <span>Address</span>
        <input
          name="host"
          value={host}
          onInput={({ currentTarget: { value } }) => setWanted({ user: "", host: value, port })}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          required
        />
      </label>
      <label class="connect-field connect-port">
        <span>Port</span>
        <input
          name="port"
          value={port}
          onInput={({ currentTarget: { value } }) => setWanted({ user: "", host, port: value })}
          autoComplete="off"
          inputMode="numeric"
          required
        />
      </label>
    </div>
  );
}
