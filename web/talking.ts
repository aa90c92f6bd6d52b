/** What this user knows of conversations, as signals, and which one is in front. */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Chat } from "../lib/client/chat.ts";
import { conversationCalled } from "../lib/client/find_conversation.ts";
import type { Dial, LinkStatus } from "../lib/client/link.ts";
import { roleText } from "../lib/client/role_text.ts";
import { requireFits } from "../lib/client/spoken.ts";
import type { ChatChange, ConversationView, KeptChat, KnownUser, Me } from "../lib/client/state.ts";
import type { Clock } from "../lib/clock.ts";
import { ChatError } from "../lib/errors.ts";
import type { PassingEvent, StoredEvent } from "../lib/events.ts";
import { lobby, type NameKey, type Uid } from "../lib/names.ts";
import type { Command, Ok } from "../lib/protocol.ts";
import { Drafts } from "./offline/drafts.ts";
import { keepIgnored, readIgnored } from "./ignored.ts";
import type { Keep } from "./offline/keep.ts";
import type { Here, Key, Row } from "./model.ts";
import type { Notices } from "./notices.ts";
import { Quotes } from "./quotes.ts";
import { hereOf, membersOf, rowsOf, shownMessages } from "./offline/snapshots.ts";
import { Typing } from "./typing.ts";
import { Unsent } from "./offline/unsent.ts";

/** What {@linkcode Talking} is made with. */
export interface TalkingOptions {
  readonly dial: Dial;
  readonly hello: Command<"hello">;
  readonly clock: Clock;
  random(): number;
  readonly keep: Keep;
  readonly notices: Notices;
  /** Calls `draw` when the browser is about to draw. */
  nextFrame(draw: () => void): void;
  /** The server lets this user in. */
  onOnline(hello: Ok<"hello">): void;
  onEvent(event: StoredEvent, own: boolean): void;
  /** Whatever has changed, before anything is made of it. */
  onChange(change: ChatChange): void;
  /** The conversation in front has ended, or all that was known is forgotten. */
  onNowhere(): void;
  /** The server doesn't let this user in. */
  onEnded(error: ChatError): void;
}

/** Messages kept of each conversation; reading back keeps five times as many. */
const messagesMax = 11_000;
/** Messages read on entering a conversation, and on scrolling back. */
const enteringLines = 60;
const olderLines = 200;

type Part = "status" | "rows" | "here" | "messages" | "users";

/** The chat as signals. They change once a frame. */
export class Talking {
  readonly chat: Chat;
  readonly drafts: Drafts;
  readonly quotes: Quotes;
  /** Whether others are told that this user writes. */
  tellsTyping = true;
  readonly status = signal<LinkStatus>({ is: "connecting", attempt: 1 });
  readonly me = signal<Me | undefined>(undefined);
  readonly server = signal<Ok<"hello">["server"] | undefined>(undefined);
  readonly limits = signal<Readonly<Record<string, number>>>({});
  readonly rows = signal<readonly Row[]>([]);
  readonly users = signal<ReadonlyMap<NameKey, KnownUser>>(new Map());
  readonly ignored: Signal<ReadonlySet<Uid>>;
  readonly #here = signal<Here | undefined>(undefined);
  readonly #options: TalkingOptions;
  readonly #unsent: Unsent;
  readonly #typing: Typing;
  readonly #due = new Set<Part>();
  #isDrawing = false;
  #key: Key | undefined;
  #messages: readonly StoredEvent[] = [];
  #readSeq = 0;
  #cleared = 0;
  #isLooking = true;
  #older: Promise<void> | undefined;

