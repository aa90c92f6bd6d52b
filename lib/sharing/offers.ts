/** Offers of files: which are taken, and which are repeats of others, on whichever node. */

import type { Claims } from "./claims.ts";
import { type Clock, randomText } from "../clock.ts";
import type { FileSteps } from "./file_steps.ts";
import type { TransferRecord } from "../file_store.ts";
import { decideOffer, requireSameOffer } from "../files.ts";
import type { Bounds } from "../limits.ts";
import type { TransferId } from "../names.ts";
import { type Offering, type OfferOf, type Standing, waitingOf, whole } from "./offering.ts";
import { thumbBytes } from "./pictures.ts";
import type { Quota } from "./quota.ts";
import type { Sender } from "./receiving.ts";
import { recount, requireFirst } from "./reserving.ts";
import type { Upload } from "./upload.ts";

/** What {@linkcode Offers} need, and what they do with transfers. */
export interface OffersOptions {
  readonly steps: FileSteps;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly quota: Quota;
  readonly claims?: Claims;
  readonly live: ReadonlyMap<TransferId, Upload>;
  /** There is one more, on disk when `kept` resolves. */
  add(record: TransferRecord, kept: Promise<void>): Upload;
  /** A connection goes on with one. */
  again(upload: Upload, sender: Sender): Promise<Standing>;
  /** From now on this connection sends it. */
  take(upload: Upload, sender: Sender): ReturnType<Standing>;
  /** Ends it for good. */
  drop(upload: Upload): Promise<void>;
  /** It couldn't be kept. */
  forget(upload: Upload): void;
}

/** Takes offers. */
export class Offers {
  readonly #options: OffersOptions;

  constructor(options: OffersOptions) {
    this.#options = options;
  }

  /**
   * Takes an offer, or finds the one that it repeats; resolves when it is decided, the promise
   * inside when it is on disk.
   *
   * @throws {ChatError} what {@linkcode decideOffer} and `requireMay` throw, `quota`; `bad_message`
   * for a cid that stood for something else.
   */
  async take(offering: Offering, sender: Sender): Promise<{ ready: Promise<Standing> }> {
    const { steps: { blobs, library }, bounds, clock, quota, claims, live, add } = this.#options;
    const free = await blobs.free();
    await recount({ quota, library }, live);
    const repeated = await this.repeated(offering, sender);
    if (repeated) return repeated;
    const { by, isGuest, conversation, offer } = offering;
    // Who is put out loses what is known here; they may have been while the storage was asked.
    offering.requireMay();
    const all = [...live.values()].map(({ receiving: { sending } }) => sending);
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
    const kept = library.keep(record, thumbBytes(offer.picture?.thumb));
    const claimed = claims?.first(record.transfer);
    const both = claimed ? Promise.all([kept, claimed]).then(() => {}) : kept;
    return { ready: this.#begun(add(record, both), { offering, sender }) };
  }

  /**
   * The transfer that an offer repeats, where it does.
   *
   * @throws {ChatError} `bad_message` for a cid that stood for something else.
   */
  async repeated(
    offering: OfferOf,
    sender: Sender,
  ): Promise<{ ready: Promise<Standing> } | undefined> {
    const { by, conversation, offer } = offering;
    const { cid } = offer;
    if (cid === undefined) return undefined;
    const { steps: { library }, live } = this.#options;
    const kept = await library.offered(conversation, by.uid, cid);
    const upload = [...live.values()].find(({ record }) =>
      record.cid === cid && record.by.uid === by.uid && record.conversation === conversation
    );
    const record = upload?.record ?? kept;
    if (!record) return undefined;
    requireSameOffer(record, offer);
    return {
      ready: upload
        ? this.#again(upload, { offering, sender })
        : Promise.resolve(() => whole(record)),
    };
  }

  async #again(
    upload: Upload,
    { offering, sender }: { readonly offering: OfferOf; readonly sender: Sender },
  ): Promise<Standing> {
    try {
      await upload.kept;
    } catch (error) {
      // What it repeats was itself a repeat, of one at the same time.
      const first = await this.repeated(offering, sender);
      if (first) return await first.ready;
      throw error;
    }
    return await this.#options.again(upload, sender);
  }

  async #begun(
    upload: Upload,
    { offering, sender }: { readonly offering: Offering; readonly sender: Sender },
  ): Promise<Standing> {
    const { claims, take, forget } = this.#options;
    try {
      await upload.kept;
    } catch (error) {
      forget(upload);
      // The same offer may have come at the same time, on another node, say, and been first.
      const repeated = await this.repeated(offering, sender);
      if (repeated) return await repeated.ready;
      throw error;
    }
    upload.isKept = true;
    if (claims) await this.#requireFirst(upload);
    return () => take(upload, sender);
  }

  async #requireFirst(upload: Upload): Promise<void> {
    const { quota, live, drop } = this.#options;
    try {
      requireFirst(upload, { quota, live });
    } catch (error) {
      await drop(upload);
      throw error;
    }
  }
}
