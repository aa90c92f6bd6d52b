/** Comes in as a user: finds out who it is, takes the saved login, and tries again where it must. */

import type { ChatError } from "../errors.ts";
import { type Credentials, credentialsGiven } from "./credentials.ts";
import { addressText } from "./address_text.ts";
import { exitCodes, refusedSentence, slowSentence } from "./exit.ts";
import { type LoginFile, openLogin, unkeptLogin } from "./login.ts";
import type { Machine } from "./machine.ts";
import { type Common } from "./options.ts";
import { UsageError } from "./usage_error.ts";
import { printableLine } from "../printable.ts";

/** What became of one attempt. */
export type Attempt =
  | { readonly is: "over"; readonly code: number }
  /** Goes on as somebody else. */
  | { readonly is: "as"; readonly user: string }
  /** The server didn't let this user in, or no longer does. */
  | { readonly is: "refused"; readonly error: ChatError };

/** Whom an attempt is made as. */
export interface Entrant {
  readonly user: string;
  readonly login: LoginFile;
  /** What lets them in where the login doesn't. */
  readonly given: Credentials;
}

/** What {@linkcode enterAs} needs to know. */
export interface Entering {
  readonly wanted: Common;
  readonly machine: Machine;
  /** Whether a login is read without locking it: always, never, or where it is in use. */
  readonly share: boolean | "if in use";
  attempt(entrant: Entrant): Promise<Attempt>;
}

/** Who is tried next. */
interface Next {
  readonly user: string;
  readonly given: Credentials;
}

/** Makes attempts until one of them is let in or given up; the exit code. */
export async function enterAs({ wanted, machine, share, attempt }: Entering): Promise<number> {
  let next = nextUser(wanted.user ?? askFor(machine, undefined), credentialsGiven(wanted, machine));
  while (next !== undefined) {
    const { user, given } = next;
    const opened = await loginOf(user, { wanted, machine, share });
    if (opened === "taken") {
      const sentence = `"${user}" is in use by another client on this machine`;
      next = machine.attended ? nextUser(askFor(machine, sentence), given) : undefined;
      if (next !== undefined) continue;
      machine.complain(
        `${sentence}; choose another name, or add --device to join as the same user`,
      );
      return exitCodes.refused;
    }
    using login = opened;
    const ended = await attemptTwice({ user, login, given }, attempt);
    if (ended.is === "over") return ended.code;
    if (ended.is === "as") {
      // What let one in isn't the other's.
      next = { user: ended.user, given: {} };
      continue;
    }
    const { error } = ended;
    if (error.code === "revoked") login.remove();
    const isAsked = canAsk(error, { user, given }, machine);
    next = isAsked ? askAnew(error, { user, given }, machine) : undefined;
    if (next !== undefined) continue;
    if (!isAsked) machine.complain(printableLine(refusedSentence(error, user)));
    return exitCodes.refused;
  }
  return exitCodes.ok;
}

function nextUser(user: string | undefined, given: Credentials): Next | undefined {
  return user === undefined ? undefined : { user, given };
}

/** Once more without the saved login, where the server no longer knows it. */
async function attemptTwice(entrant: Entrant, attempt: Entering["attempt"]): Promise<Attempt> {
  const { login } = entrant;
  const first = await attempt(entrant);
  if (first.is !== "refused" || first.error.code !== "bad_login" || !login.saved) return first;
  login.forget();
  return await attempt(entrant);
}

/** Whether another answer of whoever sits there may let them in. */
function canAsk({ code, account }: ChatError, { given }: Next, machine: Machine): boolean {
  switch (code) {
    case "name_taken":
      return account ? machine.asks : machine.attended;
    case "name_invalid":
      return machine.attended;
    case "bad_login":
    case "bad_invite":
      return machine.asks;
    case "slow_down":
    case "unavailable":
      // A password is said once.
      return machine.asks && given.password !== undefined;
    default:
      return false;
  }
}

/** What somebody answers to why they weren't let in; `undefined` where that is nothing. */
function askAnew(error: ChatError, { user, given }: Next, machine: Machine): Next | undefined {
  const { code, account } = error;
  const { password: _password, ...others } = given;
  if (code === "name_invalid" || (code === "name_taken" && !account)) {
    // Whoever is asked for another name needs no option for it.
    const sentence = code === "name_taken" ? error.message : refusedSentence(error, user);
    return nextUser(askFor(machine, printableLine(sentence)), others);
  }
  machine.complain(printableLine(slowSentence(error)));
  if (code === "bad_invite") {
    const invite = machine.ask("Your invitation:")?.trim() ?? "";
    return invite === "" ? undefined : { user, given: { ...given, invite } };
  }
  const question = `Password of ${printableLine(user)} (nothing: another name):`;
  const password = machine.askSecret(question);
  if (password === undefined) return undefined;
  if (password === "") return nextUser(askFor(machine, undefined), others);
  return { user, given: { ...given, password } };
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
