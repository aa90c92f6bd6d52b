/** Comes in as a user: finds out who it is, takes the saved login, and tries again where it must. */

import type { ChatError } from "../errors.ts";
import { addressText } from "./dial.ts";
import { exitCodes, refusedSentence } from "./exit.ts";
import { type LoginFile, openLogin, unkeptLogin } from "./login.ts";
import type { Machine } from "./machine.ts";
import { type Common, UsageError } from "./options.ts";
import { printableLine } from "../printable.ts";

/** What became of one attempt. */
export type Attempt =
  | { readonly is: "over"; readonly code: number }
  /** The server didn't let this user in. */
  | { readonly is: "refused"; readonly error: ChatError };

/** What {@linkcode enterAs} needs to know. */
export interface Entering {
  readonly wanted: Common;
  readonly machine: Machine;
  /** Whether a login is read without locking it: always, never, or where it is in use. */
  readonly share: boolean | "if in use";
  /** One attempt, with the user and their login. */
  attempt(user: string, login: LoginFile): Promise<Attempt>;
}

/** Makes attempts until one of them is let in or given up; the exit code. */
export async function enterAs({ wanted, machine, share, attempt }: Entering): Promise<number> {
  let user = wanted.user ?? askFor(machine, undefined);
  while (user !== undefined) {
    const opened = await loginOf(user, { wanted, machine, share });
    if (opened === "taken") {
      const sentence = `"${user}" is in use by another client on this machine`;
      user = machine.attended ? askFor(machine, sentence) : undefined;
      if (user !== undefined) continue;
      machine.complain(
        `${sentence}; choose another name, or add --device to join as the same user`,
      );
      return exitCodes.refused;
    }
    using login = opened;
    const ended = await attemptTwice(user, login, attempt);
    if (ended.is === "over") return ended.code;
    const { error } = ended;
    const canChange = error.code === "name_taken" || error.code === "name_invalid";
    const asked = machine.attended && canChange;
    // Whoever is asked for another name needs no option for it.
    const isTold = asked && error.code === "name_taken";
    const sentence = printableLine(isTold ? error.message : refusedSentence(error, user));
    user = asked ? askFor(machine, sentence) : undefined;
    if (user === undefined) {
      if (!asked) machine.complain(sentence);
      return exitCodes.refused;
    }
  }
  return exitCodes.ok;
}

/** Once more without the saved login, where the server no longer knows it. */
async function attemptTwice(
  user: string,
  login: LoginFile,
  attempt: Entering["attempt"],
): Promise<Attempt> {
  const first = await attempt(user, login);
  if (first.is !== "refused" || first.error.code !== "bad_login" || !login.saved) return first;
  login.forget();
  return await attempt(user, login);
}

async function loginOf(
  user: string,
  { wanted, machine, share }: Pick<Entering, "wanted" | "machine" | "share">,
): Promise<LoginFile | "taken"> {
  const name = { folder: wanted.state, server: addressText(wanted), user };
  const first = await openLogin(name, { share: share === true });
  const opened = first.is === "taken" && share === "if in use"
    ? await openLogin(name, { share: true })
    : first;
  switch (opened.is) {
    case "taken":
      return "taken";
    case "unusable":
      machine.complain(`${opened.sentence}; going on without it`);
      return unkeptLogin();
    case "open":
      if (opened.said !== undefined) machine.complain(opened.said);
      return opened.login;
    default:
      return opened satisfies never;
  }
}

/**
 * @throws {UsageError} where nobody can be asked.
 */
function askFor(machine: Machine, sentence: string | undefined): string | undefined {
  if (!machine.asks) throw new UsageError("Say who you are: --user NAME");
  if (sentence !== undefined) machine.complain(sentence);
  const answer = machine.ask(sentence === undefined ? "Your name:" : "Another name:")?.trim();
  return answer === undefined || answer === "" ? undefined : answer;
}
