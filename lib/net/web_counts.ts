/** What the web port has done, for its metrics. */

/** Counted since the server's start. */
export class WebCounts {
  /** Connections that carry requests now. */
  connections = 0;
  readonly #answers = new Map<number, number>();

  /** A request was answered. */
  answered(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1);
  }

  /** How many answers had each status. */
  get answers(): ReadonlyMap<number, number> {
    return this.#answers;
  }
}
