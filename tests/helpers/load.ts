/** Clients that talk at a steady pace and measure how long it takes. */

import { type Connection, streamConnection } from "../../lib/wire/connection.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";

/** Times in milliseconds. */
export interface Times {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

/** What many measurements come to. */
export function timesOf(all: readonly number[]): Times {
  const sorted = all.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN;
  return { count: sorted.length, median: at(0.5), p99: at(0.99), most: at(1) };
}

/** Times as a table of figures has them. */
export function timesText({ count, median, p99, most }: Times): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return `median ${ms(median)}, p99 ${ms(p99)}, most ${ms(most)} (${count})`;
}

/** The middle one of several tries. */
export function medianOf(tries: readonly number[]): number {
  return timesOf(tries).median;
}

/** A client that keeps nothing of what it hears. */
export class LoadClient {
  /** From saying to the `ok`. */
  readonly acknowledged: number[] = [];
  /** From saying, by any client of this process, to hearing. */
  readonly heard: number[] = [];
  readonly user: string;
  readonly #connection: Connection;
  readonly #answers = new Map<unknown, (answer: JsonObject) => void>();
  readonly #sent = new Set<Promise<void>>();
  #nextId = 0;

  private constructor(conn: Deno.Conn, user: string) {
    this.user = user;
    this.#connection = streamConnection(conn, {
      remote: "server",
      bounds: { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => false },
      now: () => 0,
    });
    void this.#read();
  }

  /** Connects and says hello; `token` is somebody's who was here before. */
  static async join(port: number, user: string): Promise<LoadClient> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay();
    const client = new LoadClient(conn, user);
    await client.ask({ t: "hello", v: 1, user });
    return client;
  }

  /**
   * Sends a command and resolves its answer.
   *
   * @throws {Error} where it is refused, or the connection ends.
   */
  async ask(command: JsonObject): Promise<JsonObject> {
    const id = ++this.#nextId;
    const { promise, resolve } = Promise.withResolvers<JsonObject>();
    this.#answers.set(id, resolve);
    const bytes = new TextEncoder().encode(`${JSON.stringify({ ...command, id })}\n`);
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    const answer = await promise;
    if (answer.t === "ok") return answer;
    throw new Error(`${command.t} got ${JSON.stringify(answer)}`);
  }

  /** Says something, and remembers how long its `ok` took. */
  say(room: string, text: string): void {
    const at = performance.now();
    const sent = this.ask({ t: "say", room, text: `${text} ${mark}${at}` }).then(() => {
      this.acknowledged.push(performance.now() - at);
      this.#sent.delete(sent);
    });
    this.#sent.add(sent);
  }

  /** Resolves when all that was said is acknowledged. */
  async settled(): Promise<void> {
    await Promise.all(this.#sent);
  }

  close(): void {
    this.#connection.close();
  }

  async #read(): Promise<void> {
    for (;;) {
      const frames = await this.#connection.read();
      if (frames === undefined) break;
      for (const frame of frames) if (frame.is === "object") this.#take(frame.json);
    }
    for (const resolve of this.#answers.values()) resolve({ t: "the connection has ended" });
  }

  #take(json: JsonObject): void {
    if (json.t === "said") {
      const text = String(json.text);
      const at = text.lastIndexOf(mark);
      if (at >= 0) this.heard.push(performance.now() - Number(text.slice(at + mark.length)));
      return;
    }
    this.#answers.get(json.re)?.(json);
    this.#answers.delete(json.re);
  }
}

const mark = "said at ";

/** What a crowd measured. */
export interface Measured {
  readonly acknowledged: Times;
  readonly heard: Times;
}

/** Clients that talk evenly: together `perSecond` messages, for `ms` milliseconds. */
export async function talk(
  clients: readonly LoadClient[],
  { room, perSecond, ms }: { room: string; perSecond: number; ms: number },
): Promise<Measured> {
  for (const client of clients) {
    client.acknowledged.length = 0;
    client.heard.length = 0;
  }
  const began = performance.now();
  const total = Math.round(perSecond * ms / 1000);
  await new Promise<void>((resolve) => {
    let said = 0;
    const timer = setInterval(() => {
      const due = Math.min(total, (performance.now() - began) / 1000 * perSecond);
      for (; said < due; said++) clients[said % clients.length].say(room, `message ${said}`);
      if (said < total) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  await Promise.all(clients.map((client) => client.settled()));
  return {
    acknowledged: timesOf(clients.flatMap(({ acknowledged }) => acknowledged)),
    heard: timesOf(clients.flatMap(({ heard }) => heard)),
  };
}
