/** What uploads and downloads have in common: how they stand, and when they try again. */

import type { Clock } from "../clock.ts";
import { ChatError, type RefusalCode } from "../errors.ts";
import { passesWithTime, retryAfterMs } from "./backoff.ts";
import { fileName } from "./find_file.ts";
import type { Link } from "./link.ts";
import { Rate } from "./rate.ts";
import type { Hash, TransferStanding, TransferView } from "./transfer_state.ts";

/** A connection to a server, as long as it lasts. */
export interface Line {
  readonly link: Link;
  /** The server's id. */
  readonly server: string;
  /** Whether the server takes compressed parts. */
  readonly gzip: boolean;
  /** Whether it is gone. */
  isLost(): boolean;
}

/** What a transfer is given by those who run it. */
export interface TransferHost {
  readonly clock: Clock;
  random(): number;
  sha256(): Hash;
  /** Resolves when there is a connection; `undefined`: there will be none. */
  line(): Promise<Line | undefined>;
  /** Something about a transfer has changed; `kept`: what is kept of it, too. */
  changed(options?: { readonly kept: boolean }): void;
}

/** Attempts in a row in which no byte came before a transfer is given up. */
const attemptsMax = 5;
/** What is answered where a file has to be begun anew. */
const anew: ReadonlySet<RefusalCode> = new Set(["bad_hash", "no_such_transfer"]);
/** What the next attempt does away with. */
const again: ReadonlySet<RefusalCode> = new Set(["bad_offset", "internal", "not_granted"]);

/** One file on its way. {@linkcode run} it once. */
export abstract class Transferring {
  protected readonly host: TransferHost;
  protected bytes = 0;
  readonly #rate = new Rate();
  readonly #over = Promise.withResolvers<void>();
  #standing: TransferStanding = { is: "waiting" };
  #attempts = 0;
  #best = 0;
  #begunAnew = false;
  #wake: (() => void)[] = [];
  protected current: Line | undefined;

  constructor(host: TransferHost) {
    this.host = host;
  }

  /** How it stands, but for its number. */
  abstract get view(): Omit<TransferView, "number">;
  /** One attempt to bring it to its end over a connection. */
  protected abstract attempt(line: Line): Promise<TransferStanding>;
  /** Forgets what was begun. */
  protected abstract beginAnew(): Promise<void>;
  /** Takes back what was begun, when it ends without success. */
  protected abstract giveUp(line: Line | undefined): Promise<void>;
  /** Lets go of the file. */
  protected abstract close(): Promise<void> | void;

  /** Resolves when it has ended in any way. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  protected get standing(): TransferStanding {
    return this.#standing;
  }

  protected get rate(): number {
    return this.#standing.is === "moving" ? this.#rate.at(this.host.clock.now()) : 0;
  }

  get isOver(): boolean {
    const { is } = this.#standing;
    return is === "done" || is === "failed" || is === "cancelled";
  }

  /** Brings it to its end. Never rejects but for mistakes in the program. */
  async run(): Promise<void> {
    while (!this.isOver) {
      this.stand({ is: "waiting" });
      const line = await this.host.line();
      if (line === undefined) break;
      if (this.isOver) break;
      this.current = line;
      try {
        this.stand(await this.attempt(line));
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        if (!this.isOver) await this.#failed(error, line);
      }
      this.current = undefined;
    }
    await this.close();
    this.#over.resolve();
  }

  /** Ends it for good; what came is dropped on both sides. */
  async cancel(): Promise<void> {
    if (this.isOver) return;
    this.#standing = { is: "cancelled" };
    this.wake();
    await this.giveUp(this.current);
    this.host.changed({ kept: true });
    this.#over.resolve();
  }

  /** The connection is gone. */
  lost(): void {
    this.wake();
  }

  protected stand(standing: TransferStanding): void {
    if (this.isOver) return;
    this.#standing = standing;
    if (standing.is !== "moving") this.#rate.clear();
    this.host.changed({ kept: this.isOver });
  }

  /** So many bytes are there for good. */
  protected reached(bytes: number): void {
    this.bytes = bytes;
    if (this.#standing.is === "moving") this.#rate.tell(bytes, this.host.clock.now());
    if (bytes > this.#best) {
      this.#best = bytes;
      this.#attempts = 0;
    }
    this.host.changed();
    this.wake();
  }

  protected wake(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }

  /**
   * Resolves when `holds`.
   *
   * @throws {ChatError} where it was cancelled or the connection is gone.
   */
  protected async until(line: Line, holds: () => boolean): Promise<void> {
    for (;;) {
      this.requireOn(line);
      if (holds()) return;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** @throws {ChatError} where it was cancelled or the connection is gone. */
  protected requireOn(line: Line): void {
    if (this.isOver) throw new ChatError("unavailable", "It was cancelled");
    if (line.isLost()) throw new ChatError("unavailable", "The connection was lost");
  }

  async #failed(error: ChatError, line: Line): Promise<void> {
    if (line.isLost()) return;
    this.#attempts++;
    const isAnew = anew.has(error.code) && !this.#begunAnew;
    const isAgain = isAnew || again.has(error.code) || passesWithTime(error.code);
    if (!isAgain || this.#attempts > attemptsMax) {
      this.stand({ is: "failed", error });
      // What goes on elsewhere isn't ours to end.
      if (error.code !== "moved") await this.giveUp(line);
      return;
    }
    if (isAnew) {
      this.#begunAnew = true;
      this.#best = 0;
      await this.beginAnew();
      this.host.changed({ kept: true });
      return;
    }
    if (error.code === "bad_offset" || error.code === "not_granted") return;
    await this.#pause(retryAfterMs(error.retryMs, this.#attempts, this.host.random()), line);
  }

  async #pause(ms: number, line: Line): Promise<void> {
    this.stand({ is: "waiting" });
    let isPast = false;
    const stop = this.host.clock.after(ms, () => {
      isPast = true;
      this.wake();
    });
    while (!isPast && !this.isOver && !line.isLost()) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    stop();
  }
}

/** What people read of a transfer that failed: `Not sent: "a.txt" isn't there any more`. */
export function failureText(
  transfer: Pick<TransferView, "way" | "name" | "folder">,
  { message }: ChatError,
): string {
  const name = fileName(transfer);
  const whole = message.includes(`"${name}"`) ? message : `"${name}": ${message}`;
  return `${transfer.way === "up" ? "Not sent" : "Not fetched"}: ${whole}`;
}
