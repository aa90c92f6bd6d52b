/** The bytes that transfers reserve, where other nodes reserve some, too. */

import type { Library } from "../file_store.ts";
import type { Owner, Quota } from "./quota.ts";
import { ownerOf, type Upload } from "./upload.ts";

/** Counts anew what is kept, where other nodes have changed it in ways that can't be followed. */
export async function recount(
  { quota, library }: { readonly quota: Quota; readonly library: Library },
  live: ReadonlyMap<unknown, Upload>,
): Promise<void> {
  if (!quota.isStale) return;
  const before = [...live.values()];
  quota.isStale = false;
  try {
    quota.recount(await library.used());
  } catch (error) {
    quota.isStale = true;
    throw error;
  }
  // One that was shared meanwhile may count twice until the next time, and none is missed.
  for (const { record } of new Set([...before, ...live.values()])) {
    quota.add(ownerOf(record), record.size);
  }
  if (before.some((upload) => !isLive(live, upload))) quota.isStale = true;
}

/**
 * That an offer which is on disk now fits its owner's quota with all that came before it, on
 * whichever node: of two that take the last of it at once, each node refuses the second.
 *
 * @throws {ChatError} `quota`
 */
export function requireFirst(
  { record }: Upload,
  { quota, live }: { readonly quota: Quota; readonly live: ReadonlyMap<unknown, Upload> },
): void {
  const owner = ownerOf(record);
  let later = 0;
  for (const { isKept, record } of live.values()) {
    if (!isKept && isSame(ownerOf(record), owner)) later += record.size;
  }
  quota.require(owner, -later);
}

function isLive(live: ReadonlyMap<unknown, Upload>, upload: Upload): boolean {
  return live.get(upload.record.transfer) === upload;
}

function isSame(one: Owner, other: Owner): boolean {
  return one.isGuest ? other.isGuest : !other.isGuest && one.uid === other.uid;
}
