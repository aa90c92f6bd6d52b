/** Events and answers as lines, as one viewer or a whole audience gets them. A leaf. */

import { doerOf, type LogEvent, type Place } from "./events.ts";
import { type JsonObject, utf8Length } from "./fields.ts";
import type { Uid } from "./names.ts";

const encoder = new TextEncoder();

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
  const { t, cid, ...rest } = event;
  const shown: JsonObject = event.t === "shared"
    ? { t, ...place, ...rest, file: { ...event.file, ...place } }
    : { t, ...place, ...rest };
  // What a key is compared with is for whoever compares.
  const told = event.t === "locked" ? { ...shown, key: undefined } : shown;
  return cid === undefined || doerOf(event).uid !== viewer ? told : { ...told, cid };
}

/**
 * Consecutive events of one conversation as lines: once for everybody, and once more for whoever
 * sent some of them under cids, which nobody else sees.
 */
export class EventLines {
  readonly #shared: Uint8Array;
  /** Where each event's line ends in the shared bytes, before its brace and newline. */
  readonly #ends: readonly number[];
  /** The events of each sender of cids, by their place; what they get, once it was asked for. */
  readonly #own = new Map<Uid, { readonly places: number[]; parts?: readonly Uint8Array[] }>();
  readonly #events: readonly LogEvent[];

  constructor(events: readonly LogEvent[], place: Place) {
    const lines = events.map((event) => JSON.stringify(wireEvent(event, place)) + "\n");
    this.#shared = encoder.encode(lines.join(""));
    let end = 0;
    this.#ends = lines.map((line) => (end += line.length) - 2);
    // Places in the text are places in the bytes only where each character is one byte.
    if (end !== this.#shared.length) this.#ends = endsOf(lines);
    this.#events = events;
    for (const [index, event] of events.entries()) {
      if (event.cid === undefined) continue;
      const { uid } = doerOf(event);
      const own = this.#own.get(uid);
      if (own) own.places.push(index);
      else this.#own.set(uid, { places: [index] });
    }
  }

  /** What `viewer` gets, in parts: nearly all of it is what everybody gets. */
  for(viewer: Uid): readonly Uint8Array[] {
    const own = this.#own.get(viewer);
    return own ? own.parts ??= this.#withCids(own.places) : [this.#shared];
  }

  #withCids(places: readonly number[]): Uint8Array[] {
    const parts: Uint8Array[] = [];
    let from = 0;
    for (const place of places) {
      const end = this.#ends[place];
      parts.push(this.#shared.subarray(from, end));
      parts.push(encoder.encode(`,"cid":${JSON.stringify(this.#events[place].cid)}`));
      from = end;
    }
    parts.push(this.#shared.subarray(from));
    return parts;
  }
}

function endsOf(lines: readonly string[]): number[] {
  let end = 0;
  return lines.map((line) => (end += utf8Length(line)) - 2);
}
