/** The words of a slash command, taken apart. Pure. */

import { isAddress } from "../chat_address.ts";
import { plainCode } from "../entry/invite_code.ts";
import type { Action, MessageRef, Wrong } from "./slash_row.ts";

/** The newest message. */
export const newest: MessageRef = { by: "newest", back: 0 };

/** Which message a word means: `^`, `^2`, `@bob`, `#12`. */
export function messageRef(word: string): MessageRef | undefined {
  const [, sign, name] = /^([\^@#])(\S*)$/u.exec(word) ?? [];
  if (sign === "@") return name === "" ? undefined : { by: "user", user: name };
  const number = /^[1-9]\d{0,14}$/.test(name) ? Number(name) : undefined;
  if (sign === "#") return number === undefined ? undefined : { by: "seq", seq: number };
  if (sign !== "^") return undefined;
  if (name === "") return newest;
  return number === undefined ? undefined : { by: "newest", back: number - 1 };
}

/** A message and a text; without a message it is the newest. */
export function withRef(rest: string, make: (ref: MessageRef, text: string) => Action) {
  const [first, others] = firstWord(rest);
  const ref = messageRef(first);
  const text = ref === undefined ? rest : others;
  return text === "" ? undefined : make(ref ?? newest, text);
}

/** A reaction, taken back where a `-` stands before it. */
export function reaction(ref: MessageRef, word: string): Action {
  const on = !(word.startsWith("-") && word.length > 2);
  return { is: "react", ref, emoji: on ? word : word.slice(1).trimStart(), on };
}

/** Where and how much of a history. */
export function historyOf(rest: string): Action | undefined {
  const words = rest.split(/\s+/).filter((word) => word !== "");
  const last = words.at(-1);
  const count = last !== undefined && /^[1-9]\d{0,5}$/.test(last) ? Number(last) : undefined;
  const places = count === undefined ? words : words.slice(0, -1);
  if (places.length > 1) return undefined;
  return { is: "history", room: places.length > 0 ? roomName(places[0]) : undefined, count };
}

/** What to look for, and where. */
export function searchFor(rest: string): Action | undefined {
  const [first, others] = firstWord(rest);
  const room = /^in:(\S+)$/.exec(first)?.[1];
  const text = room === undefined ? rest : others;
  return text === "" ? undefined : { is: "search", text, room: room && roomName(room) };
}

/** A word, and the text behind it where there is one. */
export function withWord(rest: string, make: (word: string, text?: string) => Action) {
  const [word, text] = firstWord(rest);
  return word === "" ? undefined : make(word, text === "" ? undefined : text);
}

/** The name of a room. */
function withRoom<T>(rest: string, make: (room: string) => T): T | undefined {
  return rest === "" || /\s/.test(rest) ? undefined : make(roomName(rest));
}

/** The name of a room, or nothing. */
export function withRoomOrNone<T>(rest: string, make: (room?: string) => T): T | undefined {
  return rest === "" ? make() : withRoom(rest, make);
}

/** A room, and what opens it where it is locked. */
export function joining(rest: string): Action | Wrong | undefined {
  const [, word, key] = /^(\S+)(?:\s+key:(\S.*))?$/u.exec(rest) ?? [];
  if (word === undefined) return undefined;
  if (isInvitation(word)) {
    const how = "with the name of the room that it is to, write /join ROOM key:INVITATION";
    return { is: "wrong", sentence: `That is an invitation: ${how}` };
  }
  const room = roomName(word);
  return key === undefined ? { is: "join", room } : { is: "join", room, key };
}

/** An invitation's code, an address or a link: a room of that name would tell it to everybody. */
function isInvitation(word: string): boolean {
  const isCode = /\d/.test(word) && plainCode(word) !== undefined;
  return isCode || isAddress(word) || /^https?:\/\//i.test(word);
}

/** The first word, and the rest. */
export function firstWord(rest: string): [string, string] {
  const [, word, others] = /^(\S*)\s*([^]*)$/.exec(rest) ?? ["", "", ""];
  return [word, others];
}

/** The room's name where it was written as it is shown, with a # before it. */
function roomName(word: string): string {
  return word.replace(/^#/, "");
}

/** The name of a user without the sign before it and what stands behind it in a sentence. */
export function bare(user: string): string {
  return user.replace(/^@/, "").replace(/[,:]$/, "");
}

/** A setting of the page and what it becomes, each a word, or neither. */
export function settingOf(rest: string): Action | undefined {
  const words = rest === "" ? [] : rest.toLowerCase().split(/\s+/);
  const [name, value] = words;
  return words.length > 2 ? undefined : { is: "set", name, value };
}
