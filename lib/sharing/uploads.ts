/**
 * The files on their way to the server: which there are, who sends them, and the writing of what
 * comes. It does what files.ts, upload_queue.ts and quota.ts decide.
 */

import type { Claims } from "./claims.ts";
import type { Clock } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { dropTransfer, type FileSteps, type Finished } from "./file_steps.ts";
import type { TransferRecord } from "../file_store.ts";
import { isStale, type PartAt, requireOwn } from "../files.ts";
import { finishTransfer } from "./finishing.ts";
import { type Bounds, limits } from "../limits.ts";
import type { TransferId, Uid } from "../names.ts";
import type { News } from "../nodes.ts";
import { type KnownUploads, learnUploads } from "./upload_news.ts";
import { type Offering, type OfferOf, type Shelved, type Standing, whole } from "./offering.ts";
import { Offers, type OffersOptions } from "./offers.ts";
import type { Quota } from "./quota.ts";
import { type Part, Receiving, type Sender } from "./receiving.ts";
import { Takeovers, type TakeoversOptions } from "./takeovers.ts";
import { hopeless, ownerOf, type Upload, usedMs } from "./upload.ts";
import { type QueueLoad, shareOf, UploadQueue } from "./upload_queue.ts";

/** What {@linkcode Uploads} needs. */
export interface UploadsOptions {
  readonly steps: FileSteps;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly quota: Quota;
  /** Which node receives what; missing where there is one. */
  readonly claims?: Claims;
  onTrouble(error: unknown): void;
}

/** What no transfer waits for. */
const nowhere: PartAt = { offset: -1, length: 0 };

