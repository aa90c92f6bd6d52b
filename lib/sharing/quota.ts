/** Who keeps how many bytes of files, with those that unfinished offers reserve. Pure. */

import { ChatError } from "../errors.ts";
import type { Used } from "../file_store.ts";
import type { Bounds } from "../limits.ts";
import type { Uid } from "../names.ts";

/** Whose bytes they are: an account's own, or one of those that all guests keep together. */
export interface Owner {
  readonly uid: Uid;
  readonly isGuest: boolean;
}

/** Bytes that are kept or reserved. A transfer reserves all of its size until it ends. */
export class Quota {
  readonly #bounds: Pick<Bounds, "accountQuotaBytes" | "guestQuotaBytes">;
  /** Whether what is kept was changed in ways that weren't counted. */
  isStale = false;
  #accounts: Map<Uid, number>;
  #guests: number;

  constructor(bounds: Pick<Bounds, "accountQuotaBytes" | "guestQuotaBytes">, used: Used) {
    this.#bounds = bounds;
    this.#accounts = new Map(used.accounts);
    this.#guests = used.guests;
  }

  /** Bytes that count against the same quota as this owner's. */
  used({ uid, isGuest }: Owner): number {
    return isGuest ? this.#guests : this.#accounts.get(uid) ?? 0;
  }

  /**
   * Reserves bytes, all or none.
   *
   * @throws {ChatError} `quota`
   */
  reserve(owner: Owner, bytes: number): void {
    this.require(owner, bytes);
    this.add(owner, bytes);
  }

  /**
   * That so many more bytes fit.
   *
   * @throws {ChatError} `quota`
   */
  require(owner: Owner, bytes: number): void {
    const { accountQuotaBytes, guestQuotaBytes } = this.#bounds;
    const most = owner.isGuest ? guestQuotaBytes : accountQuotaBytes;
    if (this.used(owner) + bytes > most) {
      const whose = owner.isGuest ? "all guests together" : "an account";
      throw new ChatError(
        "quota",
        `Cannot take it: ${whose} may keep ${most} bytes; remove files that nobody needs`,
      );
    }
  }

  /** Begins anew with the bytes of files; those that are reserved have to be added. */
  recount({ accounts, guests }: Used): void {
    this.#accounts = new Map(accounts);
    this.#guests = guests;
  }

  /** Counts bytes that are there already, whatever the bound is now. */
  add({ uid, isGuest }: Owner, bytes: number): void {
    if (isGuest) this.#guests += bytes;
    else this.#accounts.set(uid, (this.#accounts.get(uid) ?? 0) + bytes);
  }

  /** Gives bytes back: of a transfer that ended without a file, or of a file that is gone. */
  free(owner: Owner, bytes: number): void {
    const left = Math.max(0, this.used(owner) - bytes);
    if (owner.isGuest) this.#guests = left;
    else if (left === 0) this.#accounts.delete(owner.uid);
    else this.#accounts.set(owner.uid, left);
  }
}
