/**
 * What was said and isn't stored by the server yet, kept in the browser: the next start says it
 * again under the same cid, and so does another tab that finds it; the server takes it once.
 */

import type { Outgoing } from "../../lib/client/state.ts";
import { ChatError, isRefusalCode } from "../../lib/errors.ts";
import { type Place, placeFields, placeOf } from "../../lib/events.ts";
import { checkFields, integer, note, opaque, optional, prose } from "../../lib/wire/fields.ts";
import type { Uid } from "../../lib/names.ts";
import { type Keep, readObject } from "./keep.ts";

/** A message that is kept. */
export interface KeptMessage {
  readonly place: Place;
  /** The server that it was meant for, and who said it there. */
  readonly server: string;
  readonly uid: Uid;
  readonly outgoing: Outgoing;
}

const start = "out.";
const fields = {
  ...placeFields,
  server: opaque(),
  uid: opaque<Uid>(),
  cid: opaque(),
  text: prose,
  quote: optional(integer(1)),
  at: integer(0),
  code: optional(note(64)),
  message: optional(note(1000)),
} as const;

/** The messages of one browser. */
export class KeptOutbox {
  readonly #keep: Keep;

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  /** Everything that is kept, in the order in which it was said. */
  read(): readonly KeptMessage[] {
    return this.#keep.names(start)
      .flatMap((name) => this.#messageOf(name) ?? [])
      .toSorted((one, other) => one.outgoing.at - other.outgoing.at);
  }

  /** Keeps a message as it stands. */
  put({ place, server, uid, outgoing }: KeptMessage): void {
    const { cid, text, quote, at, error } = outgoing;
    const { code, message } = error ?? {};
    const kept = { ...place, server, uid, cid, text, quote, at, code, message };
    this.#keep.set(start + cid, JSON.stringify(kept));
  }

  /** It is stored, or given up. */
  remove(cid: string): void {
    this.#keep.remove(start + cid);
  }

  #messageOf(name: string): KeptMessage | undefined {
    const kept = checkFields(fields, readObject(this.#keep, name) ?? {});
    if (kept === undefined) return undefined;
    const { server, uid, cid, text, quote, at, code, message } = kept;
    const said = { cid, text, at, ...quote !== undefined && { quote } };
    return {
      place: placeOf(kept),
      server,
      uid,
      outgoing: code !== undefined && isRefusalCode(code)
        ? { ...said, state: "failed", error: new ChatError(code, message ?? code) }
        : { ...said, state: "sending" },
    };
  }
}
