/** Those who fill what the page is measured with. */

import { Peer } from "../peer.ts";

/** Messages that are said at once, where the room is filled. */
const chunk = 500;

/** Somebody who says much. */
export class Filler implements Disposable {
  readonly #peer: Peer;
  /** Called whenever something was acknowledged. */
  readonly #onPiece: { run: () => void };

  private constructor(peer: Peer, onPiece: { run: () => void }) {
    this.#peer = peer;
    this.#onPiece = onPiece;
  }

  static async connect(port: number, user: string): Promise<Filler> {
    const onPiece = { run: () => {} };
    const peer = await Peer.connect(port, {
      onEvent: () => {},
      onPiece: () => onPiece.run(),
      onEnd: () => {},
    });
    await peer.ask({ t: "hello", v: 1, user });
    return new Filler(peer, onPiece);
  }

  /** Says so many messages, the first and the last of which can be told from the others. */
  async fill(messages: number): Promise<void> {
    const textOf = (index: number) => {
      if (index === 0) return "the first of all";
      if (index === messages - 1) return "the newest of all";
      return `message ${index}, **somewhat** like what people say `.repeat(1 + index % 4).trim();
    };
    for (let from = 0; from < messages; from += chunk) {
      const to = Math.min(from + chunk, messages);
      await this.#send(Array.from({ length: to - from }, (_, index) => textOf(from + index)));
    }
  }

  /** Says `rate` messages a second. */
  async say(rate: number, seconds: number): Promise<void> {
    const began = performance.now();
    for (let said = 0; said < rate * seconds;) {
      const due = Math.min(rate * (performance.now() - began) / 1000, rate * seconds);
      const texts = Array.from({ length: Math.floor(due) - said }, () => "and again something");
      said += texts.length;
      if (texts.length > 0) await this.#send(texts);
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Resolves when all of it is acknowledged. */
  async #send(texts: readonly string[]): Promise<void> {
    const wanted = this.#peer.acknowledged + texts.length;
    const lines = texts.map((text) => JSON.stringify({ t: "say", id: 1, room: "lobby", text }));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onPiece.run = () => this.#peer.acknowledged >= wanted && resolve();
    await this.#peer.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
    await promise;
  }

  [Symbol.dispose](): void {
    this.#peer.close();
  }
}
