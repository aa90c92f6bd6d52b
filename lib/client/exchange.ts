/** What goes over one connection to a server: commands out, answers matched, and is it alive? */

import { type Clock, every, type Stop } from "../clock.ts";
import type { Connection, Frame } from "../connection.ts";
import { ChatError, endsConnection, refusalOf } from "../errors.ts";
import type { ChatEvent } from "../events.ts";
import type { JsonObject } from "../fields.ts";
import { limits } from "../limits.ts";
import type { Uid } from "../names.ts";
import { decodeAnswer, decodeEvent, okOf, seqOf } from "../decode.ts";
import type { Command, CommandName, Ok } from "../protocol.ts";

/** A stored event of a kind that this version doesn't know: its seq counts all the same. */
export interface UnknownEvent {
  readonly t: "unknown";
  readonly seq: number;
  readonly room: string;
  readonly with?: Uid;
}

/** Why there is no connection any more. */
export interface Ending {
  /** A sentence without a full stop. */
  readonly reason: string;
  /** The refusal that ended it. */
  readonly error?: ChatError;
}

/** Silence of ours after which `ping` is sent: the server asks for a word every 45 s. */
export const pingMs = 30_000;
/** Silence of the server's after something was asked: then the connection is half open. */
export const answerMs = 20_000;
/** How often silence is looked at. */
const watchMs = 5_000;
/** Commands that wait for their answers; each has a promise here and a place in the server. */
const waitingMax = 2 * limits.answersWaitingMax;

/** A command on its way. */
interface Waiting {
  answered(fields: JsonObject): void;
  refused(error: ChatError): void;
}

const encoder = new TextEncoder();

/** One connection's life. {@linkcode run} it once; it is over when that resolves. */
export class Exchange {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #onEvent: (event: ChatEvent | UnknownEvent) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];
  #stopWatch: Stop = () => {};
  #writing = false;
  #lastId = 0;
  #spokeAt: number;
  /** When the first command went out after the server was last heard. */
  #askedAt: number | undefined;
  #ending: Ending | undefined;
  /** What every waiting command is rejected with when the connection is lost. */
  readonly lost = new ChatError("unavailable", "Cannot do that now: the connection was lost");

  constructor(
    connection: Connection,
    options: { readonly clock: Clock; onEvent(event: ChatEvent | UnknownEvent): void },
  ) {
    this.#connection = connection;
    this.#clock = options.clock;
    this.#onEvent = options.onEvent;
    this.#spokeAt = options.clock.now();
  }

  /** Reads until the connection ends. */
  async run(): Promise<Ending> {
    this.#stopWatch = every(this.#clock, watchMs, () => this.#watch());
    while (this.#ending === undefined) {
      const frames = await this.#connection.read();
      if (frames === undefined) break;
      this.#askedAt = undefined;
      for (const frame of frames) this.#take(frame);
    }
    return this.end({ reason: "The connection was lost" });
  }

  /**
   * Sends a command. `onOk` is called before anything that came behind the answer is told, which a
   * promise can't promise.
   *
   * @throws {ChatError} what the server refuses it with, or {@linkcode lost}.
   */
  request<K extends CommandName>(
    name: K,
    fields: Command<K>,
    onOk?: (ok: Ok<K>) => void,
  ): Promise<Ok<K>> {
    if (this.#ending) return Promise.reject(this.lost);
    if (this.#waiting.size >= waitingMax) {
      const message = `Cannot ${name}: ${waitingMax} commands wait for their answers already`;
      return Promise.reject(new ChatError("slow_down", message));
    }
    const id = ++this.#lastId;
    const line = encoder.encode(`${JSON.stringify({ ...fields, t: name, id })}\n`);
    if (line.length > limits.lineBytesInMax) {
      const message = `Cannot ${name}: it takes ${line.length} bytes of the ` +
        `${limits.lineBytesInMax} that fit; send less at once`;
      return Promise.reject(new ChatError("too_long", message));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        answered(fields) {
          const ok = okOf(name, fields);
          if (ok) {
            resolve(ok);
            onOk?.(ok);
          } else {
            reject(new ChatError("internal", `Cannot read the server's answer to ${name}`));
          }
        },
        refused: reject,
      });
      this.#spokeAt = this.#clock.now();
      this.#askedAt ??= this.#spokeAt;
      this.#queue.push(line);
      void this.#flush();
    });
  }

  /** Ends it now; whoever was first said why. */
  end(ending: Ending): Ending {
    if (this.#ending) return this.#ending;
    this.#ending = ending;
    this.#stopWatch();
    this.#connection.close();
    this.#queue.length = 0;
    for (const { refused } of this.#waiting.values()) refused(this.lost);
    this.#waiting.clear();
    return ending;
  }

  #take(frame: Frame): void {
    if (this.#ending) return;
    if (frame.is === "too_long") {
      this.end({ reason: "The server sent a line that is too long" });
      return;
    }
    // What isn't right is passed over: a newer server may know more than this client.
    if (frame.is === "rubbish") return;
    const answer = decodeAnswer(frame.json);
    if (answer === undefined) {
      const event = eventOf(frame.json);
      if (event) this.#onEvent(event);
      return;
    }
    const waiting = typeof answer.re === "number" ? this.#waiting.get(answer.re) : undefined;
    if (waiting && typeof answer.re === "number") this.#waiting.delete(answer.re);
    if (answer.t === "ok") {
      waiting?.answered(answer.fields);
      return;
    }
    const { code, message, retry_ms: retryMs } = answer;
    const error = new ChatError(code, message || `The server refused: ${code}`, { retryMs });
    waiting?.refused(error);
    // `banned` without a command it answers is about the whole server.
    if (endsConnection(code) || (code === "banned" && !waiting)) {
      this.end({ reason: error.message, error });
    }
  }

  /** Everything that is said while a write is under way goes into the next one. */
  async #flush(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#queue.length > 0) {
        const bytes = joined(this.#queue.splice(0));
        for (let at = 0; at < bytes.length;) {
          at += await this.#connection.write(bytes.subarray(at));
        }
      }
    } catch (error) {
      this.end({ reason: `The connection was lost: ${refusalReason(error)}` });
    } finally {
      this.#writing = false;
    }
  }

  #watch(): void {
    const now = this.#clock.now();
    if (this.#askedAt !== undefined && now - this.#askedAt >= answerMs) {
      this.end({ reason: "The server has stopped answering" });
    } else if (now - this.#spokeAt >= pingMs) {
      // Its answer matters only as something heard.
      this.request("ping", {}).catch(() => {});
    }
  }
}

/** What an error says to people. */
export function refusalReason(error: unknown): string {
  return error instanceof Error ? error.message : refusalOf(error).message;
}

function eventOf(json: JsonObject): ChatEvent | UnknownEvent | undefined {
  const event = decodeEvent(json);
  if (event) return event;
  const seq = seqOf(json);
  const { room, with: other } = json;
  if (seq === undefined || seq < 1 || typeof room !== "string") return undefined;
  return typeof other === "string"
    ? { t: "unknown", seq, room, with: other as Uid }
    : { t: "unknown", seq, room };
}

function joined(chunks: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
