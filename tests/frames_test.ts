import { assert, assertEquals } from "@std/assert";
import { type Frame, Framer } from "../lib/wire/connection.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { limits } from "../lib/limits.ts";
import { decodeRequest } from "../lib/wire/decode_request.ts";
import { commands } from "../lib/protocol.ts";
import { Chance } from "./helpers/chance.ts";

const encoder = new TextEncoder();
const MiB = 1024 * 1024;

function newFramer(keepsBody = true): Framer {
  return new Framer({ lineBytesMax: limits.lineBytesInMax, keepsBody: () => keepsBody });
}

/** The frames of a stream that comes in these pieces. */
function framesOf(pieces: readonly Uint8Array[], keepsBody = true): Frame[] {
  const framer = newFramer(keepsBody);
  return pieces.flatMap((piece) => framer.push(piece));
}

function bytesOf(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const pieces = parts.map((part) => typeof part === "string" ? encoder.encode(part) : part);
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** What came, without what is the same in every test. */
function shortOf(frames: readonly Frame[]): unknown[] {
  return frames.map((frame) => {
    if (frame.is !== "object") return frame.is;
    return frame.bodyBytes === 0 ? frame.json : [frame.json, frame.body ?? frame.bodyBytes];
  });
}

/** The one object that a line is. */
function objectOf(line: string): JsonObject {
  const frames = framesOf([encoder.encode(`${line}\n`)]);
  assertEquals(frames.length, 1);
  const [frame] = frames;
  assert(frame.is === "object", `"${line.slice(0, 50)}" is ${frame.is}`);
  return frame.json;
}

const body = Uint8Array.of(0, 10, 13, 123, 255, 10);
const mixed = bytesOf(
  '{"t":"ping"}\n',
  '{"t":"say","text":"Ünïcödé 你好 😄"}\r\n',
  "\n\r\n",
  '{"t":"part","bytes":6}\n',
  body,
  "rubbish\n",
  Uint8Array.of(0xff, 0xfe, 10),
  '{"t":"quit"}\n',
);
const mixedFrames: unknown[] = [
  { t: "ping" },
  { t: "say", text: "Ünïcödé 你好 😄" },
  [{ t: "part", bytes: 6 }, body],
  "rubbish",
  "rubbish",
  { t: "quit" },
];

Deno.test("a stream gives the same frames wherever it is cut in two", () => {
  for (let cut = 0; cut <= mixed.length; cut++) {
    const frames = framesOf([mixed.subarray(0, cut), mixed.subarray(cut)]);
    assertEquals(shortOf(frames), mixedFrames, `cut at ${cut}`);
  }
});

Deno.test("a stream gives the same frames byte by byte", () => {
  assertEquals(shortOf(framesOf([...mixed].map((byte) => Uint8Array.of(byte)))), mixedFrames);
});

Deno.test("what was pushed may be overwritten afterwards", () => {
  const framer = newFramer();
  const buffer = encoder.encode('{"t":"pi');
  assertEquals(framer.push(buffer), []);
  buffer.fill(0);
  assertEquals(shortOf(framer.push(encoder.encode('ng"}\n'))), [{ t: "ping" }]);
});

Deno.test("lines end with a newline, and a carriage return before it is ignored", () => {
  const frames = framesOf([bytesOf('{"a":1}\r\n{"b":"\\r"}\n{"c":1}\r\r\n\r{"d":1}\n')]);
  // JSON allows carriage returns as blanks, so that stray ones do no harm either.
  assertEquals(shortOf(frames), [{ a: 1 }, { b: "\r" }, { c: 1 }, { d: 1 }]);
});

Deno.test("empty lines are no frames", () => {
  assertEquals(framesOf([bytesOf("\n\n\r\n\n")]), []);
});

Deno.test("a line of exactly the bound is taken, whole or in pieces", () => {
  const line = bytesOf(`{"x":"${"a".repeat(limits.lineBytesInMax - 9)}"}\n`);
  assertEquals(line.length, limits.lineBytesInMax);
  for (const cut of [0, 1, 1000, line.length - 1]) {
    const frames = framesOf([line.subarray(0, cut), line.subarray(cut)]);
    assertEquals(frames.map(({ is }) => is), ["object"]);
  }
});

Deno.test("a line of one byte more is too long, and nothing after it is read", () => {
  const line = bytesOf(`{"x":"${"a".repeat(limits.lineBytesInMax - 8)}"}\n{"t":"ping"}\n`);
  for (const cut of [0, 1, 1000, limits.lineBytesInMax]) {
    const frames = framesOf([line.subarray(0, cut), line.subarray(cut)]);
    assertEquals(frames, [{ is: "too_long", bytesMax: limits.lineBytesInMax }]);
  }
});

Deno.test("a line without an end is too long as soon as no end could help", () => {
  const framer = newFramer();
  assertEquals(framer.push(new Uint8Array(limits.lineBytesInMax - 1).fill(97)), []);
  assertEquals(framer.push(Uint8Array.of(97)).map(({ is }) => is), ["too_long"]);
});

Deno.test("a body that nobody wants is counted and dropped, and the next line is read", () => {
  const frames = framesOf([bytesOf('{"t":"say","bytes":6}\n', body, '{"t":"ping"}\n')], false);
  assertEquals(shortOf(frames), [[{ t: "say", bytes: 6 }, 6], { t: "ping" }]);
});

Deno.test("a body of exactly the bound is kept, one of a byte more is too long", () => {
  const most = new Uint8Array(MiB).fill(7);
  const [frame] = framesOf([bytesOf(`{"t":"part","bytes":${MiB}}\n`, most)]);
  assert(frame.is === "object");
  assertEquals(frame.body, most);
  const over = framesOf([bytesOf(`{"t":"part","bytes":${MiB + 1}}\n{"t":"ping"}\n`)]);
  assertEquals(over, [{ is: "too_long", bytesMax: MiB }]);
});

Deno.test("a line has a body only where `bytes` is a positive integer", () => {
  for (const bytes of ["0", "-5", "1.5", '"6"', "true", "null", "[6]", "1e400", "-1e400"]) {
    const frames = framesOf([bytesOf(`{"bytes":${bytes}}\n{"t":"ping"}\n`)]);
    assertEquals(shortOf(frames).at(1), { t: "ping" }, bytes);
  }
});

Deno.test("what isn't UTF-8 is rubbish", () => {
  const wrong = [[0xff], [0xc0, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]];
  for (const bytes of wrong) {
    const line = bytesOf('{"t":"say","text":"', Uint8Array.from(bytes), '"}\n{"t":"ping"}\n');
    assertEquals(shortOf(framesOf([line])), ["rubbish", { t: "ping" }], String(bytes));
  }
});

Deno.test("a byte order mark before a line is rubbish, and within a text it is kept", () => {
  assertEquals(shortOf(framesOf([bytesOf('\ufeff{"t":"ping"}\n')])), ["rubbish"]);
  assertEquals(objectOf('{"text":"\ufeffa"}').text, "\ufeffa");
});

Deno.test("JSON that is no object is rubbish", () => {
  for (const line of ["1", '"x"', "null", "true", "[]", "[{}]", "{} {}", "{", "{'a':1}", "{a:1}"]) {
    assertEquals(shortOf(framesOf([bytesOf(`${line}\n`)])), ["rubbish"], line);
  }
});

Deno.test("what a rubbish line begins with is told, up to a bound", () => {
  const [frame] = framesOf([bytesOf(`GET / HTTP/1.1${"x".repeat(500)}\n`)]);
  assert(frame.is === "rubbish");
  assertEquals(frame.start.length, 100);
  assert(frame.start.startsWith("GET / HTTP/1.1"));
});

Deno.test("an object that is nested as deeply as a line allows is an object", () => {
  const depth = 30_000;
  const arrays = objectOf(`{"t":${"[".repeat(depth)}${"]".repeat(depth)}}`);
  assert(Array.isArray(arrays.t));
  const objects = objectOf(`${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}`);
  assertEquals(Object.keys(objects), ["a"]);
});

Deno.test("numbers beyond any are taken as JSON has them", () => {
  const { most, digits } = objectOf(`{"most":1e400,"digits":${"9".repeat(400)}}`);
  assertEquals([most, digits], [Infinity, Infinity]);
});

Deno.test("of a key that comes twice the last counts", () => {
  assertEquals(objectOf('{"t":"ping","t":"quit"}'), { t: "quit" });
});

Deno.test("keys that objects inherit change nothing but their own frame", () => {
  const json = objectOf(
    '{"__proto__":{"t":"quit","polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  );
  assertEquals(json.t, undefined);
  assertEquals(json.polluted, undefined);
  assertEquals("polluted" in {}, false);
  for (const t of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    assertEquals(Object.hasOwn(commands, t), false);
    let code: unknown;
    try {
      decodeRequest({ t });
    } catch (error) {
      code = error instanceof Error && "code" in error ? error.code : error;
    }
    assertEquals(code, "unknown_command", t);
  }
});

/** A stream of a few hundred frames of every kind, with lines of all lengths. */
function randomStream(chance: Chance): Uint8Array {
  const parts: (string | Uint8Array)[] = [];
  const signs = ["a", "ü", "你", "😄", "\\n", '\\"', "\\u0000", " "];
  for (let count = 0; count < 300; count++) {
    const text = Array.from({ length: chance.below(200) }, () => chance.pick(signs)).join("");
    const end = chance.once(3) ? "\r\n" : "\n";
    if (chance.once(8)) {
      const bytes = Uint8Array.from({ length: 1 + chance.below(3000) }, () => chance.below(256));
      parts.push(`{"bytes":${bytes.length},"text":"${text}"}${end}`, bytes);
    } else if (chance.once(7)) {
      parts.push(Uint8Array.from({ length: chance.below(99) }, () => 128 + chance.below(128)), end);
    } else {
      parts.push(chance.once(9) ? `${text}${end}` : `{"text":"${text}"}${end}`);
    }
    if (chance.once(20)) parts.push(end);
  }
  return bytesOf(...parts);
}

Deno.test("random streams give the same frames in random pieces as in one", () => {
  const chance = Chance.ofRun("frames in pieces");
  for (let round = 0; round < 20; round++) {
    const stream = randomStream(chance);
    const whole = framesOf([stream]);
    const most = chance.pick([2, 20, 300, 5000]);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < stream.length;) {
      const length = 1 + chance.below(most);
      pieces.push(stream.subarray(at, at + length));
      at += length;
    }
    assert(whole.length > 100);
    assertEquals(shortOf(framesOf(pieces)), shortOf(whole), `seed ${chance.seed}, round ${round}`);
  }
});

Deno.test("the bytes of a body that isn't needed any more are those of the next one", () => {
  const framer = newFramer();
  const part = (text: string) => {
    const line = `${JSON.stringify({ t: "part", bytes: text.length })}\n`;
    const [frame] = framer.push(new TextEncoder().encode(line + text));
    assert(frame.is === "object" && frame.body);
    assertEquals(new TextDecoder().decode(frame.body), text);
    return frame.body;
  };
  const first = part("the first");
  const second = part("another");
  assert(first.buffer !== second.buffer, "Nobody has said that the first isn't needed");
  framer.reuse(first);
  const third = part("third");
  assertEquals(third.buffer, first.buffer);
  framer.reuse(third);
  assert(part("one that is longer than the first").buffer !== first.buffer);
  framer.push(new TextEncoder().encode('{"t":"ping"}\n'));
  assert(part("after").buffer !== first.buffer, "Who sends no more parts needs no memory for them");
});
