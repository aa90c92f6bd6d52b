/** What the window is called. Pure. */

import { limits } from "../lib/limits.ts";
import type { Here } from "./model.ts";
import { placeSign } from "./text/places.ts";

/** Unread messages and the conversation in front: `(3) #dev · Parley`. */
export function titleOf(unread: number, here: Pick<Here, "room"> | undefined): string {
  const count = unread === 0 ? "" : `(${unread >= limits.unreadMax ? "many" : unread}) `;
  return `${count}${here === undefined ? "" : `${placeSign(here.room)} · `}Parley`;
}
