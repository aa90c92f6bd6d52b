/**
 * A core in memory and peers that talk to it over streams in memory: what most tests need. Where the
 * run asks for several nodes, that many cores behind one order, and each peer at the next of them.
 */

import { assert, assertEquals } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { Clock } from "../../lib/clock.ts";
import { type Connection, streamConnection } from "../../lib/wire/connection.ts";
import { streamPair } from "../../lib/wire/stream_pair.ts";
import { Core } from "../../lib/core.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import type { Blobs } from "../../lib/file_store.ts";
import type { EntryRule } from "../../lib/entry/entry_rule.ts";
import { type Bounds, defaultBounds, limits } from "../../lib/limits.ts";
import { type Journal, silentJournal } from "../../lib/log.ts";
import { serve } from "../../lib/peer/session.ts";
import type { Role } from "../../lib/wire/command_row.ts";
import type { Passwords } from "../../lib/entry/passwords.ts";
import type { Backend } from "../../lib/store.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { nodesWanted } from "./nodes_wanted.ts";
import { OneOrder } from "./one_order.ts";
import { quickPasswords } from "./quick_passwords.ts";

/** What a test may want otherwise. */
export interface TestOptions {
  readonly backend?: Backend;
  readonly blobs?: Blobs;
  readonly clock?: Clock;
  readonly bounds?: Partial<Bounds>;
  readonly journal?: Journal;
  readonly name?: string;
  readonly version?: string;
  readonly passwords?: Passwords;
  /** The name that is kept for the owner. */
  readonly owner?: string;
  /** Who gets in; everybody where nothing is said. */
  readonly entry?: EntryRule;
  /** Why it is one core, however many nodes the run asks for. */
  readonly alone?: string;
}

/** A server without sockets. */
export class TestServer implements AsyncDisposable {
  /** Of several nodes the first one's. */
  readonly core: Core;
  /** Of every node. */
  readonly cores: readonly [Core, ...Core[]];
  /** What several nodes keep things in. */
  readonly #order: OneOrder | undefined;
  readonly #sessions: Promise<void>[] = [];
  readonly #peers: Peer[] = [];
  #turn = 0;

  private constructor(cores: readonly [Core, ...Core[]], order?: OneOrder) {
    this.core = cores[0];
    this.cores = cores;
    this.#order = order;
  }

  static async start(options: TestOptions = {}): Promise<TestServer> {
    const count = options.backend || options.alone ? 1 : nodesWanted();
    if (count <= 1) return new TestServer([await startCore(options, options.backend)]);
    const order = new OneOrder();
    const shared = { clock: systemClock(), blobs: new MemoryBlobs(), ...options };
    const start = async () => await startCore(shared, (await order.open()).backend);
    const cores: [Core, ...Core[]] = [await start()];
    while (cores.length < count) cores.push(await start());
    await order.level();
    return new TestServer(cores, order);
  }

  /** Resolves when each node has and has told what any of them has. */
  async level(): Promise<void> {
    await this.#order?.level();
  }

  /** Gives somebody who is there a role on the server, on every node. */
  async give(user: string, role: Role): Promise<void> {
    await this.level();
    for (const { people } of this.cores) {
      const known = people.holder(user);
      assert(known);
      known.role = role;
    }
  }

  /** How many peers there are, on all nodes. */
  get peerCount(): number {
    return this.cores.reduce((sum, { peerCount }) => sum + peerCount, 0);
  }

  /** Ends every node. */
  async close(): Promise<void> {
    await Promise.all(this.cores.map((core) => core.close("the test is over")));
  }

  /** Of the nodes in turn. */
  nextCore(): Core {
    return this.cores[this.#turn++ % this.cores.length];
  }

  /** A peer that has said nothing yet. */
  connect(remote: string = "127.0.0.1"): Peer {
    const peer = new Peer(this.#serve(remote), () => this.level());
    this.#peers.push(peer);
    return peer;
  }

  /** A connection as a client of ours dials it; whoever uses it ends it before the server. */
  dial(): Connection {
    return streamConnection(this.#serve("127.0.0.1"), {
      remote: "server",
      bounds: { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => true },
      now: () => this.core.clock.now(),
    });
  }

  /** The other end of a stream that is served. */
  #serve(remote: string): ReturnType<typeof streamPair>[number] {
    const [here, there] = streamPair();
    const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
    const now = () => this.core.clock.now();
    this.#sessions.push(serve(this.nextCore(), streamConnection(there, { remote, bounds, now })));
    return here;
  }

