/**
 * Peers that try things on a real server, over TCP, WebSocket and HTTP at once, while somebody who
 * behaves well looks whether everything still holds. Values follow from the seed and from what the
 * server says; what comes when depends on the machine, too.
 */

import { delay } from "@std/async/delay";
import { decodeEvent } from "../../lib/wire/decode.ts";
import { isChangeKind, isPassingKind } from "../../lib/events.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Chance } from "./chance.ts";
import { filled, fuzzConversation } from "./fuzz_conversations.ts";
import { type FuzzFrame, fuzzFrame, plainFrame } from "./fuzz_frames.ts";
import { Grammar } from "./fuzz_grammar.ts";
import { fuzzRequest } from "./fuzz_requests.ts";
import { Seen } from "./fuzz_values.ts";
import { mib, slopeOf, type Vitals, vitalsOf } from "./fuzz_vitals.ts";
import { type Take, tcpWire, webSocketWire, type Wire } from "./fuzz_wires.ts";
import { Bystander, Witness } from "./fuzz_witness.ts";
import { readToEnd, sendAll } from "./raw_http.ts";
import type { RealServer } from "./real_server.ts";

/** How long, and with what chance. */
export interface FuzzOptions {
  readonly seed: number;
  readonly ms: number;
  /** Somebody who may do everything, and is all of them: nobody else is promised anything then. */
  readonly owner?: { readonly user: string; readonly token: string };
  /** Whether no more has to be found; where nothing is said, twenty faults are enough. */
  readonly enough?: (faults: readonly string[]) => boolean;
  /** How long what peers have left behind may stay. */
  readonly leaveMs?: number;
}

const MiB = 1024 * 1024;
const peers = { tcp: 6, webSocket: 4, http: 4 } as const;
/** A peer that hears nothing for so long goes on. */
const hearMs = 30;
const lifeMs = 3000;
/** A request that isn't whole, and whose peer waits on, gets no answer for long. */
const requestMs = 500;
const lookMs = 500;
/** Between two things that somebody else does, who has to be served meanwhile. */
const witnessEachMs = 20;
const faultsMax = 20;
const leastMs = 2000;
/** Databases are opened when they are needed first, and again after an error. */
const handlesMore = 8;
const namesMax = 8;
/** What would take the owner's login away. */
const endsLogins = ["logout", "revoke", "password"] as const;
/** How much the process may grow while it goes on, and keep when they have left. */
const growthMax = 192 * MiB;
const restMax = 128 * MiB;
/** Uploads give up their places after 10 s without their connection; requests wait up to 30 s for one. */
const leaveMsUsual = 45_000;

/** Tries things for a while; what shouldn't have been, as sentences. */
export async function fuzz(server: RealServer, options: FuzzOptions): Promise<readonly string[]> {
  const witness = options.owner ? await Bystander.join(server) : await Witness.join(server);
  const before = await vitalsOf(server);
  const run = new Fuzz(server, options);
  const looks = await run.go(witness);
  const after = await leftBy(server, { before, witness, ...options });
  console.log(`fuzz: ${run.summary}; the well-behaved were ${await witness.close()}`);
  console.log(
    `fuzz: ${memoryLine("heap", looks, ({ heap }) => heap)}; ${
      memoryLine("resident", looks, ({ resident }) => resident)
    }, ${mib(after.resident)} at the end`,
  );
  return [
    ...run.faults,
    ...witness.faults,
    ...server.errors,
    ...held(before, after),
    ...grown(before, looks, after),
  ];
}

/** What is wrong after something else was tried: it says itself what it has seen. */
export async function faultsAfter(
  server: RealServer,
  attempt: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const witness = await Witness.join(server, crypto.randomUUID().slice(0, 8));
  const before = await vitalsOf(server);
  const seen = await attempt();
  await witness.go();
  const after = await leftBy(server, { before, witness });
  await witness.close();
  return [...seen, ...witness.faults, ...server.errors, ...held(before, after)];
}

function memoryLine(name: string, looks: readonly Vitals[], of: (one: Vitals) => number): string {
  const most = Math.max(...looks.map(of));
  const slope = slopeOf(looks.slice(Math.floor(looks.length / 3)), of);
  return `${name} ${mib(of(looks[0]))} at first, ${mib(most)} at most, ${mib(slope)} a minute`;
}

function grown(before: Vitals, looks: readonly Vitals[], after: Vitals): readonly string[] {
  const most = Math.max(...looks.map(({ resident }) => resident)) - before.resident;
  const rest = after.resident - before.resident;
  return [
    ...most > growthMax ? [`memory grew by ${mib(most)}, more than ${mib(growthMax)}`] : [],
    ...rest > restMax ? [`memory: ${mib(rest)} more were kept, over ${mib(restMax)}`] : [],
  ];
}

