/** One conversation as its user knows it: what is shown of its log, and what goes out. */

import type { Clock } from "../clock.ts";
import type { Role } from "../wire/command_row.ts";
import { decodeStored, seqOf } from "../wire/decode.ts";
import { ChatError } from "../errors.ts";
import { roleIn } from "../moderation/rules.ts";
import type { Ok } from "../protocol.ts";
import { isShown, type Person, type Place, placeOf, type StoredEvent } from "../events.ts";
import type { JsonObject } from "../wire/fields.ts";
import { wireLimits } from "../wire/wire_limits.ts";
import { lobby, nameKey, pairId, roomId, type Uid } from "../names.ts";
import { apply, emptyRoom, type Room } from "../rooms.ts";
import { forGood, isRoomRole, noRules, type RoomRole, type Rules } from "../moderation/rules.ts";
import { Follower, type Gap, type LogEntry, type LogPage, type Origin } from "./follower.ts";
import { mentions } from "./mentions.ts";
import { afterEvent, indexOfSeq } from "./messages.ts";
import { Outbound } from "./outbound.ts";
import type { ChatChange, ConversationView, KeptConversation, Me, Outgoing } from "./state.ts";

/** Which part of a log to ask for. */
export interface PageRange {
  readonly before?: number;
  readonly after?: number;
  readonly limit: number;
}

/** What a {@linkcode Conversation} needs. */
export interface ConversationOptions {
  readonly clock: Clock;
  random(): number;
  readonly me: () => Me;
  /** Lines read on entering. */
  readonly historyLines: number;
  readonly messagesMax: number;
  /** Asks for a page of its log. */
  page(place: Place, range: PageRange): Promise<Ok<"history">>;
  emit(change: ChatChange): void;
  /** Whose messages don't count as unread. */
  ignores(uid: Uid): boolean;
  /** This user has left it, here or on another device; with `error`, was put out of it. */
  onLeft(conversation: Conversation, error?: ChatError): void;
}

/** Somebody in a room, and what they may do there, where that was told. */
export type Member = Person & { readonly role?: Role };

/** The rules of a room, as `join`, `hello` and `rooms` answer them. */
type ToldRules = Pick<Ok<"join">, "locked" | "slow" | "readonly" | "muted" | "role">;

/** Messages are cut in bunches of this many: cutting moves all that stay. */
const trimBunch = 100;
/** Reading back keeps at most this many times the usual number of messages. */
const olderFactor = 5;
/** Losses remembered: there is hardly ever one. */
const lostMax = 100;

/** See {@linkcode ConversationView}. */
export class Conversation implements ConversationView {
  readonly key: string;
  room: string;
  readonly with?: Uid;
  joined = true;
  older = false;
  readonly lost = new Map<number, number>();
  unread = 0;
  mentions = 0;
  readSeq = 0;
  seenSeq = 0;
  /** Whether it is looked at: then nothing in it is unread. */
  isFocused = false;
  /** Whether it is known from an earlier run only: the server hasn't spoken of it yet. */
  isRestored = false;
  /** This user's own leaving counts only after this seq: what was before is history. */
  memberSince = 0;
  readonly outbound: Outbound;
  readonly follower: Follower;
  readonly #options: ConversationOptions;
  /** Kept with the same `apply` as the server's. */
  readonly #room: Room;
  #hasMembers = false;
  /** What has happened since lists of its members were asked for that are still to come. */
  readonly #lists = new Set<StoredEvent[]>();
  #messages: StoredEvent[] = [];
  #messagesMax: number;

  constructor(place: Place & { readonly key: string }, options: ConversationOptions) {
    this.key = place.key;
    this.room = place.room;
    if (place.with !== undefined) this.with = place.with;
    this.#options = options;
    this.#messagesMax = options.messagesMax;
    const id = place.with ? pairId(options.me().uid, place.with) : roomId(place.room);
    this.#room = emptyRoom(id, place.room);
    this.#isAloneIn();
    this.outbound = new Outbound(this, options);
    this.follower = new Follower({
      clock: options.clock,
      random: () => options.random(),
      lines: options.historyLines,
      page: (range) => this.#page(range),
      show: (entry, origin) => this.#show(entry, origin),
      entered: (older) => this.older = older,
      gap: (gap) => this.#gap(gap),
    });
  }

  get place(): Place {
    return placeOf(this);
  }

  get topic(): string {
    return this.#room.topic;
  }

  set topic(topic: string) {
    this.#room.topic = topic;
  }

  get rules(): Rules {
    return this.#room.rules;
  }

  get spokeAt(): number | undefined {
    return this.#room.spoke?.get(this.#options.me().uid);
  }

