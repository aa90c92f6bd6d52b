/**
 * Turns what a chat tells into the lines that appear, one after the other. It knows what has been
 * shown: which day it was, which conversations were looked at, what is hidden.
 */

import { type CallLevel, callLevels } from "../client/call_levels.ts";
import { isCalling } from "../client/calling.ts";
import { stalledText } from "../client/stalled_text.ts";
import type { ChatChange, ConversationView } from "../client/state.ts";
import { isSamePlace, type StoredEvent } from "../events.ts";
import type { Uid } from "../names.ts";
import { printableLine } from "../printable.ts";
import { dayLine, notice, renderPassing, renderStored, rule, trouble } from "./render.ts";
import { type Circumstances, clockTime, dayOf, placeName, type View } from "./view.ts";
import { shorten } from "./wrap.ts";

/** What a change comes to on the screen. */
export interface Shown {
  readonly lines: readonly string[];
  /** Whether somebody should look: the bell. */
  readonly calls: boolean;
}

const nothing: Shown = { lines: [], calls: false };

/** What has been shown so far. One for each screen. */
export class Feed {
  readonly #entryLines: number;
  #day: string | undefined;
  /** The highest seq shown of each conversation that was looked at, by key. */
  readonly #entered = new Map<string, number>();
  readonly #ignored = new Map<Uid, string>();
  /** What was chosen for a conversation, by key. */
  readonly #levels = new Map<string, CallLevel>();
  /** Conversations whose missed events are being told, by key: how many are to come. */
  readonly #missed = new Map<string, number>();
  #wasOnline = false;
  #lost = false;
  #isStalled = false;

  constructor(options: { readonly entryLines?: number } = {}) {
    this.#entryLines = options.entryLines ?? 20;
  }

  /** Whose messages are hidden: names by uid. */
  get ignored(): ReadonlyMap<Uid, string> {
    return this.#ignored;
  }

  /** Which messages of a conversation ring the bell. */
  callLevel(key: string): CallLevel {
    return this.#levels.get(key) ?? callLevels[0];
  }

  setCallLevel(key: string, level: CallLevel): void {
    this.#levels.set(key, level);
  }

