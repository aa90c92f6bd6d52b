/** Many clients at one server, some of whom talk all the time, and the ledger of it all. */

import { deadline } from "@std/async/deadline";
import type { Place } from "../../lib/events.ts";
import { isObject, type JsonObject } from "../../lib/wire/fields.ts";
import type { Command } from "../../lib/protocol.ts";
import { CrowdMember } from "./crowd_member.ts";
import {
  type Acknowledged,
  type Entry,
  type Ledger,
  type Logged,
  type Logs,
  readNumbered,
} from "./ledger.ts";
import type { Peer } from "./peer.ts";

/** What a {@linkcode Crowd} is made with. */
export interface CrowdOptions {
  /** Where the server is. Where it has several nodes, each client begins at another one. */
  readonly ports: readonly number[];
  readonly clients: number;
  /** How many of them talk. */
  readonly speakers: number;
  /** How long each of those waits between two messages; not at all where nothing is said. */
  readonly pauseMs?: number;
  random(): number;
}

/** An event of a log, with its time. */
interface LoggedAt extends Logged {
  readonly at: number;
}

/** A ledger that knows when things happened. */
interface CrowdLedger extends Ledger {
  readonly logs: ReadonlyMap<string, readonly LoggedAt[]>;
}

/** Everything that is waited for has to be there by then, also on a busy machine. */
const patienceMs = 120_000;
const room = "workshop";

/**
 * Its members are in the lobby and in a room of their own, and each speaker has a private
 * conversation with the next one, so that each kind of log is written.
 */
export class Crowd implements AsyncDisposable {
  readonly members: readonly CrowdMember[];
  readonly speakers: readonly CrowdMember[];
  readonly acknowledged: Acknowledged[] = [];
  /** What no client should ever see, a sentence each. */
  readonly wrongs: string[] = [];
  /** Where each speaker talks. */
  readonly #places = new Map<CrowdMember, readonly string[]>();
  #wake: (() => void)[] = [];

  private constructor({ clients, speakers, ports, pauseMs, random }: CrowdOptions) {
    const texts = new Map<string, string>();
    const ears = {
      acknowledged: (conversation: string, entry: Entry) => {
        this.acknowledged.push({ conversation, ...entry });
        this.#changed();
      },
      closing: () => this.#changed(),
      wrong: (sentence: string) => this.wrongs.push(sentence),
    };
    this.members = Array.from({ length: clients }, (_, index) => {
      const name = index < speakers ? `Speaker-${index + 1}` : `Client-${index + 1}`;
      const first = index % ports.length;
      const turned = [...ports.slice(first), ...ports.slice(0, first)];
      return new CrowdMember({ ports: turned, name, ears, pauseMs, random }, texts);
    });
    this.speakers = this.members.slice(0, speakers);
  }

  /** Resolves when everybody is everywhere. */
  static async join(options: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd(options);
    try {
      await deadline(crowd.#enter(), patienceMs);
    } catch (error) {
      await crowd[Symbol.asyncDispose]();
      throw error;
    }
    return crowd;
  }

  async #enter(): Promise<void> {
    await Promise.all(this.members.map(async (member) => {
      member.chat.start();
      await member.online();
      await member.chat.join(room);
    }));
    await Promise.all(this.speakers.map(async (speaker, index) => {
      const next = this.speakers[(index + 1) % this.speakers.length];
      const { key } = await speaker.chat.open(`@${next.name}`);
      await next.chat.open(`@${speaker.name}`);
      this.#places.set(speaker, ["lobby", room, key]);
    }));
  }

  /** The speakers begin. */
  talk(): void {
    for (const [speaker, places] of this.#places) speaker.talk(places);
  }

  /** The speakers end; resolves when all that they said is acknowledged. */
  async hush(): Promise<void> {
    await this.#patiently(
      Promise.all(this.speakers.map((speaker) => speaker.hush())),
      () => {
        const waiting = this.speakers.filter(({ pending }) => pending);
        return `${waiting.map(({ name }) => name).join(", ")} still wait to be answered`;
      },
    );
  }

