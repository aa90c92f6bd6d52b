/** What an invitation opens, for people. Pure. */

import { isLoopback } from "../addresses.ts";
import { readAddress } from "../chat_address.ts";
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

/** What is wrong with an invitation that nobody elsewhere can use; else `undefined`. */
export function onlyHereText(
  { url, address }: { readonly url: string; readonly address: string },
): string | undefined {
  const chat = readAddress(address);
  const host = URL.parse(url)?.hostname ?? (typeof chat === "string" ? "" : chat.host);
  if (!isLoopback(host.replace(/^\[|\]$/g, ""))) return undefined;
  return "Only the server's own machine reaches that: others do once it is started with " +
    "--host 0.0.0.0";
}

/** `used once`, `used 2 of 5 times`. */
export function usedText(
  { uses, used }: { readonly uses?: number; readonly used: number },
): string {
  if (uses !== undefined) return `used ${used} of ${uses} ${uses === 1 ? "time" : "times"}`;
  return used === 1 ? "used once" : `used ${used} times`;
}
