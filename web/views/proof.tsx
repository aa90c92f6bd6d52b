/** What the form of the first visit asks for where a name alone doesn't let one in. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ChatError } from "../../lib/errors.ts";
import type { Proof } from "../login.ts";

/** What it needs. */
export interface ProofFieldsProps {
  /** Why one wasn't let in. */
  readonly error: ChatError;
  /** What was given before. */
  readonly given: Proof;
  /** Takes what is in the fields. */
  onChange(proof: Proof): void;
}

/** A password or an invitation, whichever is missing. */
export function ProofFields({ error: { code, account }, given, onChange }: ProofFieldsProps) {
  const isPassword = account || code === "bad_login" || given.password !== undefined;
  const isInvite = code === "bad_invite" || given.invite !== undefined;
  const [password, setPassword] = useState("");
  const [invite, setInvite] = useState(given.invite ?? "");
  const field = useRef<HTMLInputElement>(null);
  // At once: whoever types fast is at Enter before a frame is drawn.
  useLayoutEffect(() => {
    onChange({ ...password !== "" && { password }, ...invite !== "" && { invite } });
  }, [password, invite]);
  useEffect(() => field.current?.select(), []);
  return (
    <>
      {isInvite && (
        <label class="connect-field">
          <span>Invitation</span>
          <input
            {...code === "bad_invite" && { ref: field }}
            name="invite"
            value={invite}
            onInput={({ currentTarget: { value } }) => setInvite(value)}
            autoComplete="off"
            autoCapitalize="none"
            spellcheck={false}
            aria-describedby="connect-wrong"
            required
          />
        </label>
      )}
      {isPassword && (
        <label class="connect-field">
          <span>Password</span>
          <input
            {...code !== "bad_invite" && { ref: field }}
            name="password"
            type="password"
            value={password}
            onInput={({ currentTarget: { value } }) => setPassword(value)}
            autoComplete="current-password"
            aria-describedby="connect-wrong"
          />
        </label>
      )}
    </>
  );
}
