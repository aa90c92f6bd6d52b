/**
 * Whether it matters to what was decided here that others have appended before it. Where many talk
 * on several nodes at once something always comes before: decided again and appended anew, half of
 * it would come too late once more. But what one says is right whatever others say.
 */

import { doerOf, type LogEvent } from "../events.ts";
import type { Pending } from "../pending.ts";
import type { Room } from "../rooms.ts";
import type { Twins } from "../twins.ts";

/** What was decided and isn't committed. */
export interface Decided {
  /** The conversation as it is committed. */
  readonly room: Pick<Room, "rules">;
  /** What is being appended. */
  readonly underWay: readonly LogEvent[] | undefined;
  /** What waits, with that. */
  readonly twins: Twins<Pending>;
}

/** Whether nothing of it is decided otherwise, or appended anew, behind what others have appended. */
export function holdsBehind(
  others: readonly LogEvent[],
  { room, underWay, twins }: Decided,
): boolean {
  if (!mayMove(room, underWay ?? []) || !others.every(isSaid)) return false;
  // Sent to two nodes: the storage doesn't keep it twice, and nothing that comes with it.
  return twins.isEmpty || !others.some((event) => {
    const { cid } = event;
    const waiting = cid === undefined ? undefined : twins.of({ by: doerOf(event), cid })?.event;
    return waiting !== undefined && (underWay === undefined || underWay.includes(waiting));
  });
}

/** Whether events may come behind what others say in a conversation meanwhile. */
export function mayMove(room: Pick<Room, "rules">, events: readonly LogEvent[]): boolean {
  // Whose turn it is depends on what they said elsewhere.
  return room.rules.slow === 0 && events.every(isSaid);
}

function isSaid({ t }: LogEvent): boolean {
  return t === "said";
}
