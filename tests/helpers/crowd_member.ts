/** One of a crowd: a client without a head, and what it was shown. */

import { Chat } from "../../lib/client/chat.ts";
import type { Dial } from "../../lib/client/link.ts";
import type { ChatChange, ConversationView } from "../../lib/client/state.ts";
import { tcpDial } from "../../lib/client/tcp.ts";
import { Ways } from "../../lib/client/ways.ts";
import type { Connection } from "../../lib/wire/connection.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { type Entry, numbered } from "./ledger.ts";

/** What a {@linkcode CrowdMember} tells the crowd. */
export interface CrowdEars {
  /** What it said is stored. */
  acknowledged(conversation: string, entry: Entry): void;
  /** It was told that the server is about to stop. */
  closing(): void;
  /** Something that no client should ever see. */
  wrong(sentence: string): void;
}

/** What a {@linkcode CrowdMember} is made with. */
export interface CrowdMemberOptions {
  /** Where the server is; one of several nodes is taken first as it is named first. */
  readonly ports: readonly number[];
  readonly name: string;
  readonly ears: CrowdEars;
  /** Between an acknowledgement and the next message. */
  readonly pauseMs: number | undefined;
  /** The spread of attempts to connect, which the member makes short. */
  random(): number;
}

/** Of the usual time between attempts: a test has no minute to wait. */
const hurry = 0.1;
const clock = systemClock();
const host = "127.0.0.1";
/** Every member is shown the same texts: one copy of each will do. */
type Texts = Map<string, string>;

/** A client that shows everything to a list and, when told to, says one message after another. */
export class CrowdMember {
  readonly name: string;
  readonly chat: Chat;
  /** What was shown of each conversation, by its name in the ledger. */
  readonly shown = new Map<string, Entry[]>();
  /** How many lines with a `say` went out, repeats included. */
  sent = 0;
  /** How many messages were said. */
  count = 0;
  /** How often it was told that the server is about to stop. */
  closings = 0;
  /** What was said and isn't acknowledged. */
  pending: { readonly cid: string; readonly text: string } | undefined;
  /** Where it goes. */
  readonly #ways: Ways;
  readonly #ears: CrowdEars;
  readonly #texts: Texts;
  readonly #pauseMs: number;
  #places: readonly string[] = [];
  #talking = false;
  #connection: Connection | undefined;
  #wake: (() => void)[] = [];

  constructor(options: CrowdMemberOptions, texts: Texts) {
    this.name = options.name;
    this.#ears = options.ears;
    this.#texts = texts;
    this.#pauseMs = options.pauseMs ?? 0;
    this.#ways = waysOf(options);
    this.chat = new Chat({
      dial: this.#watched(this.#ways.dial),
      hello: { v: 1, user: options.name },
      clock,
      random: () => options.random() * hurry,
      onChange: (change) => this.#changed(change),
      messagesMax: 100,
    });
  }

  /** Resolves once `holds`; looked at after each change. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Resolves when it is connected. */
  async online(): Promise<void> {
    await this.until(() => this.chat.state.status.is === "online");
  }

  /** Says one message after another from now on, in these conversations by turns. */
  talk(places: readonly string[]): void {
    this.#places = places;
    this.#talking = true;
    this.#goOn();
  }

  /** Says nothing more; resolves when all that it said is acknowledged. */
  async hush(): Promise<void> {
    this.#talking = false;
    await this.until(() => this.pending === undefined);
  }

  async close(): Promise<void> {
    this.#talking = false;
    await this.chat.close();
  }

  /** Where it is, or is about to go. */
  get port(): number {
    return portIn(this.#ways.current);
  }

  /** With this it comes in over another connection. */
  get token(): string {
    const { status } = this.chat.state;
    return status.is === "online" ? status.hello.token : "";
  }

  /** Breaks the connection under it. */
  cut(): void {
    this.#connection?.close();
  }

  /** How the ledger calls a conversation: the same for both of a private one. */
  nameOf({ room, with: other }: ConversationView): string {
    return other === undefined ? room : [this.name, room.slice(1)].sort().join(" and ");
  }

  #sayNext(): void {
    const place = this.#places[this.count % this.#places.length];
    const text = numbered(this.name, ++this.count);
    this.pending = { cid: this.chat.say(place, text), text };
  }

  #changed(change: ChatChange): void {
    this.#take(change);
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }

  #take(change: ChatChange): void {
    switch (change.is) {
      case "event":
        if (change.event.t !== "said") return;
        this.#show(change.conversation, change.event.seq, change.event.text ?? "");
        return;
      case "delivered":
        this.#acknowledged(change);
        return;
      case "gap":
        if (change.lost > 0) this.#ears.wrong(`${this.name} lost ${change.lost} events`);
        return;
      case "passing":
        if (change.event.t !== "closing") return;
        this.closings++;
        this.#ears.closing();
        return;
      case "failed":
        this.#ears.wrong(`"${change.text}" failed: ${change.error.message}`);
        return;
      case "status":
        if (change.status.is !== "ended" || !change.status.error) return;
        this.#ears.wrong(`${this.name} gave up: ${change.status.error.message}`);
        return;
      case "new_server":
      case "ended":
        this.#ears.wrong(`${this.name} was told "${change.is}"`);
        return;
      case "begun":
      case "changed":
        return;
      default:
        change satisfies never;
    }
  }

  #show(conversation: ConversationView, seq: number, text: string): void {
    const name = this.nameOf(conversation);
    const list = this.shown.get(name) ?? [];
    if (list.length === 0) this.shown.set(name, list);
    const known = this.#texts.get(text) ?? text;
    this.#texts.set(known, known);
    list.push({ seq, text: known });
  }

  #acknowledged({ conversation, cid, seq }: Extract<ChatChange, { is: "delivered" }>): void {
    if (this.pending?.cid !== cid) {
      this.#ears.wrong(`${this.name} was told again that ${seq} is stored`);
      return;
    }
    const { text } = this.pending;
    this.pending = undefined;
    this.#ears.acknowledged(this.nameOf(conversation), { seq, text });
    if (this.#pauseMs === 0) this.#goOn();
    else clock.after(this.#pauseMs, () => this.#goOn());
  }

  #goOn(): void {
    if (this.#talking && !this.pending) this.#sayNext();
  }

  /** Knows the connection, to break it, and counts what goes out. */
  #watched(dial: Dial): Dial {
    const decoder = new TextDecoder();
    const watched = async () => {
      const inner = await dial();
      this.#connection = {
        remote: inner.remote,
        bodyAt: 0,
        read: () => inner.read(),
        keepBodies: (keeps) => inner.keepBodies(keeps),
        reuse: (body) => inner.reuse(body),
        endWriting: () => inner.endWriting(),
        close: () => inner.close(),
        write: async (bytes) => {
          const taken = await inner.write(bytes);
          const text = decoder.decode(bytes.subarray(0, taken));
          this.sent += text.split('"t":"say"').length - 1;
          return taken;
        },
      };
      return this.#connection;
    };
    return Object.assign(watched, { elsewhere: this.#ways });
  }
}

/** All nodes; where there is one server, that. */
export function waysOf({ ports, random }: Pick<CrowdMemberOptions, "ports" | "random">): Ways {
  return new Ways({
    typed: ports.map((port) => `${host}:${port}`),
    random,
    dialTo(address) {
      const port = portIn(address);
      return port > 0 ? tcpDial({ host, port }, clock) : undefined;
    },
  });
}

function portIn(address: string): number {
  return Number(/:(\d+)$/.exec(address)?.[1]);
}
