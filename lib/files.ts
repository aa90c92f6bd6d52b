/**
 * A file on its way to the server, from its offer to its end, and who may do what with files that
 * are there. Pure: it decides, and others move the bytes and keep the records.
 */

import { format } from "@std/fmt/bytes";
import { ChatError } from "./errors.ts";
import type { SharedPicture } from "./events.ts";
import type { LibraryEntry, TransferRecord } from "./file_store.ts";
import { isOfType, safeFolder, safeName } from "./sharing/file_names.ts";
import { type Bounds, limits } from "./limits.ts";
import type { Uid } from "./names.ts";
import { requirePicture } from "./sharing/pictures.ts";
import type { Command } from "./protocol.ts";

/** What may be offered. */
export type OfferBounds = Pick<Bounds, "fileBytesMax" | "fileTypes" | "diskFreeBytes">;

/** What {@linkcode decideOffer} needs to know, all of it without the offer itself. */
export interface OfferFacts {
  /** Bytes that the disk takes. */
  readonly free: number;
  /** Bytes that unfinished transfers still have to get. */
  readonly awaited: number;
  /** How many transfers this user has unfinished. */
  readonly unfinished: number;
  /** How many all guests have, where the user is one. */
  readonly guestsUnfinished: number;
}

/** What a file that was offered is, made safe. */
export interface Offered {
  readonly name: string;
  readonly folder?: string;
  readonly size: number;
  readonly mime: string;
  readonly picture?: SharedPicture;
}

/** What is taken for a file of which nothing else is said. */
const mimeUnknown = "application/octet-stream";

/**
 * What an offer comes to, by everything but its user's quota. The bytes that it reserves there are
 * its size.
 *
 * @throws {ChatError} `file_name`, `file_type`, `file_size`, `disk_full`, `quota`
 */
export function decideOffer(
  offer: Command<"offer">,
  bounds: OfferBounds,
  facts: OfferFacts,
): Offered {
  const offered = safeOffer(offer);
  if (!isOfType(offered.name, bounds.fileTypes)) {
    const taken = bounds.fileTypes.join(", ");
    throw new ChatError("file_type", `Cannot take "${offered.name}": only ${taken} are taken`);
  }
  if (offer.size > bounds.fileBytesMax) {
    const most = `a file may have ${format(bounds.fileBytesMax, { maximumFractionDigits: 1 })}`;
    throw new ChatError("file_size", `Cannot take "${offered.name}": ${most}`);
  }
  if (facts.unfinished >= limits.unfinishedMax) {
    const many = `${limits.unfinishedMax} of your files are on their way`;
    throw new ChatError("quota", `Cannot take another one: ${many}; finish or cancel some`);
  }
  if (facts.guestsUnfinished >= limits.guestsUnfinishedMax) {
    const many = `${limits.guestsUnfinishedMax} files of guests are on their way`;
    throw new ChatError("quota", `Cannot take another one: ${many}; try later, or register`);
  }
  requireDisk(facts.free - facts.awaited - offer.size, bounds);
  return offered;
}

/**
 * What an offer says, made safe.
 *
 * @throws {ChatError} `file_name`; `bad_message` for a picture that is none
 */
function safeOffer(offer: Command<"offer">): Offered {
  const { name, folder, size, mime = mimeUnknown } = offer;
  const safe = safeName(name);
  if (safe === undefined) {
    throw new ChatError("file_name", "Cannot take that: nothing of its name can stay; rename it");
  }
  const rest = { size, mime, ...offer.picture && { picture: requirePicture(offer.picture) } };
  if (folder === undefined) return { name: safe, ...rest };
  const within = safeFolder(folder);
  if (within === undefined) {
    const must = 'a folder is a path like "a/b", not absolute and without ".."';
    throw new ChatError("file_name", `Cannot take "${safe}": ${must}`);
  }
  return { name: safe, folder: within, ...rest };
}

/**
 * That the disk has room, asked before a file is taken and again while it comes.
 *
 * @throws {ChatError} `disk_full`
 */
export function requireDisk(
  left: number,
  { diskFreeBytes }: Pick<Bounds, "diskFreeBytes">,
): void {
  if (left >= diskFreeBytes) return;
  throw new ChatError("disk_full", "Cannot take it: the server's disk has no room for it");
}

/**
 * That an offer under a cid that was used is the same as the first: then it gets that transfer.
 *
 * @throws {ChatError} `bad_message`, and what {@linkcode safeOffer} throws
 */
export function requireSameOffer(first: TransferRecord, offer: Command<"offer">): void {
  const { name, folder, size, mime } = safeOffer(offer);
  const isSame = first.name === name && first.folder === folder && first.size === size &&
    first.mime === mime;
  if (isSame) return;
  throw new ChatError("bad_message", "Cannot do that: this cid stood for something else before");
}

/**
 * A transfer of one's own.
 *
 * @throws {ChatError} `no_such_transfer` also where it is somebody else's.
 */
export function requireOwn<T extends { readonly record: TransferRecord }>(
  sending: T | undefined,
  uid: Uid,
): T {
  if (sending?.record.by.uid === uid) return sending;
  throw new ChatError("no_such_transfer", "There is no such transfer (any more)");
}

/** One part, as far as it matters here. */
export interface PartAt {
  readonly offset: number;
  /** Bytes when it isn't compressed. */
  readonly length: number;
}

