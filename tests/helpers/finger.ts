/** A finger on a page, as the browser's own events have it. */

import type { CDPSession, Locator, Page } from "playwright-core";

/** A place on the page, in pixels. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

const steps = 8;
/** Between two of them, in seconds: how fast a finger was is part of what it did. */
const stepSeconds = 0.04;

/** One finger. */
export class Finger {
  readonly #session: CDPSession;
  #at = 0;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async on(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  async down(at: Spot): Promise<void> {
    await this.#send("touchStart", [at]);
  }

  /** Goes in a straight line, in a few steps. */
  async move(from: Spot, to: Spot): Promise<void> {
    for (let step = 1; step <= steps; step++) {
      const part = step / steps;
      const spot = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
      await this.#send("touchMove", [spot]);
    }
  }

  async up(): Promise<void> {
    await this.#send("touchEnd", []);
  }

  async swipe(from: Spot, to: Spot): Promise<void> {
    await this.down(from);
    await this.move(from, to);
    await this.up();
  }

  /** The same, but it rests before it goes: what is thrown, the next touch would only stop. */
  async drag(from: Spot, to: Spot): Promise<void> {
    await this.down(from);
    await this.move(from, to);
    await this.move(to, to);
    await this.up();
  }

  async #send(type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Spot[]): Promise<void> {
    this.#at = Math.max(this.#at + stepSeconds, Date.now() / 1000);
    const timestamp = this.#at;
    await this.#session.send("Input.dispatchTouchEvent", { type, touchPoints, timestamp });
  }
}

/** The middle of something. */
export async function middleOf(what: Locator): Promise<Spot> {
  const box = await what.boundingBox();
  if (box === null) throw new Error(`Nothing is to be seen of ${what}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
