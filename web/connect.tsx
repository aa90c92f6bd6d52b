/** The form of the first visit: who, and where. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatError } from "../lib/errors.ts";
import { type From, type Goal, wantedAt } from "./address.ts";
import type { Comer, Proof } from "./login.ts";
import type { ElsewhereProps } from "./views/elsewhere.tsx";
import { laterView } from "./views/later.tsx";
import type { ProofFieldsProps } from "./views/proof.tsx";

const ProofFields = laterView<ProofFieldsProps>((loaded) => loaded.ProofFields);
const Elsewhere = laterView<ElsewhereProps>((loaded) => loaded.Elsewhere);

/** What the form needs. */
export interface ConnectProps {
  /** Where the page came from. */
  readonly from: From;
  /** What is filled in. */
  readonly as: Comer;
  /** Why one isn't let in, where that is so. */
  readonly trouble: ChatError | undefined;
  /** Goes to this server as somebody. */
  enter(as: Comer): void;
  /** Goes to another one. */
  leave(address: string): void;
}

/** Asks for a name and, where one asks for that, for another server. */
export function Connect({ from, as, trouble, enter, leave }: ConnectProps) {
  const [name, setName] = useState(as.user);
  const [wrong, setWrong] = useState(trouble?.message);
  const [isElsewhere, setElsewhere] = useState(false);
  const server = wantedAt(from, name);
  const field = useRef<HTMLInputElement>(null);
  const proof = useRef<Proof>(as);
  /** What the other server's fields come to, for a name. */
  const elsewhere = useRef<((user: string) => Goal) | undefined>(undefined);
  useEffect(() => {
    // What is wrong is in the fields behind the name then, one of which takes the focus.
    const { code, account } = trouble ?? {};
    if (!account && code !== "bad_login" && code !== "bad_invite") field.current?.select();
  }, []);

  function submit(event: Event): void {
    event.preventDefault();
    const goal = elsewhere.current?.(name) ?? here(name);
    switch (goal.is) {
      case "wrong":
        setWrong(goal.sentence);
        field.current?.focus();
        return;
      case "here":
        return enter({ ...proof.current, user: goal.user });
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
            ref={field}
            name="user"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
            spellcheck={false}
            maxLength={64}
            aria-describedby={wrong === undefined ? undefined : "connect-wrong"}
            aria-invalid={wrong !== undefined}
            required
          />
        </label>
        {trouble && (
          <ProofFields
            error={trouble}
            given={as}
            onChange={(given) => proof.current = given}
          />
        )}
        <details
          class="connect-else"
          onToggle={({ currentTarget: { open } }) => {
            setElsewhere(open);
            if (!open) elsewhere.current = undefined;
          }}
        >
          <summary>On {server.host} port {server.port}: another server</summary>
          {isElsewhere && (
            <Elsewhere
              from={from}
              onChange={(goalFor) => elsewhere.current = goalFor}
            />
          )}
        </details>
        {wrong !== undefined && <p class="connect-wrong" id="connect-wrong" role="alert">{wrong}
        </p>}
        <button type="submit" class="connect-go">Connect</button>
      </form>
    </main>
  );
}

function here(name: string): Goal {
  const user = name.trim();
  if (user === "") return { is: "wrong", sentence: "Say who you are: a name is needed" };
  return { is: "here", user };
}
