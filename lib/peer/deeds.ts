/** What somebody wants to change in a conversation, and how a repeat of it is known. */

import { ChatError } from "../errors.ts";
import { type Change, doerOf, type LogEvent, type LogFile, type Person } from "../events.ts";
import type { Entry } from "../rooms.ts";
import { contentDigest, type Repeat, repeatKey } from "../store.ts";

/** What storing something came to. */
export type Stored = {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** Who wants to change what, and what they call it. */
export interface Deed {
  readonly by: Person;
  readonly change: Change;
  readonly cid?: string;
  /** The file that is declined or taken. */
  readonly file?: LogFile;
  /** Whom it is about, where somebody is moderated: the event is theirs. */
  readonly whom?: Person;
  readonly entry?: Entry;
}

/** By what a repeat of a deed finds it, where it has a cid. */
export function twinKey({ by, cid }: Deed): string | undefined {
  return cid === undefined ? undefined : repeatKey(by.uid, cid);
}

/** What was stored under the cids of events, by {@linkcode repeatKey}. */
export function repeatsIn(events: readonly LogEvent[]): ReadonlyMap<string, Repeat> {
  const repeats = new Map<string, Repeat>();
  for (const event of events) {
    const { seq, at, cid } = event;
    if (cid === undefined) continue;
    repeats.set(repeatKey(doerOf(event).uid, cid), { seq, at, digest: contentDigest(event) });
  }
  return repeats;
}

/** What others have stored by now that a deed about a file would only do once more. */
export function doneIn(events: readonly LogEvent[], { change }: Deed): Stored | undefined {
  const done = events.find((event) => isSameOfFile(event, change));
  return done && { seq: done.seq, at: done.at };
}

function isSameOfFile(event: LogEvent, change: Change): boolean {
  switch (change.t) {
    case "shared": {
      if (event.t !== "shared") return false;
      const [one, other] = [event.file, change.file];
      return one.file === other.file || (one.folder === other.folder && one.name === other.name);
    }
    case "removed":
    case "declined":
      return (event.t === "removed" || event.t === "declined") && event.file === change.file;
    case "taken":
      return event.t === "taken" && event.file === change.file;
    default:
      return false;
  }
}

/** Whether two deeds under one cid are the same one, sent twice. */
export function sameContent(one: Deed, other: Deed): boolean {
  return digestOf(one) === digestOf(other);
}

function digestOf({ change, whom }: Deed): number {
  const content: Change = whom === undefined ? change : { ...change, ...{ uid: whom.uid } };
  return contentDigest(content);
}

/**
 * What a repeat is answered with.
 *
 * @throws {ChatError} `bad_message` where its cid stood for something else.
 */
export function answerRepeat({ seq, at, digest }: Repeat, deed: Deed): Stored {
  if (digest !== undefined && digestOf(deed) !== digest) throw otherContent();
  return { seq, at };
}

/** What whoever uses a cid for something else hears. */
export function otherContent(): ChatError {
  return new ChatError("bad_message", "Cannot do that: this cid stood for something else before");
}
