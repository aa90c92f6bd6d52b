/** Hears from the system that something in a room's folder has changed. */

import type { ConversationId } from "../../names.ts";

/**
 * Owns one of the system's watchers, over the folder of all rooms (for folders that come) and over
 * those of the rooms that were asked for. The system allows few of them, so there is one, made anew
 * where another room comes; what it misses then is told for that room.
 */
export class Watching implements Disposable {
  readonly #root: string;
  readonly #rooms = new Map<string, ConversationId>();
  readonly #watched = new Set<string>();
  #changed: ((conversation: ConversationId) => void) | undefined;
  #watchers: Deno.FsWatcher[] = [];

  constructor(root: string) {
    this.#root = root;
  }

  /** Tells `changed` from now on. */
  begin(changed: (conversation: ConversationId) => void): void {
    this.#changed = changed;
    this.#renew();
  }

  /** A room was asked for, whose folder has this name; `isThere` where it exists. */
  know(folder: string, conversation: ConversationId, isThere: boolean): void {
    this.#rooms.set(folder, conversation);
    if (isThere === this.#watched.has(folder)) return;
    if (isThere) this.#watched.add(folder);
    else this.#watched.delete(folder);
    if (this.#changed) this.#renew();
  }

  [Symbol.dispose](): void {
    this.#changed = undefined;
    this.#close();
  }

  #renew(): void {
    this.#close();
    const rooms = [...this.#watched].map((folder) => `${this.#root}/${folder}`);
    this.#watch([this.#root], false);
    if (rooms.length > 0) this.#watch(rooms, true);
  }

  #watch(paths: readonly string[], recursive: boolean): void {
    try {
      const watcher = Deno.watchFs([...paths], { recursive });
      this.#watchers.push(watcher);
      void this.#hear(watcher);
    } catch {
      // The system's bounds on watchers, or a folder that has just gone: whoever listens looks now
      // and then by themselves.
    }
  }

  async #hear(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind, paths } of watcher) {
        if (kind !== "access") { for (const path of paths) this.#tell(path); }
      }
    } catch {
      // As above.
    }
  }

  /** Paths come as the system names them, below a folder that may have been named otherwise. */
  #tell(path: string): void {
    const parts = path.split(/[/\\]/);
    const known = parts.map((part) => this.#rooms.get(part)).filter((id) => id !== undefined);
    for (const conversation of new Set(known)) this.#changed?.(conversation);
  }

  #close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }
}
