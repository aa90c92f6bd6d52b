/**
 * With several nodes, what one of them has answered is there on every other one: whoever reads waits
 * until it is, and what is refused because it isn't is decided again then.
 */

import type { Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import { ChatError, type RefusalCode } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { Others } from "./others.ts";
import type { CommandName } from "../protocol.ts";

type Deciding = Outcome | Promise<Outcome>;

/** When a node decides that may be behind the others. */
type Turn =
  /** When it has caught up: it shows what is kept, or acts on all of it. */
  | "caught up"
  /** At once, and again when it has caught up where it is refused for what isn't known here yet. */
  | "twice"
  /** At once: nothing that is kept in common is looked at, or whatever asks waits by itself. */
  | "at once";

/** Not in the table of commands, which the page loads as well. */
const turns: { readonly [K in CommandName]: Turn } = {
  ...{ hello: "at once", ping: "at once", quit: "at once", away: "at once" },
  ...{ users: "caught up", rooms: "caught up", members: "caught up" },
  ...{ history: "caught up", search: "caught up", files: "caught up" },
  ...{ join: "twice", leave: "twice", topic: "twice", typing: "twice", read: "twice" },
  ...{ say: "twice", edit: "twice", delete: "twice", react: "twice" },
  ...{ offer: "twice", part: "twice", resume: "twice", finish: "twice", cancel: "twice" },
  ...{ fetch: "twice", decline: "twice", remove: "twice" },
  ...{ kick: "caught up", ban: "caught up", unban: "caught up", bans: "caught up" },
  ...{ mute: "caught up", unmute: "caught up", lock: "caught up", slow: "caught up" },
  ...{ readonly: "caught up", role: "caught up", audit: "caught up" },
  // What ends logins ends those that were just made, too.
  ...{ register: "twice", password: "caught up", logout: "caught up", revoke: "caught up" },
  ...{ logins: "caught up", invite: "twice", invites: "caught up", uninvite: "twice" },
};

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
  const turn = turns[name];
  if (turn === "caught up") return others.caughtUp().then(decide);
  // A guess isn't compared twice.
  if (turn === "at once" || fields.key !== undefined) return decide();
  return decideTwice(others, decide);
}

/** Reads what is kept, perhaps twice: what isn't there may be known here a moment later. */
export async function readFresh<T>({ others }: Core, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!others || !isEarly(error)) throw error;
    await others.caughtUp();
    return await read();
  }
}

function decideTwice(others: Others, decide: () => Deciding): Deciding {
  const again = async (error: unknown): Promise<Outcome> => {
    if (!isEarly(error)) throw error;
    await others.caughtUp();
    return await decide();
  };
  try {
    const outcome = decide();
    if (!(outcome instanceof Promise)) return answeredTwice(outcome, again);
    return outcome.then((outcome) => answeredTwice(outcome, again), again);
  } catch (error) {
    return again(error);
  }
}

function answeredTwice(outcome: Outcome, again: (error: unknown) => Promise<Outcome>): Outcome {
  const { answer } = outcome;
  if (!(answer instanceof Promise)) return outcome;
  return { ...outcome, answer: answer.catch(async (error) => await (await again(error)).answer) };
}

function isEarly(error: unknown): boolean {
  return error instanceof ChatError && !error.ends && early.has(error.code);
}