/** What is there when all have left; waits as long as that may take, and goes on meanwhile. */
async function leftBy(
  server: RealServer,
  { before, witness, leaveMs = leaveMsUsual }: Pick<FuzzOptions, "leaveMs"> & {
    readonly before: Vitals;
    readonly witness: Witness | Bystander;
  },
): Promise<Vitals> {
  const until = performance.now() + leaveMs;
  for (;;) {
    const now = await vitalsOf(server);
    if (held(before, now).length === 0 || now.at > until) return now;
    await witness.go();
    await delay(lookMs / 2);
  }
}

/** What isn't given back. */
function held(before: Vitals, after: Vitals): readonly string[] {
  const names = ["connections", "webConnections", "uploads"] as const;
  const known = [...before.handles];
  const left = after.handles.filter((one) =>
    !known.includes(one) || !known.splice(known.indexOf(one), 1)
  );
  return [
    ...names.filter((name) => after[name] > before[name])
      .map((name) => `${name}: ${before[name]} before, ${after[name]} when all had left`),
    ...after.handles.length > before.handles.length + handlesMore
      ? [`handles: ${before.handles.length} before, then also ${left.join(", ")}`]
      : [],
  ];
}

class Fuzz {
  readonly faults: string[] = [];
  readonly #server: RealServer;
  readonly #chance: Chance;
  readonly #until: number;
  /** Before that it goes on, whatever is wrong: there may be more than one thing. */
  readonly #soon = performance.now() + leastMs;
  readonly #seen = new Seen();
  /** Their logins, so that names don't add up. */
  readonly #tokens = new Map<string, string>();
  readonly #wires = new Set<() => void>();
  readonly #counts = { lives: 0, frames: 0, requests: 0, lines: 0, statuses: new Set<string>() };

  readonly #isEnough: (faults: readonly string[]) => boolean;

  readonly #owner: FuzzOptions["owner"];

  constructor(server: RealServer, { seed, ms, enough, owner }: FuzzOptions) {
    this.#owner = owner;
    if (owner) this.#tokens.set(owner.user, owner.token);
    this.#isEnough = enough ?? (({ length }) => length >= faultsMax);
    this.#server = server;
    this.#chance = new Chance(seed);
    this.#until = performance.now() + ms;
  }

  get summary(): string {
    const { lives, frames, requests, lines, statuses } = this.#counts;
    const answers = [...statuses].toSorted().join(" ");
    return `${lives} lives, ${frames} frames, ${lines} lines heard, ${requests} requests (${answers})`;
  }

