/** What the window is called. */

import { limits } from "../lib/limits.ts";
import type { Model } from "./model.ts";
import { placeSign } from "./text/places.ts";

/** Unread messages and the conversation in front: `(3) #dev · Parley`. */
export function titleOf({ rows, here }: Pick<Model, "rows" | "here">): string {
  const unread = rows.value.reduce((sum, row) => sum + row.unread, 0);
  const { room } = here.value ?? {};
  const count = unread === 0 ? "" : `(${unread >= limits.unreadMax ? "many" : unread}) `;
  return `${count}${room === undefined ? "" : `${placeSign(room)} · `}Parley`;
}
