/**
 * Which conversations are in use, and who hears what: what is committed goes to the audience of its
 * conversation as it was at that event.
 */

import type { Clock } from "./clock.ts";
import { Conversation } from "./conversation.ts";
import { encodeLine, EventLines } from "./encode.ts";
import type { LogEvent, PassingEvent, Person, Place } from "./events.ts";
import { type Bounds, limits } from "./limits.ts";
import { type ConversationId, lobby, pairId, pairOf, roomId, type Uid } from "./names.ts";
import type { Known, Listener, People } from "./people.ts";
import { emptyRoom, type Room } from "./rooms.ts";
import type { Log } from "./store.ts";

/** What a {@linkcode Hub} needs. */
export interface HubOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly people: People;
  onTrouble(error: unknown): void;
}

/** A conversation in use, with those who hear it. */
interface Channel {
  readonly conversation: Conversation;
  /** The peers in a room. The lobby's are all; a private conversation's follow from its two. */
  readonly listeners: Set<Listener>;
  /** The two of a private conversation, as they are called. */
  readonly people?: readonly [Person, Person];
  /** What a room will be told next, if it is told just these events. */
  prepared?: { readonly events: readonly LogEvent[]; readonly lines: EventLines };
}

/** All conversations in use: rooms with somebody in them, and lately used private ones. */
export class Hub {
  readonly #options: HubOptions;
  readonly #rooms = new Map<ConversationId, Channel>();
  /** The one used longest ago first. */
  readonly #pairs = new Map<ConversationId, Channel>();
  readonly #opening = new Map<ConversationId, Promise<Channel>>();
  #stored = 0;

  private constructor(options: HubOptions) {
    this.#options = options;
  }

  /** With the lobby, and the rooms that had members when the server stopped. */
  static async load(options: HubOptions): Promise<Hub> {
    const hub = new Hub(options);
    hub.#use(emptyRoom(lobby, lobby));
    for (const room of await options.log.rooms()) {
      for (const uid of room.members.keys()) options.people.get(uid)?.rooms.add(room.id);
      hub.#use(room);
    }
    return hub;
  }

  /** The lobby. */
  get lobby(): Conversation {
    return this.#rooms.get(lobby)!.conversation;
  }

  /** How many rooms have somebody in them, the lobby included. */
  get roomCount(): number {
    return this.#rooms.size;
  }

  /** How many events were stored since the start. */
  get eventsStored(): number {
    return this.#stored;
  }

  /** The rooms with somebody in them, and the lobby, in no order. */
  *rooms(): Iterable<Conversation> {
    for (const { conversation } of this.#rooms.values()) {
      if (conversation.id === lobby || conversation.room.members.size > 0) yield conversation;
    }
  }

  /** A room with somebody in it, or on their way in; `undefined` where there is none. */
  room(name: string): Conversation | undefined {
    const conversation = this.#rooms.get(roomId(name))?.conversation;
    if (!conversation) return undefined;
    const isThere = conversation.id === lobby || conversation.decided.members.size > 0;
    return isThere ? conversation : undefined;
  }

  /** A private conversation that is in memory. */
  pairInUse(id: ConversationId): Conversation | undefined {
    return this.#pairs.get(id)?.conversation;
  }

  /** The room called `name`, with or without anybody in it, to join it. */
  async openRoom(name: string): Promise<Conversation> {
    const channel = this.#rooms.get(roomId(name)) ??
      await this.#open(roomId(name), (room) => this.#use(room ?? emptyRoom(roomId(name), name)));
    return channel.conversation;
  }

  /** The private conversation of two users. */
  async openPair(one: Person, other: Person): Promise<Conversation> {
    const id = pairId(one.uid, other.uid);
    const people = [one, other] as const;
    const held = this.#pairs.get(id);
    this.#pairs.delete(id);
    const { conversation, listeners } = held ??
      await this.#open(id, (room) => this.#channel(room ?? emptyRoom(id, ""), people));
    this.#pairs.set(id, { conversation, listeners, people });
    this.#forgetPairs();
    return conversation;
  }

