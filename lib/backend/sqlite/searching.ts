/** The search, seen from the main thread. */

import type { ConversationId } from "../../names.ts";
import type { Found, Search, SearchQuery } from "../../store.ts";
import { cursorOf } from "../text.ts";
import type { Port } from "./port.ts";
import type { SearchCalls } from "./search_calls.ts";

/** Asks the search thread. */
export class SqliteSearch implements Search {
  readonly #port: Port<SearchCalls>;

  constructor(port: Port<SearchCalls>) {
    this.#port = port;
  }

  async find(query: SearchQuery): Promise<Found> {
    const { text, limit, bytes } = query;
    const before = cursorOf(query.before);
    const conversations = [...query.conversations];
    const found = await this.#port.ask("find", { text, conversations, before, limit, bytes });
    const hits = found.hits.map(({ conversation, event }) => ({
      conversation: conversation as ConversationId,
      event,
    }));
    if (found.next === undefined) return { hits, more: false };
    return { hits, more: true, cursor: String(found.next) };
  }

  lag(): Promise<number> {
    return this.#port.ask("lag", null);
  }
}
