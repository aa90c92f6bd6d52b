/** Whether anything can be published now. */

import type { NatsConnection } from "@nats-io/transport-node";

/** Watches a connection, and what becomes of what is published over it. */
export class Reach {
  #isLinked = true;
  /** Numbers of the last entry that is kept, of one that wasn't at once, and that may not be at all. */
  #kept = 0;
  #late = 0;
  #doubtful = 0;
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

  /** An entry of this node's is kept, and so are those before it. */
  kept(number: number): void {
    this.#kept = Math.max(this.#kept, number);
    this.#look();
  }

  /** Nobody has said that an entry is kept; once may be a busy moment. */
  doubtful(number: number): void {
    if (number === this.#late) this.#doubtful = number;
    this.#late = number;
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
    const isCut = !this.#isLinked || this.#doubtful > this.#kept;
    if (isCut === this.#isCut) return;
    this.#isCut = isCut;
    this.#tell(isCut);
  }
}
