/** What one user knows and does: rooms, private messages, who is here. */

import { ChatError, refusalOf } from "../errors.ts";
import type { ChatEvent, StoredEvent } from "../events.ts";
import { nameKey, type Uid } from "../names.ts";
import type { Command, CommandName, Ok } from "../protocol.ts";
import { refusalAnew } from "./anew.ts";
import { newCid, storing } from "./cid.ts";
import type { Conversation, Member } from "./conversation.ts";
import { Conversations } from "./conversations.ts";
import type { UnknownEvent } from "./exchange.ts";
import type { ChatOptions } from "./chat_options.ts";
import { Link, type LinkStatus } from "./link.ts";
import { sayWhole } from "./outbound.ts";
import { findSaid, type Found, listMembers, listRooms, listUsers, whoIs } from "./pages.ts";
import { ReadMarks } from "./read_marks.ts";
import type { ChatChange, ChatState, ConversationView, KeptChat, Me, Outgoing } from "./state.ts";
import { Users } from "./users.ts";

/** Told at most this often that this user is writing. */
const typingMs = 3000;

/**
 * Conversations are named by {@linkcode ConversationView.key} wherever a `key` is asked for. What
 * is said without a connection goes out when there is one, in the order in which it was said. Where
 * another server answers by then, what was said in rooms goes there, in rooms of the same names;
 * what was meant for one person, or about one message, fails.
 */
export class Chat {
  readonly #options: ChatOptions;
  readonly #link: Link;
  readonly #conversations: Conversations;
  readonly #users = new Users();
  readonly #marks: ReadMarks;
  /** What the last hello was answered, or that of an earlier run. */
  #hello: Pick<Ok<"hello">, "server" | "uid" | "limits"> | undefined;
  #me: Me | undefined;
  #away: string | undefined;
  #typedIn: { readonly key: string; readonly at: number } | undefined;

