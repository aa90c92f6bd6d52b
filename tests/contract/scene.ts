/** What the contract suites do with a backend, in few words. */

import { assertEquals } from "@std/assert";
import type { Change, LogEvent, LogFile } from "../../lib/events.ts";
import { limits } from "../../lib/limits.ts";
import {
  type ConversationId,
  type FileId,
  lobby,
  nameKey,
  pairId,
  roomId,
  type Uid,
} from "../../lib/names.ts";
import type { Append, Appended, Backend, Page, Range, User } from "../../lib/store.ts";

/** Opens an empty backend. */
export type Open = () => Promise<Backend>;

export const alice = { user: "Alice", uid: "u-alice" as Uid };
export const bob = { user: "Bob", uid: "u-bob" as Uid };
export const carol = { user: "Carol", uid: "u-carol" as Uid };
export const room = roomId("Physics");
export const other = roomId("chemistry");
export const pair = pairId(alice.uid, bob.uid);
/** A file that Alice shared. */
export const report: LogFile = {
  file: "f-1" as FileId,
  name: "report — 波.pdf",
  size: 5,
  sha256: "0123456789abcdef".repeat(4),
  mime: "application/pdf",
  ...alice,
  at: 1_700_000_000_000,
};
/** The time of the event with seq 0, if there were one; each later event is a second on. */
export const start = 1_700_000_000_000;

/** What is stored beside the change itself. */
export interface By {
  readonly by?: typeof alice;
  readonly at?: number;
  readonly cid?: string;
}

/** An event of a log. */
export function event(seq: number, change: Change, { by = alice, at, cid }: By = {}): LogEvent {
  const stored = { ...change, ...by, seq, at: at ?? timeOf(seq) };
  return cid === undefined ? stored : { ...stored, cid };
}

/** When the event with that seq happens, unless the test says otherwise. */
export function timeOf(seq: number): number {
  return start + seq * 1000;
}

/** Something said. */
export function said(seq: number, text = `message ${seq}`, by?: By): LogEvent {
  return event(seq, { t: "said", text }, by);
}

/** An append to the room. */
export function append(events: readonly LogEvent[], conversation = room): Append {
  return { conversation, name: nameOf(conversation), after: events[0].seq - 1, events };
}

function nameOf(conversation: ConversationId): string {
  if (conversation === room) return "Physics";
  return conversation.startsWith("@") ? "" : conversation;
}

/** Appends, and insists that it is committed. */
export async function keep(
  backend: Backend,
  events: readonly LogEvent[],
  conversation = room,
): Promise<void> {
  const appended = await backend.log.append(append(events, conversation));
  assertEquals(appended, { outcome: "committed" });
}

/** Says `count` things in the room, from seq `from` on. */
export async function keepSaid(
  backend: Backend,
  { from = 1, count, by = alice }: { from?: number; count: number; by?: typeof alice },
): Promise<void> {
  const events = Array.from({ length: count }, (_, index) => said(from + index, undefined, { by }));
  await keep(backend, events);
}

/** A page with room for everything. */
export function read(backend: Backend, range: Range, conversation = room): Promise<Page> {
  return backend.log.read(conversation, { ...range, bytes: limits.listBytesMax });
}

/** All events of a conversation. */
export async function all(backend: Backend, conversation = room): Promise<readonly LogEvent[]> {
  return (await read(backend, { after: 0, limit: 1000 }, conversation)).events;
}

/** The seqs of a page. */
export function seqs({ events }: { readonly events: readonly LogEvent[] }): number[] {
  return events.map(({ seq }) => seq);
}

/** The texts found for some words, newest first. */
export async function found(
  backend: Backend,
  text: string,
  conversations: readonly ConversationId[] = [room, other, lobby],
): Promise<(string | undefined)[]> {
  const { hits } = await backend.search.find({
    text,
    conversations: new Set(conversations),
    limit: 50,
    bytes: limits.listBytesMax,
  });
  return hits.map(({ event }) => event.t === "said" ? event.text : undefined);
}

/** The outcome of an append without what differs in each. */
export function outcomes(appended: readonly Appended[]): string[] {
  return appended.map(({ outcome }) => outcome);
}

/** A user as accounts keep them. */
export function user({ user: name, uid }: typeof alice, holds = true): User {
  return { uid, name, key: nameKey(name), role: "guest", holds };
}
