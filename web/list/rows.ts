/** What a conversation's messages look like as rows: days, groups of one author, what is new. Pure. */

import { actionIn } from "../../lib/client/doing.ts";
import type { LogFile, StoredEvent } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import { boxOf } from "./boxes.ts";

/** What a row is drawn with, beside its message. */
export interface RowLook {
  /** Whether a day begins with it. */
  readonly isDay: boolean;
  /** Whether it goes on with what the same author said just before: no name, no picture. */
  readonly isMore: boolean;
  /** Whether it is the first that wasn't read yet. */
  readonly isNew: boolean;
  /** How many events before it the server no longer has. */
  readonly lost: number;
  /** Whether the next row says it too, as one of several who came or went. */
  readonly isFolded: boolean;
  /** Those who came or went just before, in the order in which they did. */
  readonly also: string;
}

/** What the rows of a conversation have in common. */
export interface RowsLook {
  /** Up to where it was read; what is new begins behind it. */
  readonly readSeq: number;
  readonly lost: ReadonlyMap<number, number>;
  /** Who looks: what they said themselves isn't new. */
  readonly uid?: string;
}

/** Messages of one author that are further apart aren't one group. */
export const groupMs = 5 * 60_000;

/** Of more who came or went one after the other, the others are counted. */
const alsoMax = 8;

/** The look of the message at `index`. */
export function rowLook(messages: readonly StoredEvent[], index: number, rows: RowsLook): RowLook {
  const edges = edgesOf(messages[index], messages[index - 1], rows);
  const isFolded = isFoldedAt(messages, index, rows);
  const also = isFolded ? "" : alsoOf(messages, index, rows);
  return { ...edges, isFolded, also };
}

/**
 * The messages that have a row of some height: of thousands who came one after the other, few do.
 * The same list where all have.
 */
export function withRows(
  messages: readonly StoredEvent[],
  rows: RowsLook,
): readonly StoredEvent[] {
  const shown = messages.filter((event, index) => {
    if (!isFoldedAt(messages, index, rows)) return true;
    const { isDay, isNew, lost } = edgesOf(event, messages[index - 1], rows);
    return isDay || isNew || lost > 0;
  });
  return shown.length === messages.length ? messages : shown;
}

function isFoldedAt(messages: readonly StoredEvent[], index: number, rows: RowsLook): boolean {
  const event = messages[index];
  const next: StoredEvent | undefined = messages[index + 1];
  return next?.t === event.t && (event.t === "joined" || event.t === "left") &&
    isFoldedInto(event, next, edgesOf(next, event, rows));
}

type Edges = Omit<RowLook, "isFolded" | "also">;

function edgesOf(event: StoredEvent, before: StoredEvent | undefined, rows: RowsLook): Edges {
  const isDay = before === undefined || !isSameDay(before.at, event.at);
  const isNew = event.seq > rows.readSeq && rows.readSeq > 0 && event.uid !== rows.uid &&
    before !== undefined && before.seq <= rows.readSeq;
  const lost = lostBetween(before, event, rows.lost);
  const isMore = !isDay && !isNew && lost === 0 && isSameGroup(event, before);
  return { isDay, isMore, isNew, lost };
}

/** Whether `event` is told together with `next`, which comes behind it. */
function isFoldedInto(event: StoredEvent, next: StoredEvent, edges: Edges): boolean {
  const isMove = (event.t === "joined" && next.t === "joined") ||
    (event.t === "left" && next.t === "left" && (event.reason ?? next.reason) === undefined);
  return isMove && !edges.isDay && !edges.isNew && edges.lost === 0;
}

function alsoOf(messages: readonly StoredEvent[], index: number, rows: RowsLook): string {
  let at = index;
  while (at > 0 && isFoldedAt(messages, at - 1, rows)) at--;
  const from = Math.max(at, index - alsoMax);
  const others = from - at;
  const names = messages.slice(from, index).map(({ user }) => user);
  const all = [...new Set(names)].map(printableLine).join(", ");
  return others > 0 ? `${others} others, ${all}` : all;
}

/** The first message that wasn't read; `undefined` where all were, or none ever was. */
export function firstNew(messages: readonly StoredEvent[], readSeq: number): number | undefined {
  if (readSeq === 0) return undefined;
  let first: number | undefined;
  for (let at = messages.length - 1; at >= 0 && messages[at].seq > readSeq; at--) {
    first = messages[at].seq;
  }
  return first;
}

/** What stands for the row of `event`, from when it is sent on. */
export function rowKey(event: StoredEvent): string {
  return event.cid ?? `${event.seq}`;
}

/** How high a row may be, in pixels, until it is measured in a column of `width`. */
export function guessHeight(event: StoredEvent, width: number): number {
  if (event.t === "shared") return 104 + sightHeight(event.file);
  if (event.t !== "said" || event.text === undefined) return 32;
  const columns = Math.max(20, (width - 80) / 7.5);
  let lines = 0;
  for (const line of event.text.slice(0, 4000).split("\n")) {
    lines += Math.max(1, Math.ceil(line.length / columns));
  }
  return 12 + lines * 22;
}

/** How much higher a file's row is by what is shown of it. */
function sightHeight(file: LogFile): number {
  return file.picture === undefined ? 0 : boxOf(file).height;
}

function isSameGroup(event: StoredEvent, before: StoredEvent): boolean {
  if (event.t !== "said" || before.t !== "said") return false;
  return event.uid === before.uid && event.user === before.user && event.quote === undefined &&
    event.at - before.at < groupMs && !isAction(event) && !isAction(before);
}

function isAction(event: StoredEvent): boolean {
  return event.t === "said" && event.text !== undefined && actionIn(event.text) !== undefined;
}

function lostBetween(
  before: StoredEvent | undefined,
  event: StoredEvent,
  lost: ReadonlyMap<number, number>,
): number {
  let sum = 0;
  for (const [after, count] of lost) {
    if (after >= (before?.seq ?? 0) && after < event.seq) sum += count;
  }
  return sum;
}

/** Clocks differ by whole quarters of an hour: within one no day ends. */
const quarterMs = 15 * 60_000;

function isSameDay(one: number, other: number): boolean {
  return Math.floor(one / quarterMs) === Math.floor(other / quarterMs) ||
    dayOf(one) === dayOf(other);
}

function dayOf(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 400 + date.getMonth() * 32 + date.getDate();
}