  constructor(options: TalkingOptions) {
    this.#options = options;
    const { dial, hello, clock, keep, notices } = options;
    this.ignored = signal(readIgnored(keep));
    this.chat = new Chat({
      ...{ dial, hello, clock, messagesMax },
      random: () => options.random(),
      historyLines: enteringLines,
      presence: false,
      ignores: (uid) => this.ignored.peek().has(uid),
      onChange: (change) => this.#changed(change),
    });
    this.drafts = new Drafts(keep);
    this.quotes = new Quotes(this.chat, this.#here);
    const onChange = () => this.draw("here", "rows");
    this.#unsent = new Unsent({ chat: this.chat, keep, notices, onChange });
    this.#typing = new Typing(clock, () => this.draw("here"));
  }

  /** The conversation in front. */
  get here(): ReadonlySignal<Here | undefined> {
    return this.#here;
  }

  /** The same as it is in the chat. */
  get inFront(): ConversationView | undefined {
    return this.#key === undefined ? undefined : this.chat.state.conversations.get(this.#key);
  }

  /** Whether the newest message in front is seen. */
  get isLooking(): boolean {
    return this.#isLooking;
  }

  /** @throws {ChatError} where there is none yet. */
  get required(): ConversationView {
    if (this.inFront) return this.inFront;
    throw new ChatError("unavailable", "Cannot do that yet: the server hasn't been reached");
  }

  /** The conversation that is called `name`, where this user has it. */
  known(name: string): ConversationView | undefined {
    return conversationCalled(this.chat.state, name);
  }

  /** Begins with what an earlier visit knew; whether the server hasn't been reached before. */
  restore(kept: KeptChat): boolean {
    const isFirst = this.chat.restore(kept);
    if (isFirst) this.#unsent.restored();
    this.draw("status", "rows", "users");
    return isFirst;
  }

  /** Puts a conversation in front. */
  turnTo(conversation: ConversationView): void {
    const { key, readSeq } = conversation;
    if (key === this.#key) return;
    this.#key = key;
    this.#readSeq = readSeq;
    this.#cleared = 0;
    this.#isLooking = true;
    this.#typing.turnTo(conversation);
    this.quotes.clear();
    this.drafts.turnTo(key);
    this.chat.focus(key);
    this.draw("messages", "here", "rows");
    if (isRoom(conversation) && conversation.members === undefined) void this.#members(key);
  }

  /** Whether the newest message in front is seen. */
  look(isLooking: boolean): void {
    if (isLooking === this.#isLooking) return;
    this.#isLooking = isLooking;
    // What comes from now on is new.
    if (!isLooking) this.#readSeq = this.inFront?.readSeq ?? this.#readSeq;
    this.chat.look(isLooking);
    this.draw("here", "rows");
  }

  /** @throws {ChatError} where it can't be said. */
  say(text: string, quote?: number): void {
    this.sayIn(this.required, text, quote);
  }

  /**
   * Says something in any conversation, and keeps it until it is stored.
   *
   * @throws {ChatError} where it is longer than the server takes.
   */
  sayIn(conversation: ConversationView, text: string, quote?: number): void {
    const { key } = conversation;
    requireFits(text, this.chat.state);
    const cid = this.chat.say(key, text, quote === undefined ? {} : { quote });
    this.#unsent.keep(conversation, cid);
    this.draw("here", "rows");
  }

  /** Tells others that this user writes. */
  typing(): void {
    const { key } = this.inFront ?? {};
    if (key !== undefined && this.tellsTyping) this.chat.typing(key);
  }

  retry(cid: string): void {
    const conversation = this.required;
    this.chat.retry(conversation.key, cid);
    this.#unsent.keep(conversation, cid);
    this.draw("here", "rows");
  }

  drop(cid: string): void {
    this.chat.drop(this.required.key, cid);
    this.#unsent.remove(cid);
    this.draw("here", "rows");
  }

  /** Hides everything that was said here so far. */
  clear(): void {
    this.#cleared = this.required.seq;
    this.draw("messages", "here");
  }

  /** Hides what somebody says, or shows it again; whether it is hidden now. */
  ignore(uid: Uid): boolean {
    const ignored = new Set(this.ignored.peek());
    const isHidden = !ignored.delete(uid);
    if (isHidden) ignored.add(uid);
    this.ignored.value = ignored;
    keepIgnored(this.#options.keep, ignored);
    this.draw("messages", "here");
    return isHidden;
  }

  /** Reads older messages; several calls are one. */
  older(): Promise<void> {
    this.#older ??= this.#readOlder().finally(() => this.#older = undefined);
    return this.#older;
  }

  /** Reads back until the message with that seq is there, or can't be had. */
  async reach(seq: number): Promise<void> {
    const key = this.#key;
    if (seq <= this.#cleared) this.#unclear();
    for (;;) {
      const { messages = [], older } = this.inFront ?? {};
      const first = messages.at(0)?.seq ?? Infinity;
      if (key !== this.#key || first <= seq || !older) return;
      await this.older();
      if (this.inFront?.messages.at(0)?.seq === first) return;
    }
  }

  /** What was shown may have changed. */
  draw(...parts: readonly Part[]): void {
    for (const part of parts) this.#due.add(part);
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    this.#options.nextFrame(() => this.flush());
  }

  /** Makes the snapshots that are due now. */
  flush(): void {
    this.#isDrawing = false;
    const due = new Set(this.#due);
    this.#due.clear();
    const { state } = this.chat;
    if (due.has("status")) {
      this.status.value = state.status;
      this.me.value = state.me;
      this.server.value = state.server;
      this.limits.value = state.limits;
    }
    if (due.has("users")) this.users.value = new Map(state.users);
    if (due.has("rows")) {
      const marks = { here: this.#key, hasDraft: (key: Key) => this.drafts.has(key) };
      this.rows.value = rowsOf(state, marks, this.rows.peek());
    }
    if (due.has("messages") || due.has("here")) this.#flushHere(due.has("messages"));
  }

  async close(): Promise<void> {
    this.#typing.turnTo(undefined);
    await this.chat.close();
  }

  #flushHere(hasNew: boolean): void {
    const conversation = this.inFront;
    if (conversation === undefined) {
      this.#here.value = undefined;
      return;
    }
    const cleared = this.#cleared;
    if (hasNew) {
      const ignored = this.ignored.peek();
      this.#messages = shownMessages(conversation.messages, { ignored, cleared });
    }
    const { names: typing } = this.#typing;
    const members = membersOf(conversation, this.#here.peek()?.members);
    const marks = { messages: this.#messages, members, readSeq: this.#readSeq, typing, cleared };
    this.#here.value = hereOf(conversation, marks);
  }

  async #readOlder(): Promise<void> {
    const { inFront } = this;
    // What was cleared away comes first: it is there.
    if (this.#cleared > 0) return this.#unclear();
    if (!inFront?.older) return;
    await this.#options.notices.attempt(this.chat.older(inFront.key, olderLines));
    this.draw("messages", "here");
    this.flush();
  }

  #unclear(): void {
    this.#cleared = 0;
    this.draw("messages", "here");
    this.flush();
  }

  async #members(key: Key): Promise<void> {
    // Who is in it is told again with the next connection.
    await this.chat.members(key).catch(() => {});
    this.draw("here", "users");
  }

  #changed(change: ChatChange): void {
    this.#options.onChange(change);
    switch (change.is) {
      case "status":
        this.draw("status", "rows", "here", "users");
        if (change.status.is === "online") this.#online(change.status.hello);
        if (change.status.is === "ended" && change.status.error) {
          this.#options.onEnded(change.status.error);
        }
        return;
      case "new_server":
        this.#key = undefined;
        this.ignored.value = new Set();
        keepIgnored(this.#options.keep, this.ignored.peek());
        this.draw("rows", "messages", "here", "users");
        return this.#options.onNowhere();
      case "ended":
        if (change.error) this.#options.notices.complain(change.error);
        if (change.conversation.key === this.#key) {
          this.#key = undefined;
          this.#options.onNowhere();
        }
        break;
      case "event":
        this.#typing.stopped(change.event.user);
        this.#options.onEvent(change.event, change.own);
        if (movesSomebody(change.event)) this.draw("users");
        break;
      case "delivered":
        this.#unsent.remove(change.cid);
        break;
      case "failed":
        // What only failed because the page closes is said by the next one.
        if (this.chat.state.status.is !== "ended") {
          this.#unsent.keep(change.conversation, change.cid);
        }
        break;
      case "passing":
        return this.#passing(change.event);
      case "begun":
      case "changed":
      case "gap":
        break;
      default:
        change satisfies never;
    }
    const isHere = change.conversation.key === this.#key;
    this.draw("rows", ...isHere ? ["messages", "here"] as const : []);
  }

  #passing(event: PassingEvent): void {
    if (event.t === "typed") {
      if (event.user !== this.chat.state.me?.user) this.#typing.typed(event.user, event);
      return;
    }
    if (event.t === "role_given" && event.uid === this.chat.state.me?.uid) {
      this.#options.notices.tell(`You are ${roleText(event.role)}`);
    }
    // Sorting many people takes a while: only where something was told of them.
    if (event.t === "seen") this.draw("rows", "here");
    else this.draw("status", "users", "rows", "here");
  }

  #online(hello: Ok<"hello">): void {
    const known = this.chat.users().then(() => this.draw("users"));
    // Without a connection the next one tells.
    known.catch(() => {});
    const key = this.#key;
    // The rooms that the server lists are known when the status has been told to all.
    queueMicrotask(() => {
      this.#options.onOnline(hello);
      this.#unsent.online(hello);
      if (key !== undefined && key === this.#key && isRoom(this.inFront)) void this.#members(key);
    });
  }
}

/** Whether its members are listed: in the lobby is everybody. */
function isRoom(conversation: ConversationView | undefined): boolean {
  return conversation?.with === undefined && conversation?.key !== lobby;
}

function movesSomebody({ t }: StoredEvent): boolean {
  return t === "joined" || t === "left" || t === "kicked";
}