  /** Hides what a user says, or shows it again; tells which. */
  toggleIgnored(uid: Uid, user: string): boolean {
    if (this.#ignored.delete(uid)) return false;
    this.#ignored.set(uid, user);
    return true;
  }

  /** The lines for a change. `now` is in milliseconds since 1970. */
  take(change: ChatChange, view: View, now: number): Shown {
    switch (change.is) {
      case "status":
        return { lines: this.#status(change.status, view, now), calls: false };
      case "new_server":
        this.#forget();
        return {
          lines: [rule("Another server, or an empty one, answers now", view)],
          calls: false,
        };
      case "event":
      case "changed":
        return this.#event(change, view);
      case "gap":
        return { lines: this.#gap(change, view), calls: false };
      case "failed":
        return { lines: failed(change, view, now), calls: true };
      case "passing":
        if (change.event.t === "stalled") {
          return { lines: this.#stalled(change.event.on, view, now), calls: false };
        }
        return { lines: renderPassing(change.event, now, view), calls: false };
      case "ended":
        this.#entered.delete(change.conversation.key);
        return { lines: left(change, view, now), calls: false };
      case "begun":
      case "delivered":
        return nothing;
      default:
        change satisfies never;
        return nothing;
    }
  }

  /** The lines on turning to a conversation: what it is and, the first time, its newest messages. */
  enter(conversation: ConversationView, view: View, now: number): string[] {
    const topic = printableLine(conversation.topic);
    const title = topic === "" ? placeName(conversation) : `${placeName(conversation)} · ${topic}`;
    const heading = rule(title, view);
    const shown = this.#entered.get(conversation.key);
    const events = conversation.messages
      .filter((event) => !this.#isHidden(event) && (shown === undefined || event.seq > shown))
      .slice(-this.#entryLines);
    // Today needs no line of its own: only what is older says when it was.
    this.#day = dayOf(now);
    const lines = events.flatMap((event) => this.#draw(event, view, aboutOf(event, conversation)));
    this.#entered.set(conversation.key, Math.max(shown ?? 0, events.at(-1)?.seq ?? 0));
    return [heading, ...lines];
  }

  /** Events as they were asked for, with their numbers and days. */
  list(
    events: readonly StoredEvent[],
    conversation: Pick<ConversationView, "messages"> | undefined,
    view: View,
  ): string[] {
    let day: string | undefined;
    const lines = events.flatMap((event) => {
      const how = { ...aboutOf(event, conversation), numbered: true };
      const drawn = renderStored(event, view, how);
      if (dayOf(event.at) === day) return drawn;
      day = dayOf(event.at);
      return [dayLine(event.at, view), ...drawn];
    });
    this.#day = undefined;
    return lines;
  }

  #event(change: Extract<ChatChange, { is: "event" | "changed" }>, view: View): Shown {
    const { conversation, event, own, live } = change;
    const { key } = conversation;
    const shown = this.#entered.get(key);
    const missed = this.#countMissed(key, own);
    if (change.is === "event" && shown !== undefined && event.seq <= shown) return nothing;
    // History of what nobody has looked at waits until they do.
    if (!live && !missed && shown === undefined) return nothing;
    if (shown !== undefined && change.is === "event") this.#entered.set(key, event.seq);
    if (this.#isHidden(event) || isBeside(change, view)) return nothing;
    // That the room has ended says it.
    const isOut = event.t === "left" || event.t === "kicked";
    if (isOut && own && live && conversation.with === undefined) return nothing;
    const isNew = live || missed;
    const mentions = change.is === "event" && change.mentions;
    const how = { ...aboutOf(event, conversation, change), mentions };
    const called = isNew && isCalling({ event, own, mentions }, this.callLevel(key));
    return { lines: this.#draw(event, view, how), calls: called };
  }

  /** Whether the event is one of those that a gap announced. */
  #countMissed(key: string, own: boolean): boolean {
    const left = this.#missed.get(key);
    if (left === undefined) return false;
    if (own) return true;
    if (left > 1) this.#missed.set(key, left - 1);
    else this.#missed.delete(key);
    return true;
  }

  #gap(change: Extract<ChatChange, { is: "gap" }>, view: View): string[] {
    const { conversation, missed, lost } = change;
    if (missed > 0) this.#missed.set(conversation.key, missed);
    const place = isSamePlace(conversation, view.here) ? "" : ` in ${placeName(conversation)}`;
    const gone = lost > 0 ? [rule(`${lost} older ones${place} are no longer kept`, view)] : [];
    return missed > 0 ? [...gone, rule(`${missed} missed${place}`, view)] : gone;
  }

  #status(status: Extract<ChatChange, { is: "status" }>["status"], view: View, now: number) {
    if (status.is === "online") {
      const again = this.#lost;
      this.#wasOnline = true;
      this.#lost = false;
      const lines = again ? notice(now, "Connected again", view) : [];
      return [...lines, ...this.#stalled(status.isStalled, view, now)];
    }
    if (status.is !== "waiting" || this.#lost) return [];
    this.#lost = true;
    if (this.#wasOnline) {
      return trouble(
        now,
        "Connection lost: trying again until it is back; /reconnect tries now",
        view,
      );
    }
    const reason = `${printableLine(status.reason)}; trying until it answers, Ctrl+C stops`;
    return trouble(now, reason, view);
  }

  /** Said once, also where the next connection is to a server that is no better off. */
  #stalled(isStalled: boolean, view: View, now: number): string[] {
    if (isStalled === this.#isStalled) return [];
    this.#isStalled = isStalled;
    return (isStalled ? trouble : notice)(now, stalledText(isStalled), view);
  }

  #draw(event: StoredEvent, view: View, how: Circumstances): string[] {
    const lines = renderStored(event, view, how);
    if (lines.length === 0 || dayOf(event.at) === this.#day) return lines;
    this.#day = dayOf(event.at);
    return [dayLine(event.at, view), ...lines];
  }

  #isHidden(event: StoredEvent): boolean {
    return this.#ignored.has(event.uid);
  }

  #forget(): void {
    this.#entered.clear();
    this.#missed.clear();
    this.#day = undefined;
  }
}

/** Edits and signs in other conversations are no news, but for those on one's own messages. */
function isBeside(change: Extract<ChatChange, { is: "event" | "changed" }>, view: View): boolean {
  if (change.is === "event" || isSamePlace(change.conversation, view.here)) return false;
  return change.message === undefined || change.message.uid !== view.me.uid;
}

/** What an event quotes, reacts to or takes back, where it is known. */
function aboutOf(
  event: StoredEvent,
  conversation: Pick<ConversationView, "messages"> | undefined,
  change?: ChatChange,
): Circumstances {
  if (change?.is === "changed" && change.message !== undefined) return { about: change.message };
  if (event.t === "removed" || event.t === "declined" || event.t === "taken") {
    const about = conversation?.messages.findLast((message) =>
      message.t === "shared" && message.file.file === event.file
    );
    return about === undefined ? {} : { about };
  }
  const seq = event.t === "said" ? event.quote : "target" in event ? event.target : undefined;
  const about = seq === undefined
    ? undefined
    : conversation?.messages.find((message) => message.seq === seq);
  return about === undefined ? {} : { about };
}

function left(change: Extract<ChatChange, { is: "ended" }>, view: View, now: number): string[] {
  const place = placeName(change.conversation);
  if (change.error === undefined) return notice(now, `You left ${place}`, view);
  return trouble(
    now,
    `You are no longer in ${place}: ${printableLine(change.error.message)}`,
    view,
  );
}

function failed(
  change: Extract<ChatChange, { is: "failed" }>,
  view: View,
  now: number,
): string[] {
  const text = shorten(printableLine(change.text), 40);
  const reason = printableLine(change.error.message);
  return trouble(now, `Not sent: “${text}” (${clockTime(now)}): ${reason}`, view);
}
