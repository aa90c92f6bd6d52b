/** The files that one connection fetches: read a part at a time, as fast as the peer takes them. */

import type { Core } from "../core.ts";
import type { CommandId } from "../wire/decode.ts";
import { encodeLine } from "../wire/encode.ts";
import { ChatError } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { LibraryEntry, Outgoing } from "../file_store.ts";
import { gzip, shrinks } from "../wire/gzip.ts";
import { limits } from "../limits.ts";
import { sharedFile } from "../peer/listings.ts";
import { toBase64 } from "../wire/part_bytes.ts";
import type { FilePeer } from "./peer_files.ts";
import type { Command } from "../protocol.ts";
import { requireStillIn } from "./shelf.ts";

/** A file on its way to the peer. */
interface Fetch {
  readonly re: CommandId;
  readonly entry: LibraryEntry;
  readonly outgoing: Outgoing;
  /** Where the next part begins. */
  at: number;
  /** Behind the last byte that was asked for. */
  readonly end: number;
  /** So many parts are sent as they are before compressing is tried again. */
  plain: number;
  readonly run: Run;
}

/** A fetch from when it was asked for. */
interface Run {
  isOver: boolean;
}

/** Room for the line before a part's bytes: its longest fields, with each character escaped. */
const headBytes = 1024;
/** On faster links (bytes in a second) compressing takes longer than sending. */
const gzipRateMax = 8 * 1024 * 1024;
/** Of what was measured, this much is left a part later. */
const fading = 0.97;
/** After a part that hardly shrinks. */
const plainParts = 32;

/** More files than are fetched in pieces by turns; a connection may fetch any number in its life. */
const toldMax = 100;

/** The fetches of one connection, which take turns. */
export class Fetches {
  readonly #core: Core;
  readonly #peer: FilePeer;
  /** By what the peer calls them, from when they were asked for. */
  readonly #runs = new Map<CommandId, Run>();
  /** Those that were answered, until their files are closed. */
  readonly #open = new Set<Fetch>();
  /** How many were asked for whose files aren't closed, cancelled ones as well. */
  #underWay = 0;
  #isSending = false;
  #ended = false;
  /** The files of which the log has told that they are fetched; the latest is the last. */
  readonly #told = new Set<string>();
  /** What the peer took lately, and the time that it took, in milliseconds: older parts fade. */
  readonly #taken = { bytes: 0, ms: 0 };

  constructor(core: Core, peer: FilePeer) {
    this.#core = core;
    this.#peer = peer;
  }

