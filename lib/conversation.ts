/**
 * The order of decisions in one conversation. It holds two states: the committed one, which is what
 * is on disk and what everybody sees, and the decided one, which is that with everything that waits
 * for its commit. Commands are decided against the second and answered from the first.
 */

import { Ahead } from "./nodes/ahead.ts";
import type { Clock } from "./clock.ts";
import type { Role } from "./wire/command_row.ts";
import {
  answerRepeat,
  type Deed,
  doneIn,
  otherContent,
  repeatsIn,
  sameContent,
  type Stored,
  twinKey,
} from "./peer/deeds.ts";
import { decide } from "./deciding.ts";
import { awayError, ChatError } from "./errors.ts";
import type { LogEvent, Person } from "./events.ts";
import { Gathering } from "./gathering.ts";
import { moderatesWhom, requireTurn, requireVoice, whyNoVoice } from "./moderation/moderation.ts";
import type { ConversationId, Uid } from "./names.ts";
import { holdsBehind, mayMove } from "./nodes/overtaken.ts";
import {
  appendEventsMax,
  batchOf,
  eventCount,
  eventsBehind,
  messageWith,
  type Pending,
} from "./pending.ts";
import { apply, applyToMessage, copyRoom, isIn, type Message, type Room } from "./rooms.ts";
import type { Append, Appended, Log, Repeat } from "./store.ts";
import { Twins } from "./twins.ts";

/** What a conversation needs of its surroundings. */
export interface ConversationOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly membersMax: number;
  /** What somebody is on the whole server. */
  readonly roleOf: (uid: Uid) => Role;
  /** Events are being appended: whatever telling them takes can be made ready meanwhile. */
  onAppending(conversation: Conversation, events: readonly LogEvent[]): void;
  /** Events are on disk and applied, in order: the time to tell everybody. */
  onCommitted(conversation: Conversation, events: readonly LogEvent[]): void;
  /** Something isn't as it should be; people are told separately. */
  onTrouble(error: unknown): void;
}

/** After a failed storage: how long until it is tried again. */
const reopenMs = 500;

/** One conversation that is in use. */
export class Conversation {
  readonly id: ConversationId;
  readonly #options: ConversationOptions;
  readonly #gathering: Gathering;
  readonly #ahead = new Ahead();
  #committed: Room;
  #decided: Room;
  #pending: Pending[] = [];
  /** The pending that store something under a cid, by whose it is. */
  readonly #twins = new Twins<Pending>();
  /** What is being appended; where that is nothing, there are answers that waited. */
  #underWay: readonly LogEvent[] | undefined;
  /** Whether the last append was moved, and so its lines weren't those that were made before. */
  #hasMoved = false;
  /** Set while the storage's state isn't known: nothing is decided then. */
  #broken = false;
  /** Goes up when decided events are dropped: what was read before is then worth nothing. */
  #drops = 0;
  /** The end of the line of those who need a message as it is. */
  #targets: Promise<unknown> = Promise.resolve();