  /** A peer that has said hello as a new guest. */
  async join(user: string, ...rooms: readonly string[]): Promise<Peer> {
    const peer = this.connect();
    await peer.hello(user);
    for (const room of rooms) await peer.ok({ t: "join", room });
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.close();
    await Promise.all(this.#sessions);
    await Promise.all(this.cores.map(({ backend }) => backend[Symbol.asyncDispose]()));
  }
}

async function startCore(options: TestOptions, backend: Backend = openMemory()): Promise<Core> {
  const core = await Core.start({
    backend,
    blobs: options.blobs ?? new MemoryBlobs(),
    bounds: { ...defaultBounds, flood: false, ...options.bounds },
    clock: options.clock ?? systemClock(),
    journal: options.journal ?? silentJournal(),
    name: options.name ?? "Test",
    version: options.version ?? "0",
    passwords: options.passwords ?? quickPasswords,
    ...options.owner !== undefined && { owner: options.owner },
    ...options.entry && { entry: options.entry },
  });
  await core.join({ chat: options.name ?? "Test" });
  return core;
}

/** A client of a test: sends lines, and keeps what comes until it is asked for. */
export class Peer {
  /** Everything that came and wasn't an answer; the bytes behind a line are its `body`. */
  readonly events: JsonObject[] = [];
  readonly #connection: Connection;
  readonly #stream: { write(bytes: Uint8Array): Promise<number>; close(): void };
  readonly #level: () => Promise<void>;
  readonly #answers = new Map<unknown, (answer: JsonObject) => void>();
  #wake: (() => void)[] = [];
  #nextId = 0;
  #ended = false;
  token = "";
  uid = "";

  /** `level` resolves when what happened on other nodes has come to this peer's. */
  constructor(
    stream: ReturnType<typeof streamPair>[number],
    level: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.#level = level;
    this.#stream = stream;
    this.#connection = streamConnection(stream, {
      remote: "server",
      bounds: { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => true },
      now: () => 0,
    });
    void this.#read();
  }

  /** Sends raw bytes. */
  async raw(bytes: string | Uint8Array): Promise<void> {
    const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    for (let at = 0; at < all.length;) at += await this.#stream.write(all.subarray(at));
  }

  /**
   * Sends a command and resolves its answer, `ok` or `refused`. With a `ping` all is here then that
   * had happened on any node.
   */
  async ask(command: JsonObject): Promise<JsonObject> {
    if (command.t === "ping") await this.#level();
    const id = command.id ?? ++this.#nextId;
    const { promise, resolve } = Promise.withResolvers<JsonObject>();
    this.#answers.set(id, resolve);
    await this.raw(JSON.stringify({ id, ...command }) + "\n");
    return await promise;
  }

  /** The same where it has to be `ok`. */
  async ok(command: JsonObject): Promise<JsonObject> {
    const answer = await this.ask(command);
    assertEquals(answer.t, "ok", `${JSON.stringify(command)} got ${JSON.stringify(answer)}`);
    return answer;
  }

  /** The same where it has to be refused; the code. */
  async refused(command: JsonObject): Promise<unknown> {
    const answer = await this.ask(command);
    assertEquals(answer.t, "refused", `${JSON.stringify(command)} got ${JSON.stringify(answer)}`);
    assert(typeof answer.message === "string" && answer.message.length > 0);
    return answer.code;
  }

  /** Sends a part with its bytes behind it. */
  async part(transfer: unknown, offset: number, bytes: Uint8Array, more: JsonObject = {}) {
    const line = JSON.stringify({ t: "part", transfer, offset, bytes: bytes.length, ...more });
    const head = new TextEncoder().encode(`${line}\n`);
    const frame = new Uint8Array(head.length + bytes.length);
    frame.set(head);
    frame.set(bytes, head.length);
    await this.raw(frame);
  }

  async hello(user: string, more: JsonObject = {}): Promise<JsonObject> {
    const answer = await this.ok({ t: "hello", v: 1, user, ...more });
    this.token = String(answer.token);
    this.uid = String(answer.uid);
    return answer;
  }

  /** Resolves the first event, come or coming, that `fits`, and takes it out. */
  async event(fits: (event: JsonObject) => boolean): Promise<JsonObject> {
    for (;;) {
      const index = this.events.findIndex(fits);
      if (index >= 0) return this.events.splice(index, 1)[0];
      assert(!this.#ended, `The server ended; there was ${JSON.stringify(this.events)}`);
      await this.#change();
    }
  }

  /** The same by its kind. */
  next(t: string): Promise<JsonObject> {
    return this.event((event) => event.t === t);
  }

  /** Everything of this kind that has come once the server has answered whatever was sent. */
  async seen(t: string): Promise<JsonObject[]> {
    await this.ok({ t: "ping" });
    return this.events.filter((event) => event.t === t);
  }

  /** Resolves when the server has ended the connection. */
  async end(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  close(): void {
    this.#connection.close();
  }

  async #read(): Promise<void> {
    for (;;) {
      const frames = await this.#connection.read();
      if (frames === undefined) break;
      for (const frame of frames) {
        assert(frame.is === "object", "The server sent a line that isn't a JSON object");
        this.#took(frame.body ? { ...frame.json, body: frame.body } : frame.json);
      }
    }
    this.#ended = true;
    this.#changed();
  }

  #took(json: JsonObject): void {
    const answered = this.#answers.get(json.re);
    if (answered) {
      this.#answers.delete(json.re);
      answered(json);
    } else {
      this.events.push(json);
    }
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
