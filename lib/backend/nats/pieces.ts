/** Bytes in pieces, each of them a message with a subject of its own. */

import { randomText } from "../../clock.ts";
import { integer, list, opaque, record } from "../../wire/fields.ts";
import { eachOf, type FileStreams, insist } from "./asking.ts";
import { groupOf } from "./file_layout.ts";
import { subjectsOf, takeOut } from "./messages.ts";

/** Bytes of a piece; only the last one of a file has less. */
export const pieceBytes = 256 * 1024;

/** From which piece on one writer has written, up to where the next one has. */
export interface Extent {
  readonly writer: string;
  readonly from: number;
}

/** Where the bytes of a file are. */
export interface Stored {
  readonly blob: string;
  /** In their order; the first is from 0 on. */
  readonly extents: readonly Extent[];
  readonly size: number;
}

/** How often a file may have changed its writer, so that what is known of it fits a message. */
export const extentsMax = 4096;
const extent = record({ writer: opaque(), from: integer(0) });
/** What a {@linkcode Stored} is made of. */
export const storedFields = {
  blob: opaque(),
  extents: list(extent, extentsMax),
  size: integer(0),
} as const;

/** Pieces that are asked for at once: more would wait in NATS, which cuts those that read slowly. */
const asksMax = 32;
/** Pieces that are taken out at once. */
const dropsMax = 16;

/** A name that nobody else has. */
export function newName(): string {
  return randomText(9);
}

/** Bytes that a piece of a file should have. */
export function lengthOf({ size }: Pick<Stored, "size">, index: number): number {
  return Math.max(0, Math.min(pieceBytes, size - index * pieceBytes));
}

/** Writes and reads pieces; each method throws what {@linkcode insist} does. */
export class Pieces {
  readonly #streams: FileStreams;
  #asks = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(streams: FileStreams) {
    this.#streams = streams;
  }

  /**
   * Writes a piece, or more of the last one. Resolves when it is kept, with whether it can't be
   * written once more behind what comes after it: by a server that was lost while it had it.
   */
  async put(
    { blob, writer, index }: { blob: string; writer: string; index: number },
    bytes: Uint8Array,
  ): Promise<boolean> {
    const { js, layout, clock } = this.#streams;
    const subject = layout.piece(blob, writer, index);
    return (await insist(() => js.publish(subject, bytes), clock)).isFirst;
  }

  /** A piece of a file, or `undefined` where it isn't there, or not as it should be. */
  async get(stored: Stored, index: number): Promise<Uint8Array | undefined> {
    const { layout } = this.#streams;
    const writer = stored.extents.findLast(({ from }) => from <= index)?.writer;
    if (writer === undefined) return undefined;
    const subject = layout.piece(stored.blob, writer, index);
    const length = lengthOf(stored, index);
    const isWhole = (bytes: Uint8Array | undefined) =>
      bytes !== undefined && bytes.length === length;
    // Any replica may have it; only the leader knows that it isn't there.
    const near = await this.#inTurn(() => this.#near(subject));
    if (isWhole(near)) return near;
    const last = await this.#last(subject);
    // More of it may have been written by who didn't know yet that another one goes on.
    return last && last.length >= length ? last.subarray(0, length) : undefined;
  }

  /** How many bytes of a file are there, of which at least `size` are. */
  async size({ blob, extents, size }: Stored): Promise<number> {
    const last = extents.at(-1);
    if (last === undefined) return size;
    const { writer } = last;
    const lengthAt = async (index: number) =>
      (await this.#last(this.#streams.layout.piece(blob, writer, index)))?.length ?? 0;
    // The first piece that isn't whole: all before it are, as each was written when that was kept.
    let whole = Math.floor(size / pieceBytes) - 1;
    let step = 1;
    while (await lengthAt(whole + step) === pieceBytes) {
      whole += step;
      step *= 2;
    }
    for (let end = whole + step; end - whole > 1;) {
      const middle = Math.floor((whole + end) / 2);
      if (await lengthAt(middle) === pieceBytes) whole = middle;
      else end = middle;
    }
    return Math.max(size, (whole + 1) * pieceBytes + await lengthAt(whole + 1));
  }

  /** Takes all pieces out, whoever has written them, of about so many bytes: NATS frees them. */
  async drop({ blob, size }: Pick<Stored, "blob" | "size">): Promise<void> {
    const { layout } = this.#streams;
    const last = groupOf(Math.floor(size / pieceBytes));
    // As many at once as NATS may list in one message.
    for (let group = 0; group <= last; group++) await this.#drop(layout.pieces(blob, group));
    await this.#drop(layout.pieces(blob));
  }

  /** Bytes that all pieces take. */
  async used(): Promise<number> {
    const { jsm, layout, clock } = this.#streams;
    const { value } = await insist(() => jsm.streams.info(layout.bytes.stream), clock);
    return value.state.bytes;
  }

  async #drop(pattern: string): Promise<void> {
    const { bytes: { stream } } = this.#streams.layout;
    const subjects = await subjectsOf(this.#streams, stream, pattern);
    await eachOf(subjects, dropsMax, (subject) => this.#dropOne(stream, subject));
  }

  /** Nobody has kept its number: what takes its place, which is nothing, has one. */
  async #dropOne(stream: string, subject: string): Promise<void> {
    const { js, clock } = this.#streams;
    const { value: { seq } } = await insist(() => js.publish(subject), clock);
    await takeOut(this.#streams, stream, seq);
  }

  async #near(subject: string): Promise<Uint8Array | undefined> {
    const { jsm, layout, clock } = this.#streams;
    const ask = () => jsm.direct.getMessage(layout.bytes.stream, { last_by_subj: subject });
    return (await insist(ask, clock)).value?.data;
  }

  async #last(subject: string): Promise<Uint8Array | undefined> {
    const { jsm, layout, clock } = this.#streams;
    const ask = () => jsm.streams.getMessage(layout.bytes.stream, { last_by_subj: subject });
    return (await this.#inTurn(() => insist(ask, clock))).value?.data;
  }

  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#asks >= asksMax) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#asks++;
    }
    try {
      return await ask();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#asks--;
    }
  }
}
