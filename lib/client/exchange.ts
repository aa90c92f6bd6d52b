/** What goes over one connection to a server: commands out, answers matched, and is it alive? */

import { type Clock, every, type Stop } from "../clock.ts";
import type { Connection, Frame } from "../wire/connection.ts";
import { ChatError, endsConnection, refusalOf } from "../errors.ts";
import { unorderedAnswers } from "../wire/answer_fields.ts";
import { type ChatEvent, type Place, placeOf } from "../events.ts";
import type { JsonObject } from "../wire/fields.ts";
import { wireLimits } from "../wire/wire_limits.ts";
import type { Uid } from "../names.ts";
import { type Answer, decodeAnswer, decodeEvent, okOf, seqOf } from "../wire/decode.ts";
import type { Command, CommandName, Ok } from "../protocol.ts";
import type { Fetches, FetchTaker } from "./fetches.ts";
import { joined } from "../wire/joined.ts";

/** A stored event of a kind that this version doesn't know: its seq counts all the same. */
export interface UnknownEvent extends Place {
  readonly t: "unknown";
  readonly seq: number;
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
const waitingMax = 2 * wireLimits.answersWaitingMax;

/** A command on its way. */
interface Waiting {
  /** Whether the server may take long over it while it answers others. */
  readonly isUnordered: boolean;
  answered(fields: JsonObject): void;
  refused(error: ChatError): void;
}

const encoder = new TextEncoder();

/** What an {@linkcode Exchange} tells. */
export interface ExchangeEvents {
  onEvent(event: ChatEvent | UnknownEvent): void;
  /** A part, which has no answer, was refused: the error says of which transfer. */
  onPartRefused?(error: ChatError): void;
  /** Makes what takes the files that are fetched; without it there can be no fetch. */
  newFetches?(): Fetches;
}

/** Bytes on their way, and who waits for them to be taken. */
interface Queued {
  readonly bytes: Uint8Array;
  readonly taken?: () => void;
  readonly refused?: (error: ChatError) => void;
}

/** A fetch that was asked for. */
export interface Fetching {
  /** What `cancel` names it by. */
  readonly id: number;
  /** Resolves its SHA-256 when all of it has come and was taken; rejects with a ChatError. */
  readonly done: Promise<string>;
}

/** One connection's life. {@linkcode run} it once; it is over when that resolves. */
export class Exchange {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #events: ExchangeEvents;
  readonly #waiting = new Map<number, Waiting>();
  readonly #fetches: Fetches | undefined;
  readonly #queue: Queued[] = [];
  #stopWatch: Stop = () => {};
  #writing = false;
  #lastId = 0;
  #spokeAt: number;
  /** When the first command went out after the server was last heard. */
  #askedAt: number | undefined;
  #ending: Ending | undefined;
  /** What the server has said last, where that answers nothing: why it ends, where it does. */
  #complaint: string | undefined;
  /** What every waiting command is rejected with when the connection is lost. */
  readonly lost = new ChatError("unavailable", "Cannot do that now: the connection was lost");

  constructor(
    connection: Connection,
    options: ExchangeEvents & { readonly clock: Clock },
  ) {
    this.#connection = connection;
    this.#clock = options.clock;
    this.#events = options;
    this.#fetches = options.newFetches?.();
    this.#spokeAt = options.clock.now();
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#ending !== undefined;
  }

