/** One thing done from a script: something is said, or what was said is printed. */

import { type Dial, Link, type LinkStatus } from "../client/link.ts";
import { randomText } from "../clock.ts";
import { ChatError, refusalOf } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import { limits } from "../limits.ts";
import { nameKey } from "../names.ts";
import { decodeStored } from "../wire/decode.ts";
import type { Command, Ok } from "../protocol.ts";
import { dialFor } from "./dial.ts";
import { type Attempt, enterAs, type Entrant } from "./enter.ts";
import { exitCodes } from "./exit.ts";
import { Feed } from "./feed.ts";
import type { LoginFile } from "./login.ts";
import { helloOf, type Machine } from "./machine.ts";
import type { Common, Wanted } from "./options.ts";
import { paintFor } from "./paint.ts";
import { PlainSurface, writerTo } from "./plain.ts";
import { printableLine } from "../printable.ts";
import type { View } from "./view.ts";

type SendWanted = Extract<Wanted, { is: "send" }>;
type HistoryWanted = Extract<Wanted, { is: "history" }>;

/** What a script is told that has said nothing yet. */
const stalledSentence =
  "Cannot send: the server can't save anything now, and nothing was said; try again later";

/** Time for all of it: a script that waits for ever is worse than one that fails. */
const wholeMs = 30_000;

/** Says one thing; the exit code. */
export async function runSend(wanted: SendWanted, machine: Machine): Promise<number> {
  const text = wanted.text ?? await textOf(machine.input);
  if (text === "") {
    machine.complain("Cannot send: there is no text, neither as an argument nor on standard input");
    return exitCodes.usage;
  }
  const { to, cid = randomText(12) } = wanted;
  let isAsked = false;
  const code = await once(wanted, machine, {
    work: async (given) => {
      // It would be said some time, when whoever asked has long given up.
      if (given.hello.stalled) throw new Unreachable(stalledSentence);
      await within(given, to, async (joined) => {
        if (joined?.members === 1) {
          machine.complain(`Nobody is in ${to} now: whoever joins it will read this`);
        }
        isAsked = true;
        await given.link.send("say", { room: to, text, cid });
      });
    },
  });
  if (isAsked && code === exitCodes.unreachable) {
    const again = `to send it again so that it is said once: --cid ${cid}`;
    machine.complain(`It may be said nevertheless; ${again}`);
  }
  return code;
}

/** Prints the newest messages, oldest first; the exit code. */
export async function runHistory(wanted: HistoryWanted, machine: Machine): Promise<number> {
  return await once(wanted, machine, {
    work: async (given) => {
      const events = await within(given, wanted.of, async (joined) => {
        const all = await newest(given.link, wanted, joined?.seq);
        if (all.length > 0 || !joined?.created) return all;
        const room = JSON.stringify(wanted.of);
        throw new ChatError(
          "no_such_room",
          `There is no room ${room} now, nor anything said in it`,
        );
      });
      print(events, given.hello, wanted, machine);
    },
  });
}

/** As many of a conversation's newest events as are wanted, oldest first; those before one's coming. */
async function newest(link: Link, { of, limit: most }: HistoryWanted, cameAt?: number) {
  const pages: (readonly JsonObject[])[] = [];
  let left = most;
  let before = cameAt;
  while (left > 0) {
    const limit = Math.min(left, limits.pageMax);
    const page = await link.send("history", {
      room: of,
      limit,
      ...before === undefined ? {} : { before },
    });
    pages.unshift(page.events);
    left -= page.events.length;
    const first = page.events.at(0)?.seq;
    if (!page.more || typeof first !== "number") break;
    before = first;
  }
  return pages.flat();
}

function print(
  events: readonly JsonObject[],
  hello: Ok<"hello">,
  wanted: HistoryWanted,
  machine: Machine,
): void {
  const write = writerTo(machine.output, () => {});
  if (wanted.json) {
    for (const event of events) write(`${JSON.stringify(event)}\n`);
    return;
  }
  const view: View = {
    columns: Infinity,
    paint: paintFor(false),
    me: hello,
    here: { room: wanted.of },
  };
  const stored = events.flatMap((frame) => decodeStored(frame) ?? []);
  // Without its number each message stands as a conversation shows it.
  new PlainSurface(write).print(new Feed().list(stored, { messages: stored }, view));
}

