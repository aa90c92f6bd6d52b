/** Frames that no client of ours sends: valid commands with something wrong, and plain noise. */

import type { JsonObject } from "../../lib/fields.ts";
import type { CommandName } from "../../lib/protocol.ts";
import type { Chance } from "./chance.ts";

/** What each command can look like. */
const samples: Readonly<Record<CommandName, JsonObject>> = {
  hello: { v: 1, user: "Mallory", token: "none", features: ["gzip"], quiet: false, agent: "x" },
  ping: {},
  quit: {},
  users: { after: "a", limit: 3 },
  rooms: { after: "a", limit: 3, private: true },
  join: { room: "den", cid: "c" },
  leave: { room: "den", cid: "c" },
  members: { room: "lobby", with: "u", after: "a", limit: 3 },
  topic: { room: "den", topic: "about", cid: "c" },
  say: { room: "lobby", text: "hi", with: "u", cid: "c", quote: 1 },
  edit: { room: "lobby", seq: 1, text: "hi", with: "u", cid: "c" },
  delete: { room: "lobby", seq: 1, with: "u", cid: "c" },
  react: { room: "lobby", seq: 1, emoji: "x", on: true, with: "u", cid: "c" },
  history: { room: "lobby", with: "u", before: 5, after: 1, limit: 2 },
  search: { text: "hi", room: "lobby", with: "u", before: "9", limit: 2 },
  typing: { room: "@Mallory", with: "u" },
  away: { text: "gone" },
  read: { room: "lobby", with: "u", seq: 1 },
  files: { room: "lobby", with: "u", after: "f", limit: 3 },
  offer: {
    room: "lobby",
    name: "a.txt",
    size: 3,
    with: "u",
    mime: "text/plain",
    folder: "a/b",
    cid: "c",
  },
  part: { transfer: "t", offset: 0, data: "YWJj", encoding: "gzip", raw: 9 },
  resume: { transfer: "t" },
  finish: { transfer: "t", sha256: "0".repeat(64) },
  fetch: { id: 1, file: "f", offset: 0, length: 3 },
  cancel: { transfer: "t", fetch: 1 },
  decline: { file: "f" },
  remove: { file: "f" },
};
const names = Object.keys(samples) as readonly CommandName[];

const numbers = [0, -1, 1.5, 2 ** 53, -(2 ** 53), 1e308, Number.MIN_VALUE, 4294967296];
/** JSON that `JSON.stringify` doesn't make. */
const rawValues = ["1e400", "-0", "9".repeat(400), '"\\ud800"', '"\\u0000"', '{"toString":1}'];
const texts = [
  "",
  " ",
  "@",
  "@@",
  "@lobby",
  "__proto__",
  "constructor",
  "\u202edlrow",
  "a\u200b\u200d\ufeff",
  "ﷺ".repeat(60),
  "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A".repeat(30),
  "🏳️‍🌈".repeat(40),
  "\u0007\u001b[31m\u009b2J",
  "'; DROP TABLE event; --",
  '" OR NEAR(* "',
  "%s%n${x}",
  '\\"\\\\',
  "İıŉǰ",
];

function strangeValue(chance: Chance): unknown {
  switch (chance.below(8)) {
    case 0:
      return null;
    case 1:
      return chance.once(2);
    case 2:
      return chance.pick(numbers);
    case 3:
      return [chance.pick(texts), [], {}];
    case 4:
      return { t: "say", length: -1, then: "x", [chance.pick(texts)]: 1 };
    case 5:
      return chance.pick(texts).repeat(1 + chance.below(2000)).slice(0, chance.below(70_000));
    case 6:
      return chance.below(1000);
    default:
      return chance.pick(texts);
  }
}

/** One frame with its end, and with what follows it. */
export function mutatedFrame(chance: Chance): Uint8Array {
  const command = strangeCommand(chance);
  switch (chance.below(10)) {
    case 0:
      return noise(chance, chance.below(300), "\n");
    case 1:
      return withBody(chance, command);
    case 2: {
      const bytes = encode(command, "\n");
      for (let count = 1 + chance.below(4); count > 0; count--) {
        bytes[chance.below(bytes.length)] = chance.below(256);
      }
      return bytes;
    }
    case 3: {
      const line = JSON.stringify(command);
      return encode(line.slice(0, chance.below(line.length)), "\n");
    }
    case 4: {
      const depth = 1 + chance.below(9000);
      const [open, close] = chance.pick([["[", "]"], ['{"t":', "}"]]);
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      return encode(`{"t":${chance.pick(['"say"', deep])},"room":${deep}}`.slice(0, 65_000), "\n");
    }
    case 5: {
      const [key = "t"] = Object.keys(command).toSorted(() => chance.below(3) - 1);
      const line = JSON.stringify(command);
      return encode(`${line.slice(0, -1)},"${key}":${chance.pick(rawValues)}}`, "\r\n");
    }
    default:
      return encode(command, "\n");
  }
}

/** A command with some of its fields missing, doubled, or something else than they must be. */
function strangeCommand(chance: Chance): JsonObject {
  const t = chance.pick(names);
  const command: Record<string, unknown> = { t, id: chance.below(1000), ...samples[t] };
  for (const key of Object.keys(command)) {
    if (key === "t" ? chance.once(12) : chance.once(3)) command[key] = strangeValue(chance);
    else if (key !== "t" && chance.once(4)) delete command[key];
  }
  if (chance.once(8)) command[chance.pick(texts)] = strangeValue(chance);
  return command;
}

/** A body of the length that was said, or of another one. */
function withBody(chance: Chance, command: JsonObject): Uint8Array {
  const bytes = chance.pick([1, 17, 3000, 70_000, 1048576, 1048577, 2 ** 40]);
  const follows = chance.once(3) ? chance.below(5000) : Math.min(bytes, 70_000);
  const head = encode({ ...command, bytes }, "\n");
  const all = new Uint8Array(head.length + follows);
  all.set(head);
  all.set(noise(chance, follows), head.length);
  return all;
}

function noise(chance: Chance, length: number, end: string = ""): Uint8Array {
  const bytes = Uint8Array.from({ length: length + end.length }, () => chance.below(256));
  if (end !== "") bytes[length] = end.charCodeAt(0);
  return bytes;
}

function encode(value: JsonObject | string, end: string): Uint8Array<ArrayBuffer> {
  const line = typeof value === "string" ? value : JSON.stringify(value);
  return new TextEncoder().encode(line + end);
}
