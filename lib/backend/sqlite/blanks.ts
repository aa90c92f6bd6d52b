/** Takes out of works what this store knows to be deleted, and what was never kept. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { doerOf, type LogEvent } from "../../events.ts";
import type { Places } from "./places.ts";
import type { EntryWorks, Work } from "./work.ts";

/** Reads through the connection that writes. */
export class Blanks {
  readonly #event: StatementSync;
  readonly #thumb: StatementSync;
  readonly #places: Pick<Places, "behind">;

  constructor(db: DatabaseSync, places: Pick<Places, "behind">) {
    this.#places = places;
    this.#thumb = db.prepare("SELECT 1 FROM thumb WHERE transfer = ?");
    this.#event = db.prepare(
      `SELECT event.at, event.kind, event.uid, event.cid, revised.deleted FROM event
       JOIN conversation ON conversation.id = event.conversation
       LEFT JOIN revised ON revised.n = event.n
       WHERE conversation.key = ? AND event.seq = ? AND event.seq >= conversation.first`,
    );
  }

  /** The works of an entry with empty texts in the place of those that have to go, and no such thumbnails. */
  blank({ position, works }: Pick<EntryWorks, "position" | "works">): readonly Work[] {
    return works.map((work, index) => this.#blank(work, this.#places.behind(position, index)));
  }

  /** `behind`: the seq that an append came behind, where it was moved. */
  #blank(work: Work, behind: number | undefined): Work {
    if (work.do === "transfer" && work.thumb !== undefined) {
      const { thumb: _gone, ...rest } = work;
      return this.#thumb.get(work.record.transfer) === undefined ? rest : work;
    }
    if (work.do !== "append") return work;
    const { append } = work;
    const after = behind ?? append.after;
    const events = append.events.map((event, index) => {
      const isGone = "text" in event &&
        !this.#stands(append.conversation, event, after + 1 + index);
      return isGone ? { ...event, text: "" } : event;
    });
    return { ...work, append: { ...append, events } };
  }

  /** Whether an event was kept, under a seq, and has its text. */
  #stands(conversation: string, event: LogEvent, seq: number): boolean {
    const row = this.#event.get(conversation, seq);
    if (row === undefined || row.deleted !== null) return false;
    const { t, at, cid = null } = event;
    return row.kind === t && row.at === at && row.cid === cid && row.uid === doerOf(event).uid;
  }
}
