/** Files that are fetched over one connection: what comes of each goes to whoever wants it. */

import type { CommandId } from "../wire/decode.ts";
import { ChatError } from "../errors.ts";
import { gunzip } from "../wire/gzip.ts";
import type { ChatEvent } from "../events.ts";
import { partBytesOf } from "../wire/part_bytes.ts";
import type { Ok } from "../protocol.ts";
import type { UnknownEvent } from "./exchange.ts";

/** Takes what is fetched. */
export interface FetchTaker {
  /** The answer, before the first part. */
  begun?(ok: Ok<"fetch">): void;
  /**
   * The next bytes. The server isn't read until this resolves; where it rejects with a ChatError,
   * that ends the fetch.
   */
  part(bytes: Uint8Array, offset: number): Promise<void> | void;
}

interface Begun {
  readonly taker: FetchTaker;
  readonly done: PromiseWithResolvers<string>;
}

/** The fetches of a connection that were answered. */
export class Fetches {
  readonly #begun = new Map<CommandId, Begun>();

  begin(id: number, taker: FetchTaker, done: PromiseWithResolvers<string>): void {
    this.#begun.set(id, { taker, done });
  }

  /** Takes an event that is about a fetch; `undefined`: it isn't. */
  take(event: ChatEvent | UnknownEvent, body: Uint8Array | undefined): Promise<void> | undefined {
    if (event.t !== "part" && event.t !== "fetched") return undefined;
    const begun = this.#begun.get(event.re);
    // The rest of one that was given up.
    if (!begun) return Promise.resolve();
    if (event.t === "part") return this.#part(event, body, begun);
    this.#begun.delete(event.re);
    begun.done.resolve(event.sha256);
    return Promise.resolve();
  }

  /** The server ends a fetch. */
  refuse(id: CommandId, error: ChatError): void {
    this.#begun.get(id)?.done.reject(error);
    this.#begun.delete(id);
  }

  /** The connection is gone. */
  end(error: ChatError): void {
    for (const id of [...this.#begun.keys()]) this.refuse(id, error);
  }

  async #part(
    event: Extract<ChatEvent, { t: "part" }>,
    body: Uint8Array | undefined,
    { taker }: Begun,
  ): Promise<void> {
    try {
      const { bytes, isGzip, length } = partBytesOf(event, body);
      await taker.part(isGzip ? await gunzip(bytes, length) : bytes, event.offset);
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      this.refuse(event.re, error);
    }
  }
}
