/** What views see of a chat's state, which changes in place: snapshots. Pure. */

import type { ChatState, ConversationView } from "../../lib/client/state.ts";
import { type Person, placeOf, type StoredEvent } from "../../lib/events.ts";
import { lobby, type Uid } from "../../lib/names.ts";
import type { Here, Key, Row } from "../model.ts";

/** Made once: it is much faster than comparing texts anew each time. */
const byName = new Intl.Collator(undefined, { sensitivity: "base" });

/** What a row shows beside its conversation. */
export interface RowMarks {
  readonly here: Key | undefined;
  hasDraft(key: Key): boolean;
}

/** A list's rows; one that is as it was before is the same object. */
export function rowsOf(state: ChatState, marks: RowMarks, before: readonly Row[]): readonly Row[] {
  const joined = [...state.conversations.values()].filter(({ joined }) => joined);
  const current = (old: Row) => {
    const conversation = state.conversations.get(old.key);
    if (!conversation?.joined || conversation.room !== old.room) return undefined;
    const row = rowOf(conversation, marks);
    return isSame(old, row) ? old : row;
  };
  // As long as nobody comes, goes or is called otherwise, the order holds.
  const inPlace = joined.length === before.length ? before.map(current) : [undefined];
  const rows = inPlace.every((row) => row !== undefined)
    ? inPlace
    : joined.map((each) => rowOf(each, marks)).sort(inOrder);
  const isAsBefore = rows.length === before.length && rows.every((row, at) => row === before[at]);
  return isAsBefore ? before : rows;
}

function rowOf(conversation: ConversationView, { here, hasDraft }: RowMarks): Row {
  const { key, topic, unread, mentions, outgoing } = conversation;
  return {
    ...placeOf(conversation),
    ...{ key, topic, unread, mentions },
    isHere: key === here,
    hasDraft: hasDraft(key),
    unsent: outgoing.length,
  };
}

function isSame(one: Row, other: Row): boolean {
  return one.room === other.room && one.topic === other.topic && one.unread === other.unread &&
    one.mentions === other.mentions && one.isHere === other.isHere &&
    one.hasDraft === other.hasDraft && one.unsent === other.unsent;
}

function inOrder(one: Row, other: Row): number {
  return rank(one) - rank(other) || byName.compare(one.room, other.room);
}

function rank({ key, with: other }: Row): number {
  if (key === lobby) return 0;
  return other === undefined ? 1 : 2;
}

/** What is seen of the conversation in front beside what it knows itself. */
export interface HereMarks {
  readonly messages: readonly StoredEvent[];
  /** As long as nobody joins or leaves, the same list. */
  readonly members: readonly Person[] | undefined;
  readonly readSeq: number;
  readonly typing: readonly string[];
  /** Up to where the screen was cleared. */
  readonly cleared: number;
}

/** The conversation in front. */
export function hereOf(conversation: ConversationView, marks: HereMarks): Here {
  const { key, topic, seq, lost, seenSeq, outgoing, rules, spokeAt } = conversation;
  const { messages, members, readSeq, typing, cleared } = marks;
  return {
    ...placeOf(conversation),
    ...{ key, topic, seq, messages, readSeq, seenSeq, typing, rules },
    ...spokeAt !== undefined && { spokeAt },
    older: conversation.older && cleared === 0,
    isCleared: cleared > 0,
    lost: new Map(lost),
    outgoing: [...outgoing],
    ...members && { members },
  };
}

/** Who is in it: the same list as before where nothing has changed. */
export function membersOf(
  { members }: ConversationView,
  before: readonly Person[] | undefined,
): readonly Person[] | undefined {
  if (members === undefined) return undefined;
  const now = [...members.values()];
  const isAsBefore = now.length === before?.length && now.every((each, at) => each === before[at]);
  return isAsBefore ? before : now;
}

/** The messages that this user wants to see. */
export function shownMessages(
  messages: readonly StoredEvent[],
  { ignored, cleared }: { readonly ignored: ReadonlySet<Uid>; readonly cleared: number },
): readonly StoredEvent[] {
  if (ignored.size === 0 && cleared === 0) return [...messages];
  return messages.filter(({ t, uid, seq }) => seq > cleared && !(t === "said" && ignored.has(uid)));
}
