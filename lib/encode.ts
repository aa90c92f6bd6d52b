/** Events and answers as lines, as one viewer or a whole audience gets them. A leaf. */

import type { LogEvent, Place } from "./events.ts";
import type { JsonObject } from "./fields.ts";
import type { Uid } from "./names.ts";

const encoder = new TextEncoder();

/** A line as bytes, with its end. */
export function encodeLine(value: object): Uint8Array {
  return encoder.encode(JSON.stringify(value) + "\n");
}

/** An event of the log as `place` names its conversation; the cid only for its sender. */
export function wireEvent(event: LogEvent, place: Place, viewer?: Uid): JsonObject {
  const { t, cid, ...rest } = event;
  const shown = { t, ...place, ...rest };
  return cid === undefined || event.uid !== viewer ? shown : { ...shown, cid };
}

/** Consecutive events of one conversation as lines: once for everybody, and once for each sender. */
export class EventLines {
  readonly #events: readonly LogEvent[];
  readonly #lines: readonly string[];
  #shared: Uint8Array | undefined;
  /** Whose lines differ, because they sent cids; what they get, once it was needed. */
  readonly #own = new Map<Uid, Uint8Array | undefined>();

  constructor(events: readonly LogEvent[], place: Place) {
    this.#events = events;
    this.#lines = events.map((event) => JSON.stringify(wireEvent(event, place)));
    for (const { uid, cid } of events) if (cid !== undefined) this.#own.set(uid, undefined);
  }

  /** What `viewer` gets. */
  for(viewer: Uid): Uint8Array {
    if (!this.#own.has(viewer)) return this.#shared ??= joined(this.#lines);
    let own = this.#own.get(viewer);
    if (own === undefined) {
      own = joined(this.#lines.map((line, index) => this.#withCid(line, index, viewer)));
      this.#own.set(viewer, own);
    }
    return own;
  }

  #withCid(line: string, index: number, viewer: Uid): string {
    const { uid, cid } = this.#events[index];
    if (uid !== viewer || cid === undefined) return line;
    return `${line.slice(0, -1)},"cid":${JSON.stringify(cid)}}`;
  }
}

function joined(lines: readonly string[]): Uint8Array {
  return encoder.encode(lines.join("\n") + "\n");
}
