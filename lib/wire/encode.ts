/** Events and answers as lines, as one viewer or a whole audience gets them. A leaf. */

import { doerOf, type LogEvent, type Place } from "../events.ts";
import { type JsonObject, utf8Length } from "./fields.ts";
import type { Uid } from "../names.ts";
import { joined } from "./joined.ts";

const encoder = new TextEncoder();

/** Bytes of copies for those who sent events, up to which each gets one of its own. */
const copiesMax = 256 * 1024;

/** A line as bytes, with its end. */
export function encodeLine(value: object): Uint8Array {
  return encodeLines([value]);
}

/** Lines as bytes, each with its end. */
export function encodeLines(values: readonly object[]): Uint8Array {
  return encoder.encode(values.map((value) => JSON.stringify(value) + "\n").join(""));
}

/** An event of the log as `place` names its conversation; the cid only for its sender. */
export function wireEvent(event: LogEvent, place: Place, viewer?: Uid): JsonObject {
  const { cid } = event;
  const isOwn = cid !== undefined && doerOf(event).uid === viewer;
  const shown = { ...event, ...place, cid: isOwn ? cid : undefined };
  if (shown.t === "shared") return { ...shown, file: { ...shown.file, ...place } };
  // What a key is compared with is for whoever compares.
  return shown.t === "locked" ? { ...shown, key: undefined } : shown;
}

/**
 * Consecutive events of one conversation as lines: once for everybody, and once more for whoever
 * sent some of them under cids, which nobody else sees.
 */
export class EventLines {
  readonly #shared: Uint8Array;
  readonly #everybodys: readonly Uint8Array[];
  /** Where each event's line ends in the shared bytes. */
  readonly #ends: readonly number[];
  /** What each sender of cids gets. */
  readonly #own = new Map<Uid, readonly Uint8Array[]>();

  constructor(events: readonly LogEvent[], place: Place) {
    const lines = events.map((event) => JSON.stringify(wireEvent(event, place)) + "\n");
    this.#shared = encoder.encode(lines.join(""));
    this.#everybodys = [this.#shared];
    this.#ends = endsOf(lines, this.#shared);
    const places = new Map<Uid, number[]>();
    // Here and below a pair made for each event would be felt.
    for (let index = 0; index < events.length; index++) {
      if (events[index].cid === undefined) continue;
      const { uid } = doerOf(events[index]);
      const theirs = places.get(uid);
      if (theirs) theirs.push(index);
      else places.set(uid, [index]);
    }
    // A few copies cost less in one piece, made here, where nobody waits, than many parts later.
    const isJoined = this.#shared.length * places.size <= copiesMax;
    for (const [uid, theirs] of places) {
      const parts = this.#withCids(events, theirs);
      this.#own.set(uid, isJoined ? [joined(parts)] : parts);
    }
  }

  /** What `viewer` gets, in parts: nearly all of it is what everybody gets. */
  for(viewer: Uid): readonly Uint8Array[] {
    return this.#own.get(viewer) ?? this.#everybodys;
  }

  #withCids(events: readonly LogEvent[], places: readonly number[]): Uint8Array[] {
    const cids = places.map((place) => `,"cid":${JSON.stringify(events[place].cid)}`);
    const bytes = encoder.encode(cids.join(""));
    const ends = endsOf(cids, bytes);
    const parts: Uint8Array[] = [];
    let from = 0;
    for (let index = 0; index < places.length; index++) {
      // Before the brace and the newline.
      const end = this.#ends[places[index]] - 2;
      parts.push(this.#shared.subarray(from, end));
      parts.push(bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
      from = end;
    }
    parts.push(this.#shared.subarray(from));
    return parts;
  }
}

/** Where each text ends in the bytes of all of them. */
function endsOf(texts: readonly string[], bytes: Uint8Array): number[] {
  let end = 0;
  const ends = texts.map((text) => end += text.length);
  // Places in a text are places in its bytes only where each character is one byte.
  if (end === bytes.length) return ends;
  end = 0;
  return texts.map((text) => end += utf8Length(text));
}
