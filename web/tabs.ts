/**
 * Which tabs show this page now: what a closed one left is gone on with by the next, and what an
 * open one does isn't done twice.
 */

import { type Clock, pause, randomText } from "../lib/clock.ts";
import { isObject } from "../lib/fields.ts";
import type { Keep } from "./keep.ts";

/** What is used of a browser's `BroadcastChannel`. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => unknown) | null;
}

/** An open tab answers sooner than this. */
const answerMs = 300;
const name = "tab";

/** What {@linkcode Tabs} is made with. */
export interface TabsOptions {
  readonly channel: Channel;
  /** What the browser keeps for this tab alone, over reloads. */
  readonly keep: Keep;
  readonly clock: Clock;
}

/** This tab among the others. */
export class Tabs {
  readonly #options: TabsOptions;
  readonly #alive = new Set<string>();
  #id: string;

  constructor(options: TabsOptions) {
    this.#options = options;
    const { channel, keep } = options;
    this.#id = keep.get(name) ?? this.#newId();
    channel.onmessage = ({ data }) => this.#heard(data);
  }

  /** What this tab is called, over reloads too. */
  get id(): string {
    return this.#id;
  }

  /** Resolves what the other open tabs are called. */
  async others(): Promise<ReadonlySet<string>> {
    const { channel, clock } = this.#options;
    this.#alive.clear();
    channel.postMessage({ asks: true });
    await pause(clock, answerMs);
    // A tab that was duplicated has the name of the other.
    if (this.#alive.delete(this.#id)) this.#id = this.#newId();
    return new Set(this.#alive);
  }

  #newId(): string {
    const id = randomText(9);
    this.#options.keep.set(name, id);
    return id;
  }

  #heard(message: unknown): void {
    if (!isObject(message)) return;
    if (message.asks === true) this.#options.channel.postMessage({ here: this.#id });
    if (typeof message.here === "string") this.#alive.add(message.here);
  }
}
