/** Whether anything can be published now. */

import type { NatsConnection } from "@nats-io/transport-node";

/** Watches a connection, and what becomes of what is published over it. */
export class Reach {
  #isLinked = true;
  /** Whether the last thing that was published wasn't kept. */
  #isStuck = false;
  #isCut = false;
  #tell: (isCut: boolean) => void = () => {};

  /** `relinked` is called whenever there is a connection again. */
  constructor(connection: NatsConnection, relinked: () => void) {
    void this.#watch(connection, relinked);
  }

  /** Begins to tell, at once if nothing can be published. */
  board(tell: (isCut: boolean) => void): void {
    this.#tell = tell;
    if (this.#isCut) tell(true);
  }

  /** Takes note of whether what was published is kept. */
  published(isKept: boolean): void {
    this.#isStuck = !isKept;
    this.#look();
  }

  async #watch(connection: NatsConnection, relinked: () => void): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect" || type === "staleConnection") this.#isLinked = false;
      else if (type === "reconnect") this.#isLinked = true;
      else continue;
      this.#look();
      if (type === "reconnect") relinked();
    }
  }

  #look(): void {
    const isCut = !this.#isLinked || this.#isStuck;
    if (isCut === this.#isCut) return;
    this.#isCut = isCut;
    this.#tell(isCut);
  }
}