  get role(): Role {
    const { uid, role } = this.#options.me();
    return roleIn(this.#room, uid, role);
  }

  /** What moderators have made of it, as an answer tells it. */
  meetRules({ locked, slow = 0, readonly = false, muted, role }: ToldRules): void {
    const { user, uid } = this.#options.me();
    const until = muted === 0 ? forGood : muted;
    const roles = new Map(this.#room.rules.roles);
    roles.delete(uid);
    this.#room.rules = {
      ...noRules,
      roles: role === "owner" || role === "moderator" ? roles.set(uid, role) : roles,
      muted: until === undefined ? noRules.muted : new Map([[uid, { user, until }]]),
      ...locked && { lock: "" },
      slow,
      isReadOnly: readonly,
    };
  }

  get seq(): number {
    return this.follower.seq;
  }

  get messages(): readonly StoredEvent[] {
    return this.#messages;
  }

  get outgoing(): readonly Outgoing[] {
    return this.outbound.list;
  }

  get members(): ReadonlyMap<Uid, Person> | undefined {
    return this.#hasMembers ? this.#room.members : undefined;
  }

  /**
   * Who is in it, as `listed` tells; joined and left keep it from here on. It may have come in pages:
   * what happens meanwhile happens to it again.
   */
  async meetMembers(listed: Promise<readonly Member[]>): Promise<void> {
    const meanwhile: StoredEvent[] = [];
    this.#lists.add(meanwhile);
    try {
      this.#meet(await listed);
      for (const event of meanwhile) apply(this.#room, event);
    } finally {
      this.#lists.delete(meanwhile);
    }
  }

  #meet(members: readonly Member[]): void {
    // The lobby's members come and go without an event.
    if (this.key === lobby) return;
    this.#hasMembers = true;
    this.#room.members.clear();
    const { uid: me } = this.#options.me();
    const own = this.#room.rules.roles.get(me);
    const roles = new Map<Uid, RoomRole>(own && [[me, own]]);
    for (const { user, uid, role } of members) {
      this.#room.members.set(uid, { user, uid });
      if (role !== undefined && isRoomRole(role) && uid !== me) roles.set(uid, role);
    }
    this.#room.rules = { ...this.#room.rules, roles };
  }

  /** Begins with what an earlier run knew. */
  restore({ topic, unread, mentions, readSeq, seenSeq, log, members }: KeptConversation): void {
    this.isRestored = true;
    this.topic = topic;
    this.unread = unread;
    this.mentions = mentions;
    this.readSeq = readSeq;
    this.seenSeq = seenSeq;
    if (members) this.#meet(members);
    if (log === undefined) return;
    this.#messages = [...log.messages];
    this.older = log.older;
    this.follower.restore(log.seq);
  }

  /** Forgets what an earlier run knew of its log, which is to be entered anew. */
  renew(): void {
    this.#messages = [];
    this.#hasMembers = false;
    this.#isAloneIn();
    this.older = false;
    this.mentions = 0;
    this.readSeq = 0;
    this.follower.renew();
  }

  /** Somebody is called otherwise now. */
  rename(uid: Uid, user: string): void {
    if (this.with === uid) this.room = `@${user}`;
    if (this.#room.members.has(uid)) this.#room.members.set(uid, { user, uid });
  }

  /** From now on it is looked at, or no longer: what was read back goes, then. */
  focus(isFocused: boolean): void {
    this.look(isFocused);
    if (!isFocused) this.#trim(this.#messagesMax = this.#options.messagesMax);
  }

  /** Its user looks away for a while, or looks again. */
  look(isLooking: boolean): void {
    this.isFocused = isLooking;
    if (isLooking) this.readAll();
  }

  /** Everything that came has been seen. */
  readAll(): void {
    this.unread = 0;
    this.mentions = 0;
    this.readSeq = Math.max(this.readSeq, this.seq);
  }

  /** This user has read up to `seq`, here or on another device. */
  readUpTo(seq: number): void {
    if (seq <= this.readSeq) return;
    this.readSeq = seq;
    const { user, uid } = this.#options.me();
    const rest = this.#messages.filter((event) =>
      event.t === "said" && event.seq > seq && event.uid !== uid
    );
    this.unread = Math.min(this.unread, rest.length);
    const naming = rest.filter((event) => namesUser(event, user));
    this.mentions = Math.min(this.mentions, naming.length);
  }

  /** Reads messages older than those that are kept here. */
  async readOlder(limit: number): Promise<readonly StoredEvent[]> {
    const before = this.#messages[0]?.seq ?? this.seq + 1;
    if (!this.follower.isEntered || !this.older || before <= 1) return [];
    const page = await this.#page({ before, limit });
    const first = this.#messages[0]?.seq ?? this.seq + 1;
    // Cut off or read already meanwhile: it wouldn't join on.
    if (first !== before) return [];
    const events = page.events.filter(isShownEvent).filter(({ seq }) => seq < before);
    const most = this.#options.messagesMax * olderFactor;
    const room = most - this.#messages.length;
    if (room > 0) {
      this.#messages = [...events.slice(-room), ...this.#messages];
      this.#messagesMax = Math.max(this.#messagesMax, this.#messages.length);
      this.older = page.more || events.length > room;
    }
    return events;
  }

  async #page(range: PageRange): Promise<LogPage> {
    const { events, more, seq, first } = await this.#options.page(this.place, range);
    return { events: events.flatMap((frame) => this.#entry(frame) ?? []), more, seq, first };
  }

  #entry(frame: JsonObject): LogEntry | undefined {
    const event = decodeStored({ ...frame, ...this.place });
    if (event) return event;
    const seq = seqOf(frame);
    return seq !== undefined && seq > 0 ? { t: "unknown", seq, ...this.place } : undefined;
  }

  #show(entry: LogEntry, origin: Origin): void {
    if (entry.t === "unknown") {
      this.#room.seq = entry.seq;
      return;
    }
    if (origin !== "lines") {
      apply(this.#room, entry);
      for (const meanwhile of this.#lists) meanwhile.push(entry);
    }
    const me = this.#options.me();
    const own = entry.uid === me.uid;
    if (own) this.outbound.shown(entry);
    const common = { conversation: this, event: entry, own, live: origin === "live" };
    if (isShown(entry.t)) {
      const isNaming = !own && namesUser(entry, me.user);
      this.#messages.push(entry);
      this.#trim(this.#messagesMax + trimBunch);
      if (origin !== "lines" && !own) this.#count(entry, isNaming);
      this.#options.emit({ is: "event", ...common, mentions: isNaming });
    } else {
      const message = this.#change(entry);
      this.#options.emit({ is: "changed", ...common, ...message && { message } });
    }
    if (own) this.outbound.told(this.seq);
    const isOut = entry.t === "left" || entry.t === "kicked";
    if (isOut && own && !this.with && entry.seq > this.memberSince) {
      this.#options.onLeft(this, entry.t === "kicked" ? putOut(entry) : undefined);
    }
  }

  #count(event: StoredEvent, isNaming: boolean): void {
    if (this.isFocused) {
      this.readSeq = event.seq;
    } else if (
      event.t === "said" && event.seq > this.readSeq && !this.#options.ignores(event.uid)
    ) {
      this.unread = Math.min(this.unread + 1, wireLimits.unreadMax);
      if (isNaming) this.mentions++;
    }
  }

  /** The message that `event` is about, as it now stands. */
  #change(event: StoredEvent): StoredEvent | undefined {
    if (!("target" in event)) return undefined;
    const index = indexOfSeq(this.#messages, event.target);
    const message = this.#messages[index];
    if (message?.t !== "said") return undefined;
    return this.#messages[index] = afterEvent(message, event);
  }

  #gap({ after, lost, upTo, events }: Gap): void {
    const { uid } = this.#options.me();
    const own = events.filter((entry) => entry.t !== "unknown" && entry.uid === uid).length;
    const missed = upTo - after - lost - own;
    if (lost > 0) {
      this.lost.set(after, lost);
      for (const [oldest] of this.lost) {
        if (this.lost.size > lostMax) this.lost.delete(oldest);
      }
      // Who joined and left in it isn't known.
      this.#hasMembers = false;
    }
    if (missed > 0 || lost > 0) {
      this.#options.emit({ is: "gap", conversation: this, missed, lost });
      this.outbound.told(after + lost);
    }
  }

