/** One file on its way to the server. */

import { ChatError } from "../errors.ts";
import { gzip } from "../wire/gzip.ts";
import { type PassingEvent, type Place, placeOf } from "../events.ts";
import { limits } from "../limits.ts";
import type { TransferId } from "../names.ts";
import type { Ok } from "../protocol.ts";
import { newCid } from "./cid.ts";
import { gzipRateMax, isCompressible, shrinks } from "./compressing.ts";
import type { KeptUpload, Source, TransferStanding, TransferView } from "./transfer_state.ts";
import { type Line, type TransferHost, Transferring } from "./transferring.ts";

/** What an upload was, when it is gone on with. */
export type UploadBegun = Partial<Pick<KeptUpload, "cid" | "transfer" | "server">>;

type TransferEvent = Extract<PassingEvent, { t: "queued" | "granted" | "stored" }>;

/** Begins with `offer`, or with `resume` where that was answered, and sends what is missing. */
export class Upload extends Transferring {
  readonly source: Source;
  readonly to: Place;
  #cid: string;
  #transfer: TransferId | undefined;
  #server: string | undefined;
  /** Bytes that the server has, of those sent on this connection. */
  #stored = 0;
  /** The place in the server's queue; 0: parts may be sent. */
  #place = 0;
  /** Whether all of it is on its way. */
  #isSent = false;
  /** Why the parts that are on their way are in vain. */
  #refusal: ChatError | undefined;
  #hash;
  /** Bytes that went into the hash. */
  #hashed = 0;
  /** What came of it. */
  #sha256: string | undefined;
  /** Whether parts are compressed; `undefined`: that isn't known yet. */
  #compresses: boolean | undefined;

  constructor(host: TransferHost, source: Source, to: Place, begun: UploadBegun = {}) {
    super(host);
    this.source = source;
    this.to = to;
    this.#cid = begun.cid ?? newCid(host.clock);
    this.#transfer = begun.transfer;
    this.#server = begun.server;
    this.#hash = host.sha256();
  }

  /** What the server calls it. */
  get transfer(): TransferId | undefined {
    return this.#transfer;
  }

  get view(): Omit<TransferView, "number"> {
    const { name, folder, size } = this.source;
    const { to: place, bytes, rate, standing } = this;
    return {
      ...{ way: "up", name, place, bytes, size, rate, standing },
      ...folder === undefined ? {} : { folder },
    };
  }