/** Every transfer that isn't shared yet; there are as many as bounds and quotas let in. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #queue: UploadQueue;
  readonly #live = new Map<TransferId, Upload>();
  readonly #acts: OffersOptions & Omit<TakeoversOptions, "claims"> & KnownUploads;
  readonly #offers: Offers;
  readonly #takeovers: Takeovers | undefined;

  private constructor(options: UploadsOptions) {
    this.#options = options;
    this.#queue = new UploadQueue(options.bounds.uploadsMax);
    this.#acts = {
      ...options,
      live: this.#live,
      add: (record, kept) => this.#add(record, 0, kept),
      again: (upload, sender) => this.#again(upload, sender),
      take: (upload, sender) => this.#take(upload, sender),
      receive: (upload, stored) => upload.receiving = this.#receiving(upload.record, stored),
      finish: (upload) => this.#finish(upload, undefined),
      drop: (upload) => this.#drop(upload),
      forget: (upload) => this.#forget(upload),
      leave: (upload) => this.#leave(upload),
    };
    this.#offers = new Offers(this.#acts);
    const { claims } = options;
    this.#takeovers = claims && new Takeovers({ ...this.#acts, claims });
    claims?.begin((transfer) => this.#letGo(transfer));
  }

  /** With those that are unfinished; nobody sends them. */
  static async load(options: UploadsOptions): Promise<Uploads> {
    const { steps: { blobs, library }, quota } = options;
    const uploads = new Uploads(options);
    const written = await blobs.unfinished();
    for (const record of await library.unfinished()) {
      const stored = Math.min(written.get(record.transfer) ?? 0, record.size);
      quota.add(ownerOf(record), record.size);
      uploads.#add(record, stored, Promise.resolve()).isKept = true;
    }
    return uploads;
  }

  /** {@linkcode Offers.take} */
  offer(offering: Offering, sender: Sender): Promise<{ ready: Promise<Standing> }> {
    return this.#offers.take(offering, sender);
  }

  /** {@linkcode Offers.repeated} */
  repeated(
    offering: OfferOf,
    sender: Sender,
  ): Promise<{ ready: Promise<Standing> } | undefined> {
    return this.#offers.repeated(offering, sender);
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
    if (this.#isElsewhere(transfer)) upload.receiving.sending.lose(sender);
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
    let upload = await this.#own(transfer, uid);
    if ("receiving" in upload && this.#isElsewhere(transfer)) {
      await this.#takeovers?.take(upload);
      upload = await this.#own(transfer, uid);
    }
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
    if ("receiving" in upload) {
      await this.#takeovers?.take(upload);
      if (this.#live.get(transfer) === upload) return await this.#drop(upload);
    }
    const how = 'this transfer is finished; "remove" takes its file back';
    throw new ChatError("no_such_transfer", `Cannot cancel: ${how}`);
  }

  /** Ends for good what is on its way and may not be shared any more. */
  async endThose(mayNot: (record: TransferRecord) => boolean): Promise<void> {
    const theirs = [...this.#live.values()].filter(({ record }) => mayNot(record));
    const from = this.#takeovers ?? { drop: (upload: Upload) => this.#drop(upload) };
    await Promise.all(theirs.map((upload) => upload.ending ?? from.drop(upload)));
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

  /**
   * Drops what nobody has gone on with for too long: each of several nodes what it has, and the one
   * that `leads` what was left behind.
   */
  async sweep(leads: boolean): Promise<void> {
    const { bounds, clock, claims } = this.#options;
    for (const upload of [...this.#live.values()]) {
      const { receiving, ending, record } = upload;
      if (receiving.sending.peer || ending || !isStale(record, clock.now(), bounds)) continue;
      if (!this.#isElsewhere(record.transfer)) await this.#drop(upload);
      else if (leads && claims?.isAbandoned(record.transfer)) await this.#takeovers?.drop(upload);
    }
    if (leads) await this.#takeovers?.sweep();
  }

  /** Finishes what nodes that are gone had begun to; to be called now and then, by one node. */
  async complete(): Promise<void> {
    await this.#takeovers?.complete();
  }

  /** Another node has kept something. */
  learn(news: News): void {
    learnUploads(news, this.#acts);
  }

  /** How many nodes there are has changed, or whether they can be reached. */
  nodesChanged(): void {
    const { claims, bounds: { uploadsMax }, clock } = this.#options;
    if (!claims) return;
    this.#queue.resize(shareOf(uploadsMax, claims.place), clock.now());
    const stopped = claims.isCut ? this.#live.keys() : [];
    for (const transfer of stopped) void this.#letGo(transfer);
    this.#move();
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
    // What another node has made of it is here, then.
    if (this.#options.claims?.holds(transfer) === false) await this.#options.claims.caughtUp();
    const live = this.#live.get(transfer);
    if (live?.record.by.uid === uid) return live;
    const record = await this.#options.steps.library.transfer(transfer);
    return requireOwn(record && { record }, uid);
  }

  /** Nothing more is written here, after what is being finished. */
  async #letGo(transfer: TransferId): Promise<void> {
    const upload = this.#live.get(transfer);
    if (!upload) return;
    const { receiving, receiving: { sending }, ending } = upload;
    if (sending.peer && this.#isElsewhere(transfer)) sending.lose(sending.peer);
    this.#queue.leave(transfer, this.#options.clock.now());
    await ending?.catch(() => {});
    await receiving.close();
    this.#move();
  }

  #isElsewhere(transfer: TransferId): boolean {
    return this.#options.claims?.holds(transfer) === false;
  }

  async #again(upload: Upload, sender: Sender): Promise<Standing> {
    await upload.kept;
    // What the connection before has sent is written first: from there on it goes on.
    const { sending } = upload.receiving;
    if (sending.peer) sending.lose(sending.peer);
    await upload.receiving.settled();
    await this.#takeovers?.take(upload);
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
      if (upload.record.state.is === "unfinished") receiving.sending.requireWhole();
      // What a try before has come to, only the library knows.
      upload.record = await steps.library.transfer(transfer) ?? upload.record;
      const incoming = await receiving.release();
      const finished = await finishTransfer(steps, upload.record, { incoming, sha256 });
      this.#leave(upload);
      return finished;
    } catch (error) {
      receiving.failed(error);
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
    const receiving = this.#receiving(record, stored);
    const upload: Upload = { receiving, record, kept, isKept: false, ending: undefined };
    this.#live.set(record.transfer, upload);
    return upload;
  }

  #receiving(record: TransferRecord, stored: number): Receiving {
    const { steps: { blobs }, bounds, onTrouble } = this.#options;
    return new Receiving(record, stored, { blobs, bounds, onTrouble });
  }

  #forget(upload: Upload): void {
    this.#options.quota.free(ownerOf(upload.record), upload.record.size);
    this.#leave(upload);
  }

  #leave({ record: { transfer } }: Upload): void {
    this.#live.delete(transfer);
    if (!this.#isElsewhere(transfer)) this.#options.claims?.end(transfer);
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
