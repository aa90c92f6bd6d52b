/**
 * Which conversations are in use, and who hears what: what is committed goes to the audience of its
 * conversation as it was at that event.
 */

import type { Clock } from "./clock.ts";
import { Conversation } from "./conversation.ts";
import { encodeLine, EventLines } from "./wire/encode.ts";
import type { LogEvent, PassingEvent, Person, Place } from "./events.ts";
import { type Bounds, limits } from "./limits.ts";
import type { Nodes } from "./nodes.ts";
import type { Note } from "./nodes/node_notes.ts";
import { type ConversationId, lobby, pairId, pairOf, roomId, type Uid } from "./names.ts";
import type { Known, Listener } from "./known.ts";
import type { People } from "./people.ts";
import { emptyRoom, type Room } from "./rooms.ts";
import type { Append, Log } from "./store.ts";

/** What a {@linkcode Hub} needs. */
export interface HubOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly people: People;
  /** The other nodes, where there are any. */
  readonly nodes?: Pick<Nodes, "pass">;
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

/** A conversation that is being read from its log. */
interface Opening {
  readonly channel: Promise<Channel>;
  /** What other nodes have appended meanwhile. */
  readonly learnt: Append[];
}

/** All conversations in use: rooms with somebody in them, and lately used private ones. */
export class Hub {
  readonly #options: HubOptions;
  readonly #rooms = new Map<ConversationId, Channel>();
  /** The one used longest ago first. */
  readonly #pairs = new Map<ConversationId, Channel>();
  readonly #opening = new Map<ConversationId, Opening>();
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
    const id = roomId(name);
    const channel = this.#rooms.get(id) ?? await this.#open(id, async () => {
      return this.#use(await this.#options.log.open(id) ?? emptyRoom(id, name));
    });
    return channel.conversation;
  }

  /** The private conversation of two users. */
  async openPair(one: Person, other: Person): Promise<Conversation> {
    const id = pairId(one.uid, other.uid);
    const people = [one, other] as const;
    const held = this.#pairs.get(id);
    this.#pairs.delete(id);
    const { conversation } = held
      ? this.#usePair(held.conversation, people)
      : await this.#open(id, () => this.#readPair(people));
    this.#forgetPairs();
    return conversation;
  }

  /** Another node has appended to a conversation. */
  learn(append: Append): void {
    const { conversation: id } = append;
    const opening = this.#opening.get(id);
    if (opening) return void opening.learnt.push(append);
    const channel = this.#rooms.get(id) ?? this.#pairs.get(id);
    if (channel) return this.#learn(channel, append);
    if (!this.#concerns(append)) return;
    // It is in its log already, but not told.
    void this.#openLearnt(append).catch((error) => this.#options.onTrouble(error));
    this.#opening.get(id)?.learnt.push(append);
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
    // It may have been dropped and opened again since.
    const isThis = this.#rooms.get(id)?.conversation === conversation;
    if (id !== lobby && isThis && idle && isEmpty) this.#rooms.delete(id);
  }

  /** Tells those on this node who hear a conversation, but not the peers of `but`. */
  pass(id: ConversationId, event: (place: Place) => PassingEvent, but: Known): void {
    const other = otherOf(id, but.uid);
    if (other) {
      return this.tellHere(other, event({ room: `@${but.person.user}`, with: but.uid }));
    }
    const channel = this.#rooms.get(id);
    if (!channel) return;
    const lines = [encodeLine(event({ room: channel.conversation.room.name }))];
    for (const listener of channel.listeners) {
      if (!but.listeners.has(listener)) listener.hear(lines);
    }
  }

  /** Tells every peer of one user, on whichever node it is. */
  tell(uid: Uid, event: PassingEvent): void {
    this.tellHere(uid, event);
    const { nodes, people } = this.#options;
    for (const node of people.elsewhere.nodesOf(uid)) {
      nodes?.pass({ is: "tell", uid, event } satisfies Note, node);
    }
  }

  /** The same, on this node. */
  tellHere(uid: Uid, event: PassingEvent): void {
    const lines = [encodeLine(event)];
    for (const listener of this.#options.people.get(uid)?.listeners ?? []) listener.hear(lines);
  }

  /** Tells every peer of this node. */
  tellAll(event: PassingEvent): void {
    const lines = [encodeLine(event)];
    for (const listener of this.#rooms.get(lobby)!.listeners) listener.hear(lines);
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

  #usePair(conversation: Conversation, people: readonly [Person, Person]): Channel {
    const channel = { conversation, listeners: new Set<Listener>(), people };
    this.#pairs.set(conversation.id, channel);
    return channel;
  }

  async #readPair(people: readonly [Person, Person]): Promise<Channel> {
    const id = pairId(people[0].uid, people[1].uid);
    const room = await this.#options.log.open(id) ?? emptyRoom(id, "");
    return this.#usePair(this.#channel(room).conversation, people);
  }

  #open(id: ConversationId, read: () => Promise<Channel>): Promise<Channel> {
    const opening = this.#opening.get(id);
    if (opening) return opening.channel;
    const learnt: Append[] = [];
    const channel = read().then((channel) => {
      this.#opening.delete(id);
      this.#learnOpened(channel, learnt);
      return channel;
    }, (error) => {
      this.#opening.delete(id);
      throw error;
    });
    this.#opening.set(id, { channel, learnt });
    return channel;
  }

  /** Whether somebody here has to hear of it, or a room begins to have somebody in it. */
  #concerns({ conversation: id, events }: Append): boolean {
    const { people } = this.#options;
    const pair = pairOf(id);
    if (!pair) return events.some(({ t }) => t === "joined");
    return pair.some((uid) => (people.get(uid)?.listeners.size ?? 0) > 0);
  }

  async #openLearnt({ conversation: id, name }: Append): Promise<void> {
    const pair = pairOf(id);
    if (!pair) return void await this.openRoom(name);
    await this.#open(id, async () => {
      const [one, other] = await Promise.all(pair.map((uid) => this.#options.people.user(uid)));
      if (one && other) return await this.#readPair([one, other]);
      throw new Error(`Somebody of ${id} isn't known any more`);
    });
  }

  /** What was in the log when it was read is in the room already, but nobody was told. */
  #learnOpened({ conversation }: Channel, learnt: readonly Append[]): void {
    const { seq } = conversation.room;
    for (const append of learnt) {
      if (append.after < seq) this.#committed(conversation, append.events);
      else conversation.learn(append);
    }
  }

  #learn({ conversation }: Channel, append: Append): void {
    const { room, id } = conversation;
    const isKnown = append.after < room.seq;
    conversation.learn(append);
    if (!isKnown) return;
    // Whoever is in it may not have been known themselves when it was read.
    for (const { uid } of append.events.filter(movesSomebody)) {
      if (room.members.has(uid)) this.#options.people.get(uid)?.rooms.add(id);
    }
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
      for (const listener of known.listeners) listener.hear(lines);
    }
  }

  /** A batch ends where membership changes: those who join hear nothing from before. */
  #toRoom(channel: Channel, events: readonly LogEvent[]): void {
    let from = 0;
    for (let index = 0; index < events.length; index++) {
      const event = events[index];
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
    for (const listener of listeners) listener.hear(lines.for(listener.uid));
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
