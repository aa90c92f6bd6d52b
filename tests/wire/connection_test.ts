import { assert, assertEquals } from "@std/assert";
import {
  type ByteStream,
  type Frame,
  Framer,
  streamConnection,
} from "../../lib/wire/connection.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { Chance } from "../helpers/chance.ts";

const bounds = {
  lineBytesMax: limits.lineBytesInMax,
  keepsBody: (json: JsonObject) => json.wanted === true,
};

/** A stream of these bytes; each read brings as many as `most` says. */
function streamOf(bytes: Uint8Array, most: () => number): ByteStream & { reads: number } {
  let at = 0;
  return {
    reads: 0,
    read(into) {
      this.reads++;
      const piece = bytes.subarray(at, at + Math.min(into.length, most()));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length === 0 ? null : piece.length);
    },
    write: (some) => Promise.resolve(some.length),
    close() {},
  };
}

async function framesOf(stream: ByteStream): Promise<Frame[]> {
  const connection = streamConnection(stream, { remote: "", bounds, now: () => 0 });
  const frames: Frame[] = [];
  for (;;) {
    const some = await connection.read();
    if (some === undefined) return frames;
    frames.push(...some);
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pieces.reduce((at, piece) => (all.set(piece, at), at + piece.length), 0);
  return all;
}

function frame(json: JsonObject, body = new Uint8Array(0)): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(json)}\n`);
  return joined([line, body]);
}

Deno.test("bodies of all sizes come whole, wanted or not, however the stream is cut", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const chance = new Chance(seed);
    const pieces: Uint8Array[] = [];
    for (let count = 0; count < 12; count++) {
      const bytes = chance.below(2) ? 1 + chance.below(limits.bodyBytesMax) : chance.below(5000);
      const body = new Uint8Array(bytes).map((_, index) => index * 31 + count);
      pieces.push(frame({ t: "part", count, bytes, wanted: chance.below(3) > 0 }, body));
      if (chance.below(2)) pieces.push(frame({ t: "ping", count }));
    }
    const whole = joined(pieces);
    const right = new Framer(bounds).push(whole);
    const most = () => 1 + chance.below(chance.below(2) ? 100 : 400_000);
    assertEquals(await framesOf(streamOf(whole, most)), right, `seed ${seed}`);
  }
});

Deno.test("a large body is read to where it stays, in few reads", async () => {
  const body = new Uint8Array(limits.partBytesUsual);
  const part = frame({ t: "part", bytes: body.length, wanted: true }, body);
  const count = 40;
  const stream = streamOf(joined(Array(count).fill(part)), () => Infinity);
  const frames = await framesOf(stream);
  assertEquals(frames.length, count);
  // Its line with the first bytes, then the rest; the first ones find a buffer that is smaller.
  assert(stream.reads <= 2 * count + 5, `${stream.reads} reads`);
});

Deno.test("small bodies come many at once", async () => {
  const body = new Uint8Array(1000);
  const part = frame({ t: "part", bytes: body.length, wanted: true }, body);
  const count = 1000;
  const stream = streamOf(joined(Array(count).fill(part)), () => Infinity);
  assertEquals((await framesOf(stream)).length, count);
  assert(stream.reads < 40, `${stream.reads} reads`);
});
