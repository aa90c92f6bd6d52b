/**
 * The files on their way to the server: which there are, who sends them, and the writing of what
 * comes. It does what files.ts, upload_queue.ts and quota.ts decide.
 */

import { type Clock, randomText } from "./clock.ts";
import { ChatError, type RefusalCode } from "./errors.ts";
import { dropTransfer, type FileSteps, type Finished } from "./file_steps.ts";
import type { TransferRecord } from "./file_store.ts";
import { decideOffer, isStale, type PartAt, requireOwn, requireSameOffer } from "./files.ts";
import { finishTransfer } from "./finishing.ts";
import { type Bounds, limits } from "./limits.ts";
import type { TransferId, Uid } from "./names.ts";
import { type Offering, type Shelved, type Standing, waitingOf, whole } from "./offering.ts";
import { thumbBytes } from "./pictures.ts";
import type { Quota } from "./quota.ts";
import { type Part, Receiving, type Sender } from "./receiving.ts";
import { type QueueLoad, UploadQueue } from "./upload_queue.ts";

/** What {@linkcode Uploads} needs. */
export interface UploadsOptions {
  readonly steps: FileSteps;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly quota: Quota;
  onTrouble(error: unknown): void;
}

/** A transfer that isn't shared yet. */
interface Upload {
  readonly receiving: Receiving;
  record: TransferRecord;
  /** Resolves when the record is on disk. */
  readonly kept: Promise<void>;
  /** While it is finished. */
  ending: Promise<Finished> | undefined;
}

/** When a transfer was used last is kept about so exactly. */
const usedMs = 60_000;
/** What no transfer waits for. */
const nowhere: PartAt = { offset: -1, length: 0 };
/** Refusals of `finish` after which it can't ever be finished. */
const hopeless: ReadonlySet<RefusalCode> = new Set([
  "bad_hash",
  "bad_message",
  "no_such_transfer",
  "no_such_user",
]);

