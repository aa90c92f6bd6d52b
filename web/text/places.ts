/** How conversations are called on the page. Pure. */

import { printableLine } from "../../lib/printable.ts";

/** A conversation's name with its sign: `#dev`, `@bob`. */
export function placeSign(room: string): string {
  const name = printableLine(room);
  return name.startsWith("@") ? name : `#${name}`;
}
