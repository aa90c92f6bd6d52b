/**
 * With several nodes, what one of them has answered is there on every other one: whoever reads waits
 * until it is, and what is refused because it isn't is decided again then.
 */

import type { Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import { ChatError, type RefusalCode } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { Others } from "./others.ts";
import { type CommandName, commands } from "../protocol.ts";

type Deciding = Outcome | Promise<Outcome>;

/** What shows what is kept, and changes nothing. Not in the table, which the page loads as well. */
const reading: ReadonlySet<CommandName> = new Set(
  [
    "audit",
    "files",
    "history",
    "invites",
    "logins",
    "members",
    "rooms",
    "search",
    "users",
  ] as const,
);

/** What may be refused for no other reason than that something isn't known here yet. */
const early: ReadonlySet<RefusalCode> = new Set(
  [
    "banned",
    "bad_invite",
    "login_required",
    "muted",
    "no_such_file",
    "no_such_message",
    "no_such_room",
    "no_such_user",
    "not_allowed",
    "room_full",
    "room_locked",
  ] as const,
);

/** Decides a command, perhaps twice: `decide` does nothing where it refuses. */
export function decideFresh(
  { others }: Core,
  name: CommandName,
  fields: JsonObject,
  decide: () => Deciding,
): Deciding {
  if (!others) return decide();
  if (reading.has(name)) return others.caughtUp().then(decide);
  // A guess isn't compared twice.
  if (commands[name].who === "anybody" || fields.key !== undefined) return decide();
  return decideTwice(others, decide);
}

function decideTwice(others: Others, decide: () => Deciding): Deciding {
  const again = async (error: unknown): Promise<Outcome> => {
    if (!(error instanceof ChatError) || error.ends || !early.has(error.code)) throw error;
    await others.caughtUp();
    return await decide();
  };
  const answered = (outcome: Outcome): Outcome => {
    const { answer } = outcome;
    if (!(answer instanceof Promise)) return outcome;
    const secondly = async (error: unknown) => await (await again(error)).answer;
    return { ...outcome, answer: answer.catch(secondly) };
  };
  try {
    const outcome = decide();
    return outcome instanceof Promise ? outcome.then(answered, again) : answered(outcome);
  } catch (error) {
    return again(error);
  }
}
