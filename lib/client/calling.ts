/** Which messages call their reader: by a bell, a notification, a tone. Pure. */

import type { StoredEvent } from "../events.ts";
import { type CallLevel, callLevels } from "./call_levels.ts";

/** What a level is, for people. */
export const callWords: Readonly<Record<CallLevel, string>> = {
  all: "Every message",
  mentions: "Only what names you, or is for you alone",
  none: "Nothing",
};

/** What has happened. */
export interface Happened {
  readonly event: StoredEvent;
  /** Done by this user. */
  readonly own: boolean;
  /** Whether it names this user. */
  readonly mentions: boolean;
}

/** Whether something that was said or shared calls somebody who chose `level`. */
export function isCalling({ event, own, mentions }: Happened, level: CallLevel): boolean {
  if (own || level === "none") return false;
  const isNews = event.t === "shared" || (event.t === "said" && event.text !== undefined);
  return isNews && (level === "all" || mentions || event.with !== undefined);
}

/** The level that somebody wrote; `undefined` where it is none. */
export function callLevelCalled(word: string): CallLevel | undefined {
  return callLevels.find((level) => level === word.toLowerCase());
}