  constructor(room: Room, options: ConversationOptions) {
    this.id = room.id;
    this.#options = options;
    this.#committed = room;
    this.#decided = copyRoom(room);
    this.#gathering = new Gathering({
      clock: options.clock,
      count: () => this.#pending.length,
      append: () => this.#append(),
    });
  }

  /** As it is on disk. */
  get room(): Readonly<Room> {
    return this.#committed;
  }

  /** As it will be when everything decided is on disk. */
  get decided(): Readonly<Room> {
    return this.#decided;
  }

  /** Whether nothing waits for its commit. */
  get idle(): boolean {
    return this.#pending.length === 0 && !this.#broken;
  }

  /**
   * Another node has appended here, and it is on disk here, too. May come again, and before what is
   * in front of it is settled here.
   */
  learn({ name, after, events }: Pick<Append, "name" | "after" | "events">): void {
    // Of two that make a room at once, who comes first spells it.
    if (after === 0) this.#committed.name = this.#decided.name = name;
    this.#ahead.add(events);
    this.#learnAhead();
  }

  /** That somebody may share here now. @throws {ChatError} `muted`, `not_allowed`, `slow_down` */
  requireMayShare(by: Person): void {
    const { clock, roleOf } = this.#options;
    const facts = { now: clock.now(), roleOf };
    requireVoice(this.#decided, by, facts);
    requireTurn(this.#decided, by, facts);
  }

  /** Whether somebody may take away here what `whom` did. */
  moderatesWhom(uid: Uid, whom: Uid): boolean {
    return moderatesWhom(this.#decided, uid, whom, { roleOf: this.#options.roleOf });
  }

  /** Whether what somebody has offered may still be shared here. */
  takesFrom(by: Person): boolean {
    const { clock, roleOf } = this.#options;
    const facts = { now: clock.now(), roleOf };
    return isIn(this.#decided, by.uid) && whyNoVoice(this.#decided, by, facts) === undefined;
  }

  /**
   * Decides now and resolves when that is on disk. A repeat of a cid is answered like the first.
   *
   * @throws {ChatError} what {@linkcode decide} throws; `bad_message` for a cid that stood for
   * something else; `unavailable`, `disk_full`, `internal`. As a rejection, never at once.
   */
  decide(deed: Deed, message?: Message): Promise<Stored> {
    if (this.#broken) return Promise.reject(awayError());
    const twin = this.#twins.of(deed);
    if (twin) return sameContent(deed, twin.deed) ? twin.promise : Promise.reject(otherContent());
    let changes: boolean;
    try {
      changes = this.#changes(deed, message);
    } catch (error) {
      return this.#unlessRepeated(deed, () => Promise.reject(error));
    }
    if (changes) return this.#enqueue(deed, message, true).promise;
    return this.#unlessRepeated(deed, () => this.#enqueue(deed, message, false).promise);
  }

  /**
   * The same for a deed about message `seq`. Resolves when it is decided; the promise inside when it
   * is on disk.
   */
  decideOn(deed: Deed, seq: number): Promise<{ readonly stored: Promise<Stored> }> {
    const turn = this.#targets.then(async () => {
      const message = await this.#message(seq);
      return { stored: this.decide(deed, message) };
    });
    this.#targets = turn.catch(() => {});
    return turn;
  }

  #changes({ by, change, file, whom, entry }: Deed, message: Message | undefined): boolean {
    const { clock, membersMax, roleOf } = this.#options;
    const now = clock.now();
    const about = { message, file, whom, entry, membersMax, now, roleOf };
    return decide(this.#decided, by, change, about);
  }

  /** A message as it is with everything decided: only what goes through here changes messages. */
  async #message(seq: number): Promise<Message | undefined> {
    for (;;) {
      const drops = this.#drops;
      const decided = this.#pending.map(({ event }) => event);
      const message = await this.#options.log.message(this.id, seq);
      if (drops === this.#drops) return messageWith(decided, seq, message);
    }
  }

  /** Answers a repeat like the first, before any rule; otherwise goes on with `otherwise`. */
  async #unlessRepeated(deed: Deed, otherwise: () => Promise<Stored>): Promise<Stored> {
    if (deed.cid === undefined) return await otherwise();
    const repeat = await this.#options.log.repeat(this.id, deed.by.uid, deed.cid);
    return repeat === undefined ? await otherwise() : answerRepeat(repeat, deed);
  }

  #enqueue(deed: Deed, message: Message | undefined, changes: boolean): Pending {
    const { promise, resolve, reject } = Promise.withResolvers<Stored>();
    const event = changes ? this.#advance(deed) : undefined;
    const pending: Pending = { deed, message, event, promise, resolve, reject };
    this.#pending.push(pending);
    if (event) this.#twins.add(deed, pending);
    if (!this.#underWay) this.#gathering.begin();
    return pending;
  }

  /** Makes an event of a change and applies it to the decided state. */
  #advance({ by, change, cid, whom }: Deed): LogEvent {
    const { user, uid } = whom ?? by;
    const seq = this.#decided.seq + 1;
    const at = this.#options.clock.now();
    const event: LogEvent = cid === undefined
      ? { ...change, seq, at, user, uid }
      : { ...change, seq, at, user, uid, cid };
    apply(this.#decided, event);
    return event;
  }

  /** Begins to append what is pending. */
  #append(): void {
    if (this.#pending.length === 0 || this.#underWay) return;
    const batch = batchOf(this.#pending, this.#options.log.appendCharsMax);
    const events = eventsBehind(batch, this.#committed.seq);
    this.#underWay = events;
    void this.#appended(events).then((appended) => {
      // Known before to come too late, and decided again then.
      if (this.#underWay !== events) return;
      this.#underWay = undefined;
      this.#gathering.ended(Math.min(this.#pending.length, appendEventsMax));
      this.#settle(batch, events, appended);
      this.#learnAhead();
      if (this.#pending.length > 0 && !this.#underWay) this.#gathering.begin();
    });
    // After the storage was told, which is done at the end of this turn.
    this.#options.clock.soon(() => {
      if (this.#underWay === events && !this.#hasMoved) this.#options.onAppending(this, events);
    });
  }

  async #appended(events: readonly LogEvent[]): Promise<Appended> {
    if (events.length === 0) return { outcome: "committed" };
    const [{ name }, { seq: after }] = [this.#decided, this.#committed];
    const more = mayMove(this.#committed, events) ? { mayMove: true } as const : {};
    try {
      return await this.#options.log.append({
        conversation: this.id,
        name,
        after,
        events,
        ...more,
      });
    } catch (error) {
      return { outcome: "failed", error: this.#unexpected(error) };
    }
  }

  #settle(batch: readonly Pending[], events: readonly LogEvent[], appended: Appended): void {
    switch (appended.outcome) {
      case "committed": {
        const { after } = appended;
        this.#hasMoved = after !== undefined;
        const kept = after === undefined ? events : eventsBehind(batch, after);
        this.#pending.splice(0, batch.length);
        if (this.#pending.length === 0) this.#twins.clear();
        else for (const { deed } of batch) this.#twins.delete(deed);
        if (after !== undefined && after > this.#committed.seq) {
          // What is in front of it is still to be learnt.
          this.#ahead.add(kept);
        } else {
          for (const event of kept) apply(this.#committed, event);
          // The storage works on the next ones while these are told to everybody.
          if (!this.#gathering.isCrowd && this.#ahead.isEmpty) this.#append();
          this.#tell(kept);
        }
        const unchanged = { seq: this.#committed.seq, at: this.#options.clock.now() };
        for (const { event, resolve } of batch) resolve(event ? whenOf(event) : unchanged);
        return;
      }
      case "conflict":
        this.#commit(appended.events);
        this.#decideAgain(appended.events, appended.repeats);
        return;
      case "failed": {
        const { error } = appended;
        this.#drop(error.cause === undefined ? error : this.#unexpected(error));
        if (error.code !== "disk_full") void this.#reopen();
        return;
      }
      default:
        appended satisfies never;
    }
  }

  /** Some of them may be known. */
  #commit(events: readonly LogEvent[]): void {
    const news = events.filter(({ seq }) => seq > this.#committed.seq);
    for (const event of news) apply(this.#committed, event);
    this.#tell(news);
  }

  #tell(events: readonly LogEvent[]): void {
    if (events.length === 0) return;
    try {
      this.#options.onCommitted(this, events);
    } catch (error) {
      this.#options.onTrouble(error);
    }
  }

  /**
   * Commits what others have appended, as far as it is its turn. What is being appended here comes
   * too late then: it is decided again at once, with all that waits, and appended anew.
   */
  #learnAhead(): void {
    // Answers that waited are given in this turn, by how many they are.
    if (this.#ahead.isEmpty || this.#underWay?.length === 0) return;
    const events = this.#ahead.after(this.#committed.seq);
    const decided = { room: this.#committed, underWay: this.#underWay, twins: this.#twins };
    if (events.length > 0 && holdsBehind(events, decided)) {
      this.#commit(events);
      this.#decided.seq = this.#committed.seq + eventCount(this.#pending);
    } else if (events.length > 0) {
      this.#underWay = undefined;
      this.#commit(events);
      this.#decideAgain(events, repeatsIn(events));
      if (this.#pending.length > 0) this.#gathering.begin();
    } else if (!this.#ahead.isEmpty && this.idle) {
      void this.#reopen();
    }
  }

  #decideAgain(others: readonly LogEvent[], repeats: ReadonlyMap<string, Repeat>): void {
    const pending = this.#pending;
    this.#forgetDecided();
    for (const one of pending) {
      if (one.message) one.message = others.reduce(applyToMessage, one.message);
      const key = twinKey(one.deed);
      const repeat = key === undefined ? undefined : repeats.get(key);
      try {
        const done = repeat ? answerRepeat(repeat, one.deed) : doneIn(others, one.deed);
        if (done) {
          one.resolve(done);
          continue;
        }
        one.event = this.#changes(one.deed, one.message) ? this.#advance(one.deed) : undefined;
        this.#pending.push(one);
        if (one.event) this.#twins.add(one.deed, one);
      } catch (error) {
        const refusal = error instanceof ChatError ? error : this.#unexpected(error);
        void this.#unlessRepeated(one.deed, () => Promise.reject(refusal))
          .then(one.resolve, one.reject);
      }
    }
  }

  #forgetDecided(): void {
    this.#drops++;
    this.#pending = [];
    this.#twins.clear();
    this.#decided = copyRoom(this.#committed);
  }

  #unexpected(error: unknown): ChatError {
    this.#options.onTrouble(error);
    return new ChatError("internal", "Cannot do that: the server failed, and its log says why");
  }

  #drop(error: ChatError): void {
    const pending = this.#pending;
    this.#forgetDecided();
    for (const { reject } of pending) reject(error);
  }

  /** Learns from the storage what there is; until then nothing is decided. */
  async #reopen(): Promise<void> {
    this.#broken = true;
    while (this.#broken) {
      try {
        await this.#readOn();
        this.#broken = false;
      } catch (error) {
        this.#options.onTrouble(error);
        await new Promise<void>((resolve) => this.#options.clock.after(reopenMs, resolve));
      }
    }
    this.#decided = copyRoom(this.#committed);
    this.#learnAhead();
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const after = this.#committed.seq;
      const range = { after, limit: appendEventsMax, bytes: Infinity };
      const page = await this.#options.log.read(this.id, range);
      this.#commit(page.events);
      if (!page.more) return;
    }
  }
}

function whenOf({ seq, at }: LogEvent): Stored {
  return { seq, at };
}
