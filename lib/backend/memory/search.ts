/** Looks through everything that was said. */

import type { Found, Search, SearchQuery } from "../../store.ts";
import { cursorOf, eventBytes, hasWords, wordsOf } from "../text.ts";
import type { MemoryLog } from "./log.ts";

/** Searches the log itself. */
export class MemorySearch implements Search {
  readonly #log: MemoryLog;

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async find(query: SearchQuery): Promise<Found> {
    const words = wordsOf(query.text);
    const before = cursorOf(query.before);
    const hits: Found["hits"][number][] = [];
    let bytes = 0;
    for (const spoken of words.length === 0 ? [] : this.#log.spoken.toReversed()) {
      if (spoken.n >= before || !query.conversations.has(spoken.conversation)) continue;
      const event = this.#log.standing(spoken);
      if (event?.t !== "said" || event.text === undefined || !hasWords(event.text, words)) continue;
      hits.push({ conversation: spoken.conversation, event });
      bytes += eventBytes(event);
      if (hits.length < query.limit && bytes < query.bytes) continue;
      return { hits, more: true, cursor: String(spoken.n) };
    }
    return { hits, more: false };
  }

  lag(): Promise<number> {
    return Promise.resolve(0);
  }
}
