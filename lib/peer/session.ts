/** One peer's life: hello, then take, decide and answer, until one side has had enough. */

import { requireRole } from "../entry/admission.ts";
import { AnswerQueue, refused, type Teller } from "./answers.ts";
import { within } from "../clock.ts";
import { type Along, type Answering, type Caller, handlers, type Outcome } from "./commands.ts";
import type { Connection, Frame } from "../wire/connection.ts";
import type { Core, Peer } from "../core.ts";
import { encodeLine } from "../wire/encode.ts";
import { ChatError, putsOut, refusalOf } from "../errors.ts";
import type { PassingEvent } from "../events.ts";
import type { JsonObject } from "../wire/fields.ts";
import { fileIn } from "../wire/file_commands.ts";
import { decideFresh } from "../nodes/fresh.ts";
import { Bucket } from "./flood.ts";
import { limits } from "../limits.ts";
import type { Uid } from "../names.ts";
import { Outbox, type Taker } from "./outbox.ts";
import { type FilePeer, PeerFiles, type RefusedAbout } from "../sharing/peer_files.ts";
import type { Known, Listener } from "../known.ts";
import type { Welcome } from "../entry/coming.ts";
import type { CommandRow } from "../wire/command_row.ts";
import { type Actor, tellDone, tellRefused } from "./telling.ts";
import { idOf } from "../wire/decode.ts";
import { commandOf, decodeRequest, isCommandName, type Request } from "../wire/decode_request.ts";
import { type Command, type CommandName, commands, type Feature } from "../protocol.ts";
import { httpAnswer, isHttp } from "../wire/wrong_port.ts";

/** Serves a peer until it is gone. Never rejects. */
export async function serve(core: Core, connection: Connection): Promise<void> {
  const session = new Session(core, connection);
  try {
    core.admit(session);
  } catch (error) {
    void session.end(refusalOf(error));
  }
  try {
    await session.run();
  } catch (error) {
    // Nothing is known to come here; whatever does is the end of one peer, not of the server.
    core.journal.error("session", error);
    await session.end(refusalOf(error));
  }
}

class Session implements Peer, Listener, Caller, Taker, Teller, FilePeer {
  readonly #core: Core;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #answers: AnswerQueue;
  /** Its own, and from hello on that of all connections of its user. */
  #bucket: Bucket | undefined;
  #isReadOut = false;
  /** Whoever waits for the peer's end. */
  #onReadOut: (() => void) | undefined;
  #known: Known | undefined;
  #login: string | undefined;
  #mayOwn = false;
  #quiet = false;
  #takesGzip = false;
  #takesBase64 = false;
  /** Only those who move files have it. */
  #files: PeerFiles | undefined;
  /** Whether it isn't read because of what it has asked for. */
  #isHeldUp = false;
  #heardAt: number;
  readonly #beganAt: number;
  #badLines = 0;
  /** Set once the connection is to end; resolves when it has. */
  #ending: Promise<void> | undefined;

  constructor(core: Core, connection: Connection) {
    const { clock, bounds } = core;
    this.#core = core;
    this.#connection = connection;
    this.#heardAt = this.#beganAt = clock.now();
    this.#bucket = bounds.flood ? new Bucket(clock) : undefined;
    this.#outbox = new Outbox(this, clock);
    this.#answers = new AnswerQueue(this.#outbox, this);
  }

  get remote(): string {
    return this.#connection.remote;
  }

