/** Notifications, marks and tones without a browser. */

import { deadline } from "@std/async/deadline";
import type { Alert, AlertPlace } from "../../web/alerts/alert_place.ts";
import type { Marks } from "../../web/alerts/alert_rules.ts";
import { barrierMs } from "../helpers/patience.ts";

/** What a browser shows of notifications and marks. */
export class MemoryAlerts implements AlertPlace {
  notifying: AlertPlace["notifying"] = "shows";
  /** Those that are open now, by tag. */
  readonly open = new Map<string, Alert & { readonly click: () => void }>();
  /** Titles of all that were ever shown. */
  readonly titles: string[] = [];
  marks: Marks = { unread: 0, calling: 0 };
  sounds = 0;
  readonly #watchers = new Set<() => void>();

  /** Resolves when something holds. */
  async until(holds: (alerts: this) => boolean): Promise<void> {
    const held = Promise.withResolvers<void>();
    const look = () => {
      if (holds(this)) held.resolve();
    };
    this.#watchers.add(look);
    look();
    try {
      await deadline(held.promise, barrierMs);
    } finally {
      this.#watchers.delete(look);
    }
  }

  /** Turns to a notification beside the page. */
  turn: (hash: string) => void = () => {};

  onTurned(go: (hash: string) => void): void {
    this.turn = go;
  }

  ask(): Promise<void> {
    this.notifying = "shows";
    return Promise.resolve();
  }

  show(alert: Alert, click: () => void): () => void {
    const shown = { ...alert, click };
    this.open.set(alert.tag, shown);
    this.titles.push(alert.title);
    this.#changed();
    return () => {
      if (this.open.get(alert.tag) === shown) this.open.delete(alert.tag);
      this.#changed();
    };
  }

  mark(marks: Marks): void {
    this.marks = marks;
    this.#changed();
  }

  sound(): void {
    this.sounds++;
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look();
  }
}
