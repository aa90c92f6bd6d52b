/** What is queued for peers, where many of them have something at once. */

import { assertEquals, assertLess } from "@std/assert";
import { Outbox } from "../../lib/peer/outbox.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { joined } from "../../lib/wire/joined.ts";

const clock = systemClock();

/** Resolves when what was pushed in this turn is being written. */
function flushed(): Promise<void> {
  return new Promise((resolve) => clock.soon(resolve));
}

/** Outboxes whose writes all begin before any of them ends, as those of a room's members do. */
class Writes {
  readonly #outboxes: readonly Outbox[];
  #under: { readonly bytes: Uint8Array; readonly taken: (count: number) => void }[] = [];

  constructor(count: number) {
    this.#outboxes = Array.from({ length: count }, () => {
      const write = (bytes: Uint8Array) => {
        return new Promise<number>((taken) => this.#under.push({ bytes, taken }));
      };
      return new Outbox({ write, onSlow() {}, onLost() {} }, clock);
    });
  }

  /** Pushes the same parts to all, and resolves what each of them writes when all have begun. */
  async all(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    for (const outbox of this.#outboxes) for (const part of parts) outbox.push(part);
    await flushed();
    return this.#under.map(({ bytes }) => bytes);
  }

  /** All is taken. */
  async take(): Promise<void> {
    for (const { bytes, taken } of this.#under.splice(0)) taken(bytes.length);
    await flushed();
  }
}

/** Bytes of the memory that some bytes are in, each piece of it once. */
function memoryOf(all: readonly Uint8Array[]): number {
  const pieces = new Set(all.map(({ buffer }) => buffer));
  return [...pieces].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

const parts = ["one\n", "two\n"].map((text) => new TextEncoder().encode(text));

Deno.test("what is queued in one turn is one write, for each of many", async () => {
  const writes = new Writes(100);
  const written = await writes.all(parts);
  assertEquals(
    written.map((bytes) => new TextDecoder().decode(bytes)),
    Array(100).fill("one\ntwo\n"),
  );
  await writes.take();
});

Deno.test("what is large is written as it is, and what is much in pieces, in order", async () => {
  const sizes = [10, 20_000, 10, 10, ...Array<number>(10).fill(10_000), 100_000];
  const parts: readonly Uint8Array[] = sizes.map((size, index) => new Uint8Array(size).fill(index));
  const writes = new Writes(1);
  const written: Uint8Array[] = [];
  for (let next = await writes.all(parts); next.length > 0; next = await writes.all([])) {
    // What is written may be taken for the next piece.
    written.push(...next.map((bytes) => parts.includes(bytes) ? bytes : bytes.slice()));
    await writes.take();
  }
  assertEquals(joined(written), joined(parts));
  assertEquals(written.map(({ length }) => length), [10, 20_000, 60_020, 40_000, 100_000]);
  assertEquals(written.filter((bytes) => parts.includes(bytes)).length, 3);
});

Deno.test("many writes at once take little more memory than what they write", async () => {
  const few = new Writes(16);
  const ofFew = memoryOf(await few.all(parts));
  await few.take();
  const many = new Writes(1000);
  for (let turn = 0; turn < 3; turn++) {
    assertLess(memoryOf(await many.all(parts)), ofFew + 1000 * 100);
    await many.take();
  }
});

Deno.test("buffers that were given back are taken again, also by whoever lost a peer", async () => {
  const lost = Promise.withResolvers<number>();
  const memory: ArrayBufferLike[] = [];
  const write = (bytes: Uint8Array) => {
    memory.push(bytes.buffer);
    return lost.promise;
  };
  let gone = 0;
  const all = Array.from({ length: 50 }, () => {
    return new Outbox({ write, onSlow() {}, onLost: () => gone++ }, clock);
  });
  for (const outbox of all) for (const part of parts) outbox.push(part);
  await flushed();
  lost.reject(new Error("gone"));
  await flushed();
  assertEquals(gone, 50);
  const writes = new Writes(1);
  const [bytes] = await writes.all(parts);
  assertEquals(memory.includes(bytes.buffer), true);
  await writes.take();
});
