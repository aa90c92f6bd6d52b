/** A peer that is led by hand: it takes nothing unless it is told to, and sends any bytes. */

import { type ByteStream, type Connection, streamConnection } from "../../lib/wire/connection.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { serve } from "../../lib/peer/session.ts";
import { streamPair } from "../../lib/wire/stream_pair.ts";
import type { TestServer } from "./peer.ts";

/** One end of a stream in memory whose other end a server's session has. */
export class HandPeer {
  /** Resolves when the server has done with this peer. */
  readonly served: Promise<void>;
  readonly #stream: ByteStream;
  readonly #connection: Connection;
  readonly #came: JsonObject[] = [];

  /** `bytesMax`: what a network between the two would hold. */
  constructor(server: TestServer, bytesMax: number = 64 * 1024) {
    const [here, there] = streamPair(bytesMax);
    const core = server.nextCore();
    const now = () => core.clock.now();
    const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
    this.served = serve(core, streamConnection(there, { remote: "127.0.0.1", bounds, now }));
    this.#stream = here;
    this.#connection = streamConnection(here, {
      remote: "server",
      bounds: { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => false },
      now: () => 0,
    });
  }

  /** Sends bytes as they are. */
  async raw(bytes: string | Uint8Array): Promise<void> {
    const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    for (let at = 0; at < all.length;) at += await this.#stream.write(all.subarray(at));
  }

  /** Sends commands, a line each. */
  async send(...commands: readonly JsonObject[]): Promise<void> {
    await this.raw(commands.map((command) => `${JSON.stringify(command)}\n`).join(""));
  }

  /** Takes at most `bytes` bytes as they are; an empty text at the end. */
  async text(bytes: number): Promise<string> {
    const into = new Uint8Array(bytes);
    return new TextDecoder().decode(into.subarray(0, await this.#stream.read(into) ?? 0));
  }

  /** Takes lines up to the first that `fits`, which it resolves; `undefined` at the end. */
  async take(fits: (line: JsonObject) => boolean): Promise<JsonObject | undefined> {
    for (;;) {
      const next = this.#came.shift();
      if (next !== undefined && fits(next)) return next;
      if (next !== undefined) continue;
      const frames = await this.#connection.read();
      if (frames === undefined) return undefined;
      for (const frame of frames) if (frame.is === "object") this.#came.push(frame.json);
    }
  }

  /** Takes everything up to the end: the lines. */
  async rest(): Promise<JsonObject[]> {
    const lines: JsonObject[] = [];
    await this.take((line) => {
      lines.push(line);
      return false;
    });
    return lines;
  }

  close(): void {
    this.#connection.close();
  }
}
