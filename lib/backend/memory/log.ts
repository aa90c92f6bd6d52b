/** Logs in arrays, each event as it stands. */

import { auditOf } from "../../moderation/audit.ts";
import { ChatError } from "../../errors.ts";
import { doerOf, isShown, type LogEvent } from "../../events.ts";
import { limits } from "../../limits.ts";
import { type ConversationId, lobby, pairOf, type Uid } from "../../names.ts";
import {
  apply,
  applyToMessage,
  copyRoom,
  emptyRoom,
  type Message,
  newMessage,
  type Room,
} from "../../rooms.ts";
import {
  type Append,
  type Appended,
  contentDigest,
  type Log,
  type Mark,
  movedMax,
  movedTo,
  type Page,
  type Range,
  type Repeat,
  repeatKey,
  type SaidPage,
  type SaidRange,
} from "../../store.ts";
import { whyNotStorable } from "../storable.ts";
import { eventBytes } from "../text.ts";
import type { MemoryAudit } from "./audit.ts";
import type { MemoryLibrary } from "./library.ts";

/** What happens to the next append that nothing is wrong with. */
export type Fault =
  /** It fails, and with `kept` it is in the log all the same, as after a lost acknowledgement. */
  | { readonly is: "failed"; readonly code: "disk_full" | "internal"; readonly kept?: true }
  /** Another node has appended these events first; their seqs follow the log. */
  | { readonly is: "raced"; readonly events: readonly LogEvent[] }
  /** It, and what comes after it, waits. */
  | { readonly is: "held"; readonly until: Promise<unknown> };

/** One conversation: the room, its events as they stand, and what follows from them. */
interface Kept {
  readonly room: Room;
  events: LogEvent[];
  readonly messages: Map<number, Message>;
  /** Who reacted to a message, in order, with the names they had. */
  readonly reactors: Map<number, Map<string, Map<Uid, string>>>;
  readonly repeats: Map<string, Repeat>;
  /** The number, among all events of the store, of the last one. */
  last: number;
}

/** Where a `said` is found again. */
export interface Spoken {
  readonly n: number;
  readonly conversation: ConversationId;
  readonly seq: number;
}

