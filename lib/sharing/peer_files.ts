/** What one connection has to do with files: what it sends, and what it fetches. */

import type { Core } from "../core.ts";
import type { CommandId } from "../wire/decode.ts";
import type { PassingEvent } from "../events.ts";
import { Fetches } from "./fetching.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { TransferId } from "../names.ts";
import type { Outbox } from "../peer/outbox.ts";
import type { Known } from "../known.ts";
import type { CommandName } from "../protocol.ts";
import type { Sender } from "./receiving.ts";

/** What a refusal that comes by itself is about. */
export interface RefusedAbout {
  readonly re?: CommandId;
  readonly transfer?: TransferId;
}

/** What {@linkcode PeerFiles} needs of its session. */
export interface FilePeer {
  readonly known: Known;
  /** What it said in `features`. */
  readonly takes: { readonly gzip: boolean; readonly base64: boolean };
  readonly outbox: Outbox;
  /** When bytes of a body came last, in milliseconds since 1970. */
  readonly bodyAt: number;
  /** The bytes of a body aren't needed any more. */
  reuse(body: Uint8Array): void;
  /** Sends an event, also to a quiet connection. */
  tell(event: PassingEvent): void;
  /** Sends a refusal that answers no command that waits. */
  tellRefusal(command: CommandName, error: unknown, about: RefusedAbout): void;
}

/** The files of one connection. */
export class PeerFiles implements Sender {
  readonly fetches: Fetches;
  readonly #core: Core;
  readonly #peer: FilePeer;
  readonly #transfers = new Set<TransferId>();
  /** Parts of it were refused for good; the others are dropped without a word. */
  #unknown: string | undefined;
  #ended = false;

  constructor(core: Core, peer: FilePeer) {
    this.#core = core;
    this.#peer = peer;
    this.fetches = new Fetches(core, peer);
  }

  get bodyAt(): number {
    return this.#peer.bodyAt;
  }

  /** Whether the bytes behind this line are wanted. */
  wants(json: JsonObject): boolean {
    if (json.t !== "part" || typeof json.transfer !== "string") return false;
    return this.#core.uploads.wants(json.transfer as TransferId, this);
  }

  /** A transfer is this connection's from now on. */
  begin(transfer: TransferId): void {
    this.#transfers.add(transfer);
    this.#unknown = undefined;
    if (this.#ended) this.end();
  }

  /** A transfer has ended. */
  forget(transfer: TransferId): void {
    this.#transfers.delete(transfer);
  }

  /** Whether a part of a transfer that isn't there was refused before; it is from now on. */
  isKnownMissing(transfer: TransferId): boolean {
    const isKnown = this.#unknown === transfer;
    this.#unknown = transfer;
    return isKnown;
  }

  /** The bytes of a body aren't needed any more. */
  reuse(body: Uint8Array): void {
    this.#peer.reuse(body);
  }

  tell(event: PassingEvent): void {
    this.#peer.tell(event);
  }

  refuse(transfer: TransferId, error: unknown): void {
    this.#peer.tellRefusal("part", error, { transfer });
  }

  /** The connection has ended. */
  end(): void {
    this.#ended = true;
    this.#core.uploads.lose(this, this.#transfers);
    this.fetches.end();
  }
}
