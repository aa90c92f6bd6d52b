/**
 * One run of the client that people talk with: lines come in, the chat does what they say, and what
 * happens goes to a surface, which is a terminal or a stream of plain lines.
 */

import { Chat } from "../client/chat.ts";
import { helloAgain } from "../client/link.ts";
import { parseLineTyped } from "../client/slash.ts";
import type { ChatChange, ConversationView } from "../client/state.ts";
import { isUnderWay } from "../client/transfer_state.ts";
import type { Stop } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { isSamePlace, type PassingEvent } from "../events.ts";
import { lobby } from "../names.ts";
import type { Ok } from "../protocol.ts";
import { act, type Stage } from "./act.ts";
import { askSecrets, type Listed } from "./act_account.ts";
import { meetFiles } from "./act_files.ts";
import { complete, type Completion, knownIn } from "./complete.ts";
import { Desk } from "./desk.ts";
import { Feed } from "./feed.ts";
import { footOf, titleOf } from "./foot.ts";
import { printableLine } from "../printable.ts";
import { notice, trouble } from "./render.ts";
import type { TalkEnd, TalkOptions } from "./talk_options.ts";
import { type View } from "./view.ts";
import { Waits } from "./waits.ts";
import { Writers } from "./writers.ts";

/** How long quitting waits for what was said to be stored: for people, and for scripts. */
const flushMs = { attended: 2_000, unattended: 30_000 } as const;
/** Messages on their way over which a script's next line waits. */
const outgoingMax = 50;
/** How often the foot is drawn again while something in it counts time. */
const footMs = 250;

