/** What waits for changes: each is asked again after every one of them. */

import type { Clock } from "../clock.ts";

/** Those who wait. */
export class Waits {
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something has changed. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Resolves when `holds`, or after `ms` milliseconds. */
  until(holds: () => boolean, ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#watchers.delete(check);
        stop?.();
        resolve();
      };
      const stop = ms === undefined ? undefined : this.#clock.after(ms, settle);
      const check = (): void => {
        if (holds()) settle();
      };
      this.#watchers.add(check);
      check();
    });
  }
}