  /** How `viewer` names a conversation. */
  place(conversation: Conversation, viewer: Uid): Place {
    const { people } = this.#pairs.get(conversation.id) ?? {};
    if (!people) return { room: conversation.room.name };
    return this.#pairPlace(people, viewer);
  }

  /** A peer begins to hear what happens where its user is. */
  enter(known: Known, listener: Listener): void {
    this.#rooms.get(lobby)!.listeners.add(listener);
    for (const id of known.rooms) this.#rooms.get(id)?.listeners.add(listener);
  }

  /** A peer hears no more. */
  exit(known: Known, listener: Listener): void {
    this.#rooms.get(lobby)!.listeners.delete(listener);
    for (const id of known.rooms) this.#rooms.get(id)?.listeners.delete(listener);
  }

  /** Drops a room from memory that nobody is in; its log stays. */
  release(conversation: Conversation): void {
    const { id, idle, room, decided } = conversation;
    const isEmpty = room.members.size === 0 && decided.members.size === 0;
    if (id !== lobby && idle && isEmpty) this.#rooms.delete(id);
  }

  /** Tells those who hear a conversation, but not the peers of `but`. */
  pass(conversation: Conversation, event: (place: Place) => PassingEvent, but: Known): void {
    const channel = this.#rooms.get(conversation.id) ?? this.#pairs.get(conversation.id);
    if (!channel) return;
    if (!channel.people) {
      const line = encodeLine(event({ room: conversation.room.name }));
      for (const listener of channel.listeners) {
        if (!but.listeners.has(listener)) listener.hear(line);
      }
      return;
    }
    for (const { uid } of channel.people) {
      if (uid !== but.uid) this.tell(uid, event(this.#pairPlace(channel.people, uid)));
    }
  }

  /** Tells every peer of one user. */
  tell(uid: Uid, event: PassingEvent): void {
    const line = encodeLine(event);
    for (const listener of this.#options.people.get(uid)?.listeners ?? []) listener.hear(line);
  }

  /** Tells every peer. */
  tellAll(event: PassingEvent): void {
    const line = encodeLine(event);
    for (const listener of this.#rooms.get(lobby)!.listeners) listener.hear(line);
  }

  /** The peers of those who share a room other than the lobby, or a private conversation. */
  *neighbours(known: Known): Iterable<Listener> {
    for (const id of known.rooms) yield* this.#rooms.get(id)?.listeners ?? [];
    for (const uid of known.partners ?? []) {
      yield* this.#options.people.get(uid)?.listeners ?? [];
    }
    yield* known.listeners;
  }

  /** Every room that this user is in is left, because their time is over. */
  async leaveAll(known: Known, reason: string): Promise<void> {
    const by = known.person;
    const leaving = [...known.rooms].map(async (id) => {
      await this.#rooms.get(id)?.conversation.decide({ by, change: { t: "left", reason } });
    });
    await Promise.all(leaving);
  }

  #use(room: Room): Channel {
    const channel = this.#channel(room);
    this.#rooms.set(room.id, channel);
    return channel;
  }

  #channel(room: Room, people?: readonly [Person, Person]): Channel {
    const { log, clock, bounds, people: known } = this.#options;
    const conversation = new Conversation(room, {
      log,
      clock,
      membersMax: bounds.roomMembersMax,
      roleOf: (uid) => known.roleOf(uid),
      onAppending: (conversation, events) => this.#prepare(conversation, events),
      onCommitted: (conversation, events) => this.#committed(conversation, events),
      onTrouble: (error) => this.#options.onTrouble(error),
    });
    return { conversation, listeners: new Set(), ...people && { people } };
  }

  #open(id: ConversationId, use: (room: Room | undefined) => Channel): Promise<Channel> {
    const opening = this.#opening.get(id) ?? this.#options.log.open(id).then(use);
    this.#opening.set(id, opening);
    return opening.finally(() => this.#opening.delete(id));
  }

  #forgetPairs(): void {
    for (const [id, { conversation }] of this.#pairs) {
      if (this.#pairs.size <= limits.pairsInMemoryMax) return;
      if (conversation.idle) this.#pairs.delete(id);
    }
  }

  #pairPlace([one, other]: readonly [Person, Person], viewer: Uid): Place {
    const { uid, user } = one.uid === viewer ? other : one;
    const name = this.#options.people.get(uid)?.person.user ?? user;
    return { room: `@${name}`, with: uid };
  }

  /** Makes the lines while the storage is busy: it is idle time, and a crowd's take a while. */
  #prepare(conversation: Conversation, events: readonly LogEvent[]): void {
    const channel = this.#rooms.get(conversation.id);
    // Where somebody joins or leaves, not everybody is told all of it.
    if (!channel || channel.listeners.size === 0 || events.some(movesSomebody)) return;
    channel.prepared = { events, lines: new EventLines(events, { room: conversation.room.name }) };
  }

