/** Which rows of a list are drawn where all are equally high, and where its keys lead. Pure. */

import type { Range } from "./heights.ts";

/** How a list lies in the box that it scrolls in. Pixels. */
export interface Sight {
  /** How much of the list is above the box's upper edge; negative where it begins below that. */
  readonly above: number;
  /** How high the box is. */
  readonly sight: number;
  /** How high each row is. */
  readonly rowHeight: number;
}

/** Rows drawn before and behind those in sight, as a part of these. */
const morePart = 1;
/** At least so many before and behind. */
const moreMin = 8;

/** The rows that are in sight, if only in part. */
export function inSight({ above, sight, rowHeight }: Sight, count: number): Range {
  const from = clamp(Math.floor(above / rowHeight), count);
  const to = clamp(Math.ceil((above + sight) / rowHeight), count);
  return { from, to: Math.max(from, to) };
}

/** The rows to draw: those in sight, and as many again before and behind. */
export function toDraw(sight: Sight, count: number): Range {
  const { from, to } = inSight(sight, count);
  const more = Math.max(moreMin, Math.ceil((sight.sight / sight.rowHeight) * morePart));
  return { from: clamp(from - more, count), to: clamp(to + more, count) };
}

/** Whether rows in sight, or the next ones to be, aren't among those that were drawn. */
export function isShort(drawn: Range, sight: Sight, count: number): boolean {
  const { from, to } = inSight(sight, count);
  return clamp(from - moreMin / 2, count) < drawn.from || clamp(to + moreMin / 2, count) > drawn.to;
}

/** Where a key leads from row `index`; `undefined` where it is no key of the list's. */
export function rowAfterKey(
  key: string,
  { index, count, page }: {
    readonly index: number;
    readonly count: number;
    readonly page: number;
  },
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  };
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return step === undefined || count === 0 ? undefined : clamp(index + step, count - 1);
}

/** How far a box has to be scrolled, downwards, for a row to be wholly in sight. */
export function scrollToRow({ above, sight, rowHeight }: Sight, index: number): number {
  const top = index * rowHeight - above;
  if (top < 0) return top;
  return Math.max(0, Math.min(top, top + rowHeight - sight));
}

function clamp(index: number, most: number): number {
  return Math.min(most, Math.max(0, index));
}
