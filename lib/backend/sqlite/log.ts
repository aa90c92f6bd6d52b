/** The log, seen from the main thread. */

import type { ConversationId, Uid } from "../../names.ts";
import type { Message, Room } from "../../rooms.ts";
import type {
  Append,
  Appended,
  Log,
  Mark,
  Page,
  Range,
  Repeat,
  SaidPage,
  SaidRange,
} from "../../store.ts";
import { whyNotStorable } from "../storable.ts";
import type { WorkQueue } from "./commit_queue.ts";
import type { Port } from "./port.ts";
import { type ReaderCalls, roomOf } from "./reads.ts";
import { messageOf } from "./standing.ts";
import type { Done, Work, WriterCalls } from "./work.ts";

/** Conversations counted in one turn of the reader, which others wait for. */
const marksAtOnce = 20;

/** Writes through the queue and reads from the reader. */
export class SqliteLog implements Log {
  readonly appendCharsMax?: number;
  readonly #queue: WorkQueue;
  readonly #writer: Port<WriterCalls>;
  readonly #reader: Port<ReaderCalls>;

  constructor(
    queue: WorkQueue,
    ports: { readonly writer: Port<WriterCalls>; readonly reader: Port<ReaderCalls> },
    bounds: Pick<Log, "appendCharsMax"> = {},
  ) {
    if (bounds.appendCharsMax !== undefined) this.appendCharsMax = bounds.appendCharsMax;
    this.#queue = queue;
    this.#writer = ports.writer;
    this.#reader = ports.reader;
  }

  async rooms(): Promise<readonly Room[]> {
    return (await this.#reader.ask("rooms", null)).map(roomOf);
  }

  async open(conversation: ConversationId): Promise<Room | undefined> {
    const room = await this.#reader.ask("room", conversation);
    return room && roomOf(room);
  }

  async append(append: Append): Promise<Appended> {
    const wrong = whyNotStorable(append);
    if (wrong !== undefined) return { outcome: "failed", error: wrong };
    const outcome = await this.#queue.add({ do: "append", append });
    if ("failed" in outcome) return { outcome: "failed", error: outcome.failed };
    const { done } = outcome;
    if (done !== 0 && done.is === "moved") return { outcome: "committed", after: done.after };
    if (done === 0 || done.is !== "conflict") return { outcome: "committed" };
    return { outcome: "conflict", events: done.events, repeats: new Map(done.repeats) };
  }

  read(conversation: ConversationId, range: Range & { bytes: number }): Promise<Page> {
    return this.#reader.ask("page", { conversation, range });
  }

  async message(conversation: ConversationId, seq: number): Promise<Message | undefined> {
    const message = await this.#reader.ask("message", { conversation, seq });
    return message && messageOf(message);
  }

  repeat(conversation: ConversationId, uid: Uid, cid: string): Promise<Repeat | undefined> {
    return this.#writer.ask("repeat", { conversation, uid, cid });
  }

  said(uid: Uid, range: SaidRange): Promise<SaidPage> {
    return this.#reader.ask("said", { uid, range });
  }

  async pairs(uid: Uid, limit: number): Promise<readonly Room[]> {
    return (await this.#reader.ask("pairs", { uid, limit })).map(roomOf);
  }

  async unread(uid: Uid, marks: readonly Mark[]): Promise<readonly number[]> {
    const counts: number[] = [];
    for (let from = 0; from < marks.length; from += marksAtOnce) {
      const some = marks.slice(from, from + marksAtOnce);
      counts.push(...await this.#reader.ask("unread", { uid, marks: some }));
    }
    return counts;
  }

  async forget(at: number): Promise<void> {
    let done: Done = { is: "forgotten up to", from: 0 };
    while (done !== 0 && done.is === "forgotten up to") {
      done = await this.#keep({ do: "forget", at, from: done.from });
    }
    do done = await this.#keep({ do: "trim" }); while (done !== 0);
  }

  async #keep(work: Work): Promise<Done> {
    const outcome = await this.#queue.add(work);
    if ("failed" in outcome) throw outcome.failed;
    return outcome.done;
  }
}