  #committed(conversation: Conversation, events: readonly LogEvent[]): void {
    this.#stored += events.length;
    const pair = this.#pairs.get(conversation.id);
    if (pair?.people) return this.#toPair(pair.people, events);
    const channel = this.#rooms.get(conversation.id);
    if (channel) this.#toRoom(channel, events);
  }

  #toPair(people: readonly [Person, Person], events: readonly LogEvent[]): void {
    for (const [index, { uid }] of people.entries()) {
      const known = this.#options.people.get(uid);
      if (!known) continue;
      if ((known.partners?.size ?? 0) < limits.pairsListedMax) {
        known.partners = (known.partners ?? new Set()).add(people[1 - index].uid);
      }
      const lines = new EventLines(events, this.#pairPlace(people, uid)).for(uid);
      for (const listener of known.listeners) listener.hear(...lines);
    }
  }

  /** A batch ends where membership changes: those who join hear nothing from before. */
  #toRoom(channel: Channel, events: readonly LogEvent[]): void {
    let from = 0;
    for (const [index, event] of events.entries()) {
      if (!movesSomebody(event)) continue;
      const known = this.#options.people.get(event.uid);
      if (event.t === "joined") {
        this.#toListeners(channel, events.slice(from, index));
        from = index;
        known?.rooms.add(channel.conversation.id);
        for (const listener of known?.listeners ?? []) channel.listeners.add(listener);
      } else {
        this.#toListeners(channel, events.slice(from, index + 1));
        from = index + 1;
        known?.rooms.delete(channel.conversation.id);
        for (const listener of known?.listeners ?? []) channel.listeners.delete(listener);
      }
    }
    this.#toListeners(channel, from === 0 ? events : events.slice(from));
    if (channel.conversation.room.members.size > 0) return;
    // Not at once: what has just been decided is still being settled.
    this.#options.clock.soon(() => this.release(channel.conversation));
  }

  #toListeners(channel: Channel, events: readonly LogEvent[]): void {
    const { conversation, listeners, prepared } = channel;
    channel.prepared = undefined;
    if (events.length === 0 || listeners.size === 0) return;
    const lines = prepared?.events === events
      ? prepared.lines
      : new EventLines(events, { room: conversation.room.name });
    for (const listener of listeners) listener.hear(...lines.for(listener.uid));
  }
}

function movesSomebody({ t }: LogEvent): boolean {
  return t === "joined" || t === "left" || t === "kicked";
}

/** The other one of a private conversation. */
export function otherOf(id: ConversationId, uid: Uid): Uid | undefined {
  const pair = pairOf(id);
  return pair && (pair[0] === uid ? pair[1] : pair[0]);
}
