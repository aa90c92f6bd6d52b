/** The rows of the table of slash commands that are about files. Pure. */

import { commands } from "../protocol.ts";
import { type Action, type FileAction, type SlashRow, takeModes } from "./slash_row.ts";
import { bare, firstWord, withRoomOrNone } from "./slash_words.ts";

const pathHelp = "A relative PATH begins where you started the client, ~ is your home, and of a " +
  "folder every file is sent that isn't hidden by a dot. Quotes around it may be left out.";
const nameHelp = "NAME is the file's name, or its number in what /files listed";

/** Every slash command about files. */
export const fileSlashes = {
  upload: {
    also: ["up"],
    takes: "PATH",
    help: "Put a file, or a folder, into the library of the room in front",
    more: pathHelp,
    completes: "path",
    parse: (rest) => file(sending(rest, "room")),
  },
  send: {
    takes: "PATH",
    help: "Send a file, or a folder, to the room or the person in front",
    more: pathHelp,
    completes: "path",
    parse: (rest) => file(sending(rest, "here")),
  },
  sendfile: {
    takes: "PATH USER",
    help: "Send a file to one person, who is asked and may be away",
    more: pathHelp,
    completes: "path",
    completesNext: "user",
    parse: (rest) => file(sendingTo(rest)),
  },
  files: {
    also: ["library"],
    takes: "[ROOM | @USER]",
    help: commands.files.help,
    completes: "place",
    parse: (rest) => file(withRoomOrNone(rest, (room) => ({ is: "files", room }))),
  },
  download: {
    also: ["get", "fetch"],
    takes: "NAME",
    help: `${commands.fetch.help}, into the folder received_files`,
    more:
      `${nameHelp}, or a folder of the room in front. What is there already is never written over.`,
    completes: "file",
    parse: (rest) => file(withName(rest, (name) => ({ is: "download", name }))),
  },
  accept: {
    takes: "[NAME | all]",
    help: "Take a file that somebody sent you; without NAME the newest",
    completes: "file",
    parse: (rest) => file(withNameOrNone(rest, (name) => ({ is: "accept", name }))),
  },
  decline: {
    takes: "[NAME | all]",
    help: `${commands.decline.help}; without NAME the newest`,
    completes: "file",
    parse: (rest) => file(withNameOrNone(rest, (name) => ({ is: "decline", name }))),
  },
  remove: {
    takes: "NAME",
    help: commands.remove.help,
    more: `${nameHelp}.`,
    completes: "file",
    parse: (rest) => file(withName(rest, (name) => ({ is: "remove", name }))),
  },
  take: {
    takes: "[ask | all | none] [SIZE]",
    help: "Say what becomes of files that others send: you are asked, or they are fetched, or not",
    more: "ask: you are asked about those that are sent to you. all: those are fetched at once, " +
      "and those that are shared in your rooms as well, up to SIZE (like 50MB). none: nothing is " +
      "asked or fetched; /files lists them.",
    parse: (rest) => file(taking(rest)),
  },
  transfers: {
    also: ["progress"],
    takes: "",
    help: "List the files on their way",
    parse: (rest) => file(rest === "" ? { is: "transfers" } : undefined),
  },
  resume: {
    takes: "[NAME]",
    help: "Go on with an upload of an earlier visit that waits for you; without NAME the first",
    more: "Clients in terminals go on by themselves.",
    parse: (rest) => file(rest === "" ? { is: "resume" } : withName(rest, resuming)),
  },
  cancel: {
    takes: "[NUMBER | all]",
    help: `${commands.cancel.help}; NUMBER is the one in /transfers`,
    parse: (rest) => file(cancelling(rest)),
  },
} as const satisfies Record<string, SlashRow>;

function file(what: FileAction | undefined): Action | undefined {
  return what && { is: "file", what };
}

function resuming(name: string): FileAction {
  return { is: "resume", name };
}

function sending(rest: string, to: "room" | "here"): FileAction | undefined {
  const quoted = /^(["'])(.+)\1$/s.exec(rest)?.[2];
  const path = quoted ?? rest;
  return path === "" ? undefined : { is: "send_file", path, to };
}

function sendingTo(rest: string): FileAction | undefined {
  const [, , quoted, plain, user] =
    /^(?:(["'])(.+?)\1|((?:\\.|[^\\])+?))\s+([^\s"']+)$/s.exec(rest) ?? [];
  const path = quoted ?? plain?.replaceAll(/\\(.)/g, "$1");
  if (path === undefined || user === undefined) return undefined;
  return { is: "send_file", path, to: { user: bare(user) } };
}

function withName(rest: string, make: (name: string) => FileAction): FileAction | undefined {
  const name = /^(["'])(.+)\1$/s.exec(rest)?.[2] ?? rest;
  return name === "" ? undefined : make(name);
}

function withNameOrNone(rest: string, make: (name?: string) => FileAction): FileAction | undefined {
  return rest === "" ? make() : withName(rest, make);
}

function taking(rest: string): FileAction | undefined {
  if (rest === "") return { is: "take" };
  const [word, others] = firstWord(rest);
  const mode = takeModes.find((known) => known === word.toLowerCase());
  const bytesMax = others === "" ? undefined : sizeOf(others);
  if (mode === undefined || (others !== "" && bytesMax === undefined)) return undefined;
  return bytesMax === undefined ? { is: "take", mode } : { is: "take", mode, bytesMax };
}

function cancelling(rest: string): FileAction | undefined {
  if (rest === "") return { is: "cancel" };
  if (rest.toLowerCase() === "all") return { is: "cancel", which: "all" };
  const [, digits] = /^#?([1-9]\d{0,8})$/.exec(rest) ?? [];
  return digits === undefined ? undefined : { is: "cancel", which: Number(digits) };
}

const units = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 } as const;

/** Bytes as people write them: `500`, `20kB`, `1.5 GB`; `undefined` for anything else. */
export function sizeOf(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,12}(?:\.\d{1,3})?) ?([kmgt]?)i?b?$/i.exec(text.trim()) ??
    [];
  if (number === undefined) return undefined;
  const key = unit.toLowerCase();
  if (key !== "" && key !== "k" && key !== "m" && key !== "g" && key !== "t") return undefined;
  return Math.round(Number(number) * units[key]);
}
