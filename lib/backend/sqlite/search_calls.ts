/** What the search thread can be asked. */

import type { LogEvent } from "../../events.ts";
import type { Told } from "./news.ts";

/** What to look for. */
export interface Wanted {
  readonly text: string;
  readonly conversations: readonly string[];
  /** Only events with a lower number. */
  readonly before: number;
  readonly limit: number;
  readonly bytes: number;
}

/** What was found. */
export interface FoundRows {
  readonly hits: readonly { readonly conversation: string; readonly event: LogEvent }[];
  /** Where to go on; missing where nothing is left. */
  readonly next?: number;
}

/** What the search thread can be asked. */
export type SearchCalls = {
  readonly open: {
    readonly ask: { readonly folder: string; readonly id: string };
    readonly answer: null;
  };
  readonly find: { readonly ask: Wanted; readonly answer: FoundRows };
  readonly lag: { readonly ask: null; readonly answer: number };
  readonly news: { readonly ask: Told; readonly answer: null };
  /** Copies into the database what is in the file beside it, as far as nobody has to wait. */
  readonly copy: { readonly ask: null; readonly answer: null };
  /** Answered when the index has nothing of what was deleted. */
  readonly erased: { readonly ask: null; readonly answer: null };
  readonly close: { readonly ask: null; readonly answer: null };
};
