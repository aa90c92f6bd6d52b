/** Reads the entries in their order, on and on, whatever becomes of connections and servers. */

import { AckPolicy, DeliverPolicy, jetstreamManager } from "@nats-io/jetstream";
import { createInbox, type Msg, nanos, type NatsConnection } from "@nats-io/transport-node";
import { type Clock, every, pause, type Stop, within } from "../../clock.ts";
import type { Entry } from "../order.ts";
import { type Layout, signedIn } from "./layout.ts";
import type { Glimpse, Streams } from "./streams.ts";

/** How often NATS says that there is nothing. */
const heartbeatMs = 1000;
/** Silence of a consumer that was there, from which on another one is made. */
const silenceMs = 3500;
/** Silence from which on what is known to be there is asked for one by one: somewhat more than that. */
const quietMs = 1300;
const lookMs = 100;
/** How long a server of NATS may be behind the others, and how often it is asked in that time. */
const behindMs = 20;
const asksMax = 10;
/** How long NATS may take to make a consumer, until that is asked for again. */
const makeMs = 1500;
const retryMs = 250;
/** How long a consumer of whom nobody hears is kept. */
const unusedMs = 30_000;
/** How long whoever has just come to lead NATS's servers may be without something that is kept. */
const lagMs = 5000;
/** How long nothing is taken until it is known whether what was taken is still there. */
const checkMs = 1000;
/** Entries that are looked for at once where others were erased. */
const aheadMax = 64;

/** What reading needs. */
export interface ReadingOptions {
  readonly connection: NatsConnection;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly streams: Pick<Streams, "entry" | "glimpse" | "last" | "newest">;
  readonly take: (entries: readonly Entry[]) => Promise<void>;
  /** Nothing can be read any more. */
  readonly fail: (error: Error) => void;
}

/** What NATS has delivered and isn't taken yet: something at a position, or that it wants an answer. */
type Delivered = { readonly position: number; readonly bytes: Uint8Array } | { answer(): void };

/** One reader of the stream; owns a subscription and the consumer behind it. */
export class Reading implements Disposable {
  readonly #options: ReadingOptions;
  /** The position that is to be taken next. */
  #next: number;
  /** The newest position that is known to be there. */
  #known = 0;
  #delivered: Delivered[] = [];
  #isTaking = false;
  /** What was taken last, since this began. */
  #taken: Entry | undefined;
  /** Resolves when that was looked for, or nobody says at once. */
  #checked: Promise<void> = Promise.resolve();
  /** Whether NATS has said that it has nothing more to deliver for now. */
  #isQuiet = false;
  /** Whether NATS has said that it has made a consumer, for what was begun last. */
  #isConsuming = false;
  #isAskingNewest = false;
  #isAskingLast = false;
  #isClosed = false;
  #heardAt: number;
  /** Ends what was begun last. */
  #end: () => void = () => {};
  readonly #stop: Stop;

  constructor(after: number, options: ReadingOptions) {
    this.#options = options;
    this.#next = after + 1;
    const { clock } = options;
    this.#heardAt = clock.now();
    this.#stop = every(clock, lookMs, () => this.#look());
    this.begin();
  }

  #look(): void {
    if (this.#isConsuming && this.#silentMs > silenceMs) this.begin();
    if (this.#isUnserved) this.#askNewest();
    this.#catchUp();
  }

  /** Whether no consumer may be there: one takes NATS longer than it takes to keep entries again. */
  get #isUnserved(): boolean {
    return this.#silentMs > quietMs;
  }