/** A transfer whose bytes come. `Peer` tells one connection from another, by identity. */
export class Sending<Peer extends object> {
  readonly record: TransferRecord;
  /** Bytes taken: where the next part has to begin. */
  #offset: number;
  /** Of these, bytes written. */
  #stored: number;
  /** What the sender was told to be written. */
  #told: number;
  #peer: Peer | undefined;
  /** After a refused part the rest of a connection's are dropped until it says `resume`. */
  readonly #refused = new WeakSet<Peer>();

  /** `stored` bytes of it are on disk already. */
  constructor(record: TransferRecord, stored: number) {
    this.record = record;
    this.#offset = this.#stored = this.#told = stored;
  }

  get offset(): number {
    return this.#offset;
  }

  get stored(): number {
    return this.#stored;
  }

  /** The connection that may send its parts. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** A connection offers or resumes it; the parts of any other are `moved` from now on. */
  take(peer: Peer): void {
    this.#peer = peer;
    this.#refused.delete(peer);
    this.#told = this.#stored;
  }

  /** A connection has ended; `true` where it was this transfer's. */
  lose(peer: Peer): boolean {
    if (this.#peer !== peer) return false;
    this.#peer = undefined;
    return true;
  }

  /**
   * Takes a part, or says `false` where it is to be dropped without a word.
   *
   * @throws {ChatError} `moved`, `not_granted`, `bad_offset`, `file_size`: with the transfer, and
   * the rest of the parts are dropped.
   */
  part(peer: Peer, { offset, length }: PartAt, isGranted: boolean): boolean {
    if (this.#refused.has(peer)) return false;
    const refusal = this.#refusal(peer, { offset, length }, isGranted);
    if (refusal) {
      this.#refused.add(peer);
      throw refusal;
    }
    this.#offset += length;
    return true;
  }

  #refusal(peer: Peer, { offset, length }: PartAt, isGranted: boolean): ChatError | undefined {
    const { transfer, size } = this.record;
    if (this.#peer !== peer) {
      const how = 'another connection goes on with this transfer; "resume" takes it back';
      return new ChatError("moved", `Cannot take the part: ${how}`, { transfer });
    }
    if (!isGranted) {
      const how = 'this transfer has no place among those that send; "resume" asks for one';
      return new ChatError("not_granted", `Cannot take the part: ${how}`, { transfer });
    }
    if (offset !== this.#offset) {
      const wanted = { transfer, offset: this.#offset };
      const next = `the next one begins at ${this.#offset}`;
      return new ChatError("bad_offset", `Cannot take the part: ${next}`, wanted);
    }
    if (length <= size - offset) return undefined;
    const most = `${size} bytes were offered, and no more`;
    return new ChatError("file_size", `Cannot take the part: ${most}`, { transfer });
  }

  /** `bytes` more are written. The offset that the sender has to be told, where it is time to. */
  wrote(bytes: number): number | undefined {
    this.#stored += bytes;
    const isDue = this.#stored === this.#offset ||
      this.#stored - this.#told >= limits.storedEveryBytes;
    if (!isDue) return undefined;
    this.#told = this.#stored;
    return this.#stored;
  }

  /** Writing failed: what was taken and isn't written has to come again, after a `resume`. */
  failed(): void {
    this.#offset = this.#stored;
    if (this.#peer) this.#refused.add(this.#peer);
  }

  /**
   * That every byte came.
   *
   * @throws {ChatError} `bad_offset` with the offset wanted
   */
  requireWhole(): void {
    const { size, transfer } = this.record;
    if (this.#offset === size) return;
    const missing = `${size - this.#offset} bytes of it haven't come`;
    throw new ChatError("bad_offset", `Cannot finish: ${missing}`, {
      transfer,
      offset: this.#offset,
    });
  }
}

/**
 * That bytes are those that the sender meant. Where it throws, the transfer ends and its bytes go.
 *
 * @throws {ChatError} `bad_hash`
 */
export function requireHash(found: string, meant: string | undefined): void {
  if (meant === undefined || found === meant) return;
  throw new ChatError(
    "bad_hash",
    "Cannot finish: the bytes that came aren't the file; send it again",
  );
}

/**
 * A file that one may see. `isIn`: whether one takes part in its conversation.
 *
 * @throws {ChatError} `no_such_file` also where one may not see it.
 */
export function requireSeen(entry: LibraryEntry | undefined, isIn: boolean): LibraryEntry {
  if (entry && isIn && entry.answer !== "declined") return entry;
  throw new ChatError("no_such_file", "There is no such file (any more)");
}

/**
 * That one may remove a file that one sees: one's own, or where one `moderates` who shared it.
 *
 * @throws {ChatError} `not_allowed`
 */
export function requireRemovable(
  { file }: Pick<LibraryEntry, "file">,
  by: { readonly uid: Uid },
  moderates: boolean,
): void {
  if (file.uid === by.uid || moderates) return;
  throw new ChatError("not_allowed", `Cannot remove "${file.name}": somebody else shared it`);
}

/** Whether an unfinished transfer, which nobody sends, has been kept long enough. */
export function isStale(
  { at, state }: TransferRecord,
  now: number,
  { unfinishedHours }: Pick<Bounds, "unfinishedHours">,
): boolean {
  return state.is === "unfinished" && now - at >= unfinishedHours * 3_600_000;
}