/** What the work of one run is given. */
export interface OnceWork {
  readonly link: Link;
  /** To where the link is. */
  readonly dial: Dial;
  readonly hello: Ok<"hello">;
  readonly user: string;
  readonly login: LoginFile;
  /** What hello was said with. */
  readonly helloFields: Command<"hello">;
}

/** The work of one run. */
export interface Once {
  /** Whether it may take as long as it takes. */
  readonly isLong?: boolean;
  work(given: OnceWork): Promise<void>;
}

/**
 * Does something in a room, where one is named: who isn't in it comes in for that only. `work` hears
 * what coming in was answered. Where nobody was in it, it was made by that: what was said or put
 * there, if anything was, is there all the same, so whether there is such a room can't be told before.
 */
export async function within<T>(
  { link, hello }: Pick<OnceWork, "link" | "hello">,
  place: string | undefined,
  work: (joined?: Ok<"join">) => Promise<T>,
): Promise<T> {
  const isIn = place === undefined || place.startsWith("@") ||
    hello.rooms.some(({ room }) => nameKey(room) === nameKey(place));
  if (isIn) return await work();
  const joined = await link.send("join", { room: place });
  try {
    return await work(joined);
  } finally {
    await link.send("leave", { room: place }).catch(() => {});
  }
}

/** Connects, does the work, and leaves; the exit code. */
export function once(wanted: Common, machine: Machine, task: Once): Promise<number> {
  return enterAs({
    wanted,
    machine,
    // It works beside a client of the same user, as one more device.
    share: "if in use",
    attempt: (entrant) => attempt(entrant, { wanted, machine, task }),
  });
}

async function attempt(
  entrant: Entrant,
  { wanted, machine, task }: {
    readonly wanted: Common;
    readonly machine: Machine;
    readonly task: Once;
  },
): Promise<Attempt> {
  const { clock, random, agent } = machine;
  const arrived = Promise.withResolvers<Ok<"hello">>();
  const late = Promise.withResolvers<never>();
  // It may come when nobody waits for it any more, or not yet.
  late.promise.catch(() => {});
  const { user, login } = entrant;
  const helloFields = { ...helloOf(entrant, agent), quiet: true };
  const dial = dialFor(wanted, machine);
  const link = new Link({
    dial,
    hello: helloFields,
    clock,
    random,
    onStatus: (status) => settle(status, arrived),
    onEvent: () => {},
  });
  link.start();
  const stopClock = clock.after(wholeMs, () => {
    late.reject(new Unreachable("The server was lost, or didn't answer in time"));
  });
  const stopNow = machine.onStop(() => {
    arrived.reject(new Unreachable("Stopped"));
    late.reject(new Unreachable("Stopped"));
  });
  try {
    const hello = await arrived.promise;
    login.keep({ user: hello.user, uid: hello.uid, token: hello.token });
    if (task.isLong) stopClock();
    await Promise.race([task.work({ link, dial, hello, user, login, helloFields }), late.promise]);
    return { is: "over", code: exitCodes.ok };
  } catch (error) {
    return failed(error, machine);
  } finally {
    stopNow();
    stopClock();
    await link.close();
  }
}

function settle(status: LinkStatus, arrived: PromiseWithResolvers<Ok<"hello">>): void {
  if (status.is === "online") arrived.resolve(status.hello);
  if (status.is === "waiting") arrived.reject(new Unreachable(status.reason));
  if (status.is === "ended") {
    arrived.reject(
      status.error === undefined ? new Unreachable("Stopped") : new NotLetIn(status.error),
    );
  }
}

function failed(error: unknown, machine: Machine): Attempt {
  if (error instanceof NotLetIn) return { is: "refused", error: error.refusal };
  if (error instanceof Unreachable) {
    machine.complain(error.message);
    return { is: "over", code: exitCodes.unreachable };
  }
  if (!(error instanceof ChatError)) throw error;
  machine.complain(printableLine(refusalOf(error).message));
  return { is: "over", code: exitCodes.refused };
}

class Unreachable extends Error {}

class NotLetIn extends Error {
  readonly refusal: ChatError;

  constructor(refusal: ChatError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** What is piped in, without the newline that ends it. */
async function textOf(input: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const text = await new Response(input).text();
  return text.replace(/\r\n/g, "\n").replace(/\n+$/, "");
}
