/** The rows of the table of slash commands that are about who one is and who gets in. Pure. */

import { roles } from "../wire/command_row.ts";
import type { AccountAction, Action, InviteWish, SlashRow, Wrong } from "./slash_row.ts";
import { noTime, secondsOf } from "./slash_times.ts";
import { bare } from "./slash_words.ts";

/** Every slash command about accounts and invitations. */
export const accountSlashes = {
  register: {
    takes: "",
    help: "Make your name yours for good, with a password",
    more: "You are asked for the password, and it isn't shown. With it you come in as yourself " +
      "from anywhere.",
    parse: (rest) => account(rest === "" ? { is: "register" } : undefined),
  },
  login: {
    takes: "USER",
    help: "Go on as somebody else, with their password",
    parse: (rest) => withOne(rest, (word) => ({ is: "login", user: bare(word) })),
  },
  password: {
    also: ["passwd"],
    takes: "",
    help: "Change your password; your other devices have to log in again",
    parse: (rest) => account(rest === "" ? { is: "password" } : undefined),
  },
  logout: {
    also: ["signout"],
    takes: "[all]",
    help: "Log out here, or with all on every device, and leave",
    parse: (rest) => {
      const isAll = rest.toLowerCase() === "all";
      return account(rest === "" || isAll ? { is: "logout", all: isAll } : undefined);
    },
  },
  logins: {
    also: ["devices"],
    takes: "",
    help: "List the devices that are logged in as you",
    parse: (rest) => account(rest === "" ? { is: "logins" } : undefined),
  },
  revoke: {
    takes: "LOGIN",
    help: "Log one of your devices out",
    more: "LOGIN is its number in what /logins listed, or its id.",
    parse: (rest) => withOne(rest, (word) => ({ is: "revoke", login: word.replace(/^#/, "") })),
  },
  whois: {
    takes: "USER",
    help: "Show who somebody is: their role, whether they are here, whether they are away",
    completes: "user",
    parse: (rest) => withOne(rest, (word) => ({ is: "whois", user: bare(word) })),
  },
  role: {
    takes: "USER ROLE [ROOM]",
    help: "Say what somebody may do, on the server or in a room",
    more: "ROLE is owner, moderator or member. Roles on the server are given by its owner.",
    completes: "user",
    completesNext: "room",
    parse: (rest) => giving(rest),
  },
  invite: {
    takes: "[ROOM] [ROLE] [USESx] [TIME]",
    help: "Make an invitation: a code that lets somebody in",
    more:
      "ROOM: those who come with it are in that room at once. ROLE: member or moderator, which " +
      "they become when they register. USES: how many may come with it, like 5x. TIME: how long " +
      "it is good for, like 2h or 7d; a week, and for any number, where that isn't said.",
    completes: "room",
    parse: (rest) => inviting(rest),
  },
  invites: {
    takes: "",
    help: "List the invitations that you made",
    parse: (rest) => account(rest === "" ? { is: "invites" } : undefined),
  },
  uninvite: {
    takes: "INVITATION",
    help: "Withdraw an invitation; whoever came by it stays",
    more: "INVITATION is its number in what /invites listed, or its id.",
    parse: (rest) => withOne(rest, (word) => ({ is: "uninvite", invite: word.replace(/^#/, "") })),
  },
} as const satisfies Record<string, SlashRow>;

function account(what: AccountAction | undefined): Action | undefined {
  return what && { is: "account", what };
}

/** What is one word. */
function withOne(rest: string, make: (word: string) => AccountAction): Action | undefined {
  return rest === "" || /\s/.test(rest) ? undefined : account(make(rest));
}

function giving(rest: string): Action | undefined {
  const [user, word = "", room, ...more] = rest.split(/\s+/);
  const role = roles.find((known) => known === word.toLowerCase());
  if (user === "" || role === undefined || more.length > 0) return undefined;
  const place = room === undefined ? {} : { room: room.replace(/^#/, "") };
  return account({ is: "role", user: bare(user), role, ...place });
}

function inviting(rest: string): Action | Wrong | undefined {
  let wish: InviteWish = {};
  for (const word of rest.split(/\s+/).filter((each) => each !== "")) {
    // It may be any of three things.
    if (/^\d+$/.test(word)) {
      return noTime(word, `USES are written ${word}x, and a ROOM of that name #${word}`);
    }
    const next = wishOf(word);
    const [name] = Object.keys(next);
    // Each of them once.
    if (name === undefined || name in wish) return undefined;
    wish = { ...wish, ...next };
  }
  return account({ is: "invite", wish });
}

function wishOf(word: string): InviteWish {
  if (word.startsWith("#")) return { room: word.slice(1) };
  const role = roles.find((known) => known === word.toLowerCase());
  if (role !== undefined) return { role };
  const [, uses] = /^([1-9]\d{0,5})x$/i.exec(word) ?? [];
  if (uses !== undefined) return { uses: Number(uses) };
  const seconds = secondsOf(word);
  if (seconds !== undefined) return { seconds };
  return { room: word };
}