  /** What goes on after a restart. */
  get kept(): KeptUpload {
    const { origin, stamp, name, folder } = this.source;
    return {
      ...{ way: "up", origin, stamp, name, place: this.to, cid: this.#cid },
      ...folder === undefined ? {} : { folder },
      ...this.#transfer === undefined ? {} : { transfer: this.#transfer },
      ...this.#server === undefined ? {} : { server: this.#server },
    };
  }

  /** An event about this transfer. */
  take(event: TransferEvent): void {
    switch (event.t) {
      case "queued":
        this.#place = event.place;
        if (event.place > 0) this.stand({ is: "queued", place: event.place });
        break;
      case "granted":
        this.#place = 0;
        break;
      case "stored":
        this.#stored = Math.max(this.#stored, event.offset);
        this.reached(this.#stored);
        this.#checking();
        break;
      default:
        event satisfies never;
    }
    this.wake();
  }

  /** A part was refused: those behind it are dropped. */
  refused(error: ChatError): void {
    this.#refusal ??= error;
    this.wake();
  }

  protected async attempt(line: Line): Promise<TransferStanding> {
    if (this.#server !== undefined && this.#server !== line.server) {
      if (this.to.with !== undefined) throw elsewhere();
      this.#forget();
    }
    this.#server = line.server;
    this.#refusal = undefined;
    this.#isSent = false;
    const begun = await this.#begin(line);
    this.host.changed({ kept: true });
    if (begun.file !== undefined) return { is: "done", file: begun.file };
    await this.#send(line, begun.offset ?? 0);
    if (!await this.source.isSame()) throw changed(this.source);
    this.#isSent = true;
    this.#checking();
    this.#sha256 ??= this.#hash.digest();
    const fields = { transfer: this.#needed, sha256: this.#sha256 };
    const finished = line.link.send("finish", fields, { once: true });
    const { file } = await finished.catch((error) => {
      throw this.#refusal ?? error;
    });
    this.bytes = this.source.size;
    return { is: "done", file };
  }

  protected beginAnew(): Promise<void> {
    this.#forget();
    return Promise.resolve();
  }

  protected async giveUp(line: Line | undefined): Promise<void> {
    const transfer = this.#transfer;
    if (transfer === undefined || line === undefined || line.isLost()) return;
    // Where it is gone already, that is as good.
    await line.link.send("cancel", { transfer }, { once: true }).catch(() => {});
  }

  protected close(): void {
    this.source.close();
  }

  get #needed(): TransferId {
    if (this.#transfer !== undefined) return this.#transfer;
    throw new Error("A transfer is sent before it was offered");
  }

  /** Some MiB may still be on a slow line when `finish` is. */
  #checking(): void {
    if (this.#isSent && this.#stored === this.source.size) this.stand({ is: "checking" });
  }

  #forget(): void {
    this.#transfer = undefined;
    this.#cid = newCid(this.host.clock);
    this.bytes = 0;
    this.#hash = this.host.sha256();
    this.#hashed = 0;
    this.#sha256 = undefined;
  }

  /** Where it stands on the server. What is told of it right behind the answer isn't missed. */
  async #begin(line: Line): Promise<Ok<"resume">> {
    const answered = (ok: Ok<"resume">): void => {
      this.#transfer = ok.transfer ?? this.#transfer;
      this.#stored = ok.offset ?? 0;
      this.#place = ok.place ?? 0;
    };
    if (this.#transfer !== undefined) {
      const fields = { transfer: this.#transfer };
      return await line.link.send("resume", fields, { once: true, onOk: answered });
    }
    const { name, folder, size, mime } = this.source;
    const picture = await this.source.picture?.();
    this.requireOn(line);
    const fields = {
      ...placeOf(this.to),
      ...{ name, size, cid: this.#cid },
      ...folder === undefined ? {} : { folder },
      ...mime === undefined ? {} : { mime },
      ...picture === undefined ? {} : { picture },
    };
    return await line.link.send("offer", fields, { once: true, onOk: answered });
  }

  async #send(line: Line, from: number): Promise<void> {
    const { size } = this.source;
    const buffer = new Uint8Array(Math.min(limits.partBytesUsual, Math.max(size, 1)));
    await this.#hashUpTo(Math.min(from, size), buffer, line);
    if (this.#place > 0) this.stand({ is: "queued", place: this.#place });
    await this.#until(line, () => this.#place === 0);
    this.stand({ is: "moving" });
    this.reached(this.#stored);
    const begunAt = this.host.clock.now();
    for (let sent = from; sent < size;) {
      const part = buffer.subarray(0, Math.min(buffer.length, size - sent));
      const ahead = () => sent + part.length - this.#stored;
      // Less than the bound: with the lines before them, too, no more is sent twice.
      await this.#until(line, () => ahead() < limits.aheadBytesMax);
      await this.#fill(part, sent);
      // What is sent once more went into it before.
      if (sent + part.length > this.#hashed) this.#hashMore(part.subarray(this.#hashed - sent));
      this.#compresses ??= await this.#pays(line, from, begunAt);
      await this.#put(line, part, sent);
      sent += part.length;
    }
  }

  async #put(line: Line, part: Uint8Array<ArrayBuffer>, offset: number): Promise<void> {
    const transfer = this.#needed;
    const packed = this.#compresses ? await gzip(part) : part;
    this.requireOn(line);
    if (packed === part || !shrinks(packed.length, part.length)) {
      return await line.link.part({ transfer, offset, bytes: part.length }, part);
    }
    const how = { encoding: "gzip", raw: part.length } as const;
    await line.link.part({ transfer, offset, bytes: packed.length, ...how }, packed);
  }

  /** Whether compressing pays; `undefined` while too little has been stored to know how fast it is. */
  async #pays(line: Line, from: number, begunAt: number): Promise<boolean | undefined> {
    if (!line.gzip) return false;
    const stored = this.#stored - from;
    if (stored < limits.storedEveryBytes) return undefined;
    const ms = this.host.clock.now() - begunAt;
    return stored * 1000 < gzipRateMax * ms && await isCompressible(this.source);
  }

  /** Bytes that the server had before count as well. */
  async #hashUpTo(offset: number, buffer: Uint8Array, line: Line): Promise<void> {
    if (this.#hashed < offset) this.stand({ is: "checking" });
    while (this.#hashed < offset) {
      const piece = buffer.subarray(0, Math.min(buffer.length, offset - this.#hashed));
      await this.#fill(piece, this.#hashed);
      this.#hashMore(piece);
      this.requireOn(line);
    }
  }

  #hashMore(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#hashed += piece.length;
  }

  async #fill(part: Uint8Array, offset: number): Promise<void> {
    for (let at = 0; at < part.length;) {
      const length = await this.source.read(part.subarray(at), offset + at);
      if (length === 0) throw changed(this.source);
      at += length;
    }
  }

  async #until(line: Line, holds: () => boolean): Promise<void> {
    await this.until(line, () => this.#refusal !== undefined || holds());
    if (this.#refusal) throw this.#refusal;
  }
}

function changed({ name, folder }: Source): ChatError {
  const whole = folder === undefined ? name : `${folder}/${name}`;
  return new ChatError("file_name", `"${whole}" was changed while it was sent: send it again`);
}

function elsewhere(): ChatError {
  return new ChatError(
    "no_such_user",
    "Another server answers now, and who it was for isn't there",
  );
}
