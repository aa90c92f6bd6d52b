/** The other nodes, as the core hears of them. */

import { type Clock, pause, within } from "../../../clock.ts";
import type { Follower, News, Nodes } from "../../../nodes.ts";
import type { Order } from "../../order.ts";
import type { Applying } from "./applying.ts";

/** How long somebody may wait for what others have kept before. */
const catchUpMs = 1000;
/** How often the newest entry is asked for again in that time. */
const asksMax = 5;
/** Why nothing can be kept while this node's own store is stuck. */
const stuck = "the disk of this node takes nothing";

/** Tells the core what it has to know, and others what it says. */
export class OtherNodes implements Nodes {
  readonly #order: Order;
  readonly #applying: Applying;
  readonly #clock: Clock;
  #follower: Follower | undefined;
  /** What came before anybody followed, since the store can be read. */
  #waiting: News[] | undefined;
  /** Why nothing can be published. */
  #whyUnreachable: string | undefined;
  #isStuck = false;
  #isCut = false;
  /** A question for the newest entry that is under way, and the next one. */
  #asking: Promise<unknown> = Promise.resolve();
  #next: Promise<number> | undefined;

  constructor(order: Order, applying: Applying, clock: Clock) {
    this.#order = order;
    this.#applying = applying;
    this.#clock = clock;
  }

  get id(): Nodes["id"] {
    return this.#order.id;
  }

  follow(follower: Follower): void {
    this.#follower = follower;
    for (const news of this.#waiting?.splice(0) ?? []) follower.news(news);
    this.#order.board({
      note: (from, note) => follower.note(from, note),
      came: (node, address) => follower.came(node, address),
      went: (node) => follower.went(node),
      cut: (why) => {
        this.#whyUnreachable = why;
        this.#look();
      },
    });
    this.#look();
  }

  async caughtUp(): Promise<boolean> {
    if (this.#isCut) return false;
    // Asked after this was called, once for all who wait meanwhile.
    this.#next ??= this.#asking.then(() => {
      this.#next = undefined;
      const last = this.#last();
      this.#asking = last.catch(() => {});
      return last;
    });
    const next = this.#next;
    let isHere = false;
    const here = next.then((position) => this.#applying.reached(position));
    await within(this.#clock, catchUpMs, here.then(() => isHere = true));
    return isHere;
  }

  pass(...note: Parameters<Nodes["pass"]>): void {
    this.#order.pass(...note);
  }

  join(...address: Parameters<Nodes["join"]>): Promise<void> {
    return this.#order.join(...address);
  }

  leave(): Promise<void> {
    return this.#order.leave();
  }

  /** Something that another node asked for is kept. */
  tell(news: News): void {
    if (this.#follower) this.#follower.news(news);
    else this.#waiting?.push(news);
  }

  /** The store can be read from now on: what comes later is news. */
  begin(): void {
    this.#waiting = [];
  }

  /** Whether this node's own store is stuck. */
  setStuck(isStuck: boolean): void {
    this.#isStuck = isStuck;
    this.#look();
  }

  /** Of the order; asked again where it can't be told at once. */
  async #last(): Promise<number> {
    for (let left = asksMax;; left--) {
      try {
        return await this.#order.last();
      } catch (error) {
        if (left === 0 || this.#isCut) throw error;
        await pause(this.#clock, catchUpMs / asksMax);
      }
    }
  }

  #look(): void {
    const why = this.#whyUnreachable ?? (this.#isStuck ? stuck : undefined);
    const isCut = why !== undefined;
    if (isCut === this.#isCut || this.#follower === undefined) return;
    this.#isCut = isCut;
    this.#follower.cut(why);
  }
}
