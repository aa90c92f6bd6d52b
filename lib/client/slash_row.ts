/** What slash commands are, and what lines come to. */

import type { CallLevel } from "./calling.ts";

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
  | { readonly is: "join"; readonly room: string }
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
  | FileAction;

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
  parse(rest: string): Action | undefined;
}
