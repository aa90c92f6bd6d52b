/** The notes about files: on each subject a few, which mean something in their order. */

import type { NextMsgRequest, SeqMsgRequest } from "@nats-io/jetstream";
import { parseLine } from "../../wire/decode.ts";
import type { JsonObject } from "../../wire/fields.ts";
import { type FileStreams, insist } from "./asking.ts";
import { subjectsOf, takeOut } from "./messages.ts";

/** A note as it stands in the stream. */
export interface Note {
  readonly seq: number;
  readonly value: JsonObject;
}

const encoder = new TextEncoder();

/** Writes and reads notes; each method throws what {@linkcode insist} does. */
export class Notes {
  readonly #streams: FileStreams;
  readonly #stream: string;

  constructor(streams: FileStreams) {
    this.#streams = streams;
    this.#stream = streams.layout.notes.stream;
  }

  /** Adds one, or several that are the same; the number of the last. */
  async add(subject: string, value: JsonObject): Promise<number> {
    const { js, clock } = this.#streams;
    const bytes = encoder.encode(JSON.stringify(value));
    return (await insist(() => js.publish(subject, bytes), clock)).value.seq;
  }

  /** All that stand on a subject, the oldest first, as NATS's leader has them. */
  async read(subject: string): Promise<readonly Note[]> {
    const notes: Note[] = [];
    for (let seq = 1;;) {
      const found = await this.#next(subject, seq);
      if (found === undefined) return notes;
      notes.push(found);
      seq = found.seq + 1;
    }
  }

  /** Whether a note is still there. */
  async has(seq: number): Promise<boolean> {
    const { jsm, clock } = this.#streams;
    const query = { seq };
    // Any replica may say so; only the leader, that it isn't.
    const { value } = await insist(
      async () =>
        await jsm.direct.getMessage(this.#stream, query) ??
          await jsm.streams.getMessage(this.#stream, query),
      clock,
    );
    return value !== null;
  }

  /** Every subject with notes that fits a pattern. */
  subjects(pattern: string): Promise<readonly string[]> {
    return subjectsOf(this.#streams, this.#stream, pattern);
  }

  /** Takes one out. */
  take(seq: number): Promise<void> {
    return takeOut(this.#streams, this.#stream, seq);
  }

  /** Takes out what stands on a subject, or of it what is older than a note. */
  async drop(subject: string, before = Infinity): Promise<void> {
    for (const { seq } of await this.read(subject)) if (seq < before) await this.take(seq);
  }

  async #next(subject: string, from: number): Promise<Note | undefined> {
    const { jsm, clock } = this.#streams;
    const query: SeqMsgRequest & NextMsgRequest = { seq: from, next_by_subj: subject };
    const { value } = await insist(() => jsm.streams.getMessage(this.#stream, query), clock);
    if (value === null) return undefined;
    return { seq: value.seq, value: parseLine(new TextDecoder().decode(value.data)) ?? {} };
  }
}
