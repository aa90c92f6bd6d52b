/** What can be stored, checked before it is queued: one bad append fails no neighbour. */

import { ChatError } from "../errors.ts";
import { doerOf, isChangeKind, type LogEvent, type LogFile } from "../events.ts";
import { isObject, type JsonObject } from "../wire/fields.ts";
import type { TransferRecord } from "../file_store.ts";
import type { NameKey } from "../names.ts";
import { type Append, type Login, type Mark, type User } from "../store.ts";

/**
 * Why an append can't be stored, or `undefined` where it can.
 */
export function whyNotStorable(append: Append): ChatError | undefined {
  const { conversation, name, after, events } = append;
  if (!isCount(after) || !isText(conversation) || !isText(name) || events.length === 0) {
    return unstorable("an append needs a conversation, an earlier seq and at least one event");
  }
  const cids = events.length > 1 ? new Set<string>() : undefined;
  // A pair made for each event would be felt.
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (event.seq !== after + 1 + index) {
      return unstorable(`seq ${event.seq} doesn't follow ${after + index}`);
    }
    if (!isChangeKind(event.t)) return unstorable(`there is no event "${event.t}"`);
    const wrong = wrongField(event);
    if (wrong !== undefined) return unstorable(`"${wrong}" of "${event.t}" can't be kept as it is`);
    if (cids === undefined || event.cid === undefined) continue;
    const isKnown = cids.has(event.cid) && events.slice(0, index).some(isTwin(event));
    if (isKnown) return unstorable(`cid "${event.cid}" is there twice`);
    cids.add(event.cid);
  }
  return undefined;
}

/** Finds what somebody did under the cid of another thing that they did. */
function isTwin(event: LogEvent): (other: LogEvent) => boolean {
  const { uid } = doerOf(event);
  return (other) => other.cid === event.cid && doerOf(other).uid === uid;
}

/**
 * @throws {ChatError} `bad_message` where the fields of what is kept can't be stored.
 */
export function requireStorable(
  kept: User | Login | Mark | TransferRecord | LogFile | JsonObject,
): void {
  const wrong = wrongField(kept);
  if (wrong !== undefined) throw unstorable(`"${wrong}" can't be kept as it is`);
}

function wrongField(record: object): string | undefined {
  const fields = record as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    const value = fields[name];
    if (!isStorable(value)) return name;
  }
  return undefined;
}

function isStorable(value: unknown): boolean {
  if (isObject(value)) return wrongField(value) === undefined;
  return Array.isArray(value) ? value.every(isStorable) : isScalar(value);
}

/** Numbers beyond 2^53 and halves of characters would come back as something else. */
function isScalar(value: unknown): boolean {
  switch (typeof value) {
    case "string":
      return isText(value);
    case "number":
      return Number.isSafeInteger(value);
    default:
      return typeof value === "boolean" || value === undefined;
  }
}

function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function unstorable(why: string): ChatError {
  return new ChatError("bad_message", `Cannot store that: ${why}`);
}

/** What whoever wants a name hears when somebody else holds it. */
export function nameTaken(key: NameKey): ChatError {
  return new ChatError("name_taken", `Cannot take the name "${key}": somebody else holds it`);
}

/** What whoever registers hears where they have a password, which another node took, say. */
export function registered(): ChatError {
  return new ChatError("not_allowed", "Cannot register: somebody has done so with this login");
}

/** What whoever offers a file hears where its cid stands for another transfer. */
export function cidTaken(): ChatError {
  return new ChatError("bad_message", "Cannot do that: this cid stood for something else before");
}