  /** Whoever keeps a room is in it: then nobody who comes finds it empty, and has made it. */
  #isAloneIn(): void {
    const { user, uid } = this.#options.me();
    this.#room.members.clear();
    if (this.with === undefined && this.key !== lobby) this.#room.members.set(uid, { user, uid });
  }

  #trim(most: number): void {
    if (this.#messages.length <= most) return;
    this.#messages.splice(0, this.#messages.length - this.#messagesMax);
    this.older = true;
  }
}

/** The key of the conversation that `place` names; `undefined` where it names none. */
export function keyOf(place: Place): string | undefined {
  if (place.with !== undefined) return `@${place.with}`;
  return place.room.startsWith("@") ? undefined : nameKey(place.room);
}

/** Why somebody is no longer in a room. */
function putOut(event: Extract<StoredEvent, { t: "kicked" }>): ChatError {
  const { by, banned = false, reason } = event;
  const why = reason === undefined ? "" : `: ${reason}`;
  return new ChatError(
    banned ? "banned" : "not_allowed",
    banned ? `${by} banned you${why}` : `${by} put you out${why}`,
  );
}

function namesUser(event: StoredEvent, user: string): boolean {
  return event.t === "said" && event.text !== undefined && mentions(event.text, user);
}

function isShownEvent(entry: LogEntry): entry is StoredEvent {
  return entry.t !== "unknown" && isShown(entry.t);
}