/** A talk from the first dial to its end. */
export class Talk implements Stage {
  readonly chat: Chat;
  readonly desk: Desk;
  readonly isPlain: boolean;
  readonly feed = new Feed();
  readonly ended: Promise<TalkEnd>;
  more: (() => Promise<void>) | undefined;
  readonly listed: Listed = { logins: [], invites: [] };
  readonly #options: TalkOptions;
  readonly #end = Promise.withResolvers<TalkEnd>();
  #here: ConversationView | undefined;
  readonly #lines: string[] = [];
  #working = false;
  #beginning = false;
  #ending = false;
  #greeted = false;
  /** What the last hello was answered. */
  #hello: Ok<"hello"> | undefined;
  /** When this user came first, by the server's clock: what was shared before isn't new. */
  #cameAt = Infinity;
  #refused = false;
  #rooms: readonly string[] = [];
  #tellsTyping = true;
  readonly #writers = new Writers();
  #stopFoot: Stop | undefined;
  readonly #waits: Waits;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#waits = new Waits(options.clock);
    this.ended = this.#end.promise;
    this.isPlain = !options.attended;
    this.chat = new Chat({
      dial: options.dial,
      hello: options.hello,
      clock: options.clock,
      random: () => options.random(),
      onChange: (change) => this.#changed(change),
      ignores: (uid) => this.feed.ignored.has(uid),
    });
    this.desk = new Desk({
      ...options.files,
      dial: options.dial,
      clock: options.clock,
      random: () => options.random(),
      hello: () => {
        const { user, token } = this.#hello ?? {};
        return token === undefined ? undefined : { ...helloAgain(options.hello, token), user };
      },
      tell: (sentence, kind) => this.#tell(sentence, kind),
      onChange: (transfer) => {
        this.#drawSoon();
        if (!isUnderWay(transfer)) this.#changedAll();
      },
      // Both connections are to one server: the other one may be waiting for its next try.
      onOnline: () => this.chat.state.status.is === "waiting" && this.chat.reconnect(),
    });
  }

  start(): void {
    this.chat.start();
    this.refresh();
  }

  /** A line that was typed or piped in. Resolves when the next one may come. */
  async take(line: string): Promise<void> {
    if (this.#ending) return;
    const action = parseLineTyped(line);
    if (this.#options.attended && action?.is === "quit") return this.quit();
    // Now, while nothing else is read from the terminal, Deno can ask.
    const sent = action?.is === "file" && action.what.is === "send_file" ? action.what : undefined;
    if (sent && this.#options.attended) this.#options.files.ask(sent.path);
    this.#lines.push(line);
    void this.#work();
    if (this.#options.attended) return;
    await this.#until(() => !this.#isBusy && this.#unsent < outgoingMax);
  }

  /** The end of what comes in: everything is done and acknowledged, then it ends. */
  async finish(): Promise<void> {
    await this.#until(() => !this.#isBusy && this.desk.underWay.length === 0);
    // Answered after the history of the room that was entered.
    if (!this.#ending) await this.chat.send("ping", {}).catch(() => {});
    this.quit();
  }

  quit(): void {
    if (this.#ending) return;
    this.#ending = true;
    void this.#leave();
  }

  /** Says what is wrong beside what was asked for. */
  warn(sentence: string): void {
    this.#tell(sentence, "trouble");
  }

  /** Somebody types, and the line so far. */
  typing(line: string): void {
    const here = this.#here;
    const isSpoken = !line.startsWith("/") || line.startsWith("//");
    if (this.#tellsTyping && isSpoken && here !== undefined) this.chat.typing(here.key);
  }

  completion(line: string): Completion {
    return complete(line, {
      ...knownIn(this.chat.state, this.#rooms, [...this.desk.asked, ...this.desk.listed]),
      paths: (typed) => this.#options.files.pathsFrom(typed),
    });
  }

  /** Draws what stands below again. */
  refresh(): void {
    const { surface, clock } = this.#options;
    const { state } = this.chat;
    const now = clock.now();
    const { underWay: transfers } = this.desk;
    const moment = { now, writing: this.#writers.at(now), transfers };
    surface.setFoot(footOf(state, this.#here, this.view(), moment));
    surface.setTitle(titleOf(state, this.#here, moment));
    const changes = state.status.is !== "online" || this.#unsent > 0 || this.#writers.isAny ||
      transfers.length > 0;
    if (changes) this.#drawSoon();
  }

  #drawSoon(): void {
    if (this.#stopFoot !== undefined || this.#ending) return;
    this.#stopFoot = this.#options.clock.after(footMs, () => {
      this.#stopFoot = undefined;
      this.refresh();
    });
  }

  // What actions are given.

  get here(): ConversationView {
    if (this.#here === undefined) throw new ChatError("unavailable", "There is no connection yet");
    return this.#here;
  }

  view(): View {
    const { surface, paint, hello } = this.#options;
    const me = this.chat.state.me ?? { user: hello.user ?? "" };
    return { columns: surface.columns, paint, me, here: this.#here };
  }

  now(): number {
    return this.#options.clock.now();
  }

  pathOf(typed: string): string {
    return this.#options.files.pathOf(typed);
  }

  show(lines: readonly string[]): void {
    this.#options.surface.print(lines);
  }

  turnTo(conversation: ConversationView): void {
    this.#here = conversation;
    this.#writers.clear();
    this.chat.focus(conversation.key);
    this.show(this.feed.enter(conversation, this.view(), this.now()));
    this.refresh();
  }

  keepRooms(names: readonly string[]): void {
    this.#rooms = names;
  }

  keepMore(more: (() => Promise<void>) | undefined): void {
    this.more = more;
  }

  settled(conversation: ConversationView): Promise<void> {
    return this.#until(() =>
      this.chat.state.status.is !== "online" ||
      !conversation.outgoing.some(({ state }) => state === "sending")
    );
  }

  setTyping(on: boolean): void {
    this.#tellsTyping = on;
    this.show([on ? "Others see when you write" : "Nobody sees when you write"]);
  }

  reconnect(): void {
    this.chat.reconnect();
  }

  clear(): void {
    this.#options.surface.clear();
  }

  askSecrets(questions: readonly string[]): Promise<readonly string[] | undefined> {
    return askSecrets(questions, this.#options);
  }

  // What happens.

  #changed(change: ChatChange): void {
    if (change.is === "status") this.#status(change);
    if (change.is === "new_server") this.#here = undefined;
    if (change.is === "failed") this.#refused = true;
    if (change.is === "delivered") this.#forgetFailed(change.conversation);
    if (change.is === "passing") this.#passing(change.event);
    if (change.is === "event") this.#writers.done(change.event.user);
    const isTold = change.is === "event" && change.event.at >= this.#cameAt &&
      this.desk.take(change.event, change.own);
    const shown = this.feed.take(change, this.view(), this.now());
    // How it ended is said by whoever waits for that.
    if (!isTold && (!this.#ending || change.is !== "status")) this.show(shown.lines);
    if (shown.calls && this.#options.bell) this.#options.surface.bell();
    if (change.is === "ended" && change.conversation.key === this.#here?.key) {
      void this.#begin(lobby);
    }
    this.refresh();
    this.#changedAll();
  }

  /** What failed before something that arrived isn't the newest message any more. */
  #forgetFailed({ key, outgoing }: ConversationView): void {
    for (const { cid, state } of outgoing) if (state === "failed") this.chat.drop(key, cid);
  }

  #status({ status }: Extract<ChatChange, { is: "status" }>): void {
    const { attended } = this.#options;
    if (status.is === "online") {
      this.#options.onLogin(status.hello);
      this.#hello = status.hello;
      this.#cameAt = Math.min(this.#cameAt, status.hello.server.at);
      void this.#files(status.hello);
      if (this.#greeted) {
        if (this.#here === undefined) void this.#begin(this.#options.room ?? lobby);
        return;
      }
      this.#greeted = true;
      this.show(notice(this.now(), this.#options.greeting(status.hello), this.view()));
      void this.#begin(this.#options.room ?? status.hello.invited ?? lobby);
    } else if (status.is === "waiting" && !attended && !this.#greeted) {
      void this.over({ is: "unreachable", reason: status.reason });
    } else if (status.is === "ended" && status.error !== undefined) {
      void this.over({ is: "refused", error: status.error });
    }
  }

  /** What an earlier run left goes on, and who waits for an answer about a file is told. */
  async #files(hello: Ok<"hello">): Promise<void> {
    try {
      await meetFiles(this.chat, this.desk, hello);
    } catch (error) {
      // Without a connection the next one tells.
      if (this.chat.state.status.is === "online") this.#complain(error);
    }
  }

  #tell(sentence: string, kind: "notice" | "trouble"): void {
    const text = printableLine(sentence);
    if (kind === "trouble") this.#refused = true;
    const draw = kind === "trouble" ? trouble : notice;
    this.show(draw(this.now(), text, this.view()));
  }

  #passing(event: PassingEvent): void {
    const here = this.#here;
    if (event.t !== "typed" || here === undefined || !isSamePlace(event, here)) return;
    if (event.user !== this.chat.state.me?.user) this.#writers.take(event, this.now());
  }

  /** Puts a room in front; the lobby where that can't be. */
  async #begin(room: string): Promise<void> {
    if (this.#beginning || this.#ending) return;
    this.#beginning = true;
    // The rooms that the server lists are known when the status has been told to all.
    await Promise.resolve();
    for (const name of new Set([room, lobby])) {
      try {
        this.turnTo(await this.chat.open(name));
        break;
      } catch (error) {
        this.#complain(error);
      }
    }
    this.#beginning = false;
    void this.#work();
  }

  /** Lines are done one after the other, so that each finds what the one before it did. */
  async #work(): Promise<void> {
    while (!this.#working && this.#here !== undefined && this.#lines.length > 0 && !this.#ending) {
      this.#working = true;
      await this.#do(this.#lines.shift()!);
      this.#working = false;
      this.#changedAll();
    }
  }

  async #do(line: string): Promise<void> {
    try {
      const action = parseLineTyped(line);
      if (action === undefined) return;
      if (action.is === "wrong") throw new ChatError("bad_message", action.sentence);
      // Whoever ends a script with it wants what came before to arrive.
      if (action.is === "quit") this.#lines.length = 0;
      await act(action, this);
    } catch (error) {
      this.#complain(error);
    }
    this.refresh();
  }

  #complain(error: unknown): void {
    if (!(error instanceof ChatError)) {
      // A mistake in the program: whoever waits for the end hears of it, the screen is left whole.
      this.#end.reject(error);
      return;
    }
    this.#refused = true;
    this.show(trouble(this.now(), printableLine(error.message), this.view()));
  }

  // How it ends.

  get #unsent(): number {
    return [...this.chat.state.conversations.values()].reduce(
      (sum, { outgoing }) => sum + outgoing.filter(({ state }) => state === "sending").length,
      0,
    );
  }

  get #isBusy(): boolean {
    return this.#working || this.#beginning || this.#lines.length > 0 || this.#here === undefined;
  }

  async #leave(): Promise<void> {
    const ms = this.#options.attended ? flushMs.attended : flushMs.unattended;
    const isThere = this.chat.state.status.is === "online" || !this.#options.attended;
    if (isThere) await this.#until(() => this.#unsent === 0, ms);
    await this.over({ is: "done", refused: this.#refused, unsent: this.#unsent });
  }

  async over(end: TalkEnd): Promise<void> {
    this.#ending = true;
    this.#stopFoot?.();
    this.desk.tellLeft();
    this.#end.resolve(end);
    this.#changedAll();
    await this.desk.close();
    await this.chat.close();
  }

  #changedAll(): void {
    this.#waits.changed();
  }

  /** Resolves when `holds`, or when it is over, or after `ms` milliseconds. */
  #until(holds: () => boolean, ms?: number): Promise<void> {
    const isOver = () => this.chat.state.status.is === "ended";
    const isEnough = () => holds() || isOver() || (this.#ending && ms === undefined);
    return this.#waits.until(isEnough, ms);
  }
}
