/** What a client calls its commands that store something, so that none is done twice. */

import { type Clock, randomText } from "../clock.ts";

/** Begins with the time, so that a server's index of cids grows at one end. */
export function newCid(clock: Pick<Clock, "now">): string {
  return `${clock.now().toString(36)}-${randomText(12)}`;
}
