/** What a client calls its commands that store something, so that none is done twice. */

import { type Clock, randomText } from "../clock.ts";
import type { CommandName } from "../protocol.ts";

/** Begins with the time, so that a server's index of cids grows at one end. */
export function newCid(clock: Pick<Clock, "now">): string {
  return `${clock.now().toString(36)}-${randomText(12)}`;
}

/** The commands that take one, but for those that change nothing when they are repeated. */
export const storing: ReadonlySet<CommandName> = new Set<CommandName>([
  ...["topic", "say", "edit", "delete", "react", "offer"] as const,
  ...["kick", "mute", "unmute", "ban", "unban", "lock", "slow", "readonly"] as const,
]);
