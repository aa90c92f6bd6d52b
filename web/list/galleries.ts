/** Pictures that somebody sent at once: they stand together, in the row of the first. Pure. */

import { type SharedFile, sharedFile, type StoredEvent } from "../../lib/events.ts";
import type { FileId } from "../../lib/names.ts";

/** Of a row: the pictures that stand in it; none where they stand in an earlier row. */
export type Gallery = readonly SharedFile[];

/** Pictures that are further apart weren't sent at once. */
const apartMs = 30_000;
/** More than these begin another gallery. */
const picturesMax = 12;
const elsewhere: Gallery = [];

/** What galleries of a conversation depend on beside its messages. */
export interface GalleriesLook {
  /** Up to where it was read: what is new begins a gallery of its own. */
  readonly readSeq: number;
  /** Whether a file may be looked at: it wasn't taken back, and is asked about no more. */
  isShown(file: FileId): boolean;
}

/**
 * The galleries among messages, by the seqs of their rows. What is the same as `before` is the same
 * object.
 */
export function galleriesIn(
  messages: readonly StoredEvent[],
  { readSeq, isShown }: GalleriesLook,
  before: ReadonlyMap<number, Gallery> = new Map(),
): ReadonlyMap<number, Gallery> {
  const galleries = new Map<number, Gallery>();
  let run: Shared[] = [];
  const close = (): void => {
    if (run.length > 1) put(galleries, run, before);
    run = [];
  };
  for (const event of messages) {
    const isPicture = event.t === "shared" && event.file.picture !== undefined &&
      event.file.mime.startsWith("image/") && isShown(event.file.file);
    const last = run.at(-1);
    const goesOn = last && isPicture && run.length < picturesMax && isAtOnce(last, event) &&
      last.seq <= readSeq === event.seq <= readSeq;
    if (!goesOn) close();
    if (isPicture) run.push(event);
  }
  close();
  return galleries;
}

type Shared = Extract<StoredEvent, { readonly t: "shared" }>;

function isAtOnce(last: StoredEvent, event: StoredEvent): boolean {
  return last.uid === event.uid && last.user === event.user && event.at - last.at < apartMs &&
    new Date(last.at).getDate() === new Date(event.at).getDate();
}

function put(
  galleries: Map<number, Gallery>,
  run: readonly Shared[],
  before: ReadonlyMap<number, Gallery>,
): void {
  const known = before.get(run[0].seq);
  const isSame = known?.length === run.length &&
    known.every(({ file }, index) => file === run[index].file.file);
  galleries.set(run[0].seq, isSame ? known : run.map(sharedFile));
  for (const { seq } of run.slice(1)) galleries.set(seq, elsewhere);
}