  /** Resolves when at least `count` messages are acknowledged. */
  async said(count: number): Promise<void> {
    await this.#patiently(
      this.until(() => this.acknowledged.length >= count),
      () => `Only ${this.acknowledged.length} messages of ${count} are acknowledged`,
    );
  }

  /** Resolves once `holds`; looked at when something is acknowledged or the server is closing. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** What speakers wait for now. */
  pending(): readonly string[] {
    return this.speakers.flatMap(({ pending }) => pending ? [pending.text] : []);
  }

  /** Those that are on a node. */
  membersAt(port: number): readonly CrowdMember[] {
    return this.members.filter((member) => member.port === port);
  }

  /** How often a message was sent again. */
  get repeats(): number {
    return this.speakers.reduce((sum, { sent, count }) => sum + sent - count, 0);
  }

  /** How many messages clients have shown. */
  get shownCount(): number {
    const lists = this.members.flatMap(({ shown }) => [...shown.values()]);
    return lists.reduce((sum, list) => sum + list.length, 0);
  }

  /** Reads all logs, waits until everybody was shown all of them, and writes it down. */
  async ledger(): Promise<CrowdLedger> {
    const logs = new Map<string, readonly LoggedAt[]>();
    for (const member of this.members) {
      for (const view of member.chat.state.conversations.values()) {
        const name = member.nameOf(view);
        if (logs.has(name)) continue;
        await member.online();
        const history = async (fields: Command<"history">) => {
          return (await member.chat.send("history", fields)).events;
        };
        logs.set(name, await readLog(history, view));
      }
    }
    const shown = new Map(this.members.map((member) => {
      const names = [...member.chat.state.conversations.values()].map((view) =>
        member.nameOf(view)
      );
      return [member.name, new Map(names.map((name) => [name, member.shown.get(name) ?? []]))];
    }));
    await this.#shownUpTo(logs);
    return { acknowledged: this.acknowledged, logs, shown };
  }

  /** Reads all logs over connections of their own: those of one node where there are several. */
  async logsOf(node: { connect(): Promise<Peer> }): Promise<Logs> {
    const logs = new Map<string, readonly LoggedAt[]>();
    for (const member of this.members) {
      const views = [...member.chat.state.conversations.values()];
      const unread = views.filter((view) => !logs.has(member.nameOf(view)));
      if (unread.length === 0) continue;
      await member.online();
      const peer = await node.connect();
      await peer.hello(member.name, { token: member.token });
      const history = async (fields: Command<"history">) => {
        const { events } = await peer.ok({ t: "history", ...fields });
        return Array.isArray(events) ? events.filter(isObject) : [];
      };
      for (const view of unread) logs.set(member.nameOf(view), await readLog(history, view));
      peer.close();
    }
    return logs;
  }

  /** Resolves when each speaker has said more in the lobby from now on, and everybody has heard it. */
  async allHear(): Promise<void> {
    const from = this.acknowledged.length;
    const heard = () =>
      this.acknowledged.slice(from).filter(({ conversation }) => conversation === "lobby");
    // What comes first may have been on its way before.
    const saidMore = ({ name }: CrowdMember) =>
      heard().filter(({ text }) => readNumbered(text)?.speaker === name).length > 1;
    await this.#patiently(
      this.until(() => this.speakers.every(saidMore)),
      () => `${this.speakers.filter((one) => !saidMore(one)).map(({ name }) => name)} say nothing`,
    );
    const last = Math.max(...heard().map(({ seq }) => seq));
    const hears = ({ chat }: CrowdMember) =>
      [...chat.state.conversations.values()].some((view) =>
        view.room === "lobby" && view.seq >= last
      );
    await this.#patiently(
      Promise.all(this.members.map((member) => member.until(() => hears(member)))),
      () => `${this.members.filter((one) => !hears(one)).map(({ name }) => name)} hear nothing`,
    );
  }

  async #shownUpTo(logs: ReadonlyMap<string, readonly LoggedAt[]>): Promise<void> {
    const all = Promise.all(this.members.flatMap((member) => {
      return [...member.chat.state.conversations.values()].map((view) => {
        const last = logs.get(member.nameOf(view))?.at(-1)?.seq ?? 0;
        return member.until(() => view.seq >= last);
      });
    }));
    // Whoever isn't shown everything in time is the judge's business.
    await deadline(all, patienceMs).catch((error) => this.wrongs.push(String(error)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.close()));
  }

  async #patiently(promise: Promise<unknown>, say: () => string): Promise<void> {
    try {
      await deadline(promise, patienceMs);
    } catch (error) {
      throw new Error([say(), ...this.wrongs].join("\n"), { cause: error });
    }
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

async function readLog(
  history: (fields: Command<"history">) => Promise<readonly JsonObject[]>,
  { room, with: other }: Place,
): Promise<readonly LoggedAt[]> {
  const place = other === undefined ? { room } : { room, with: other };
  const log: LoggedAt[] = [];
  for (;;) {
    const after = log.at(-1)?.seq ?? 0;
    const events = await history({ ...place, after, limit: 200 });
    for (const { seq, at, user, text } of events) {
      const entry = { seq: Number(seq), at: Number(at), user: String(user) };
      log.push(typeof text === "string" ? { ...entry, text } : entry);
    }
    if (events.length === 0) return log;
  }
}
