/** What stands below the messages: how the connection is, what waits, the prompt; and the title. */

import type { TransferView } from "../client/transfer_state.ts";
import type { LinkStatus } from "../client/link.ts";
import type { ChatState, ConversationView, Outgoing } from "../client/state.ts";
import { printableLine } from "../printable.ts";
import type { Foot } from "./screen.ts";
import { footLines } from "./transfer_lines.ts";
import { clockTime, placeName, type View } from "./view.ts";
import { shorten, width } from "./wrap.ts";

/** What waits for the server longer than this, in milliseconds, is shown. */
const waitShownMs = 300;
/** Waiting messages shown; the rest are counted. */
const waitingLinesMax = 3;

/** What the foot shows beside the state. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who is writing in the conversation in front. */
  readonly writing?: readonly string[];
  /** Files on their way. */
  readonly transfers?: readonly TransferView[];
}

/** The lines below and the prompt. */
export function footOf(
  state: ChatState,
  here: ConversationView | undefined,
  view: View,
  moment: Moment,
): Foot {
  const status = statusLine(state.status, state.me !== undefined, moment.now);
  const lines = [
    ...waitingLines(state, here, view, moment.now),
    ...footLines(moment.transfers ?? [], view),
    ...status === undefined ? [] : [view.paint.wrong(shorten(status, view.columns - 1))],
  ];
  return { lines, prompt: promptOf(state, here, view) };
}

/** How the connection is, where that isn't as it should be. */
export function statusLine(status: LinkStatus, wasHere: boolean, now: number): string | undefined {
  switch (status.is) {
    case "online":
    case "ended":
      return undefined;
    case "connecting":
      if (wasHere) return "Connection lost: trying again now";
      return status.attempt > 1 ? "Still no answer: trying again now" : "Connecting…";
    case "waiting": {
      const seconds = Math.max(1, Math.ceil((status.until - now) / 1000));
      const reason = wasHere ? "Connection lost" : printableLine(status.reason);
      return `${reason}: trying again in ${seconds} s`;
    }
    default:
      return status satisfies never;
  }
}

/** Messages that wait for the server, wherever they were said. */
function waitingLines(
  state: ChatState,
  here: ConversationView | undefined,
  view: View,
  now: number,
): string[] {
  const waiting = [...state.conversations.values()].flatMap((conversation) =>
    conversation.outgoing
      .filter((out) => out.state === "sending" && now - out.at >= waitShownMs)
      .map((out) => ({ out, where: conversation.key === here?.key ? undefined : conversation }))
  );
  const shown = waiting.slice(0, waitingLinesMax).map(({ out, where }) =>
    view.paint.quiet(waitingLine(out, where, view.columns))
  );
  const more = waiting.length - shown.length;
  return more > 0 ? [...shown, view.paint.quiet(`      … and ${more} more to send`)] : shown;
}

function waitingLine(
  out: Outgoing,
  where: ConversationView | undefined,
  columns: number,
): string {
  const place = where === undefined ? "" : `[${placeName(where)}] `;
  return shorten(`${clockTime(out.at)} … ${place}${printableLine(out.text)}`, columns - 1);
}

/** `#lobby (#dev 3 · @Bob 1) › `, where there is room for it. */
function promptOf(
  state: ChatState,
  here: ConversationView | undefined,
  view: View,
): string {
  const { paint } = view;
  const name = here === undefined ? "" : placeName(here);
  const unread = unreadOf(state, here);
  if (unread.length === 0) return `${paint.place(name)}${name === "" ? "" : " "}› `;
  const long = `(${unread.map(({ text }) => text).join(" · ")})`;
  const total = unread.reduce((sum, { count }) => sum + count, 0);
  const fits = width(`${name} ${long} › `) <= view.columns / 2;
  const short = fits ? long : `(${total})`;
  const mentioned = unread.some(({ mentions }) => mentions > 0);
  return `${paint.place(name)} ${mentioned ? paint.mention(short) : paint.strong(short)} › `;
}

/** The window's title: what is new, where one is, who is writing. */
export function titleOf(
  state: ChatState,
  here: ConversationView | undefined,
  moment: Moment,
): string {
  const total = unreadOf(state, here).reduce((sum, { count }) => sum + count, 0);
  const writing = moment.writing ?? [];
  return [
    total > 0 ? `(${total}) ` : "",
    here === undefined ? "Parley" : `${placeName(here)} · Parley`,
    state.status.is === "online" ? "" : " · not connected",
    writing.length === 0 ? "" : ` · ${writing.map(printableLine).join(", ")} writing…`,
  ].join("");
}

function unreadOf(state: ChatState, here: ConversationView | undefined) {
  return [...state.conversations.values()]
    .filter((conversation) => conversation.unread > 0 && conversation.key !== here?.key)
    .map((conversation) => ({
      count: conversation.unread,
      mentions: conversation.with === undefined ? conversation.mentions : conversation.unread,
      text: `${placeName(conversation)} ${conversation.unread}`,
    }));
}
