/** Frames of peers that nobody wants: commands by grammar, with or without something wrong, and noise. */

import type { Chance } from "./chance.ts";
import type { FuzzCommand, Grammar } from "./fuzz_grammar.ts";
import { noise } from "./fuzz_grammar.ts";

/** A line without its end, and the bytes behind it. */
export interface FuzzFrame {
  readonly line: Uint8Array<ArrayBuffer>;
  readonly body?: Uint8Array;
}

/** JSON that `JSON.stringify` doesn't make. */
const rawValues = ["1e400", "-0", "9".repeat(400), '"\\ud800"', '"\\u0000"', '{"toString":1}'];

/** A command of the grammar, half the time as it is. */
export function fuzzFrame(chance: Chance, grammar: Grammar): FuzzFrame {
  const command = grammar.next();
  switch (chance.below(30)) {
    case 0:
      return { line: noise(chance, chance.below(300)) };
    case 1:
      return withWrongBody(chance, command);
    case 2:
      return { line: flipped(chance, encode(command.json)), ...bodyOf(command) };
    case 3: {
      const line = JSON.stringify(command.json);
      return { line: encode(line.slice(0, chance.below(line.length))) };
    }
    case 4:
      return { line: encode(deep(chance)) };
    case 5: {
      const key = chance.pick(Object.keys(command.json));
      const line = JSON.stringify(command.json);
      return {
        line: encode(`${line.slice(0, -1)},"${key}":${chance.pick(rawValues)}}\r`),
        ...bodyOf(command),
      };
    }
    case 6:
      return { line: encode({ ...command.json, pad: "x".repeat(64_000 + chance.below(3000)) }) };
    default:
      return plainFrame(command);
  }
}

/** A command as it is. */
export function plainFrame(command: FuzzCommand): FuzzFrame {
  return { line: encode(command.json), ...bodyOf(command) };
}

/** A frame of the grammar as bytes of a stream. */
export function fuzzBytes(chance: Chance, grammar: Grammar): Uint8Array {
  const { line, body = new Uint8Array(0) } = fuzzFrame(chance, grammar);
  const all = new Uint8Array(line.length + 1 + body.length);
  all.set(line);
  all[line.length] = 10;
  all.set(body, line.length + 1);
  return all;
}

function bodyOf({ body }: FuzzCommand): { readonly body?: Uint8Array } {
  return body ? { body } : {};
}

function deep(chance: Chance): string {
  const depth = 1 + chance.below(9000);
  const [open, close] = chance.pick([["[", "]"], ['{"t":', "}"]]);
  const value = `${open.repeat(depth)}1${close.repeat(depth)}`;
  return `{"t":${chance.pick(['"say"', value])},"room":${value}}`.slice(0, 65_000);
}

/** Some bytes of it changed, but for line ends, which would make two of it. */
function flipped(chance: Chance, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let count = 1 + chance.below(4); count > 0; count--) {
    bytes[chance.below(bytes.length)] = 11 + chance.below(245);
  }
  return bytes;
}

/** A body of the length that was said, or of another one. */
function withWrongBody(chance: Chance, { json }: FuzzCommand): FuzzFrame {
  const bytes = chance.pick([1, 17, 3000, 70_000, 1048576, 1048577, 2 ** 40]);
  const follows = chance.once(3) ? chance.below(5000) : Math.min(bytes, 70_000);
  return { line: encode({ ...json, bytes }), body: noise(chance, follows) };
}

function encode(value: object | string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}
