/** What slash commands are, and what lines come to. */

import type { Role } from "../wire/command_row.ts";
import type { CallLevel } from "./call_levels.ts";

/** Which message is meant. */
export type MessageRef =
  /** The newest one, or `back` before it. */
  | { readonly by: "newest"; readonly back: number }
  | { readonly by: "user"; readonly user: string }
  | { readonly by: "seq"; readonly seq: number };

/** What a line comes to. */
export type Action =
  | { readonly is: "say"; readonly text: string }
  | { readonly is: "whisper"; readonly user: string; readonly text?: string }
  | { readonly is: "reply"; readonly ref: MessageRef; readonly text: string }
  | { readonly is: "edit"; readonly ref: MessageRef; readonly text: string }
  | { readonly is: "delete"; readonly ref: MessageRef }
  | { readonly is: "react"; readonly ref: MessageRef; readonly emoji: string; readonly on: boolean }
  | { readonly is: "join"; readonly room: string; readonly key?: string }
  | { readonly is: "leave"; readonly room?: string }
  | { readonly is: "switch"; readonly to?: string }
  | Bare<"users" | "more" | "read" | "retry" | "drop" | "ping" | "reconnect" | "clear" | "quit">
  | { readonly is: "rooms"; readonly private: boolean }
  | { readonly is: "members"; readonly room?: string }
  | { readonly is: "topic"; readonly topic?: string }
  | { readonly is: "history"; readonly room?: string; readonly count?: number }
  | { readonly is: "show"; readonly ref: MessageRef }
  | { readonly is: "search"; readonly text: string; readonly room?: string }
  | { readonly is: "typing"; readonly on: boolean }
  | { readonly is: "away"; readonly text?: string }
  | { readonly is: "ignore"; readonly user?: string }
  /** Without `level` it is told. */
  | { readonly is: "notify"; readonly level?: CallLevel }
  | { readonly is: "help"; readonly name?: string }
  /** How the page is; terminals have none of that. */
  | { readonly is: "set"; readonly name?: string; readonly value?: string }
  | { readonly is: "account"; readonly what: AccountAction }
  | { readonly is: "moderate"; readonly what: ModerationAction }
  | { readonly is: "file"; readonly what: FileAction };

/** What a line about accounts and invitations comes to. */
export type AccountAction =
  | Bare<"register" | "password" | "logins" | "invites">
  | { readonly is: "login" | "whois"; readonly user: string }
  | { readonly is: "logout"; readonly all: boolean }
  /** `login`: its number in what `/logins` listed, or its id. */
  | { readonly is: "revoke"; readonly login: string }
  | { readonly is: "role"; readonly user: string; readonly role: Role; readonly room?: string }
  | { readonly is: "invite"; readonly wish: InviteWish }
  /** `invite`: its number in what `/invites` listed, or its id. */
  | { readonly is: "uninvite"; readonly invite: string };

/** What a line that keeps order comes to, in the conversation in front. */
export type ModerationAction =
  | Bare<"audit">
  | { readonly is: "bans"; readonly onServer: boolean }
  | BanAction
  | { readonly is: "kick"; readonly user: string; readonly reason?: string }
  | {
    readonly is: "mute";
    readonly user: string;
    readonly seconds?: number;
    readonly reason?: string;
  }
  | { readonly is: "unmute"; readonly user: string }
  | { readonly is: "appoint"; readonly user: string; readonly role: Role }
  /** Without a key it is unlocked. */
  | { readonly is: "lock"; readonly key?: string }
  | { readonly is: "slow"; readonly seconds: number }
  | { readonly is: "readonly"; readonly on: boolean };

/** Who is to be kept out, or let in again. */
export interface BanAction {
  readonly is: "ban" | "unban";
  /** A user's name, or an address. */
  readonly whom: string;
  readonly isAddress: boolean;
  /** Of the whole server, not of the room in front. */
  readonly onServer: boolean;
  readonly seconds?: number;
  readonly reason?: string;
}

/** What an invitation is to be; what isn't said is as the server has it. */
export interface InviteWish {
  readonly room?: string;
  readonly role?: Role;
  /** How many may come with it. */
  readonly uses?: number;
  readonly seconds?: number;
}

/** What a line about files comes to. */
export type FileAction =
  /** `to`: the room in front, what is in front, or a person. */
  | {
    readonly is: "send_file";
    readonly path: string;
    readonly to: "room" | "here" | { readonly user: string };
  }
  | { readonly is: "files"; readonly room?: string }
  /** `name`: a file's name, its number in what `/files` listed, or its id. */
  | { readonly is: "download" | "remove"; readonly name: string }
  /** Without `name` the one that was sent last; `all` stands for all of them. */
  | { readonly is: "accept" | "decline"; readonly name?: string }
  | { readonly is: "take"; readonly mode?: TakeMode; readonly bytesMax?: number }
  | Bare<"transfers">
  /** Without `name` the first one. */
  | { readonly is: "resume"; readonly name?: string }
  /** Without `which` the only one. */
  | { readonly is: "cancel"; readonly which?: number | "all" };

/** What becomes of files that others send: asked about, fetched at once, or neither. */
export const takeModes = ["ask", "all", "none"] as const;
/** One of {@linkcode takeModes}. */
export type TakeMode = typeof takeModes[number];

type Bare<Is extends string> = Is extends string ? { readonly is: Is } : never;

/** A line that comes to nothing, and why, for whoever typed it. */
export interface Wrong {
  readonly is: "wrong";
  readonly sentence: string;
}

/** What a command's arguments can be completed to. */
export type Completes = "room" | "user" | "place" | "command" | "emoji" | "path" | "file";

/** One slash command. */
export interface SlashRow {
  /** Other names for it. */
  readonly also?: readonly string[];
  /** The arguments as help shows them: `[…]` may be left out. */
  readonly takes: string;
  readonly help: string;
  /** More to know, for `/help COMMAND`. */
  readonly more?: string;
  /** What the first argument can be completed to. */
  readonly completes?: Completes;
  /** What those behind it can be completed to. */
  readonly completesNext?: Completes;
  /** What the arguments come to; `undefined` where they aren't what `takes` says. */
  parse(rest: string): Action | Wrong | undefined;
}
