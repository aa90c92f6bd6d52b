/** A server under load, and what has to be in a backup of it. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { bytesOf, fetchedBehind, hashOf, share } from "./file_peer.ts";
import type { Chance } from "./chance.ts";
import { type Acknowledged, type Logged, numbered, violations } from "./ledger.ts";
import type { Peer } from "./peer.ts";
import type { RealServer } from "./real_server.ts";

/** What was acknowledged up to some moment. */
export interface Promised {
  readonly messages: readonly Acknowledged[];
  /** Files by their ids, none of which is ever removed. */
  readonly files: ReadonlyMap<string, string>;
}

/** How often messages that are due are said, in milliseconds. */
const tickMs = 10;

/** People who talk and share files until they are told to stop. */
export class Load implements AsyncDisposable {
  readonly acknowledged: Acknowledged[] = [];
  /** SHA-256 by id. */
  readonly shared = new Map<string, string>();
  /** How many files were removed. */
  removed = 0;
  readonly #speakers: readonly Peer[];
  readonly #counts = new Map<Peer, number>();
  readonly #under = new Set<Promise<unknown>>();
  readonly #senders: Promise<void>[];
  readonly #began = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #said = 0;
  #over = false;
  #wake: (() => void)[] = [];

  private constructor(
    speakers: readonly Peer[],
    senders: readonly Peer[],
    { perSecond, chance }: { readonly perSecond: number; readonly chance: Chance },
  ) {
    this.#speakers = speakers;
    this.#senders = senders.map((sender, index) => this.#send(sender, index, chance));
    this.#timer = setInterval(() => this.#sayDue(perSecond), tickMs);
  }

  /** Begins. Nobody hears anything, so that the load is the server's. */
  static async begin(
    server: RealServer,
    { speakers, senders, ...rest }: {
      readonly speakers: number;
      readonly senders: number;
      readonly perSecond: number;
      readonly chance: Chance;
    },
  ): Promise<Load> {
    const join = async (user: string) => {
      const peer = await server.connect();
      await peer.hello(user, { quiet: true });
      return peer;
    };
    const all = (count: number, name: string) =>
      Promise.all(Array.from({ length: count }, (_, index) => join(`${name}${index}`)));
    return new Load(await all(speakers, "s"), await all(senders, "f"), rest);
  }

  /** What has to be in a backup that begins now. */
  promised(): Promised {
    return { messages: [...this.acknowledged], files: new Map(this.shared) };
  }

  /** Resolves when so many messages, and so many files, are acknowledged. */
  async reached(messages: number, files: number): Promise<void> {
    while (this.acknowledged.length < messages || this.shared.size < files) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Stops, when all that was begun is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#under, ...this.#senders]);
  }

  #sayDue(perSecond: number): void {
    const due = (performance.now() - this.#began) / 1000 * perSecond;
    for (; this.#said < due; this.#said++) {
      const speaker = this.#speakers[this.#said % this.#speakers.length];
      const saying = this.#say(speaker, `s${this.#said % this.#speakers.length}`);
      this.#under.add(saying);
      void saying.then(() => this.#under.delete(saying));
    }
  }

  async #say(speaker: Peer, name: string): Promise<void> {
    const count = (this.#counts.get(speaker) ?? 0) + 1;
    this.#counts.set(speaker, count);
    const text = numbered(name, count);
    const { seq } = await speaker.ok({ t: "say", room: "lobby", text });
    this.acknowledged.push({ conversation: "lobby", seq: Number(seq), text });
    this.#changed();
  }

  /** Shares one file after the other; of three, one is removed soon. */
  async #send(sender: Peer, index: number, chance: Chance): Promise<void> {
    for (let count = 1; !this.#over; count++) {
      const bytes = bytesOf(1 + chance.below(200_000), chance);
      const name = `${index} ${count}.bin`;
      const { file } = await share(sender, bytes, { room: "lobby", name });
      if (count % 3 > 0) this.shared.set(String(file), hashOf(bytes));
      else {
        await sender.ok({ t: "remove", file });
        this.removed++;
      }
      this.#changed();
    }
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

/** What a server lacks of what was promised, a sentence each; none where all is there. */
export async function lacks(peer: Peer, promised: Promised): Promise<string[]> {
  const log = await logOf(peer, "lobby");
  const wrong = violations({
    acknowledged: promised.messages,
    logs: new Map([["lobby", log]]),
    shown: new Map(),
  });
  const files = await filesOf(peer, "lobby");
  for (const [file, sha256] of promised.files) {
    if (files.get(file)?.sha256 !== sha256) wrong.push(`The file ${file} isn't listed as it was`);
  }
  let id = 1_000_000;
  for (const [file, { sha256, name }] of files) {
    if (await fetchedHash(peer, id++, file) !== sha256) {
      wrong.push(`The file "${name}" isn't whole`);
    }
  }
  return wrong;
}

/**
 * Of what comes of a file; `undefined` where nothing does. A server looks at its folder as soon as it
 * starts, and what isn't there may be listed before that look and is removed by it.
 */
async function fetchedHash(peer: Peer, id: number, file: string): Promise<string | undefined> {
  const answer = await peer.ask({ t: "fetch", id, file });
  if (answer.t === "ok") return hashOf((await fetchedBehind(peer, id)).bytes);
  assertEquals(answer.code, "no_such_file", `Fetching got ${JSON.stringify(answer)}`);
  return undefined;
}

async function logOf(peer: Peer, room: string): Promise<Logged[]> {
  const log: Logged[] = [];
  for (let after = 0, more = true; more;) {
    const page = await peer.ok({ t: "history", room, after, limit: 200 });
    const events = page.events as readonly JsonObject[];
    for (const { seq, user, text } of events) {
      const is = { seq: Number(seq), user: String(user) };
      log.push(typeof text === "string" ? { ...is, text } : is);
    }
    after = log.at(-1)?.seq ?? after;
    more = page.more === true;
  }
  return log;
}

async function filesOf(peer: Peer, room: string): Promise<Map<string, JsonObject>> {
  const all = new Map<string, JsonObject>();
  for (let after: unknown, more = true; more;) {
    const page = await peer.ok({ t: "files", room, limit: 200, ...after ? { after } : {} });
    const files = page.files as readonly JsonObject[];
    for (const file of files) all.set(String(file.file), file);
    after = files.at(-1)?.file;
    more = page.more === true;
  }
  return all;
}
