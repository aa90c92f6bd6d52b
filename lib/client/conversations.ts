/** The conversations that a user is in, begun and ended as the server and the user say. */

import type { Stop } from "../clock.ts";
import { ChatError, refusalOf } from "../errors.ts";
import { type Place, placeOf, type StoredEvent } from "../events.ts";
import { lobby, nameKey, type Uid } from "../names.ts";
import type { Ok } from "../protocol.ts";
import { passesWithTime, retryAfterMs } from "./backoff.ts";
import { Conversation, type ConversationOptions, keyOf } from "./conversation.ts";
import type { UnknownEvent } from "./exchange.ts";
import type { Link } from "./link.ts";
import type { ChatChange, KeptConversation } from "./state.ts";

type ListedRooms = Pick<Ok<"hello">, "rooms" | "more" | "behind">;
type Listed = ListedRooms["rooms"][number];

/** Events missed since an earlier run that are read one by one; of more, only the newest. */
const keptGapMax = 200;

/** What {@linkcode Conversations} needs. */
export interface ConversationsOptions extends Omit<ConversationOptions, "onLeft"> {
  readonly link: Pick<Link, "send">;
  emit(change: ChatChange): void;
}

/** Every conversation of one user by its key. */
export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #map = new Map<string, Conversation>();
  /** Rooms that are being joined. What happens in them before the answer is held by them. */
  readonly #opening = new Map<string, Conversation>();
  /** Rooms that are being joined again, and what stops the next attempt. */
  readonly #rejoining = new Map<string, Stop>();
  #focused: string | undefined;
  #isLooking = false;

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  get map(): ReadonlyMap<string, Conversation> {
    return this.#map;
  }

  /** @throws {ChatError} `no_such_room` where this user isn't in it. */
  get(key: string): Conversation {
    const conversation = this.#map.get(key);
    if (conversation) return conversation;
    throw new ChatError("no_such_room", `You aren't in "${key}": join it first`);
  }

  /** The conversation that a place names, where this user has it. */
  called(place: Place): Conversation | undefined {
    const key = keyOf(place);
    return key === undefined ? undefined : this.#map.get(key);
  }

  /** Begins with those of an earlier run. */
  restore(kept: readonly KeptConversation[]): void {
    for (const each of kept) {
      const key = keyOf(each);
      if (key === undefined || this.#map.has(key)) continue;
      const conversation = this.#make(key, each);
      conversation.restore(each);
      this.#begin(conversation);
    }
  }

  /** The connection is there: what the server lists goes on, what it doesn't is joined again. */
  online({ rooms, more = false, behind = false }: ListedRooms): void {
    const listed = new Set<string>();
    for (const row of rooms) {
      const key = keyOf(row);
      if (key === undefined) continue;
      listed.add(key);
      this.#listed(key, row, behind);
    }
    for (const conversation of [...this.#map.values()]) {
      if (listed.has(conversation.key)) continue;
      // Left on another device, perhaps, while this one was off; or entered there just now.
      const mayBeLeft = !more && this.#isIdleRest(conversation);
      if (mayBeLeft && !behind) this.end(conversation);
      else if (conversation.with === undefined && !mayBeLeft) this.#rejoin(conversation);
      else conversation.follower.begin(undefined);
    }
  }

  /** The connection is gone. */
  offline(): void {
    for (const { follower } of this.#map.values()) follower.cut();
    for (const { follower } of this.#opening.values()) follower.cut();
    for (const stop of this.#rejoining.values()) stop();
    this.#rejoining.clear();
  }

  /**
   * Another server: everything known is dropped. Rooms are begun anew with what wasn't sent yet, to
   * be joined by {@linkcode online}; private conversations were with users of the old server.
   */
  reset(): void {
    const old = [...this.#map.values()];
    this.#map.clear();
    for (const conversation of old) conversation.follower.cut();
    this.#options.emit({ is: "new_server" });
    for (const conversation of old) {
      if (conversation.with !== undefined || this.#isIdleRest(conversation)) continue;
      const anew = this.#make(conversation.key, conversation.place);
      conversation.outbound.moveTo(anew.outbound);
      this.#begin(anew);
    }
  }

  /** An event that came as it happened. */
  take(event: StoredEvent | UnknownEvent): void {
    const key = keyOf(event);
    if (key === undefined) return;
    const known = this.#map.get(key) ?? this.#opening.get(key);
    // What ends it doesn't begin it.
    if (!known && (event.t === "left" || event.t === "kicked") && this.#isMe(event)) return;
    (known ?? this.#met(key, event)).follower.take(event);
  }

  /** Enters a room. @throws {ChatError} */
  async join(room: string, lockKey?: string): Promise<Conversation> {
    const key = nameKey(room);
    const conversation = this.#map.get(key) ?? this.#opening.get(key) ?? this.#make(key, { room });
    if (!this.#map.has(key)) this.#opening.set(key, conversation);
    const joining = lockKey === undefined ? { room } : { room, key: lockKey };
    try {
      return this.#joined(conversation, await this.#options.link.send("join", joining));
    } catch (error) {
      if (this.#opening.get(key) === conversation) this.#opening.delete(key);
      throw error;
    }
  }

  /** The private conversation with a user. */
  withUser(uid: Uid, user: string): Conversation {
    const key = `@${uid}`;
    const known = this.#map.get(key);
    if (known) {
      known.follower.need();
      return known;
    }
    const conversation = this.#make(key, { room: `@${user}`, with: uid });
    this.#begin(conversation);
    conversation.follower.begin(undefined);
    return conversation;
  }

  /** This user isn't in it any more. */
  end(conversation: Conversation, error?: ChatError): void {
    conversation.follower.cut();
    conversation.joined = false;
    if (this.#map.get(conversation.key) !== conversation) return;
    this.#map.delete(conversation.key);
    this.#options.emit({ is: "ended", conversation, ...error && { error } });
  }

  /** From now on `key` is looked at, and nothing else. */
  focus(key: string | undefined): Conversation | undefined {
    const before = this.#focused === undefined ? undefined : this.#map.get(this.#focused);
    if (before && before.key !== key) before.focus(false);
    this.#focused = key;
    const conversation = key === undefined ? undefined : this.#map.get(key);
    this.#isLooking = true;
    conversation?.focus(true);
    conversation?.follower.need();
    return conversation;
  }

  /** The one in focus is looked at, or not: then what comes to it is unread. */
  look(isLooking: boolean): Conversation | undefined {
    this.#isLooking = isLooking;
    const conversation = this.#focused === undefined ? undefined : this.#map.get(this.#focused);
    conversation?.look(isLooking);
    return conversation;
  }

  #isMe({ uid }: StoredEvent): boolean {
    return uid === this.#options.me().uid;
  }

  /** Whether nothing but an earlier run speaks for it. */
  #isIdleRest({ key, isRestored, outgoing }: Conversation): boolean {
    return isRestored && outgoing.length === 0 && key !== this.#focused;
  }

  #make(key: string, place: Place): Conversation {
    return new Conversation({ key, ...placeOf(place) }, {
      ...this.#options,
      random: () => this.#options.random(),
      page: (at, range) => this.#options.page(at, range),
      emit: (change) => this.#options.emit(change),
      ignores: (uid) => this.#options.ignores(uid),
      onLeft: (conversation, error) => this.end(conversation, error),
    });
  }

  #begin(conversation: Conversation): void {
    const { key } = conversation;
    this.#opening.delete(key);
    this.#map.set(key, conversation);
    if (key === this.#focused) conversation.look(this.#isLooking);
    this.#options.emit({ is: "begun", conversation });
  }

  #listed(key: string, row: Listed, isBehind: boolean): void {
    const known = this.#map.get(key);
    if (known?.follower.isEntered) {
      // A log that has become shorter is another one: restored from a copy, for example. Of a node
      // that is behind it is the same, and goes on where it ends here.
      const isOther = row.seq < known.seq && !isBehind;
      const isOld = isOther || row.seq - known.seq > keptGapMax;
      if (known.isRestored && isOld) known.renew();
      else if (isOther) this.end(known);
    }
    const conversation = this.#map.get(key) ?? this.#opening.get(key) ?? this.#make(key, row);
    conversation.isRestored = false;
    conversation.room = row.room;
    conversation.topic = row.topic;
    conversation.meetRules(row);
    conversation.memberSince = Math.max(conversation.memberSince, row.seq);
    const { follower } = conversation;
    conversation.readUpTo(row.read);
    // From then on it is counted here.
    if (!follower.isWanted && !conversation.isFocused) conversation.unread = row.unread;
    if (!this.#map.has(key)) this.#begin(conversation);
    // Private conversations with nothing new are read when they are looked at: there may be many.
    const idle = row.with !== undefined && row.unread === 0 && key !== this.#focused;
    follower.begin(row.seq, { idle });
  }

  /** Somebody wrote to us first, or another device of ours has joined a room. */
  #met(key: string, event: StoredEvent | UnknownEvent): Conversation {
    const conversation = this.#make(key, event);
    this.#begin(conversation);
    conversation.memberSince = event.seq;
    conversation.follower.begin(event.seq - 1);
    // Joining again changes nothing, and tells the topic.
    if (conversation.with === undefined) this.#rejoin(conversation);
    return conversation;
  }

  #joined(conversation: Conversation, ok: Ok<"join">): Conversation {
    const { key } = conversation;
    const current = this.#map.get(key) ?? conversation;
    current.isRestored = false;
    current.room = ok.room;
    current.topic = ok.topic;
    current.meetRules(ok);
    current.joined = true;
    current.memberSince = Math.max(current.memberSince, ok.seq);
    if (current.readSeq === 0) current.readSeq = ok.seq;
    if (!this.#map.has(key)) this.#begin(current);
    current.follower.begin(ok.seq);
    return current;
  }

  /** Silently: what was missed is told as a gap. */
  #rejoin(conversation: Conversation): void {
    const { key, room } = conversation;
    if (key === lobby || this.#rejoining.has(key)) return;
    this.#rejoining.set(key, () => {});
    this.#options.link.send("join", { room }, { once: true }).then(
      (ok) => {
        this.#rejoining.delete(key);
        // Left meanwhile: nothing to go on with.
        if (this.#map.get(key) === conversation) this.#joined(conversation, ok);
      },
      (error) => {
        this.#rejoining.delete(key);
        if (this.#map.get(key) === conversation) this.#refused(conversation, refusalOf(error));
      },
    );
  }

  #refused(conversation: Conversation, error: ChatError): void {
    if (!passesWithTime(error.code)) {
      this.end(conversation, error);
      return;
    }
    const { clock } = this.#options;
    const ms = retryAfterMs(error.retryMs ?? 1000, 1, this.#options.random());
    const again = (): void => {
      this.#rejoining.delete(conversation.key);
      if (this.#map.get(conversation.key) === conversation) this.#rejoin(conversation);
    };
    this.#rejoining.set(conversation.key, clock.after(ms, again));
  }
}