  constructor(options: ChatOptions) {
    this.#options = options;
    const { dial, hello, clock, newFetches, historyLines = 20, messagesMax = 2000 } = options;
    const random = () => options.random();
    this.#link = new Link({
      ...{ dial, hello, clock, random, ...newFetches && { newFetches } },
      onStatus: (status) => this.#onStatus(status),
      onEvent: (event) => this.#onEvent(event),
      onPartRefused: (error) => options.onPartRefused?.(error),
    });
    this.#conversations = new Conversations({
      link: this.#link,
      ...{ clock, random, historyLines, messagesMax },
      me: () => this.#requireMe(),
      page: (place, range) => this.#link.send("history", { ...place, ...range }),
      emit: (change) => this.#emit(change),
      ignores: (uid) => options.ignores?.(uid) ?? false,
    });
    this.#marks = new ReadMarks({
      clock,
      // A mark that is lost is sent again by the next connection.
      send: ({ key, seq }) => void this.read(key, seq).catch(() => {}),
    });
  }

  get state(): ChatState {
    return {
      status: this.#link.status,
      ...this.#me && { me: this.#me },
      ...this.#hello && { server: this.#hello.server },
      limits: this.#hello?.limits ?? {},
      conversations: this.#conversations.map,
      users: this.#users.map,
    };
  }

  /**
   * Begins with what an earlier run knew; when the server is reached, what was missed is read as
   * after any loss of the connection. Nothing is done once it has been reached; whether it was.
   */
  restore({ me, server, limits, users, conversations }: KeptChat): boolean {
    if (this.#hello) return false;
    this.#hello = { server, limits, uid: me.uid };
    this.#me = me;
    for (const user of users) this.#users.meet(user);
    this.#conversations.restore(conversations);
    return true;
  }

  /** Begins to connect. */
  start(): void {
    this.#link.start();
  }

  /** Connects at once where it waits, and anew where there is a connection. */
  reconnect(): void {
    this.#link.reconnect();
  }

  /** Says quit, lets what was sent be answered, and ends. */
  async close(): Promise<void> {
    this.#marks.flush();
    await this.#link.close();
    this.#conversations.offline();
    this.#marks.clear();
  }

  /**
   * Says something: it is in `outgoing` at once, and `delivered` or `failed` is told of it.
   * Returns its cid.
   *
   * @throws {ChatError} `no_such_room` where this user isn't in the conversation.
   */
  say(key: string, text: string, options: { readonly quote?: number } = {}): string {
    const outgoing: Outgoing = {
      cid: newCid(this.#options.clock),
      text,
      ...options.quote !== undefined && { quote: options.quote },
      at: this.#options.clock.now(),
      state: "sending",
    };
    this.putBack(key, outgoing);
    return outgoing.cid;
  }

  /** Goes on with what an earlier run said: its cid sees to it that it isn't said twice. */
  putBack(key: string, outgoing: Outgoing): void {
    const conversation = this.#conversations.get(key);
    if (conversation.outbound.add(outgoing)) void this.#sendOut(conversation, outgoing);
  }

  /** Sends a failed message again, under the same cid: it can't be doubled. */
  retry(key: string, cid: string): void {
    const conversation = this.#conversations.get(key);
    const outgoing = conversation.outbound.retry(cid);
    if (outgoing) void this.#sendOut(conversation, outgoing);
  }

  /** Gives a failed message up. */
  drop(key: string, cid: string): void {
    this.#conversations.get(key).outbound.drop(cid);
  }

  /** Opens the private conversation with `user` and says `text` there. Resolves its cid. */
  async whisper(user: string, text: string): Promise<string> {
    const { key } = await this.open(user.startsWith("@") ? user : `@${user}`);
    return this.say(key, text);
  }

  /** Enters a room, made if there is none of that name; with its key where it is locked. */
  join(room: string, key?: string): Promise<ConversationView> {
    return this.#conversations.join(room, key);
  }

  /**
   * A room (joined if needed) by name, or the private conversation with somebody by `@user`.
   *
   * @throws {ChatError} `no_such_user` and what `join` throws.
   */
  async open(name: string): Promise<ConversationView> {
    if (!name.startsWith("@")) {
      return this.#conversations.map.get(nameKey(name)) ?? await this.join(name);
    }
    const { uid } = this.#requireMe();
    const user = await whoIs(this.#link, name, { uid, known: this.#conversations.map.values() });
    return this.#conversations.withUser(user.uid, user.user);
  }

  /** Leaves a room. */
  async leave(key: string): Promise<void> {
    const conversation = this.#conversations.get(key);
    await this.#link.send("leave", { room: conversation.room });
    this.#conversations.end(conversation);
  }

  async topic(key: string, topic: string): Promise<void> {
    const { room } = this.#conversations.get(key);
    await this.#link.send("topic", { room, topic, cid: newCid(this.#options.clock) });
  }

  async edit(key: string, seq: number, text: string): Promise<void> {
    const { place } = this.#conversations.get(key);
    await this.#link.send("edit", { ...place, seq, text, cid: newCid(this.#options.clock) });
  }

  async delete(key: string, seq: number): Promise<void> {
    const { place } = this.#conversations.get(key);
    await this.#link.send("delete", { ...place, seq, cid: newCid(this.#options.clock) });
  }

  async react(key: string, seq: number, emoji: string, on: boolean = true): Promise<void> {
    const { place } = this.#conversations.get(key);
    await this.#link.send("react", { ...place, seq, emoji, on, cid: newCid(this.#options.clock) });
  }

  /** Reads older messages into the conversation; resolves them, oldest first. */
  older(key: string, limit: number = 50): Promise<readonly StoredEvent[]> {
    return this.#conversations.get(key).readOlder(limit);
  }

  /** What was said, newest first; with `cursor`, `before` of the next page. */
  search(query: Command<"search">): Promise<Found> {
    return findSaid(this.#link, query);
  }

  /** Everybody the server knows, whether here or gone lately (at most 5,000). */
  users(): Promise<Ok<"users">["users"]> {
    return listUsers(this.#link, ({ users }) => {
      for (const { user, uid, online, role, away } of users) {
        this.#users.meet({ user, uid, online, role, ...away !== undefined && { away } });
      }
    });
  }

  /** The rooms of the server (at most 2,000), or this user's private conversations. */
  rooms(options: { readonly private?: boolean } = {}): Promise<Ok<"rooms">["rooms"]> {
    return listRooms(this.#link, options);
  }

  /** Who is in a conversation (at most 10,000). */
  async members(key: string): Promise<Ok<"members">["members"]> {
    const conversation = this.#conversations.get(key);
    const listed: Member[] = [];
    const all = listMembers(this.#link, conversation.place, ({ members }) => {
      for (const member of members) listed.push(this.#users.meetMember(member));
    });
    await conversation.meetMembers(all.then(() => listed));
    return await all;
  }

  /** Tells that this user is writing; at most every 3 s. */
  typing(key: string): void {
    const { place } = this.#conversations.get(key);
    const at = this.#options.clock.now();
    if (this.#typedIn?.key === key && at - this.#typedIn.at < typingMs) return;
    this.#typedIn = { key, at };
    // Nobody misses it.
    this.#link.send("typing", place).catch(() => {});
  }

  /** Is away, on later connections too; without a text, is back. */
  async away(text?: string): Promise<void> {
    this.#away = text;
    await this.#link.send("away", text === undefined ? {} : { text });
  }

  /** Gives up the login, here or on every device, and ends. */
  async logout(all: boolean): Promise<void> {
    // That the server ends the connection is no surprise any more.
    const onOk = () => void this.#link.close();
    await this.#link.send("logout", all ? { all } : {}, { once: true, onOk });
    await this.close();
  }

  /** Makes one's name one's own, with a password. */
  async register(password: string): Promise<void> {
    const { role } = await this.#link.send("register", { password });
    if (!this.#me) return;
    this.#me = { ...this.#me, role };
    this.#users.meet({ ...this.#me, online: true });
  }

  /** Marks the conversation as the one that is looked at; `undefined`: none is. */
  focus(key: string | undefined): void {
    const conversation = this.#conversations.focus(key);
    if (conversation) this.#markRead(conversation);
  }

  /** This user looks away from the conversation that is in focus, or looks at it again. */
  look(isLooking: boolean): void {
    const conversation = this.#conversations.look(isLooking);
    if (conversation?.isFocused) this.#markRead(conversation);
  }

  /** Marks it as read up to `seq`. */
  async read(key: string, seq: number): Promise<void> {
    const conversation = this.#conversations.get(key);
    conversation.readUpTo(seq);
    await this.#link.send("read", { ...conversation.place, seq });
  }

  /** Any command as it is. What stores gets a cid where it has none, and is sent until answered. */
  send<K extends CommandName>(name: K, fields: Command<K>): Promise<Ok<K>> {
    return this.#link.send(
      name,
      storing.has(name) ? { cid: newCid(this.#options.clock), ...fields } : fields,
    );
  }

  /** Parts and fetches over this connection: programs that move files have one of their own. */
  get bytes(): Pick<Link, "fetch" | "part"> {
    return this.#link;
  }

  async #sendOut(conversation: Conversation, outgoing: Outgoing): Promise<void> {
    const { cid } = outgoing;
    // Begun anew meanwhile, on another server: the message has moved with it.
    const current = () => this.#conversations.map.get(conversation.key) ?? conversation;
    try {
      const { seq } = await sayWhole(this.#link, conversation.place, outgoing);
      current().outbound.acknowledged(cid, seq);
    } catch (error) {
      current().outbound.failed(cid, refusalOf(error));
    }
  }

  #onStatus(status: LinkStatus): void {
    this.#conversations.offline();
    if (status.is !== "online") {
      this.#emit({ is: "status", status });
      return;
    }
    const before = this.#hello;
    const { hello, hello: { user, uid, role } } = status;
    this.#hello = hello;
    this.#me = { user, uid, role };
    if (before && (before.server.id !== hello.server.id || before.uid !== uid)) {
      this.#begunAnew(before.server.id !== hello.server.id);
    }
    this.#users.forgetPresence();
    this.#users.meet({ user, uid, online: true, role });
    this.#emit({ is: "status", status });
    this.#conversations.online(hello);
    for (const row of hello.rooms) this.#marksOf(row);
    if (this.#away !== undefined) this.away(this.#away).catch(() => {});
    if (this.#options.presence ?? true) this.users().catch(() => {});
  }

  /** Nothing known is true any more. */
  #begunAnew(isOtherServer: boolean): void {
    this.#users.clear();
    this.#marks.clear();
    this.#conversations.reset();
    this.#link.forget((name, fields) => refusalAnew(name, { fields, isOtherServer }));
  }

  #marksOf(row: Ok<"hello">["rooms"][number]): void {
    const conversation = this.#conversations.called(row);
    if (!conversation) return;
    const { key } = conversation;
    this.#marks.known({ key, seq: row.read });
    this.#marks.mark({ key, seq: conversation.readSeq });
  }

  #onEvent(event: ChatEvent | UnknownEvent): void {
    if (event.t === "unknown" || ("seq" in event && "at" in event)) {
      if (event.t !== "unknown") this.#users.seen(event.user, event.uid);
      this.#conversations.take(event);
      return;
    }
    this.#users.take(event);
    if (event.t === "renamed") this.#renamed(event.uid, event.user);
    if (event.t === "role_given" && this.#me?.uid === event.uid) {
      this.#me = { ...this.#me, role: event.role };
    }
    if (event.t === "seen") this.#seen(event);
    this.#emit({ is: "passing", event });
  }

  #renamed(uid: Uid, user: string): void {
    for (const conversation of this.#conversations.map.values()) conversation.rename(uid, user);
    if (this.#me?.uid === uid) this.#me = { ...this.#me, user };
  }

  #seen(event: Extract<ChatEvent, { t: "seen" }>): void {
    const conversation = this.#conversations.called(event);
    if (!conversation) return;
    const { key } = conversation;
    if (this.#me && nameKey(event.user) !== nameKey(this.#me.user)) {
      conversation.seenSeq = Math.max(conversation.seenSeq, event.seq);
    } else {
      this.#marks.known({ key, seq: event.seq });
      conversation.readUpTo(event.seq);
    }
  }

  #emit(change: ChatChange): void {
    if (change.is === "event" || change.is === "changed") {
      const conversation = this.#conversations.map.get(change.conversation.key);
      if (conversation?.isFocused) this.#markRead(conversation);
    }
    this.#options.onChange(change);
  }

  #markRead(conversation: Conversation): void {
    conversation.readAll();
    this.#marks.mark({ key: conversation.key, seq: conversation.readSeq });
  }

  #requireMe(): Me {
    if (this.#me) return this.#me;
    throw new ChatError("unavailable", "Cannot do that yet: the server hasn't been reached");
  }
}
