/**
 * Which tabs show this page now: what a closed one left is gone on with by the next, and what an
 * open one does isn't done twice.
 */

import { type Clock, pause, randomText } from "../lib/clock.ts";
import { isObject } from "../lib/wire/fields.ts";
import type { Keep } from "./offline/keep.ts";

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
  /** What others are told of this tab when they ask; nothing where it isn't said. */
  says?(): string | undefined;
}

/** This tab among the others. */
export class Tabs {
  readonly #options: TabsOptions;
  readonly #alive = new Map<string, string | undefined>();
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

  /** Resolves what the other open tabs are called, each with what it says of itself. */
  async others(): Promise<ReadonlyMap<string, string | undefined>> {
    const { channel, clock } = this.#options;
    this.#alive.clear();
    channel.postMessage({ asks: true });
    await pause(clock, answerMs);
    // A tab that was duplicated has the name of the other.
    if (this.#alive.delete(this.#id)) this.#id = this.#newId();
    return new Map(this.#alive);
  }

  #newId(): string {
    const id = randomText(9);
    this.#options.keep.set(name, id);
    return id;
  }

  #heard(message: unknown): void {
    if (!isObject(message)) return;
    const { channel, says } = this.#options;
    if (message.asks === true) channel.postMessage({ here: this.#id, says: says?.() });
    const { here, says: said } = message;
    if (typeof here === "string") {
      this.#alive.set(here, typeof said === "string" ? said : undefined);
    }
  }
}