/** Every transfer that isn't shared yet; there are as many as bounds and quotas let in. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #queue: UploadQueue;
  readonly #live = new Map<TransferId, Upload>();

  private constructor(options: UploadsOptions) {
    this.#options = options;
    this.#queue = new UploadQueue(options.bounds.uploadsMax);
  }

  /** With those that are unfinished; nobody sends them. */
  static async load(options: UploadsOptions): Promise<Uploads> {
    const { steps: { blobs, library }, quota } = options;
    const uploads = new Uploads(options);
    const written = await blobs.unfinished();
    for (const record of await library.unfinished()) {
      const stored = Math.min(written.get(record.transfer) ?? 0, record.size);
      quota.add(ownerOf(record), record.size);
      uploads.#add(record, stored, Promise.resolve());
    }
    return uploads;
  }

  /**
   * Takes an offer, or finds the one that it repeats; resolves when it is decided, the promise
   * inside when it is on disk.
   *
   * @throws {ChatError} what {@linkcode decideOffer} and `requireMay` throw, `quota`; `bad_message`
   * for a cid that stood for something else.
   */
  async offer(offering: Offering, sender: Sender): Promise<{ ready: Promise<Standing> }> {
    const { steps: { blobs, library }, bounds, clock, quota } = this.#options;
    const free = await blobs.free();
    const repeated = await this.repeated(offering, sender);
    if (repeated) return repeated;
    const { by, isGuest, conversation, offer } = offering;
    // Who is put out loses what is known here; they may have been while the storage was asked.
    offering.requireMay();
    const all = [...this.#live.values()].map(({ receiving: { sending } }) => sending);
    const safe = decideOffer(offer, bounds, { free, ...waitingOf(all, offering) });
    quota.reserve({ uid: by.uid, isGuest }, safe.size);
    const record: TransferRecord = {
      transfer: randomText(12) as TransferId,
      conversation,
      by,
      isGuest,
      ...safe,
      ...offer.cid !== undefined && { cid: offer.cid },
      at: clock.now(),
      state: { is: "unfinished" },
    };
    return {
      ready: this.#begun(
        this.#add(record, 0, library.keep(record, thumbBytes(offer.picture?.thumb))),
        sender,
      ),
    };
  }

  /**
   * The transfer that an offer repeats, where it does.
   *
   * @throws {ChatError} `bad_message` for a cid that stood for something else.
   */
  async repeated(
    { by, conversation, offer }: Pick<Offering, "by" | "conversation" | "offer">,
    sender: Sender,
  ): Promise<{ ready: Promise<Standing> } | undefined> {
    const { cid } = offer;
    if (cid === undefined) return undefined;
    const kept = await this.#options.steps.library.offered(conversation, by.uid, cid);
    const upload = [...this.#live.values()].find(({ record }) =>
      record.cid === cid && record.by.uid === by.uid && record.conversation === conversation
    );
    const record = upload?.record ?? kept;
    if (!record) return undefined;
    requireSameOffer(record, offer);
    return {
      ready: upload ? this.#again(upload, sender) : Promise.resolve(() => whole(record)),
    };
  }

  /**
   * Goes on with a transfer over this connection, or says what it came to.
   *
   * @throws {ChatError} `no_such_transfer`
   */
  async resume(
    transfer: TransferId,
    uid: Uid,
    sender: Sender,
  ): Promise<Shelved | { readonly ready: Promise<Standing> }> {
    await this.#live.get(transfer)?.ending?.catch(() => {});
    const upload = await this.#own(transfer, uid);
    if ("receiving" in upload) return { ready: this.#again(upload, sender) };
    const { conversation, state } = upload.record;
    if (state.is === "shared") return { conversation, file: state.file };
    throw new ChatError("no_such_transfer", "There is no such transfer (any more)");
  }

  /** Whether the bytes of a part are wanted that this connection begins to send. */
  wants(transfer: TransferId, sender: Sender): boolean {
    return this.#live.get(transfer)?.receiving.sending.peer === sender &&
      this.#queue.place(transfer) === 0;
  }

  /**
   * Takes a part. Where a promise is answered, the sender has to wait for it before it sends on: one
   * part is written while the next one comes.
   *
   * @throws {ChatError} `no_such_transfer`, `moved`, `not_granted`, `bad_offset`, `file_size`
   */
  part(
    transfer: TransferId,
    uid: Uid,
    sender: Sender,
    part: Part,
  ): Promise<void> | undefined {
    const upload = requireOwn(this.#live.get(transfer), uid);
    const taken = upload.receiving.part(sender, part, this.#queue.place(transfer) === 0);
    if (taken) this.#queue.heard(transfer, part.length, this.#options.clock.now());
    return taken;
  }

  /**
   * Drops a part whose bytes weren't wanted when they began to come.
   *
   * @throws {ChatError} why, unless that was said before: `no_such_transfer`, `moved`,
   * `not_granted`, or `bad_offset` where it would be taken now.
   */
  missed(transfer: TransferId, uid: Uid, sender: Sender): void {
    const { sending } = requireOwn(this.#live.get(transfer), uid).receiving;
    sending.part(sender, nowhere, this.#queue.place(transfer) === 0);
  }

  /**
   * Makes a file of a transfer whose bytes are all there; once more, what came of it.
   *
   * @throws {ChatError} `no_such_transfer`, `bad_offset`, `bad_hash`, and why it can't be kept.
   */
  async finish(
    transfer: TransferId,
    uid: Uid,
    sha256: string | undefined,
  ): Promise<Finished & Shelved> {
    const upload = await this.#own(transfer, uid);
    if ("receiving" in upload) upload.receiving.sending.requireWhole();
    const finished = "receiving" in upload
      ? await this.#finish(upload, sha256)
      : await finishTransfer(this.#options.steps, upload.record, { sha256 });
    return { ...finished, conversation: upload.record.conversation };
  }

  /**
   * Ends a transfer for good.
   *
   * @throws {ChatError} `no_such_transfer` also where it is shared already.
   */
  async cancel(transfer: TransferId, uid: Uid): Promise<void> {
    await this.#live.get(transfer)?.ending?.catch(() => {});
    const upload = await this.#own(transfer, uid);
    if ("receiving" in upload) return await this.#drop(upload);
    const how = 'this transfer is finished; "remove" takes its file back';
    throw new ChatError("no_such_transfer", `Cannot cancel: ${how}`);
  }

  /** Ends for good what is on its way and may not be shared any more. */
  async endThose(mayNot: (record: TransferRecord) => boolean): Promise<void> {
    const theirs = [...this.#live.values()].filter(({ record }) => mayNot(record));
    await Promise.all(theirs.map((upload) => upload.ending ?? this.#drop(upload)));
  }

  /** A connection has ended: what it sent waits for another one. */
  lose(sender: Sender, transfers: Iterable<TransferId>): void {
    const now = this.#options.clock.now();
    for (const transfer of transfers) {
      const upload = this.#live.get(transfer);
      if (!upload?.receiving.sending.lose(sender)) continue;
      this.#queue.lose(transfer, now);
      void upload.receiving.close();
      void this.#use(upload).catch(this.#options.onTrouble);
    }
  }

  /** How much there is to do, and was done since the start. */
  get load(): QueueLoad {
    return this.#queue.load;
  }

  /** Takes places from those that gave them up; to be called each second or so. */
  check(): void {
    const now = this.#options.clock.now();
    for (const [transfer, { receiving: { sending: { peer } } }] of this.#live) {
      if (peer && now - peer.bodyAt < limits.placeSilentMs) {
        this.#queue.heard(transfer, 0, peer.bodyAt);
      }
    }
    this.#queue.check(now);
    for (const [transfer, { receiving }] of this.#live) {
      if (receiving.isOpen && this.#queue.place(transfer) === undefined) void receiving.close();
    }
    this.#move();
  }

  /** Drops what nobody has gone on with for too long. */
  async sweep(): Promise<void> {
    const { bounds, clock } = this.#options;
    for (const upload of [...this.#live.values()]) {
      if (upload.receiving.sending.peer || upload.ending) continue;
      if (isStale(upload.record, clock.now(), bounds)) await this.#drop(upload);
    }
  }

  /** Resolves when what came is written, and everything that was open is closed. */
  async close(): Promise<void> {
    const all = [...this.#live.values()];
    await Promise.all(
      all.map(({ ending, receiving }) => ending?.catch(() => {}) ?? receiving.close()),
    );
  }

  /** A transfer of one's own: one that isn't shared yet, or what is kept of it. */
  async #own(transfer: TransferId, uid: Uid): Promise<Upload | { record: TransferRecord }> {
    const live = this.#live.get(transfer);
    if (live?.record.by.uid === uid) return live;
    const record = await this.#options.steps.library.transfer(transfer);
    return requireOwn(record && { record }, uid);
  }

  async #begun(upload: Upload, sender: Sender): Promise<Standing> {
    try {
      await upload.kept;
    } catch (error) {
      this.#forget(upload);
      throw error;
    }
    return () => this.#take(upload, sender);
  }

  async #again(upload: Upload, sender: Sender): Promise<Standing> {
    await upload.kept;
    // What the connection before has sent is written first: from there on it goes on.
    const { sending } = upload.receiving;
    if (sending.peer) sending.lose(sending.peer);
    await upload.receiving.settled();
    await this.#use(upload);
    return () => this.#take(upload, sender);
  }

  /** From now on this connection sends it. */
  #take(upload: Upload, sender: Sender): ReturnType<Standing> {
    const { record: { transfer, name, size, by }, receiving: { sending } } = upload;
    if (upload.ending || this.#live.get(transfer) !== upload) return whole(upload.record);
    sending.take(sender);
    const place = this.#queue.enter(transfer, by.uid, this.#options.clock.now());
    // Who has come back may have moved others.
    queueMicrotask(() => this.#move());
    return { transfer, name, size, offset: sending.offset, place };
  }

  /** Keeps when it was used last. */
  async #use(upload: Upload): Promise<void> {
    const at = this.#options.clock.now();
    if (at - upload.record.at < usedMs || this.#live.get(upload.record.transfer) !== upload) return;
    upload.record = { ...upload.record, at };
    await this.#options.steps.library.keep(upload.record);
  }

  #finish(upload: Upload, sha256: string | undefined): Promise<Finished> {
    upload.ending ??= this.#end(upload, sha256).finally(() => upload.ending = undefined);
    return upload.ending;
  }

  async #end(upload: Upload, sha256: string | undefined): Promise<Finished> {
    const { steps } = this.#options;
    const { receiving, record: { transfer } } = upload;
    await upload.kept;
    await receiving.settled();
    try {
      receiving.sending.requireWhole();
      // What a try before has come to, only the library knows.
      upload.record = await steps.library.transfer(transfer) ?? upload.record;
      const incoming = await receiving.release();
      const finished = await finishTransfer(steps, upload.record, { incoming, sha256 });
      this.#leave(upload);
      return finished;
    } catch (error) {
      const isHopeless = error instanceof ChatError && hopeless.has(error.code);
      if (upload.record.state.is === "shared") this.#leave(upload);
      else if (isHopeless) await this.#drop(upload);
      throw error;
    }
  }

  /** Ends it without a file. */
  async #drop(upload: Upload): Promise<void> {
    const { steps } = this.#options;
    const { transfer } = upload.record;
    this.#live.delete(transfer);
    try {
      await upload.receiving.end();
      // What it has come to, such as the name that it has got, only the library knows.
      await dropTransfer(steps, await steps.library.transfer(transfer) ?? upload.record);
    } catch (error) {
      this.#live.set(transfer, upload);
      throw error;
    }
    this.#forget(upload);
  }

  #add(record: TransferRecord, stored: number, kept: Promise<void>): Upload {
    const receiving = new Receiving(record, stored, {
      ...this.#options,
      blobs: this.#options.steps.blobs,
    });
    const upload: Upload = { receiving, record, kept, ending: undefined };
    this.#live.set(record.transfer, upload);
    return upload;
  }

  #forget(upload: Upload): void {
    this.#options.quota.free(ownerOf(upload.record), upload.record.size);
    this.#leave(upload);
  }

  #leave({ record: { transfer } }: Upload): void {
    this.#live.delete(transfer);
    this.#queue.leave(transfer, this.#options.clock.now());
    this.#move();
  }

  /** Tells everybody whose place is another one. */
  #move(): void {
    for (const { transfer, place } of this.#queue.moves()) {
      const sending = this.#live.get(transfer)?.receiving.sending;
      if (place > 0) sending?.peer?.tell({ t: "queued", transfer, place });
      else sending?.peer?.tell({ t: "granted", transfer, offset: sending.offset });
    }
  }
}

function ownerOf({ by: { uid }, isGuest }: TransferRecord) {
  return { uid, isGuest };
}
