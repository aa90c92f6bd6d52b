/** Tells this user of what calls them while they look elsewhere. */

import { effect, type Signal } from "@preact/signals";
import type { CallLevel } from "../../lib/client/call_levels.ts";
import { isCalling } from "../../lib/client/calling.ts";
import type { ChatChange, ConversationView } from "../../lib/client/state.ts";
import type { Clock, Stop } from "../../lib/clock.ts";
import type { StoredEvent } from "../../lib/events.ts";
import type { AlertPlace } from "./alert_place.ts";
import { keepLevels, type Levels, marksOf, readLevels } from "./alert_rules.ts";
import { alertText, missedText } from "./alert_text.ts";
import type { Browser } from "../browser.ts";
import type { Going } from "../going.ts";
import type { Keep } from "../offline/keep.ts";
import type { Key, Notifying } from "../model.ts";
import type { Notices } from "../notices.ts";
import { hashOf, routeOf } from "../routes.ts";
import type { SettingsKept } from "../settings.ts";
import { type Channel, Tabs } from "../tabs.ts";
import type { Talking } from "../talking.ts";
import { titleOf } from "../title.ts";

/** What views see of it; there before it is loaded. */
export interface AlertSignals {
  readonly levels: Signal<Levels>;
  readonly notifying: Signal<Notifying>;
}

/** What {@linkcode Alerts} is made with. */
export interface AlertsOptions {
  readonly place: AlertPlace;
  readonly told: AlertSignals;
  readonly talking: Talking;
  readonly going: Going;
  readonly settings: SettingsKept;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly browser: Browser;
  readonly keep: Keep;
  readonly tabKeep: Keep;
  /** Reaches the other tabs, and nothing else of this one. */
  readonly channel: Channel;
}

/** What was missed comes in one go: it is over when nothing more came for so long. */
const missedMs = 1_000;
const offeredName = "offered";

/** A notification that is open. */
interface Open {
  readonly key: Key;
  /** Of the newest message on it. */
  seq: number;
  count: number;
  close(): void;
}

interface Due {
  readonly conversation: ConversationView;
  readonly event: StoredEvent;
}

/** The alerts of one page. Of several tabs one speaks. */
export class Alerts {
  readonly #options: AlertsOptions;
  readonly #tabs: Tabs;
  readonly #open = new Map<Key, Open>();
  /** Messages that were missed and are still to come, by conversation. */
  readonly #coming = new Map<Key, number>();
  #due: Due[] = [];
  #missed: Due[] = [];
  #isAsking = false;
  #server: string | undefined;
  #closeMissed: (() => void) | undefined;
  #stopMissed: Stop = () => {};
  readonly #stops: readonly Stop[];

  constructor(options: AlertsOptions) {
    this.#options = options;
    const { channel, tabKeep, clock, browser, talking, told, settings } = options;
    this.#tabs = new Tabs({ channel, clock, keep: tabKeep, says: () => this.#looksAt() });
    this.#look();
    options.place.onTurned((hash) => {
      const route = routeOf(hash);
      if (route) options.going.go(route);
    });
    this.#stops = [
      browser.onSeen(() => this.#look()),
      effect(() => this.#known(talking.server.value?.id)),
      effect(() => {
        const marks = marksOf(talking.rows.value, told.levels.value, settings.now.value.notify);
        browser.setTitle(titleOf(marks.unread, talking.here.value));
        options.place.mark(marks);
        this.#sweep();
      }),
    ];
  }

  /** Something has changed in the chat. */
  take(change: ChatChange): void {
    switch (change.is) {
      case "gap":
        this.#coming.set(
          change.conversation.key,
          (this.#coming.get(change.conversation.key) ?? 0) + change.missed,
        );
        return;
      case "event":
      case "changed": {
        const wasMissed = !change.live && this.#wasMissed(change);
        if (change.is === "event" && (change.live || wasMissed)) this.#happened(change, wasMissed);
        return;
      }
      case "passing":
        return this.#sweep();
      case "ended":
        return this.#close(change.conversation.key);
      case "new_server":
        this.#coming.clear();
        return this.#closeAll();
      default:
        return;
    }
  }

  /** Chooses for a conversation; without a level it goes by the choice for all. */
  setLevel(key: Key, level: CallLevel | undefined): void {
    const { told, keep } = this.#options;
    const levels = new Map(told.levels.peek());
    if (level === undefined) levels.delete(key);
    else levels.set(key, level);
    told.levels.value = levels;
    if (this.#server !== undefined) keepLevels(keep, this.#server, levels);
  }

  /** Has the browser ask whether there may be notifications; only while its user does something. */
  async allow(): Promise<void> {
    const { place } = this.#options;
    if (place.notifying === "asks") await place.ask();
    this.#look();
  }

  /** The page is closed. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#stopMissed();
    this.#closeAll();
    const { browser, place } = this.#options;
    browser.setTitle(titleOf(0, undefined));
    place.mark({ unread: 0, calling: 0 });
  }

  #levelOf(key: Key): CallLevel {
    const { told, settings } = this.#options;
    return told.levels.peek().get(key) ?? settings.now.peek().notify;
  }

  #known(server: string | undefined): void {
    const { keep, told } = this.#options;
    if (server === undefined || server === this.#server) return;
    this.#server = server;
    told.levels.value = readLevels(keep, server);
  }

  #look(): void {
    // It may have been allowed, or forbidden, beside the page.
    this.#options.told.notifying.value = this.#options.place.notifying;
    this.#sweep();
  }

  /** The conversation that is looked at in this tab. */
  #looksAt(): Key | undefined {
    const { talking, browser } = this.#options;
    return browser.isSeen() && talking.isLooking ? talking.inFront?.key : undefined;
  }

  #wasMissed({ conversation: { key }, own }: { conversation: ConversationView; own: boolean }) {
    const left = this.#coming.get(key);
    if (left === undefined) return false;
    if (own) return true;
    if (left > 1) this.#coming.set(key, left - 1);
    else this.#coming.delete(key);
    return true;
  }

