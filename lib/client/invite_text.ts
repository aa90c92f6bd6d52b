/** What an invitation opens, for people. Pure. */

import { printableLine } from "../printable.ts";
import type { InviteWish } from "./slash_row.ts";
import { spanText } from "./spans.ts";

/** `Whoever has this may come into #den: once, for 2 hours, as moderator`. */
export function opensText({ room, role, uses, seconds }: InviteWish): string {
  const where = room === undefined ? "in" : `into #${printableLine(room)}`;
  const how = [
    ...uses === undefined ? [] : [uses === 1 ? "once" : `${uses} times in all`],
    ...seconds === undefined ? [] : [`for ${spanText(seconds)}`],
    ...role === undefined || role === "guest" ? [] : [`as ${role}`],
  ];
  return `Whoever has this may come ${where}${how.length === 0 ? "" : `: ${how.join(", ")}`}`;
}

/** `used once`, `used 2 of 5 times`. */
export function usedText(
  { uses, used }: { readonly uses?: number; readonly used: number },
): string {
  if (uses !== undefined) return `used ${used} of ${uses} ${uses === 1 ? "time" : "times"}`;
  return used === 1 ? "used once" : `used ${used} times`;
}