/** All logs, and in which order things were said. */
export class MemoryLog implements Log {
  readonly spoken: Spoken[] = [];
  readonly speakers = new Set<Uid>();
  readonly #kept = new Map<ConversationId, Kept>();
  readonly #faults: Fault[];
  readonly #library: MemoryLibrary;
  readonly #audit: MemoryAudit;
  #n = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    faults: Fault[],
    beside: { readonly library: MemoryLibrary; readonly audit: MemoryAudit },
  ) {
    this.#faults = faults;
    this.#library = beside.library;
    this.#audit = beside.audit;
  }

  /** Resolves when everything that was asked to be appended is. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  rooms(): Promise<readonly Room[]> {
    const begun = [...this.#kept.values()].map(({ room }) => room);
    return Promise.resolve(
      begun.filter((room) => room.id === lobby || room.members.size > 0).map(copyRoom),
    );
  }

  open(conversation: ConversationId): Promise<Room | undefined> {
    const kept = this.#kept.get(conversation);
    return Promise.resolve(kept && copyRoom(kept.room));
  }

  append(append: Append): Promise<Appended> {
    const wrong = whyNotStorable(append);
    if (wrong !== undefined) return Promise.resolve({ outcome: "failed", error: wrong });
    const appended = this.#turn.then(() => this.#append(append));
    this.#turn = appended;
    return appended;
  }

  read(conversation: ConversationId, range: Range & { bytes: number }): Promise<Page> {
    const kept = this.#kept.get(conversation);
    const { seq, first } = kept?.room ?? { seq: 0, first: 1 };
    const events: LogEvent[] = [];
    const wanted = kept ? inRange(kept.events, range) : [];
    let bytes = 0;
    for (const event of wanted) {
      const standing = withReactions(kept, event);
      bytes += eventBytes(standing);
      if (events.length === range.limit || (events.length > 0 && bytes > range.bytes)) break;
      events.push(standing);
    }
    const more = events.length < wanted.length;
    if ("before" in range) events.reverse();
    return Promise.resolve({ events, more, seq, first });
  }

  message(conversation: ConversationId, seq: number): Promise<Message | undefined> {
    return Promise.resolve(this.#kept.get(conversation)?.messages.get(seq));
  }

  repeat(conversation: ConversationId, uid: Uid, cid: string): Promise<Repeat | undefined> {
    return Promise.resolve(this.#kept.get(conversation)?.repeats.get(repeatKey(uid, cid)));
  }

  said(uid: Uid, { after = 0, limit }: SaidRange): Promise<SaidPage> {
    const own = this.spoken.filter(({ n, conversation, seq }) => {
      const message = this.#kept.get(conversation)?.messages.get(seq);
      return n > after && message?.author === uid && !message.deleted;
    });
    const page = own.slice(0, limit);
    const messages = page.map(({ conversation, seq }) => ({ conversation, seq }));
    const next = page.at(-1)?.n;
    return Promise.resolve(own.length > limit && next ? { messages, next } : { messages });
  }

  pairs(uid: Uid, limit: number): Promise<readonly Room[]> {
    const pairs = [...this.#kept.values()].filter(({ room }) => pairOf(room.id)?.includes(uid));
    pairs.sort((one, other) => other.last - one.last);
    return Promise.resolve(pairs.slice(0, limit).map(({ room }) => copyRoom(room)));
  }

  unread(uid: Uid, marks: readonly Mark[]): Promise<readonly number[]> {
    const counts = marks.map(({ conversation, seq }) => {
      const events = this.#kept.get(conversation)?.events ?? [];
      const count = events.filter((event) =>
        event.t === "said" && event.seq > seq && event.uid !== uid
      ).length;
      return Math.min(count, limits.unreadMax);
    });
    return Promise.resolve(counts);
  }

  forget(at: number): Promise<void> {
    for (const kept of this.#kept.values()) {
      const index = kept.events.findIndex((event) => event.at >= at);
      const gone = kept.events.splice(0, index === -1 ? kept.events.length : index);
      for (const event of gone) {
        kept.messages.delete(event.seq);
        kept.reactors.delete(event.seq);
        if (event.cid !== undefined) {
          kept.repeats.delete(repeatKey(doerOf(event).uid, event.cid));
        }
        kept.room.first = event.seq + 1;
      }
    }
    return Promise.resolve();
  }

  /** A `said` as it stands, or `undefined` where it is forgotten. */
  standing({ conversation, seq }: Spoken): LogEvent | undefined {
    const kept = this.#kept.get(conversation);
    const event = kept?.events[seq - kept.room.first];
    return event && withReactions(kept, event);
  }

  async #append(append: Append): Promise<Appended> {
    const fault = this.#faults.shift();
    if (fault?.is === "held") {
      await fault.until;
      return this.#append(append);
    }
    if (fault?.is === "failed") {
      if (fault.kept) this.#decide(append);
      return { outcome: "failed", error: failures[fault.code]() };
    }
    if (fault?.is === "raced") this.#keep({ ...append, events: fault.events });
    return this.#decide(append);
  }

  #decide(append: Append): Appended {
    const kept = this.#kept.get(append.conversation);
    const repeats = new Map<string, Repeat>();
    for (const event of append.events) {
      const { cid } = event;
      const { uid } = doerOf(event);
      const repeat = cid === undefined ? undefined : kept?.repeats.get(repeatKey(uid, cid));
      if (cid !== undefined && repeat !== undefined) repeats.set(repeatKey(uid, cid), repeat);
    }
    const { seq: after } = kept?.room ?? { seq: 0 };
    const events = kept?.events.filter(({ seq }) => seq > append.after) ?? [];
    const isMoved = append.mayMove && append.after < after && after - append.after <= movedMax &&
      append.after >= (kept?.room.first ?? 1) - 1 && events.every(({ t }) => t === "said");
    if ((append.after !== after && !isMoved) || repeats.size > 0) {
      const standing = events.map((event) => withReactions(kept, event));
      return { outcome: "conflict", events: standing.slice(0, limits.pageMax), repeats };
    }
    this.#keep(isMoved ? movedTo(append, after) : append);
    return isMoved ? { outcome: "committed", after } : { outcome: "committed" };
  }

  #keep({ conversation, name, events }: Append): void {
    const kept: Kept = this.#kept.get(conversation) ?? {
      room: emptyRoom(conversation, name),
      events: [],
      messages: new Map(),
      reactors: new Map(),
      repeats: new Map(),
      last: 0,
    };
    this.#kept.set(conversation, kept);
    for (const event of events) {
      kept.last = ++this.#n;
      this.#note(kept, event);
      apply(kept.room, event);
      kept.events.push(event);
      if (event.t === "said") {
        this.spoken.push({ n: this.#n, conversation, seq: event.seq });
        this.speakers.add(event.uid);
      }
      if (event.cid !== undefined) {
        const { seq, at } = event;
        const repeat = { seq, at, digest: contentDigest(event) };
        kept.repeats.set(repeatKey(doerOf(event).uid, event.cid), repeat);
      }
      project(kept, event);
      this.#library.apply(conversation, event);
    }
  }

  /** Takes note of what a moderator did, before it changes anything. */
  #note({ room, events }: Kept, event: LogEvent): void {
    const said = event.t === "deleted" ? events[event.target - room.first] : undefined;
    const taken = event.t === "removed" ? this.#library.shared(room.id, event.file) : said;
    const entry = auditOf(event, room.name, taken);
    if (entry) this.#audit.keep(entry);
  }
}

