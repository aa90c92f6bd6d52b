/** Commands that outlive connections until they are answered. */

import type { Clock, Stop } from "../clock.ts";
import { ChatError, refusalOf } from "../errors.ts";
import type { Command, CommandName, Ok } from "../protocol.ts";
import { passesWithTime, retryAfterMs } from "./backoff.ts";
import type { Exchange } from "./exchange.ts";

/** More than somebody types in a long outage; scripts are told to wait. */
export const keptMax = 1000;
/** The same in UTF-16 units of what is kept. */
const keptCharsMax = 8 * 1024 * 1024;
/** What is refused for longer than this is given up, and nothing waits for it. */
const heldMsMax = 10_000;

/** One kept command. */
interface Pending {
  readonly name: CommandName;
  readonly fields: object;
  readonly chars: number;
  /** The connection it was last sent on; `undefined` where it has to be sent (again). */
  sentOn: Exchange | undefined;
  put(exchange: Exchange): void;
  reject(error: ChatError): void;
}

/**
 * The order in which they were sent is kept: on a new connection all of them go out again in it.
 * After a refusal that passes with time nothing more is put until those before it can go first;
 * only what was on its way already may overtake.
 */
export class Kept {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #pending = new Set<Pending>();
  #chars = 0;
  #exchange: Exchange | undefined;
  /** Runs while nothing is put because of a refusal. */
  #stopPause: Stop | undefined;
  /** Refusals in a row that pass with time. */
  #refusals = 0;

  constructor(options: { readonly clock: Clock; random(): number }) {
    this.#clock = options.clock;
    this.#random = () => options.random();
  }

  /** Sends a command now or as soon as that is possible, until it is answered. */
  send<K extends CommandName>(name: K, fields: Command<K>): Promise<Ok<K>> {
    const chars = JSON.stringify(fields).length;
    if (this.#pending.size >= keptMax || this.#chars + chars > keptCharsMax) {
      const message = `Cannot ${name}: too much is waiting to be sent; try again when it has gone`;
      return Promise.reject(new ChatError("slow_down", message));
    }
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        name,
        fields,
        chars,
        sentOn: undefined,
        reject,
        put: (exchange) => {
          exchange.request(name, fields).then((ok) => {
            this.#refusals = 0;
            this.#drop(pending);
            resolve(ok);
          }, (error) => this.#refused(pending, exchange, refusalOf(error)));
        },
      };
      this.#pending.add(pending);
      this.#chars += chars;
      if (this.#exchange && !this.#stopPause) this.#put(pending, this.#exchange);
    });
  }

  /** A connection is there: everything goes out again. */
  online(exchange: Exchange): void {
    this.#exchange = exchange;
    this.#resume();
  }

  /** The connection is gone. */
  offline(): void {
    this.#exchange = undefined;
    this.#stopPause?.();
    this.#stopPause = undefined;
  }

  /** Rejects each command for which `refuse` gives an error. */
  forget(refuse: (name: CommandName, fields: object) => ChatError | undefined): void {
    for (const pending of [...this.#pending]) {
      const error = refuse(pending.name, pending.fields);
      if (!error) continue;
      this.#drop(pending);
      pending.reject(error);
    }
  }

  #put(pending: Pending, exchange: Exchange): void {
    pending.sentOn = exchange;
    pending.put(exchange);
  }

  #refused(pending: Pending, exchange: Exchange, error: ChatError): void {
    // Lost with its connection: the next one carries it again.
    if (error === exchange.lost || pending.sentOn !== exchange) return;
    // A room that is slow asks for minutes, and nothing else is to wait for it.
    if (passesWithTime(error.code) && (error.retryMs ?? 0) <= heldMsMax) {
      pending.sentOn = undefined;
      this.#pause(error.retryMs);
      return;
    }
    this.#drop(pending);
    pending.reject(error);
  }

  #pause(retryMs: number | undefined): void {
    if (this.#stopPause || !this.#exchange) return;
    this.#refusals++;
    const ms = retryAfterMs(retryMs, this.#refusals, this.#random());
    this.#stopPause = this.#clock.after(ms, () => this.#resume());
  }

  #resume(): void {
    this.#stopPause?.();
    this.#stopPause = undefined;
    const exchange = this.#exchange;
    if (!exchange) return;
    for (const pending of [...this.#pending]) {
      if (pending.sentOn !== exchange) this.#put(pending, exchange);
    }
  }

  #drop(pending: Pending): void {
    if (this.#pending.delete(pending)) this.#chars -= pending.chars;
  }
}