  /** Until the time is over, or enough is wrong; looks at the server meanwhile. */
  async go(witness: Witness | Bystander): Promise<readonly Vitals[]> {
    const { port, webPort } = this.#server;
    const kinds: Readonly<Record<keyof typeof peers, (chance: Chance) => Promise<void>>> = {
      tcp: (chance) => this.#life(chance, (take) => tcpWire(port, take)),
      webSocket: (chance) => this.#life(chance, (take) => webSocketWire(webPort, chance, take)),
      http: (chance) => this.#requests(chance),
    };
    const looks = [await vitalsOf(this.#server)];
    const lives = Object.entries(kinds).flatMap(([kind, live]) =>
      Array.from({ length: peers[kind as keyof typeof peers] }, () => {
        const chance = new Chance(this.#chance.below(2 ** 31));
        return this.#goes(() => live(chance));
      })
    );
    const others = [
      this.#goes(async () => {
        await witness.go();
        await delay(witnessEachMs);
      }),
      this.#goes(async () => {
        await delay(lookMs);
        looks.push(await vitalsOf(this.#server));
      }),
    ];
    await Promise.all(others);
    for (const close of this.#wires) close();
    await Promise.all(lives);
    return looks;
  }

  get #isOver(): boolean {
    const now = performance.now();
    return now > this.#until || now > this.#soon && this.#isEnough(this.faults);
  }

  async #goes(live: () => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      try {
        await live();
      } catch (error) {
        if (!isLost(error)) this.#fault(error instanceof Error ? error.stack ?? "" : String(error));
      }
    }
  }

  #fault(sentence: string): void {
    const alike = this.faults.filter((fault) => fault.slice(0, 10) === sentence.slice(0, 10));
    if (alike.length < faultsMax) this.faults.push(sentence);
  }

  /** One connection of somebody who talks. */
  async #life(chance: Chance, open: (take: Take) => Promise<Wire | undefined>): Promise<void> {
    const sent: FuzzFrame[] = [];
    let heard = Promise.withResolvers<void>();
    const wire = await open((said) => {
      this.#took(said, sent);
      heard.resolve();
      heard = Promise.withResolvers();
    });
    if (wire === undefined) return;
    this.#counts.lives++;
    const closing = this.#closesLater(() => wire.close());
    const send = async (frame: FuzzFrame, waits: boolean) => {
      sent.push(frame);
      if (sent.length > 10) sent.shift();
      this.#counts.frames++;
      const next = heard.promise;
      await wire.send(frame);
      if (waits) await Promise.race([next, delay(hearMs)]);
    };
    try {
      if (!chance.once(6)) await send(plainFrame(this.#hello(chance)), true);
      if (chance.once(3)) {
        for (const line of fuzzConversation(chance)) {
          await send(plainFrame(filled(line, this.#seen, chance)), true);
        }
      }
      const spared = this.#owner ? endsLogins : [];
      const grammar = new Grammar(chance, { seen: this.#seen, spared });
      for (let count = chance.below(60); count > 0 && !this.#isOver && !wire.isOver; count--) {
        await send(fuzzFrame(chance, grammar), chance.once(3));
      }
      if (!chance.once(4)) await wire.end();
    } finally {
      closing();
    }
  }

  #hello(chance: Chance) {
    const user = this.#owner?.user ?? `Fuzz${chance.below(namesMax)}`;
    const token = this.#tokens.get(user);
    const features = chance.pick([[], ["gzip"], ["base64"], ["base64", "gzip"]]);
    const quiet = chance.once(4);
    return { json: { t: "hello", id: "hello", v: 1, user, token, features, quiet } };
  }

  #took(said: JsonObject | string, sent: readonly FuzzFrame[]): void {
    this.#counts.lines++;
    const wrong = typeof said === "string" ? said : wrongIn(said);
    if (wrong !== undefined) this.#fault(`${wrong}, after ${shown(sent)}`);
    if (typeof said === "string") return;
    this.#seen.take(said);
    const { t, re, user, token, code } = said;
    if (t === "ok" && typeof token === "string") this.#tokens.set(String(user), token);
    // A login that is gone for good: the next one comes as somebody new.
    const isGone = re === "hello" && code === "bad_login";
    if (isGone && this.#owner) this.#fault("the owner's login is gone, with nobody left to try");
    if (isGone) this.#tokens.clear();
  }

  /** One connection that carries requests. */
  async #requests(chance: Chance): Promise<void> {
    const { webPort: port } = this.#server;
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const closing = this.#closesLater(() => conn.close(), requestMs);
    try {
      const requests = Array.from({ length: 1 + chance.below(3) }, () => {
        return fuzzRequest(chance, this.#seen, port);
      });
      this.#counts.requests += requests.length;
      const reading = readToEnd(conn);
      await sendAll(conn, requests);
      if (!chance.once(4)) await conn.closeWrite();
      const text = chance.once(10) ? "" : await reading;
      this.#answered(text, requests);
    } finally {
      closing();
    }
  }

  #answered(text: string, requests: readonly Uint8Array[]): void {
    for (const [, status] of text.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3}) /g)) {
      this.#counts.statuses.add(status);
      if (status !== "500") continue;
      const asked = requests.map((request) => new TextDecoder().decode(request.subarray(0, 1000)));
      this.#fault(`500 to ${JSON.stringify(asked)}`);
    }
    const [, location] = /\nlocation: (\S+)/.exec(text) ?? [];
    if (location !== undefined) this.#seen.take({ location: location.split("/").at(-1) });
  }

  /** Closes something at the end, at the latest; what is returned closes it now. */
  #closesLater(close: () => void, ms: number = lifeMs): () => void {
    const closeOnce = () => {
      clearTimeout(timer);
      if (!this.#wires.delete(closeOnce)) return;
      try {
        close();
      } catch (error) {
        if (!isLost(error)) throw error;
      }
    };
    const timer = setTimeout(closeOnce, ms);
    this.#wires.add(closeOnce);
    return closeOnce;
  }
}

/** What isn't right in a line of the server. */
function wrongIn(said: JsonObject): string | undefined {
  const { t, code } = said;
  if (typeof t !== "string") return `a line without a kind: ${JSON.stringify(said)}`;
  if (code === "internal") return `refused internal: ${JSON.stringify(said)}`;
  const isEvent = isChangeKind(t) || isPassingKind(t);
  if (!isEvent || decodeEvent(said) !== undefined) return undefined;
  return `an event that isn't what its kind says: ${JSON.stringify(said).slice(0, 1000)}`;
}

function shown(sent: readonly FuzzFrame[]): string {
  const lines = sent.map(({ line, body }) => {
    const text = new TextDecoder().decode(line);
    const long = text.length > 200 ? `${text.slice(0, 200)}… (${text.length})` : text;
    return `  ${long}${body ? ` and ${body.length} bytes` : ""}`;
  });
  return `\n${lines.join("\n")}`;
}

/** Whether it is only that the server has ended a connection, or we have. */
function isLost(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted, NotConnected } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, Interrupted, NotConnected]
    .some((kind) => error instanceof kind);
}