  /**
   * Begins to fetch; resolves what the answer is made of, behind which the parts come.
   *
   * @throws {ChatError} `slow_down`, `bad_message`; as a rejection `no_such_file`, `bad_offset`
   */
  begin(re: CommandId, command: Command<"fetch">): Promise<() => JsonObject> {
    const { fetchesAtOnceMax } = limits;
    if (this.#runs.has(re)) {
      throw new ChatError("bad_message", 'Cannot fetch: another fetch has this "id" still');
    }
    // Who cancels and asks anew, and takes nothing, would have ever more files opened.
    if (this.#runs.size >= fetchesAtOnceMax || this.#underWay >= fetchesAtOnceMax * 2) {
      const wait = `${fetchesAtOnceMax} are under way; wait until one has ended`;
      throw new ChatError("slow_down", `Cannot fetch: ${wait}`, { retryMs: 1000 });
    }
    const run = { isOver: this.#ended };
    this.#runs.set(re, run);
    this.#underWay++;
    return this.#begun(re, run, command).catch((error) => {
      this.#underWay--;
      this.#end(re, run);
      throw error;
    });
  }

  /** Ends a fetch, where it is under way: nothing more of it is sent. */
  cancel(re: CommandId): void {
    const run = this.#runs.get(re);
    if (run) this.#end(re, run);
  }

  /** Whether it is the first piece of a file over this connection: the log tells only of that. */
  isNew(file: string | undefined): boolean {
    if (file === undefined) return true;
    const isNew = !this.#told.delete(file);
    this.#told.add(file);
    // The one that was fetched longest ago.
    if (this.#told.size > toldMax) this.#told.delete(this.#told.values().next().value ?? file);
    return isNew;
  }

  /** The connection has ended. */
  end(): void {
    this.#ended = true;
    for (const re of [...this.#runs.keys()]) this.cancel(re);
  }

  async #begun(re: CommandId, run: Run, command: Command<"fetch">): Promise<() => JsonObject> {
    const { known } = this.#peer;
    const { entry, outgoing } = await this.#core.shelf.open(known, command.file);
    const { size } = entry.file;
    const { offset = 0, length = size } = command;
    try {
      if (offset > size) {
        throw new ChatError("bad_offset", `Cannot fetch: the file has ${size} bytes`, {
          offset: size,
        });
      }
      const end = Math.min(size, offset + length);
      const file = await sharedFile(this.#core, known, entry);
      const fetch = { re, entry, outgoing, at: offset, end, plain: 0, run };
      return () => {
        this.#open.add(fetch);
        if (!this.#isSending) void this.#send();
        return { file, offset, length: end - offset };
      };
    } catch (error) {
      await outgoing[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends parts of all fetches by turns until none is left. Never rejects. */
  async #send(): Promise<void> {
    this.#isSending = true;
    // What was pushed last may still be written while the next part is read.
    const buffers = [0, 1].map(() => new Uint8Array(headBytes + limits.partBytesUsual));
    let turn = 0;
    while (this.#open.size > 0) {
      for (const fetch of this.#open) {
        await this.#sendPart(fetch, buffers[turn]);
        turn = 1 - turn;
      }
    }
    this.#isSending = false;
  }

  async #sendPart(fetch: Fetch, buffer: Uint8Array<ArrayBuffer>): Promise<void> {
    const { outbox } = this.#peer;
    try {
      const frame = await this.#part(fetch, buffer);
      await outbox.below(0);
      if (!fetch.run.isOver && frame) {
        const from = this.#core.clock.now();
        outbox.push(frame);
        void outbox.below(0).then(() => {
          this.#taken.bytes = this.#taken.bytes * fading + frame.length;
          this.#taken.ms = this.#taken.ms * fading + this.#core.clock.now() - from;
        });
        return;
      }
      if (!fetch.run.isOver) this.#complete(fetch);
    } catch (error) {
      if (!fetch.run.isOver) this.#peer.tellRefusal("fetch", error, { re: fetch.re });
    }
    await this.#close(fetch);
  }

  /** The next part as a frame, in `buffer` where it can be; `undefined` behind the last one. */
  async #part(
    fetch: Fetch,
    buffer: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array | undefined> {
    const { entry: { file }, re, at: offset } = fetch;
    if (fetch.run.isOver || offset === fetch.end) return undefined;
    requireStillIn(this.#peer.known, fetch.entry);
    const { base64, gzip: takesGzip } = this.#peer.takes;
    const most = base64 ? limits.dataBytesMax : limits.partBytesUsual;
    const into = buffer.subarray(headBytes, headBytes + Math.min(most, fetch.end - offset));
    const length = await fetch.outgoing.read(into, offset);
    if (length === 0) {
      throw new ChatError("no_such_file", `"${file.name}" is shorter than it was shared`);
    }
    fetch.at += length;
    const bytes = into.subarray(0, length);
    const about = { t: "part", re, file: file.file, offset } as const;
    if (base64) return encodeLine({ ...about, data: toBase64(bytes) });
    const packed = takesGzip ? await this.#packed(fetch, bytes) : undefined;
    if (packed) {
      const line = encodeLine({ ...about, bytes: packed.length, encoding: "gzip", raw: length });
      const frame = new Uint8Array(line.length + packed.length);
      frame.set(line);
      frame.set(packed, line.length);
      return frame;
    }
    const line = encodeLine({ ...about, bytes: length });
    buffer.set(line, headBytes - line.length);
    return buffer.subarray(headBytes - line.length, headBytes + length);
  }

  /** The bytes compressed, where the link is slow and they shrink. */
  async #packed(fetch: Fetch, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
    const isFast = this.#taken.bytes * 1000 >= gzipRateMax * this.#taken.ms;
    if (isFast || --fetch.plain > 0) return undefined;
    const packed = await gzip(bytes);
    if (shrinks(packed.length, bytes.length)) return packed;
    fetch.plain = plainParts;
    return undefined;
  }

  #complete({ re, entry, end }: Fetch): void {
    const { file, sha256, size } = entry.file;
    const { outbox, known } = this.#peer;
    outbox.push(encodeLine({ t: "fetched", re, file, sha256 }));
    if (end < size) return;
    const { journal, shelf } = this.#core;
    void outbox.below(0).then(() => this.#ended ? undefined : shelf.taken(known, entry))
      .catch((error) => journal.error("taken", error));
  }

  #end(re: CommandId, run: Run): void {
    run.isOver = true;
    if (this.#runs.get(re) === run) this.#runs.delete(re);
  }

  async #close(fetch: Fetch): Promise<void> {
    this.#open.delete(fetch);
    this.#underWay--;
    this.#end(fetch.re, fetch.run);
    try {
      await fetch.outgoing[Symbol.asyncDispose]();
    } catch (error) {
      this.#core.journal.error("fetch", error);
    }
  }
}
