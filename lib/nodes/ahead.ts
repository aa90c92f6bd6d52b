/**
 * What other nodes have appended to a conversation, until it is its turn: what is in front of it may
 * be this node's own and not settled yet.
 */

import type { LogEvent } from "../events.ts";

/** Events by their seqs. */
export class Ahead {
  /** Missing most of the time. */
  #bySeq: Map<number, LogEvent> | undefined;

  /** Whether none waits. */
  get isEmpty(): boolean {
    return this.#bySeq === undefined;
  }

  /** Some have been heard of, in whichever order, perhaps not for the first time. */
  add(events: readonly LogEvent[]): void {
    const bySeq = this.#bySeq ??= new Map();
    for (const event of events) bySeq.set(event.seq, event);
  }

  /** Takes out those that follow `seq` without a gap, and forgets those up to it. */
  after(seq: number): readonly LogEvent[] {
    const bySeq = this.#bySeq;
    if (bySeq === undefined) return [];
    const next: LogEvent[] = [];
    for (let event = bySeq.get(seq + 1); event; event = bySeq.get(event.seq + 1)) next.push(event);
    const last = seq + next.length;
    for (const known of bySeq.keys()) if (known <= last) bySeq.delete(known);
    if (bySeq.size === 0) this.#bySeq = undefined;
    return next;
  }
}