  /** Reads until the connection ends. */
  async run(): Promise<Ending> {
    this.#stopWatch = every(this.#clock, watchMs, () => this.#watch());
    while (this.#ending === undefined) {
      const frames = await this.#connection.read();
      if (frames === undefined) break;
      this.#askedAt = undefined;
      // The server isn't read while a part of a file is written.
      for (const frame of frames) {
        const taking = this.#take(frame);
        if (taking) await taking;
      }
    }
    const why = this.#connection.whyLost?.() ?? this.#complaint;
    return this.end({ reason: why ?? "The connection was lost" });
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
    onOk?: (ok: Ok<K>, id: number) => void,
  ): Promise<Ok<K>> {
    if (this.#ending) return Promise.reject(this.lost);
    if (this.#waiting.size >= waitingMax) {
      const message = `Cannot ${name}: ${waitingMax} commands wait for their answers already`;
      return Promise.reject(new ChatError("slow_down", message));
    }
    const id = ++this.#lastId;
    const line = encoder.encode(`${JSON.stringify({ ...fields, t: name, id })}\n`);
    if (line.length > wireLimits.lineBytesInMax) {
      const message = `Cannot ${name}: it takes ${line.length} bytes of the ` +
        `${wireLimits.lineBytesInMax} that fit; send less at once`;
      return Promise.reject(new ChatError("too_long", message));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        isUnordered: unorderedAnswers.has(name),
        answered(fields) {
          const ok = okOf(name, fields);
          if (ok) {
            resolve(ok);
            onOk?.(ok, id);
          } else {
            reject(new ChatError("internal", `Cannot read the server's answer to ${name}`));
          }
        },
        refused: reject,
      });
      this.#spokeAt = this.#clock.now();
      this.#askedAt ??= this.#spokeAt;
      this.#queue.push({ bytes: line });
      void this.#flush();
    });
  }

  /**
   * Sends a part, which gets no answer. Resolves when the system has taken it: `body` may be used
   * again then.
   *
   * @throws {ChatError} {@linkcode lost}
   */
  part(fields: Command<"part">, body?: Uint8Array): Promise<void> {
    if (this.#ending) return Promise.reject(this.lost);
    const line = encoder.encode(`${JSON.stringify({ ...fields, t: "part" })}\n`);
    const bytes = body === undefined ? line : joined([line, body]);
    this.#spokeAt = this.#clock.now();
    return new Promise((taken, refused) => {
      this.#queue.push({ bytes, taken, refused });
      void this.#flush();
    });
  }

  /** Fetches a file, or what is left of it: all of it goes to `taker`, in order. */
  fetch(fields: Command<"fetch">, taker: FetchTaker): Fetching {
    const fetches = this.#fetches;
    if (fetches === undefined) throw new Error("This connection was made without fetches");
    const id = this.#lastId + 1;
    const done = Promise.withResolvers<string>();
    // What comes behind the answer may come along with it.
    const asked = this.request("fetch", fields, (ok) => {
      taker.begun?.(ok);
      fetches.begin(id, taker, done);
    });
    asked.catch((error) => done.reject(error));
    return { id, done: done.promise };
  }

  /** Ends it now; whoever was first said why. */
  end(ending: Ending): Ending {
    if (this.#ending) return this.#ending;
    this.#ending = ending;
    this.#stopWatch();
    this.#connection.close();
    for (const { refused } of this.#queue.splice(0)) refused?.(this.lost);
    for (const { refused } of this.#waiting.values()) refused(this.lost);
    this.#waiting.clear();
    this.#fetches?.end(this.lost);
    return ending;
  }

  /** What it waits for has to be waited for before the next frame is taken. */
  #take(frame: Frame): Promise<void> | undefined {
    if (this.#ending) return undefined;
    if (frame.is === "too_long") {
      this.end({ reason: "The server sent a line that is too long" });
      return undefined;
    }
    // What isn't right is passed over: a newer server may know more than this client.
    if (frame.is === "rubbish") {
      if (frame.start.startsWith("HTTP/")) {
        this.end({
          reason: "That port is for browsers; the one for chat is another, usually 5000",
        });
      }
      return undefined;
    }
    const answer = decodeAnswer(frame.json);
    if (answer) {
      this.#answered(answer);
      return undefined;
    }
    const event = eventOf(frame.json);
    const taking = event && this.#fetches?.take(event, frame.body);
    if (event && !taking) this.#events.onEvent(event);
    return taking;
  }

  #answered(answer: Answer): void {
    const waiting = typeof answer.re === "number" ? this.#waiting.get(answer.re) : undefined;
    if (waiting && typeof answer.re === "number") this.#waiting.delete(answer.re);
    this.#complaint = undefined;
    if (answer.t === "ok") {
      waiting?.answered(answer.fields);
      return;
    }
    const { code, message, retry_ms: retryMs, transfer, offset, account } = answer;
    const error = new ChatError(code, message || `The server refused: ${code}`, {
      ...{ retryMs, transfer, offset, account },
    });
    if (waiting) waiting.refused(error);
    else if (answer.re !== undefined) this.#fetches?.refuse(answer.re, error);
    else if (transfer !== undefined) this.#events.onPartRefused?.(error);
    else this.#complaint = error.message;
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
        const queued = this.#queue.splice(0);
        const bytes = queued.length === 1
          ? queued[0].bytes
          : joined(queued.map((each) => each.bytes));
        try {
          for (let at = 0; at < bytes.length;) {
            at += await this.#connection.write(bytes.subarray(at));
            // Bytes that are taken are something said.
            this.#spokeAt = this.#clock.now();
          }
        } catch (error) {
          for (const { refused } of queued) refused?.(this.lost);
          throw error;
        }
        for (const { taken } of queued) taken?.();
      }
    } catch (error) {
      const why = this.#connection.whyLost?.();
      this.end({ reason: why ?? `The connection was lost: ${refusalReason(error)}` });
    } finally {
      this.#writing = false;
    }
  }

  #watch(): void {
    const now = this.#clock.now();
    if (this.#askedAt !== undefined && now - this.#askedAt >= answerMs) {
      this.end({ reason: "The server has stopped answering" });
    } else if (now - this.#spokeAt >= pingMs || this.#isLong(now)) {
      // Its answer matters only as something heard.
      this.request("ping", {}).catch(() => {});
    }
  }

  /** Whether the server is silent over something that may take long: then it is asked if it lives. */
  #isLong(now: number): boolean {
    if (this.#askedAt === undefined || now - this.#askedAt < answerMs / 2) return false;
    return now - this.#spokeAt >= watchMs &&
      [...this.#waiting.values()].some(({ isUnordered }) => isUnordered);
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
  const { room } = json;
  if (seq === undefined || seq < 1 || typeof room !== "string") return undefined;
  const other = typeof json.with === "string" ? json.with as Uid : undefined;
  return { t: "unknown", seq, ...placeOf({ room, with: other }) };
}