  get known(): Known {
    if (this.#known) return this.#known;
    throw new ChatError("hello_first", 'Cannot do that yet: say "hello" first');
  }

  get greeted(): boolean {
    return this.#known !== undefined;
  }

  get uid(): Uid {
    return this.known.uid;
  }

  get files(): PeerFiles {
    if (this.#files) return this.#files;
    const files = new PeerFiles(this.#core, this);
    this.#connection.keepBodies((json) => files.wants(json));
    return this.#files = files;
  }

  get takes(): FilePeer["takes"] {
    return { gzip: this.#takesGzip, base64: this.#takesBase64 };
  }

  get bodyAt(): number {
    return this.#connection.bodyAt;
  }

  reuse(body: Uint8Array): void {
    this.#connection.reuse(body);
  }

  get outbox(): Outbox {
    return this.#outbox;
  }

  get login(): string | undefined {
    return this.#login;
  }

  get mayOwn(): boolean {
    return this.#mayOwn;
  }

  greet(welcome: Welcome, { quiet = false, features = [] }: Command<"hello">): void {
    // Ended while the storage was asked: nobody would notice that they are gone.
    if (this.#ending) return;
    const over = this.#core.whyOver(welcome);
    if (over) return void this.end(over);
    const { known, login, mayOwn = false } = welcome;
    this.#known = known;
    this.#login = login;
    this.#mayOwn = mayOwn;
    this.#quiet = quiet;
    this.#bucket = this.#core.floods.bucketOf(known, { quiet });
    this.#takesGzip = features.includes("gzip" satisfies Feature);
    this.#takesBase64 = features.includes("base64" satisfies Feature);
    this.#core.enter(known, this);
  }

  hear(lines: readonly Uint8Array[]): void {
    if (!this.#quiet) { for (const some of lines) this.#outbox.push(some); }
  }

  /** Takes frames until the peer ends or is ended. Never rejects. */
  async run(): Promise<void> {
    for (;;) {
      const frames = await this.#connection.read();
      if (frames === undefined) break;
      // What comes after the end is read and dropped: unread, it would cost the peer our last word.
      if (frames.length > 0) this.#heardAt = this.#core.clock.now();
      for (const frame of frames) {
        const taking = this.#ending ? undefined : this.#take(frame);
        if (taking) await taking;
      }
    }
    this.#isReadOut = true;
    this.#onReadOut?.();
    await this.end();
  }

  check(): void {
    if (this.#ending) return;
    const now = this.#core.clock.now();
    this.#outbox.checkProgress();
    if (!this.#known && !this.#isHeldUp && now - this.#beganAt > limits.helloMs) {
      void this.end(new ChatError("idle", "No hello came in time: say it first"));
    }
    const isRead = this.#outbox.bytes <= limits.outboxBytesSoft && !this.#isHeldUp;
    if (isRead && now - Math.max(this.#heardAt, this.#connection.bodyAt) > limits.idleMs) {
      void this.end(new ChatError("idle", "Nothing came for too long: send a ping now and then"));
    }
  }

  end(reason?: ChatError): Promise<void> {
    this.#ending ??= this.#finish(reason);
    return this.#ending;
  }

  /** A promise where the next frame has to wait: most don't, and waiting costs a turn. */
  #take(frame: Frame): Promise<void> | undefined {
    switch (frame.is) {
      case "too_long": {
        const bound = `${frame.bytesMax} bytes are the bound of a line or body`;
        void this.end(new ChatError("too_long", `Cannot read that: ${bound}`));
        return undefined;
      }
      case "rubbish":
        return this.#rubbish(frame.start);
      case "object":
        this.#badLines = 0;
        return this.#command(frame);
      default:
        frame satisfies never;
    }
  }

  async #rubbish(start: string): Promise<void> {
    const error = new ChatError("bad_message", "Cannot read that: each line is one JSON object");
    await this.#bucket?.take(1);
    if (!this.#known && isHttp(start)) {
      this.#outbox.push(httpAnswer(this.#connection.page?.()));
      return void this.end();
    }
    this.#answers.refuse(undefined, error);
    if (!this.#known || ++this.#badLines >= limits.badLinesMax) void this.end();
  }

  #command(frame: ObjectFrame): Promise<void> | undefined {
    const waiting = this.#bucket?.take(rowOf(frame.json.t)?.cost ?? 1);
    // A function made here would cost every frame the memory that it keeps its names in.
    return waiting ? this.#decideAfter(waiting, frame) : this.#decide(frame);
  }

  #decideAfter(waiting: Promise<void>, frame: ObjectFrame): Promise<void> {
    return waiting.then(() => this.#decide(frame));
  }

  #decide({ json, body, bodyBytes }: ObjectFrame): Promise<void> | undefined {
    if (this.#ending) return undefined;
    try {
      const request = decodeRequest(json);
      const row: CommandRow = commands[request.t];
      if (bodyBytes > 0 && !row.body) {
        throw new ChatError("bad_message", `Cannot take bytes after "${request.t}"`);
      }
      const outcome = this.#run(request.t, request.fields, { id: request.id, body });
      if (outcome instanceof Promise) return this.#decided(request, outcome);
      const full = this.#answer(request, outcome.answer);
      return full ? full.then(() => this.#taken()) : this.#taken();
    } catch (error) {
      this.#refuse(json, error);
      return this.#taken();
    }
  }

  async #decided(request: Request, outcome: Promise<Outcome>): Promise<void> {
    // A password may wait for its turn longer than anybody has for a hello.
    this.#isHeldUp = !this.#known;
    try {
      const { answer, comesFirst, after } = await outcome;
      await this.#answer(request, answer);
      if (comesFirst) await this.#answers.caughtUp();
      if (after) {
        await within(this.#core.clock, limits.putOutMs, this.#answers.caughtUp());
        after();
      }
    } catch (error) {
      this.#refuse(request.fields, error);
    }
    this.#isHeldUp = false;
    await this.#taken();
  }

  /** A promise where the peer leaves too much unread to be read itself. */
  #taken(): Promise<void> | undefined {
    const isFull = this.#outbox.bytes > limits.outboxBytesSoft;
    return isFull ? this.#outbox.below(limits.outboxBytesSoft) : undefined;
  }

  #run<K extends CommandName>(
    name: K,
    fields: JsonObject,
    along: Along,
  ): Outcome | Promise<Outcome> {
    return decideFresh(this.#core, name, fields, () => {
      if (commands[name].who !== "anybody") requireRole(this.known, name);
      return handlers[name](this.#core, this, commandOf(name, fields), along);
    });
  }

  /** A promise where so many answers wait that the peer isn't read meanwhile. */
  #answer(request: Request, answer: Answering): Promise<void> | undefined {
    const { t } = request;
    const row: CommandRow = commands[t];
    if (row.unanswered) return undefined;
    this.#answers.add(request, answer);
    if (t === "quit") void this.end();
    return this.#isFull(t) ? this.#heldUp(t) : undefined;
  }

  #isFull(t: CommandName): boolean {
    const { unordered = Infinity }: CommandRow = commands[t];
    return this.#answers.ordered >= limits.answersWaitingMax ||
      this.#answers.unordered(t) >= unordered;
  }

  async #heldUp(t: CommandName): Promise<void> {
    this.#isHeldUp = true;
    while (this.#isFull(t)) await this.#answers.change();
    this.#isHeldUp = false;
    this.#heardAt = this.#core.clock.now();
  }

  tell(event: PassingEvent): void {
    this.#outbox.push(encodeLine(event));
  }

  tellRefusal(command: CommandName, error: unknown, about: RefusedAbout): void {
    const refusal = this.#refusal(command, error);
    this.#outbox.push(encodeLine({ ...refused(about.re, refusal), ...about }));
  }

  #refuse(json: JsonObject, error: unknown): void {
    const refusal = this.#refusal(typeof json.t === "string" ? json.t : "?", error, json);
    // What has no answer may have no id either: the transfer says which one is meant.
    const { transfer } = json;
    const isAbout = rowOf(json.t)?.unanswered && typeof transfer === "string";
    const about = isAbout ? { transfer: transfer.slice(0, limits.idCharsMax) } : {};
    this.#answers.refuse(idOf(json), refusal, about);
    if (refusal.ends) void this.end();
  }

  onError({ t, fields }: Request, error: unknown): ChatError {
    return this.#refusal(t, error, fields);
  }

  #refusal(command: string, error: unknown, fields?: JsonObject): ChatError {
    return tellRefused(this.#core.journal, this.#actor(), command, { error, fields });
  }

  onOk({ t, fields }: Request, ok: JsonObject): void {
    const row: CommandRow = commands[t];
    if (row.unlogged || this.#core.journal.isQuiet) return;
    // A file is fetched in many pieces: the first one tells.
    if (t === "fetch" && !this.files.fetches.isNew(fileIn(t, fields, ok).file)) return;
    tellDone(this.#core.journal, this.#actor(), t, { fields, ok });
  }

  #actor(): Actor {
    const user = this.#known ? { user: this.#known.person.user } : {};
    return { ...user, address: this.remote };
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }

  onLost(): void {
    this.#connection.close();
    // What it has asked for and wasn't answered yet would be worked off for nobody.
    void this.end();
  }

  onSlow(): void {
    // Nothing can be sent any more, but the log tells.
    this.#refusal("reading", new ChatError("too_slow", "The peer takes too little"));
    void this.end();
    this.#connection.close();
  }

  /** Sends what is due and the reason, lets the peer take it, closes, and is gone. */
  async #finish(reason: ChatError | undefined): Promise<void> {
    const { clock, journal } = this.#core;
    this.#files?.end();
    const isPutOut = reason !== undefined && putsOut(reason.code);
    if (!isPutOut) await within(clock, limits.drainMs, this.#answers.empty());
    this.#leave();
    if (reason) {
      journal.action({ ...this.#actor(), command: "end", refused: reason.code });
      this.#outbox.push(encodeLine(refused(undefined, reason)));
    }
    await within(clock, isPutOut ? limits.putOutMs : limits.drainMs, this.#outbox.below(0));
    const isTaken = this.#outbox.bytes === 0;
    this.#outbox.end();
    // Behind a write that the peer doesn't take, the end would wait for ever.
    if (isTaken) {
      const ended = Promise.all([this.#connection.endWriting(), this.#readOut()]);
      await within(clock, isPutOut ? limits.putOutMs : limits.lingerMs, ended);
    }
    this.#connection.close();
    this.#core.dismiss(this);
  }

  /** Resolves when the peer has ended, too. */
  #readOut(): Promise<void> {
    if (this.#isReadOut) return Promise.resolve();
    return new Promise((resolve) => this.#onReadOut = resolve);
  }

  #leave(): void {
    const known = this.#known;
    if (!known) return;
    if (!this.#core.exit(known, this)) return;
    this.#core.journal.action({ ...this.#actor(), command: "gone" });
    // They have logged out: nobody has to wait for the name.
    if (known.isOver) void this.#core.endGuest(known);
  }
}

function rowOf(t: unknown): CommandRow | undefined {
  return typeof t === "string" && isCommandName(t) ? commands[t] : undefined;
}

type ObjectFrame = Extract<Frame, { is: "object" }>;
