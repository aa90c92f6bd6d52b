/** While a server can't keep anything: looks whether it is the same at its other addresses. */

import { type Clock, type Stop, within } from "../clock.ts";
import type { Command } from "../protocol.ts";
import { Exchange } from "./exchange.ts";
import type { Dial } from "./link.ts";

/** What it takes to look at one address. */
export interface Look {
  /** What is said there; with the token that one has. */
  readonly hello: Command<"hello">;
  readonly clock: Clock;
}

/** What it takes to look at all of them. */
export interface LookingOptions extends Look {
  /** At least 0 and under 1, for the spread of clients. */
  random(): number;
  /** The other addresses, and how each is dialled. */
  others(): readonly (readonly [address: string, dial: Dial])[];
  /** Everything is kept at one of them: called once, and nothing is looked at after that. */
  found(address: string): void;
}

/** As long as NATS takes to be itself again: most is over before anybody looks. */
const lookMs = 10_000;
const lookMsMax = 300_000;
/** Time for one of them to answer. */
const answerMs = 15_000;

/** Looks now and then, more and more seldom, until it has found one or is stopped. */
export function lookElsewhere(options: LookingOptions): Stop {
  const { clock, random, others, found } = options;
  const stopping = Promise.withResolvers<void>();
  let isOver = false;
  let waitMs = lookMs;
  let stopWaiting = later();

  function later(): Stop {
    const ms = waitMs * (1 + random());
    waitMs = Math.min(2 * waitMs, lookMsMax);
    return clock.after(ms, () => void look());
  }

  async function look(): Promise<void> {
    for (const [address, dial] of others()) {
      const isWell = await keepsThere(dial, { ...options, stopped: stopping.promise });
      if (isOver) return;
      if (isWell) return found(address);
    }
    stopWaiting = later();
  }

  return () => {
    isOver = true;
    stopWaiting();
    stopping.resolve();
  };
}

/** Whether somebody who comes in there finds everything kept. Never rejects. */
async function keepsThere(
  dial: Dial,
  { hello, clock, stopped }: Look & { readonly stopped: Promise<void> },
): Promise<boolean> {
  let exchange: Exchange | undefined;
  let isOver = false;
  let keeps = false;
  const asked = dial().then(async (connection) => {
    if (isOver) return connection.close();
    exchange = new Exchange(connection, { clock, onEvent() {} });
    void exchange.run();
    const { stalled = false } = await exchange.request("hello", hello);
    keeps = !stalled;
  });
  await within(clock, answerMs, Promise.race([asked, stopped]));
  isOver = true;
  exchange?.end({ reason: "It was only looked at" });
  return keeps;
}
