/** The table of what `deno task admin` can be told, from which checks, `--help` and docs follow. */

import { roles } from "../wire/command_row.ts";
import { choice, count, line, path, toggle } from "../config/option.ts";
import type { Row } from "../config/options.ts";
import { limits } from "../limits.ts";

const usesMax = 1_000_000;
const hoursMax = Math.floor(limits.inviteSecondsMax / 3600);
/** Nobody is invited to be the owner. */
const invited = ["guest", "member", "moderator"] as const;

/** What may stand behind words, beside the options that name a server's folders. */
export const flags = {
  uses: count(1, usesMax, "how many may come by an invitation; else any number"),
  hours: count(
    1,
    hoursMax,
    "how long an invitation (else a week) or a ban lasts",
  ),
  room: line(limits.idCharsMax, "the room that it is about"),
  reason: line(limits.noteCharsMax, "why somebody is banned, for them to read"),
  as: choice(invited, "what whoever comes by an invitation may become"),
  stdin: toggle("take the password from the first line of the input"),
  withMessages: toggle("take away what they wrote and shared, too"),
} as const satisfies Readonly<Record<string, Row>>;

/** A flag's name in the table. */
export type FlagName = keyof typeof flags;

/** All flags in the order of the table. */
export const flagNames = Object.keys(flags) as readonly FlagName[];
/** The rows that flags have. */
export const flagRows: Readonly<Record<string, Row>> = flags;

/** One row of the table. */
export interface WordRow {
  /** What has to stand behind it; in brackets, what may. */
  readonly operands: readonly Operand[];
  readonly flags: readonly FlagName[];
  readonly help: string;
}

/** What stands behind a word, without a flag. */
export interface Operand {
  /** Stands for it in `--help`. */
  readonly name: string;
  readonly optional?: true;
  /** Completes the sentence "it must be …". */
  readonly must: string;
  /** Whether `text` can be one. */
  is(text: string): boolean;
}

const folderPath = path("FOLDER", "");
const folder: Operand = {
  name: "DIR",
  must: folderPath.must,
  is: (text) => folderPath.read(text) !== undefined,
};
const user: Operand = { name: "NAME", must: "what a user is called", is: isText };
const banned: Operand = {
  name: "WHO",
  must: "what a user is called, or an address",
  is: isText,
};
const login: Operand = {
  name: "LOGIN",
  optional: true,
  must: 'what "logins" calls a login',
  is: isText,
};
const role: Operand = {
  name: "ROLE",
  must: roles.slice(1).join(" or "),
  is: (text) => roles.slice(1).some((role) => role === text),
};

function isText(text: string): boolean {
  return text !== "" && text.length <= limits.idCharsMax * 4 && text.isWellFormed();
}

/** Every word. */
export const words = {
  list: { operands: [], flags: [], help: "list users and rooms" },
  logins: { operands: [user], flags: [], help: "list where a user is logged in" },
  audit: { operands: [], flags: [], help: "list what moderators did, the newest first" },
  invite: {
    operands: [],
    flags: ["uses", "hours", "as", "room"],
    help: "make an invitation",
  },
  ban: {
    operands: [banned],
    flags: ["room", "hours", "reason"],
    help: "keep somebody out of the server, or out of a room",
  },
  unban: { operands: [banned], flags: ["room"], help: "take a ban back" },
  bans: { operands: [], flags: ["room"], help: "list who is banned" },
  role: { operands: [user, role], flags: [], help: "say what the holder of an account may do" },
  "reset-password": {
    operands: [user],
    flags: ["stdin"],
    help: "give an account another password, and end its logins",
  },
  revoke: {
    operands: [user, login],
    flags: [],
    help: "end one login of a user, or all of them",
  },
  remove: {
    operands: [user],
    flags: ["withMessages"],
    help: "put a user out and give up the name",
  },
  backup: {
    operands: [folder],
    flags: [],
    help: "copy messages, users and shared files to DIR",
  },
  restore: {
    operands: [folder],
    flags: [],
    help: "fill a server's empty folders from the backup in DIR",
  },
} as const satisfies Readonly<Record<string, WordRow>>;

/** A word. */
export type WordName = keyof typeof words;
/** All words in the order of the table. */
export const wordNames = Object.keys(words) as readonly WordName[];

/** Whether it is a word. */
export function isWord(text: string): text is WordName {
  return Object.hasOwn(words, text);
}
