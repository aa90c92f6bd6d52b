/** The table of slash commands, and what each line that people type comes to. Pure. */

import { closestString, levenshteinDistance } from "@std/text";
import { type CommandName, commands } from "../protocol.ts";
import { callLevelCalled } from "./calling.ts";
import { asAction } from "./doing.ts";
import { accountSlashes } from "./slash_account.ts";
import { moderationSlashes } from "./slash_moderation.ts";
import { fileSlashes } from "./slash_files.ts";
import type { Action, SlashRow, Wrong } from "./slash_row.ts";
import { spokenIn } from "./spoken.ts";
import {
  bare,
  historyOf,
  joining,
  messageRef,
  newest,
  reaction,
  searchFor,
  settingOf,
  withRef,
  withRoomOrNone,
  withWord,
} from "./slash_words.ts";

const messageHelp =
  "MESSAGE is ^ for the newest, ^2 for the one before it, @bob for bob's newest, " +
  "#12 for the one with that number in /history";

/** Every slash command. Where the protocol has the command, its help is the protocol's. */
const slashes = {
  join: {
    also: ["j"],
    takes: "ROOM [key:KEY]",
    help: commands.join.help,
    more: "KEY opens a room that is locked; an invitation to it does, too.",
    completes: "room",
    parse: (rest) => joining(rest),
  },
  leave: {
    also: ["part"],
    takes: "[ROOM]",
    help: commands.leave.help,
    completes: "room",
    parse: (rest) => withRoomOrNone(rest, (room) => ({ is: "leave", room })),
  },
  switch: {
    also: ["s"],
    takes: "[ROOM | @USER]",
    help: "Turn to a conversation; to the next one with something new where none is named",
    completes: "place",
    parse: (rest) => withRoomOrNone(rest, (to) => ({ is: "switch", to })),
  },
  broadcast: {
    also: ["say"],
    takes: "TEXT",
    help: "Say something to everybody here; a line without a slash does the same",
    parse: (rest) => rest === "" ? undefined : { is: "say", text: rest },
  },
  whisper: {
    also: ["w", "msg", "dm"],
    takes: "USER [TEXT]",
    help: "Say something to one person only; without TEXT turn to them",
    completes: "user",
    parse: (rest) => withWord(rest, (user, text) => ({ is: "whisper", user: bare(user), text })),
  },
  me: {
    takes: "TEXT",
    help: "Say what you are doing: /me waves",
    parse: (rest) => rest === "" ? undefined : { is: "say", text: asAction(rest) },
  },
  reply: {
    also: ["r"],
    takes: "[MESSAGE] TEXT",
    help: "Answer a message of somebody else, quoting it",
    more: `${messageHelp}. Without MESSAGE it is the newest.`,
    completes: "user",
    parse: (rest) => withRef(rest, (ref, text) => ({ is: "reply", ref, text })),
  },
  react: {
    takes: "[MESSAGE] EMOJI",
    help: commands.react.help,
    more: `${messageHelp}. EMOJI is one, or its name: /react ^ thumbsup. ` +
      "With - before it, it is taken back.",
    completes: "emoji",
    parse: (rest) => withRef(rest, (ref, emoji) => reaction(ref, emoji)),
  },
  edit: {
    also: ["e"],
    takes: "[MESSAGE] TEXT",
    help: commands.edit.help,
    more: `${messageHelp}; only your own count. Without MESSAGE it is your newest.`,
    parse: (rest) => withRef(rest, (ref, text) => ({ is: "edit", ref, text })),
  },
  delete: {
    also: ["del", "undo"],
    takes: "[MESSAGE]",
    help: commands.delete.help,
    more: `${messageHelp}; only your own count. Without MESSAGE it is your newest.`,
    parse: (rest) => {
      const ref = rest === "" ? newest : messageRef(rest);
      return ref && { is: "delete", ref };
    },
  },
  users: {
    also: ["who", "online"],
    takes: "",
    help: commands.users.help,
    parse: (rest) => rest === "" ? { is: "users" } : undefined,
  },
  members: {
    also: ["names"],
    takes: "[ROOM]",
    help: commands.members.help,
    completes: "room",
    parse: (rest) => withRoomOrNone(rest, (room) => ({ is: "members", room })),
  },
  rooms: {
    also: ["list"],
    takes: "[private]",
    help: commands.rooms.help,
    parse: (rest) => {
      if (rest === "") return { is: "rooms", private: false };
      return rest.toLowerCase() === "private" ? { is: "rooms", private: true } : undefined;
    },
  },
  topic: {
    takes: "[TEXT | -]",
    help: `${commands.topic.help}; without TEXT show it, with - clear it`,
    parse: (rest) => {
      if (rest === "") return { is: "topic" };
      return { is: "topic", topic: rest === "-" ? "" : rest };
    },
  },
  history: {
    takes: "[ROOM | @USER] [COUNT]",
    help: `${commands.history.help}, with each message's number`,
    completes: "place",
    parse: (rest) => historyOf(rest),
  },
  search: {
    also: ["find"],
    takes: "[in:ROOM] TEXT",
    help: commands.search.help,
    more: "All the words have to be in a message. in:ROOM or in:@USER looks there only.",
    parse: (rest) => searchFor(rest),
  },
  more: {
    takes: "",
    help: "Show the next part of what the last command listed",
    parse: (rest) => rest === "" ? { is: "more" } : undefined,
  },
  show: {
    also: ["goto"],
    takes: "MESSAGE",
    help: "Go to a message, and see what was said around it",
    more: `${messageHelp}.`,
    parse: (rest) => {
      const ref = messageRef(rest);
      return ref && { is: "show", ref };
    },
  },
  retry: {
    takes: "",
    help: "Send again what was refused here",
    parse: (rest) => rest === "" ? { is: "retry" } : undefined,
  },
  drop: {
    takes: "",
    help: "Give up what was refused here",
    parse: (rest) => rest === "" ? { is: "drop" } : undefined,
  },
  read: {
    takes: "",
    help: "Take everything here as read",
    parse: (rest) => rest === "" ? { is: "read" } : undefined,
  },
  ...fileSlashes,
  ...accountSlashes,
  ...moderationSlashes,
  away: {
    takes: "[TEXT]",
    help: commands.away.help,
    more: "/back says that you are back.",
    parse: (rest) => ({ is: "away", text: rest === "" ? "away" : rest }),
  },
  back: {
    takes: "",
    help: "Say that you are back",
    parse: (rest) => rest === "" ? { is: "away" } : undefined,
  },
  typing: {
    takes: "on | off",
    help: `${commands.typing.help}, or don't`,
    parse: (rest) =>
      rest === "on" || rest === "off" ? { is: "typing", on: rest === "on" } : undefined,
  },
  ignore: {
    takes: "[USER]",
    help: "Hide what somebody says, or show it again; without USER list whom you hide",
    completes: "user",
    parse: (rest) => {
      if (rest === "") return { is: "ignore" };
      return /\s/.test(rest) ? undefined : { is: "ignore", user: bare(rest) };
    },
  },
  notify: {
    takes: "[all | mentions | none]",
    help: "Choose which messages of this conversation call you, by a bell or a notification",
    more: "mentions are those that name you, and those that are for you alone. " +
      "Without a word it tells what is chosen.",
    parse: (rest) => {
      if (rest === "") return { is: "notify" };
      const level = callLevelCalled(rest);
      return level && { is: "notify", level };
    },
  },
  clear: {
    takes: "",
    help: "Clear the screen",
    parse: (rest) => rest === "" ? { is: "clear" } : undefined,
  },
  ping: {
    takes: "",
    help: "Measure how long the server takes to answer",
    parse: (rest) => rest === "" ? { is: "ping" } : undefined,
  },
  reconnect: {
    takes: "",
    help: "Drop the connection and make a new one now",
    parse: (rest) => rest === "" ? { is: "reconnect" } : undefined,
  },
  set: {
    also: ["settings"],
    takes: "[NAME [VALUE]]",
    help: "Choose how the page in a browser looks and tells you of things",
    more: "Without NAME the page shows all its settings: /set theme dark, /set text large, " +
      "/set sound on.",
    parse: (rest) => settingOf(rest),
  },
  help: {
    also: ["?", "commands"],
    takes: "[COMMAND]",
    help: "List the commands, or explain one",
    completes: "command",
    parse: (rest) => rest === "" ? { is: "help" } : { is: "help", name: rest.replace(/^\//, "") },
  },
  quit: {
    also: ["exit", "q", "bye"],
    takes: "",
    help: commands.quit.help,
    parse: (rest) => rest === "" ? { is: "quit" } : undefined,
  },
} as const satisfies Record<string, SlashRow>;

/** The name of a slash command. */
export type SlashName = keyof typeof slashes;

/** Which slash command reaches each command: the compiler misses none. */
export const slashOf = {
  hello: "reconnect",
  ping: "ping",
  quit: "quit",
  users: "users",
  rooms: "rooms",
  join: "join",
  leave: "leave",
  members: "members",
  topic: "topic",
  say: "broadcast",
  edit: "edit",
  delete: "delete",
  react: "react",
  history: "history",
  search: "search",
  typing: "typing",
  away: "away",
  read: "read",
  files: "files",
  offer: "send",
  part: "send",
  resume: "send",
  finish: "send",
  fetch: "download",
  cancel: "cancel",
  decline: "decline",
  remove: "remove",
  kick: "kick",
  mute: "mute",
  unmute: "unmute",
  ban: "ban",
  unban: "unban",
  bans: "bans",
  lock: "lock",
  slow: "slow",
  readonly: "readonly",
  audit: "audit",
  register: "register",
  password: "password",
  logout: "logout",
  logins: "logins",
  revoke: "revoke",
  role: "role",
  invite: "invite",
  invites: "invites",
  uninvite: "uninvite",
} as const satisfies Record<CommandName, SlashName>;

/** The names of the slash commands, in the order of help. */
export const slashNames = Object.keys(slashes) as readonly SlashName[];

/** A slash command by its name or another name for it. */
export function slashCalled(name: string): SlashName | undefined {
  const wanted = name.toLowerCase();
  return slashNames.find((known) => known === wanted || alsoOf(known).includes(wanted));
}

/** The other names for a slash command. */
export function alsoOf(name: SlashName): readonly string[] {
  return rowOf(name).also ?? [];
}

/** A row of the table. */
export function rowOf(name: SlashName): SlashRow {
  return slashes[name];
}

/** How a slash command is written. */
export function usageOf(name: SlashName): string {
  return `/${name} ${rowOf(name).takes}`.trimEnd();
}

/**
 * What a line comes to: text without a slash is said, `//` stands for a leading slash, and a line
 * of nothing but space is nothing.
 */
export function parseLineTyped(line: string): Action | Wrong | undefined {
  if (line.trim() === "") return undefined;
  const text = spokenIn(line);
  if (text !== undefined) return { is: "say", text };
  const [, word, rest] = /^\/(\S*)\s*([^]*)$/.exec(line) ?? ["", "", ""];
  const name = slashCalled(word);
  if (name === undefined) return { is: "wrong", sentence: unknownCommand(word) };
  const hint = name === "join" && rest !== "" ? "Names of rooms have no spaces: write" : "Write";
  return rowOf(name).parse(rest.trim()) ?? { is: "wrong", sentence: `${hint} ${usageOf(name)}` };
}

function unknownCommand(word: string): string {
  const all = slashNames.flatMap((name) => [name, ...alsoOf(name)]);
  const near = closestString(word.toLowerCase(), all);
  const guess = levenshteinDistance(word.toLowerCase(), near) <= (word.length < 4 ? 1 : 2)
    ? `did you mean /${near}?`
    : "/help lists what there is; to say it, write another / before it";
  return `There is no command "/${word}": ${guess}`;
}