const failures = {
  disk_full: () => new ChatError("disk_full", "Cannot store that: the server's disk is full"),
  internal: () => new ChatError("internal", "Cannot store that: the server failed"),
};

/** All events of a range, the nearest to its end first. */
function inRange(events: readonly LogEvent[], range: Range): readonly LogEvent[] {
  if ("after" in range) return events.filter(({ seq }) => seq > range.after);
  return events.filter(({ seq, t }) => seq < range.before && isShown(t)).reverse();
}

/** Changes the messages that an event, which is in `events` already, is about. */
function project(kept: Kept, event: LogEvent): void {
  if (event.t === "said") {
    kept.messages.set(event.seq, newMessage(event));
  }
  if (!("target" in event)) return;
  const message = kept.messages.get(event.target);
  if (message !== undefined) kept.messages.set(message.seq, applyToMessage(message, event));
  switch (event.t) {
    case "edited":
      if (message === undefined || message.deleted) hush(kept, event.seq);
      else change(kept, event.target, { text: event.text, edited: event.at });
      return;
    case "deleted":
      hush(kept, event.target);
      change(kept, event.target, { edited: undefined, deleted: event.at });
      for (const { t, seq, ...rest } of kept.events) {
        if (t === "edited" && "target" in rest && rest.target === event.target) hush(kept, seq);
      }
      kept.reactors.delete(event.target);
      return;
    case "reacted": {
      const emojis = kept.reactors.get(event.target) ?? new Map<string, Map<Uid, string>>();
      const users = emojis.get(event.emoji) ?? new Map<Uid, string>();
      if (event.on && !users.has(event.uid)) users.set(event.uid, event.user);
      if (!event.on) users.delete(event.uid);
      if (users.size > 0) emojis.set(event.emoji, users);
      else emojis.delete(event.emoji);
      if (message !== undefined) kept.reactors.set(event.target, emojis);
      return;
    }
    default:
      event satisfies never;
  }
}

/** Takes the text, and what could be learnt of it, from one event. */
function hush(kept: Kept, seq: number): void {
  const event = change(kept, seq, { text: undefined });
  if (event?.cid === undefined) return;
  kept.repeats.set(repeatKey(event.uid, event.cid), { seq, at: event.at });
}

/** Replaces an event by one with other fields; those that are `undefined` go. */
function change(kept: Kept, seq: number, fields: object): LogEvent | undefined {
  const index = seq - kept.room.first;
  const event = kept.events[index];
  if (event === undefined) return undefined;
  const entries = Object.entries({ ...event, ...fields });
  kept.events[index] = Object.fromEntries(
    entries.filter(([, value]) => value !== undefined),
  ) as LogEvent;
  return event;
}

function withReactions(kept: Kept | undefined, event: LogEvent): LogEvent {
  const emojis = event.t === "said" ? kept?.reactors.get(event.seq) : undefined;
  if (emojis === undefined || emojis.size === 0) return event;
  const reactions = [...emojis].map(([emoji, users]) => [emoji, [...users.values()]] as const);
  return { ...event, reactions: Object.fromEntries(reactions) } as LogEvent;
}
