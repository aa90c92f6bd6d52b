/**
 * Keeps what the page knows of its chat in the browser: with that the next visit begins, before
 * there is a connection, or without one.
 */

import {
  keptAbout,
  keptAboutOf,
  keptConversations,
  keptConversationsOf,
} from "../../lib/client/kept_chat.ts";
import type { ChatState, KeptChat, KeptConversation } from "../../lib/client/state.ts";
import { type Clock, every, type Stop } from "../../lib/clock.ts";
import type { Uid } from "../../lib/names.ts";
import type { Browser } from "../browser.ts";
import type { ChatShelf } from "./offline_shelf.ts";

/** What {@linkcode OfflineChat} is made with. */
export interface OfflineChatOptions {
  readonly chat: { readonly state: ChatState };
  readonly shelf: ChatShelf;
  readonly clock: Clock;
  readonly browser: Pick<Browser, "isSeen" | "onSeen">;
  /** Calls `run` when the browser has nothing else to do. */
  whenIdle(run: () => void): void;
  /** Who this browser's user is; `undefined` where they have left, in another tab too. */
  user(): Uid | undefined;
}

/** What has changed is written so often, and when nobody looks any more. */
const writeEveryMs = 5_000;
const aboutName = "about";
const start = "in.";

/** The chat of one visit, as it is kept. */
export class OfflineChat {
  readonly #options: OfflineChatOptions;
  readonly #stops: readonly Stop[];
  /** What is known to be there, by its name, in short. */
  #written = new Map<string, string>();
  #isFirst = true;
  #isOver = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: OfflineChatOptions) {
    this.#options = options;
    const { clock, browser } = options;
    this.#stops = [
      every(clock, writeEveryMs, () => options.whenIdle(() => this.write())),
      browser.onSeen(() => {
        // It may be the last that is heard of the page.
        if (!browser.isSeen()) this.write();
      }),
    ];
  }

  /** What an earlier visit of this user has left; `undefined` where there is none. */
  async read(): Promise<KeptChat | undefined> {
    const records = await this.#options.shelf.read();
    const about = keptAboutOf(records.get(aboutName));
    if (about === undefined || about.me.uid !== this.#options.user()) return undefined;
    const all = [...records].filter(([name]) => name.startsWith(start));
    return { ...about, conversations: keptConversationsOf(all.map(([, record]) => record)) };
  }

  /** Writes what has changed; one at a time. */
  write(): Promise<void> {
    return this.#writing = this.#writing.then(() => this.#write());
  }

  /** Writes it a last time. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.write();
    this.#isOver = true;
  }

  /** Removes everything, and keeps nothing any more. */
  async forget(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
    await this.#options.shelf.write({ isFirst: true, put: new Map(), remove: [] });
  }

  async #write(): Promise<void> {
    const { chat: { state }, shelf, user } = this.#options;
    const about = keptAbout(state);
    if (this.#isOver || about === undefined || about.me.uid !== user()) return;
    const records = new Map<string, unknown>([[aboutName, about]]);
    const shorts = new Map([[aboutName, JSON.stringify(about)]]);
    for (const [key, each] of keptConversations(state)) {
      records.set(start + key, each);
      shorts.set(start + key, shortOf(each));
    }
    const put = new Map(
      [...records].filter(([name]) => shorts.get(name) !== this.#written.get(name)),
    );
    const remove = [...this.#written.keys()].filter((name) => !records.has(name));
    if (put.size === 0 && remove.length === 0) return;
    // What an earlier visit has left of others goes with the first one.
    if (!await shelf.write({ isFirst: this.#isFirst, put, remove })) return;
    this.#isFirst = false;
    this.#written = shorts;
  }
}

/** Another text wherever the conversation is another: each event of a log has its own seq. */
function shortOf({ log, members, ...rest }: KeptConversation): string {
  const { seq, older, messages = [] } = log ?? {};
  return JSON.stringify([rest, seq, older, messages[0]?.seq, members?.length]);
}
