/** The form of the first visit: who, and where. */

import { useEffect, useRef, useState } from "preact/hooks";
import { type From, goalOf, type Wanted, wantedAt } from "./address.ts";

/** What the form needs. */
export interface ConnectProps {
  /** Where the page came from. */
  readonly from: From;
  /** The name that is filled in. */
  readonly user: string;
  /** Why one isn't let in, where that is so. */
  readonly trouble: string | undefined;
  /** Goes to this server as somebody. */
  enter(user: string): void;
  /** Goes to another one. */
  leave(address: string): void;
}

/** Asks for a name, an address and a port. */
export function Connect({ from, user, trouble, enter, leave }: ConnectProps) {
  const [wanted, setWanted] = useState<Wanted>(() => wantedAt(from, user));
  const [wrong, setWrong] = useState<string | undefined>(trouble);
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => name.current?.select(), []);
  const change = (field: keyof Wanted) => (event: { readonly currentTarget: HTMLInputElement }) =>
    setWanted({ ...wanted, [field]: event.currentTarget.value });

  function submit(event: Event): void {
    event.preventDefault();
    const goal = goalOf(wanted, from);
    switch (goal.is) {
      case "wrong":
        setWrong(goal.sentence);
        name.current?.focus();
        return;
      case "here":
        return enter(goal.user);
      case "elsewhere":
        return leave(goal.address);
      default:
        goal satisfies never;
    }
  }

  return (
    <main class="connect">
      <form class="connect-form" onSubmit={submit}>
        <img class="connect-icon" src="/icon.svg" alt="" width="56" height="56" />
        <h1>Parley</h1>
        <p class="connect-about">Talk and share files with the people on this network.</p>
        <label class="connect-field">
          <span>Your name</span>
          <input
            ref={name}
            name="user"
            value={wanted.user}
            onInput={change("user")}
            autoComplete="nickname"
            spellcheck={false}
            maxLength={64}
            aria-describedby={wrong === undefined ? undefined : "connect-wrong"}
            aria-invalid={wrong !== undefined}
            required
          />
        </label>
        <details class="connect-else">
          <summary>Another server</summary>
          <div class="connect-server">
            <label class="connect-field">
              <span>Address</span>
              <input
                name="host"
                value={wanted.host}
                onInput={change("host")}
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
                value={wanted.port}
                onInput={change("port")}
                autoComplete="off"
                inputMode="numeric"
                required
              />
            </label>
          </div>
        </details>
        {wrong !== undefined && <p class="connect-wrong" id="connect-wrong" role="alert">{wrong}
        </p>}
        <button type="submit" class="connect-go">Connect</button>
      </form>
    </main>
  );
}