  get #silentMs(): number {
    return this.#options.clock.now() - this.#heardAt;
  }

  /** Learns of what others publish while nobody delivers it. */
  #askNewest(): void {
    if (this.#isAskingNewest) return;
    this.#isAskingNewest = true;
    const know = (newest: number) => this.know(newest);
    this.#options.streams.newest().then(know, () => {})
      .finally(() => this.#isAskingNewest = false);
  }

  #askLast(): void {
    if (this.#isAskingLast) return;
    this.#isAskingLast = true;
    const know = (last: number) => this.know(last);
    this.#options.streams.last().then(know, () => {}).finally(() => this.#isAskingLast = false);
  }

  /**
   * Makes sure that what was taken is still there, and that nobody wrote in its place, before more is
   * taken. Where nobody says so for long, it is looked for when reading is begun anew.
   */
  async #check(): Promise<void> {
    const { position } = this;
    if (position === 0) return;
    const { clock, fail } = this.#options;
    const taken = this.#taken;
    for (const end = clock.now() + lagMs; !this.#isClosed; await pause(clock, retryMs)) {
      const there = await this.#at(position);
      const isEntry = typeof there === "object";
      if (there === "erased" || (isEntry && (!taken || isSame(there, taken)))) return;
      const isLate = clock.now() >= end;
      if (there === undefined && isLate) return;
      if (!isEntry && !isLate) continue;
      this[Symbol.dispose]();
      return fail(new Error(lostEnd));
    }
  }

  /** What stands at a position, if anybody says so; "later" where whoever leads has nothing either. */
  async #at(position: number): Promise<Glimpse | undefined> {
    const { streams } = this.#options;
    try {
      const glimpse = await streams.glimpse(position);
      return glimpse === "later" ? await streams.entry(position) ?? glimpse : glimpse;
    } catch {
      return undefined;
    }
  }

  /** Begins anew behind what was taken, as after a lost connection. */
  begin(): void {
    if (this.#isClosed) return;
    this.#askLast();
    this.#checked = within(this.#options.clock, checkMs, this.#check());
    this.#end();
    this.#delivered = [];
    this.#isConsuming = false;
    const { connection, clock } = this.#options;
    const inbox = createInbox();
    let count = 0;
    let isOver = false;
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (isOver || error) return;
        this.#heardAt = clock.now();
        if (isStatus(message)) {
          const seen = Number(message.headers?.get("Nats-Last-Consumer") || count);
          if (seen !== count) this.begin();
          else this.#answer(message);
          return;
        }
        const place = placeOf(message);
        if (place.count !== ++count) return this.begin();
        this.#isQuiet = false;
        this.#delivered.push({ position: place.position, bytes: message.data });
        void this.#takeAll();
      },
    });
    this.#end = () => {
      isOver = true;
      // A connection that is closed has none.
      if (!connection.isClosed()) subscription.unsubscribe();
    };
    void this.#consume(inbox, () => isOver);
  }

  /** Takes note that there is an entry at a position, which is asked for where nobody delivers it. */
  know(position: number): void {
    this.#known = Math.max(this.#known, position);
    if (this.#isUnserved) this.#catchUp();
  }

  /** Of the last entry that was taken. */
  get position(): number {
    return this.#next - 1;
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#stop();
    this.#end();
  }

  async #consume(inbox: string, isOver: () => boolean): Promise<void> {
    const { connection, layout, clock } = this.#options;
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: makeMs });
    try {
      await manager.consumers.add(layout.entries.stream, {
        deliver_subject: inbox,
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: this.#next,
        ack_policy: AckPolicy.None,
        flow_control: true,
        idle_heartbeat: nanos(heartbeatMs),
        inactive_threshold: nanos(unusedMs),
        mem_storage: true,
        num_replicas: 1,
      });
      if (isOver()) return;
      this.#isConsuming = true;
      this.#heardAt = clock.now();
    } catch {
      await pause(clock, retryMs);
      // Another one: this one may be on its way to a server that is lost.
      if (!isOver()) this.begin();
    }
  }

  /** What NATS says of itself: that it is there, or that it waits until we have kept up. */
  #answer(message: Msg): void {
    const stalled = message.headers?.get("Nats-Consumer-Stalled");
    if (message.headers?.code === 100 && message.reply) {
      this.#delivered.push({ answer: () => void message.respond() });
    } else if (stalled) {
      this.#delivered.push({ answer: () => this.#options.connection.publish(stalled) });
    } else {
      this.#isQuiet = true;
    }
    void this.#takeAll();
  }

  async #takeAll(): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      while (!this.#isClosed && (this.#delivered.length > 0 || this.#isBehind())) {
        const delivered = this.#delivered;
        this.#delivered = [];
        await this.#take(delivered);
      }
    } catch (error) {
      this.#options.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isTaking = false;
    }
  }

  #catchUp(): void {
    if (this.#isBehind()) void this.#takeAll();
  }

  /** Whether NATS delivers nothing more, and yet there is something: it was erased, for one. */
  #isBehind(): boolean {
    return (this.#isQuiet || this.#isUnserved) && this.#next <= this.#known;
  }

  async #take(delivered: readonly Delivered[]): Promise<void> {
    const { streams } = this.#options;
    const entries: Entry[] = [];
    const answers: (() => void)[] = [];
    const next = () => this.#next + entries.length;
    for (const one of delivered) {
      if ("answer" in one) {
        answers.push(one.answer);
        continue;
      }
      // What was delivered before reading was begun anew comes again.
      if (one.position < next()) continue;
      while (next() < one.position) {
        entries.push(...await this.#found(next(), one.position - 1, (at) => streams.entry(at)));
      }
      entries.push({ position: one.position, ...signedIn(one.bytes) });
    }
    if (delivered.length === 0) {
      entries.push(...await this.#found(next(), this.#known, (at) => this.#soonest(at)));
    }
    await this.#checked;
    if (this.#isClosed) return;
    if (entries.length > 0) await this.#options.take(entries);
    this.#taken = entries.at(-1) ?? this.#taken;
    this.#next += entries.length;
    if (this.#isClosed) return;
    for (const answer of answers) answer();
  }

  /** Entries, or what stands for them, from one position up to another, or some of them. */
  async #found(
    from: number,
    to: number,
    find: (position: number) => Promise<Entry | undefined>,
  ): Promise<readonly Entry[]> {
    const positions = Array.from(
      { length: Math.min(aheadMax, to - from + 1) },
      (_, index) => from + index,
    );
    const { clock } = this.#options;
    const end = clock.now() + lagMs;
    while (!this.#isClosed) {
      const found = await Promise.all(positions.map(find)).catch(() => undefined);
      const there = found?.flatMap((entry) => entry ?? []);
      if (there?.length === positions.length) return there;
      const gone = found?.indexOf(undefined) ?? 0;
      if (found && clock.now() > end) throw missing(positions[gone]);
      await pause(clock, retryMs);
    }
    throw new Error("It is closed");
  }

  /** The entry at a position, by whichever server of NATS has it first. */
  async #soonest(position: number): Promise<Entry | undefined> {
    const { clock, streams } = this.#options;
    for (let left = asksMax; left > 0; left--) {
      const glimpse = await streams.glimpse(position);
      if (glimpse === "erased") break;
      if (glimpse !== "later") return glimpse;
      await pause(clock, behindMs);
    }
    return await streams.entry(position);
  }
}

const lostEnd =
  "NATS has lost entries that it had kept, and this node has: its servers were ended without a " +
  "warning, and too few of them had everything on disk";

function isSame(one: Entry, other: Entry): boolean {
  return one.node === other.node && one.number === other.number;
}

function missing(position: number): Error {
  return new Error(
    `entry ${position} is missing from the stream of NATS, and nothing stands in its place`,
  );
}

function isStatus(message: Msg): boolean {
  return message.data.length === 0 && (message.headers?.code ?? 0) > 0;
}

/** Where a message stands in the stream, and which one it is of this consumer's. */
function placeOf({ reply = "" }: Msg): { readonly position: number; readonly count: number } {
  const words = reply.split(".");
  // $JS.ACK.STREAM.CONSUMER.DELIVERED.POSITION.COUNT.TIME.PENDING, or with a domain and an account.
  const at = words.length > 9 ? 7 : 5;
  return { position: Number(words[at]), count: Number(words[at + 1]) };
}
