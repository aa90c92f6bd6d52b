/** The rows of the table of slash commands that keep order. Pure. */

import { commands } from "../protocol.ts";
import type { Action, ModerationAction, SlashRow, Wrong } from "./slash_row.ts";
import { noTime, reasonOf, secondsOf, timeAndReason } from "./slash_times.ts";
import { bare, firstWord } from "./slash_words.ts";

const timeHelp = "TIME is how long it lasts, like 10m, 2h or 7d; without it it lasts until it is " +
  "taken back";
const serverHelp =
  "It is about the room in front; with the word server before the name, and in the lobby, it is " +
  "about the whole server, and ADDRESS always is";

/** Every slash command that keeps order. */
export const moderationSlashes = {
  kick: {
    takes: "USER [REASON]",
    help: `${commands.kick.help} that you moderate; they may come back`,
    completes: "user",
    parse: (rest) => withUser(rest, (user, why) => ({ is: "kick", user, ...reasonOf(why) })),
  },
  ban: {
    takes: "[server] USER | ADDRESS [TIME] [REASON]",
    help: commands.ban.help,
    more: `${serverHelp}. ${timeHelp}.`,
    completes: "user",
    parse: (rest) =>
      withWhom(rest, (whom, why) => withTime(why, (how) => ({ is: "ban", ...whom, ...how }))),
  },
  unban: {
    takes: "[server] USER | ADDRESS",
    help: commands.unban.help,
    more: `${serverHelp}.`,
    completes: "user",
    parse: (rest) =>
      withWhom(rest, (whom, why) => why === "" ? { is: "unban", ...whom } : undefined),
  },
  bans: {
    takes: "[server]",
    help: commands.bans.help,
    more:
      "It is about the room in front; with the word server, and in the lobby, it is about the " +
      "whole server.",
    parse: (rest) => {
      const onServer = rest.toLowerCase() === "server";
      return moderation(rest === "" || onServer ? { is: "bans", onServer } : undefined);
    },
  },
  mute: {
    takes: "USER [TIME] [REASON]",
    help: commands.mute.help,
    more: `${timeHelp}.`,
    completes: "user",
    parse: (rest) =>
      withUser(rest, (user, why) => withTime(why, (how) => ({ is: "mute", user, ...how }))),
  },
  unmute: {
    takes: "USER",
    help: commands.unmute.help,
    completes: "user",
    parse: (rest) => withUser(rest, (user, why) => why === "" ? { is: "unmute", user } : undefined),
  },
  lock: {
    takes: "KEY",
    help: "Let only those into the room in front who know a key: they write /join ROOM key:KEY",
    parse: (rest) => moderation(rest === "" ? undefined : { is: "lock", key: rest }),
  },
  unlock: {
    takes: "",
    help: "Let everybody into the room in front again",
    parse: (rest) => moderation(rest === "" ? { is: "lock" } : undefined),
  },
  slow: {
    takes: "TIME | off",
    help: "Let each say only one thing in so long, like 30s or 5m",
    parse: (rest) => slowing(rest),
  },
  readonly: {
    takes: "on | off",
    help: commands.readonly.help,
    parse: (rest) =>
      moderation(
        rest === "on" || rest === "off" ? { is: "readonly", on: rest === "on" } : undefined,
      ),
  },
  audit: {
    takes: "",
    help: "Read what moderators did",
    parse: (rest) => moderation(rest === "" ? { is: "audit" } : undefined),
  },
} as const satisfies Record<string, SlashRow>;

/** What keeps order, or what is wrong with it. */
type Order = ModerationAction | Wrong | undefined;

function moderation(what: Order): Action | Wrong | undefined {
  return what === undefined || what.is === "wrong" ? what : { is: "moderate", what };
}

function slowing(rest: string): Action | Wrong | undefined {
  if (rest === "") return undefined;
  const seconds = rest === "off" ? 0 : secondsOf(/^\d+$/.test(rest) ? `${rest}s` : rest);
  return moderation(seconds === undefined ? noTime(rest) : { is: "slow", seconds });
}

function withUser(
  rest: string,
  make: (user: string, why: string) => Order,
): Action | Wrong | undefined {
  const [word, why] = firstWord(rest);
  const user = bare(word);
  return user === "" ? undefined : moderation(make(user, why));
}

/** A user or an address, and where: an address has a dot or a colon between digits and nothing else. */
function withWhom(
  rest: string,
  make: (
    whom: { readonly whom: string; readonly isAddress: boolean; readonly onServer: boolean },
    why: string,
  ) => Order,
): Action | Wrong | undefined {
  const [word, others] = firstWord(rest);
  const onServer = word.toLowerCase() === "server" && others !== "";
  const [first, why] = onServer ? firstWord(others) : [word, others];
  const isAddress = !first.startsWith("@") && isAddressTyped(first);
  const whom = isAddress ? first : bare(first);
  return whom === "" ? undefined : moderation(make({ whom, isAddress, onServer }, why));
}

/** How long and why, or what is wrong with that. */
function withTime(
  rest: string,
  make: (how: { readonly seconds?: number; readonly reason?: string }) => ModerationAction,
): Order {
  const how = timeAndReason(rest);
  return "is" in how ? how : make(how);
}

/** Names have no colons, and hardly anybody is called by four numbers. */
function isAddressTyped(word: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(word) || /^[\da-f]*:[\da-f:.]*(\/64)?$/i.test(word);
}
