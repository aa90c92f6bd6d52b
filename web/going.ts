/** Where one is in the page, and whether they look at it. */

import { signal } from "@preact/signals";
import { keyOf } from "../lib/client/conversation.ts";
import type { Stop } from "../lib/clock.ts";
import { lobby } from "../lib/names.ts";
import type { Browser } from "./browser.ts";
import type { Keep } from "./offline/keep.ts";
import type { Key, Model, Route } from "./model.ts";
import type { Notices } from "./notices.ts";
import { hashOf, routeOf } from "./routes.ts";
import type { Talking } from "./talking.ts";

/** What {@linkcode Going} needs. */
export interface GoingOptions {
  readonly talking: Talking;
  readonly browser: Browser;
  readonly keep: Keep;
  readonly notices: Notices;
}

/** What views are given of it. */
export type GoingModel = Pick<Model, "route" | "go" | "open" | "show" | "atBottom">;

const hereName = "here";

/** The way through the page. */
export class Going {
  readonly route = signal<Route>({ is: "chat", key: lobby });
  readonly #options: GoingOptions;
  #isAtBottom = true;
  #isKnown = false;
  #stop: Stop = () => {};

  constructor(options: GoingOptions) {
    this.#options = options;
  }

  get model(): GoingModel {
    const { talking, notices } = this.#options;
    return {
      route: this.route,
      go: (route) => this.go(route),
      open: (name) =>
        void notices.attempt(async () => {
          const { key } = await talking.chat.open(name);
          this.go({ is: "chat", key });
        }),
      show: (event) => {
        const key = keyOf(event);
        if (key !== undefined) this.go({ is: "chat", key, seq: event.seq });
      },
      atBottom: (isAtBottom) => {
        this.#isAtBottom = isAtBottom;
        this.#look();
      },
    };
  }

  /** Begins where the address says, or where one was last. */
  start(): void {
    const { browser, keep } = this.#options;
    const last = keep.get(hereName) ?? lobby;
    const first: Route = routeOf(browser.hash()) ?? { is: "chat", key: last };
    this.route.value = first;
    const stopHash = browser.onHash(() => {
      // Back to an address without any is back to where one began.
      const route = browser.hash() === "" ? first : routeOf(browser.hash());
      if (route && hashOf(route) !== hashOf(this.route.peek())) this.#enter(route);
    });
    const stopSeen = browser.onSeen(() => this.#look());
    this.#stop = () => {
      stopHash();
      stopSeen();
    };
  }

  /** The page is closed. */
  close(): void {
    this.#stop();
  }

  /** What an earlier visit knew is there: more may follow. */
  restored(): void {
    const { talking } = this.#options;
    this.#enter(this.route.peek());
    if (talking.inFront === undefined) this.#turnTo(lobby, undefined);
  }

  /** The conversations are known. */
  known(): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    this.#enter(this.route.peek());
  }

  go(route: Route): void {
    this.#options.browser.setHash(hashOf(route));
    this.#enter(route);
  }

  #enter(route: Route): void {
    const { talking, keep } = this.#options;
    this.route.value = route;
    this.#look();
    if (route.is === "chat") this.#turnTo(route.key, route.seq);
    else if (talking.inFront === undefined) this.#turnTo(keep.get(hereName) ?? lobby, undefined);
  }

  #turnTo(key: Key, seq: number | undefined): void {
    const { talking, keep, notices } = this.#options;
    const conversation = talking.chat.state.conversations.get(key);
    // What isn't known yet, the first connection tells.
    if (!conversation && !this.#isKnown) return;
    if (conversation) {
      talking.turnTo(conversation);
      keep.set(hereName, key);
      this.#look();
      if (seq !== undefined) void talking.reach(seq);
    } else if (key.startsWith("@")) {
      notices.tell("There is no such conversation any more", "trouble");
      this.go({ is: "chat", key: lobby });
    } else {
      void this.#join(key, seq);
    }
  }

  async #join(key: Key, seq: number | undefined): Promise<void> {
    const { talking, notices } = this.#options;
    const isIn = await notices.attempt(talking.chat.join(key));
    const route = this.route.peek();
    if (route.is !== "chat" || route.key !== key) return;
    if (isIn) this.#turnTo(key, seq);
    else this.go({ is: "chat", key: lobby });
  }

  #look(): void {
    const isThere = this.route.peek().is === "chat" && this.#isAtBottom;
    this.#options.talking.look(isThere && this.#options.browser.isSeen());
  }
}