  #happened(change: Extract<ChatChange, { is: "event" }>, wasMissed: boolean): void {
    const { talking, settings, clock } = this.#options;
    const { conversation, event } = change;
    if (!isCalling(change, this.#levelOf(conversation.key))) return;
    if (settings.now.peek().quiet === "on" || talking.ignored.peek().has(event.uid)) return;
    if (!wasMissed) {
      this.#due.push({ conversation, event });
      return void this.#speak();
    }
    this.#missed.push({ conversation, event });
    this.#stopMissed();
    this.#stopMissed = clock.after(missedMs, () => void this.#speak());
  }

  /** Tells of what is due, unless another tab does. */
  async #speak(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const others = await this.#tabs.others();
    this.#isAsking = false;
    const isOurs = ({ conversation, event }: Due): boolean =>
      conversation.readSeq < event.seq && !others.values().some((key) => key === conversation.key);
    const due = this.#due.filter(isOurs);
    this.#due = [];
    // Whoever is at the page sees it beside the conversations.
    const missed = this.#options.browser.isSeen() ? [] : this.#missed.filter(isOurs);
    this.#missed = [];
    // Each tab is told the same, and the first by name speaks.
    if (others.keys().some((id) => id < this.#tabs.id)) return;
    if (due.length + missed.length === 0) return;
    if (due.length > 0) this.#offer();
    if (this.#options.place.notifying === "shows") {
      for (const each of missed.length === 1 ? [...missed, ...due] : due) this.#show(each);
      if (missed.length > 1) this.#showMissed(missed);
    }
    if (this.#options.settings.now.peek().sound === "on") this.#options.place.sound();
  }

  #show({ conversation: { key }, event }: Due): void {
    const { place, going } = this.#options;
    const before = this.#open.get(key);
    const count = (before?.count ?? 0) + 1;
    const { seq } = event;
    const route = { is: "chat", key, seq } as const;
    const alert = { ...alertText(event, count), tag: this.#tag(key), hash: hashOf(route) };
    const close = place.show(alert, () => going.go(route));
    this.#open.set(key, { key, seq, count, close });
  }

  #showMissed(missed: readonly Due[]): void {
    const { place, going } = this.#options;
    const counts = new Map<string, number>();
    for (const { conversation: { room } } of missed) counts.set(room, (counts.get(room) ?? 0) + 1);
    const route = { is: "chat", key: missed[0].conversation.key } as const;
    const alert = { ...missedText(counts), tag: this.#tag("missed"), hash: hashOf(route) };
    this.#closeMissed = place.show(alert, () => going.go(route));
  }

  #tag(about: string): string {
    return `${this.#server ?? ""} ${about}`;
  }

  /** After the first message that calls: never when the page opens. */
  #offer(): void {
    const { place, keep, notices } = this.#options;
    if (place.notifying !== "asks" || keep.get(offeredName) !== undefined) return;
    keep.set(offeredName, "1");
    const text = "This page can tell you of messages that name you while you look elsewhere";
    const notice = notices.offer(text, {
      label: "Allow notifications",
      accept: () => {
        notices.dismiss(notice);
        void this.allow();
      },
    });
  }

  /** Takes away what was read, here or on another device. */
  #sweep(): void {
    const { conversations } = this.#options.talking.chat.state;
    for (const { key, seq } of [...this.#open.values()]) {
      if ((conversations.get(key)?.readSeq ?? seq) >= seq) this.#close(key);
    }
    if (this.#options.browser.isSeen()) this.#closeMissed?.();
  }

  #close(key: Key): void {
    this.#open.get(key)?.close();
    this.#open.delete(key);
  }

  #closeAll(): void {
    for (const key of [...this.#open.keys()]) this.#close(key);
    this.#closeMissed?.();
  }
}
