/** A server that does exactly what a test says: for what a real one does hardly ever. */

import { assert, assertEquals } from "@std/assert";
import { type Connection, streamConnection } from "../../lib/wire/connection.ts";
import { streamPair } from "../../lib/wire/stream_pair.ts";
import type { RefusalCode } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";

/** Takes connections in the order in which they are dialled. */
export class ScriptedServer {
  /** Attempts to connect, also those that failed. */
  dialled = 0;
  /** Set: dialling fails with this. */
  broken: Error | undefined;
  readonly #ready: ScriptedPeer[] = [];
  readonly #asked: ((peer: ScriptedPeer) => void)[] = [];

  /** What a link dials with. */
  readonly dial = (): Promise<Connection> => {
    this.dialled++;
    if (this.broken) return Promise.reject(this.broken);
    const [client, server] = streamPair();
    const peer = new ScriptedPeer(connection(server, "client"));
    const asked = this.#asked.shift();
    if (asked) asked(peer);
    else this.#ready.push(peer);
    return Promise.resolve(connection(client, "server"));
  };

  /** The next connection. */
  accept(): Promise<ScriptedPeer> {
    const peer = this.#ready.shift();
    if (peer) return Promise.resolve(peer);
    return new Promise((resolve) => this.#asked.push(resolve));
  }
}

function connection(stream: Parameters<typeof streamConnection>[0], remote: string): Connection {
  const bounds = { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => true };
  return streamConnection(stream, { remote, bounds, now: () => 0 });
}

/** A client as the server sees it. */
export class ScriptedPeer {
  readonly #connection: Connection;
  readonly #commands: JsonObject[] = [];
  /** The bytes that came behind the last command that was taken. */
  body: Uint8Array | undefined;
  readonly #bodies: (Uint8Array | undefined)[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The next command, which has to be a `t`; `undefined` when the client has ended. */
  async next(): Promise<JsonObject | undefined> {
    while (this.#commands.length === 0) {
      const frames = await this.#connection.read();
      if (frames === undefined) return undefined;
      for (const frame of frames) {
        assert(frame.is === "object", "The client sent a line that isn't a JSON object");
        this.#commands.push(frame.json);
        this.#bodies.push(frame.body);
      }
    }
    this.body = this.#bodies.shift();
    return this.#commands.shift();
  }

  /** The next command, which has to be a `t`. */
  async take(t: string): Promise<JsonObject> {
    const command = await this.next();
    assert(command, `The client ended before "${t}"`);
    assertEquals(command.t, t, JSON.stringify(command));
    return command;
  }

  /** The same, answered `ok`. */
  async accept(t: string, fields: JsonObject = {}): Promise<JsonObject> {
    const command = await this.take(t);
    await this.ok(command, fields);
    return command;
  }

  ok({ id }: JsonObject, fields: JsonObject = {}): Promise<void> {
    return this.send({ t: "ok", re: id, ...fields });
  }

  refuse({ id }: JsonObject, code: RefusalCode, more: JsonObject = {}): Promise<void> {
    return this.send({ t: "refused", re: id, code, message: `Cannot: ${code}`, ...more });
  }

  /** Sends lines at once. */
  async send(...lines: readonly JsonObject[]): Promise<void> {
    const text = lines.map((line) => JSON.stringify(line) + "\n").join("");
    await this.raw(text);
  }

  /** Sends a line with bytes behind it. */
  async sendBody(line: JsonObject, body: Uint8Array): Promise<void> {
    await this.raw(JSON.stringify({ ...line, bytes: body.length }) + "\n");
    await this.#write(body);
  }

  async raw(text: string): Promise<void> {
    await this.#write(new TextEncoder().encode(text));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#connection.close();
  }
}

/** What a scripted server answers to `hello`. */
export function welcome(more: JsonObject = {}): JsonObject {
  return {
    user: "alice",
    uid: "u1",
    role: "guest",
    token: "token-1",
    server: { id: "s1", name: "Test", version: "0", at: 1, features: [], addresses: [] },
    limits: {},
    rooms: [lobbyRow(0)],
    ...more,
  };
}

/** The lobby in an answer to `hello`. */
export function lobbyRow(seq: number, more: JsonObject = {}): JsonObject {
  return { room: "lobby", topic: "", seq, count: 1, read: 0, unread: 0, ...more };
}

/** A `said` in the lobby by bob. */
export function said(seq: number, more: JsonObject = {}): JsonObject {
  const text = `message ${seq}`;
  return { t: "said", room: "lobby", seq, at: seq, user: "bob", uid: "u2", text, ...more };
}
