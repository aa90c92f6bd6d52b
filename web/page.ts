/** The page of one user: one {@linkcode Model}, made of its parts. */

import { signal } from "@preact/signals";
import type { Dial } from "../lib/client/link.ts";
import { type Clock, every } from "../lib/clock.ts";
import type { ChatError } from "../lib/errors.ts";
import { lobby } from "../lib/names.ts";
import type { Command } from "../lib/protocol.ts";
import type { ActStage } from "./acting.ts";
import type { AlertPlace } from "./alerts/alert_place.ts";
import type { Alerts, AlertSignals } from "./alerts/alerts.ts";
import type { Behind } from "./behind.ts";
import type { Browser } from "./browser.ts";
import { EmojiNames, type EmojiTable } from "./emoji_names.ts";
import { fileActions } from "./file_actions.ts";
import { Filing, type FilingOptions, type Tab } from "./filing.ts";
import type { Finding, Found } from "./finding.ts";
import { Going } from "./going.ts";
import type { Keep } from "./offline/keep.ts";
import { type Ask, Links } from "./links.ts";
import { type Comer, forgetUser, keepLogin, type Login, readLogin } from "./login.ts";
import type { Library, Model, RoomList, Search } from "./model.ts";
import { Notices } from "./notices.ts";
import type { Offline, OfflinePlace } from "./offline/offline.ts";
import { sayingOn } from "./saying.ts";
import type { SettingsKept } from "./settings.ts";
import { Talking } from "./talking.ts";

/** What a page is made with. */
export interface PageOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  random(): number;
  /**
   * What is loaded behind the first drawing.
   *
   * @throws {ChatError} where it can't be had now.
   */
  behind(): Promise<Behind>;
  /** What the browser has for a page without a network. */
  offline(loaded: Behind): OfflinePlace;
  /** What the browser has to tell somebody who looks elsewhere. */
  alerts(loaded: Behind): AlertPlace;
  readonly browser: Browser;
  readonly keep: Keep;
  readonly settings: SettingsKept;
  readonly tab: Tab;
  readonly shelf: FilingOptions["shelf"];
  readonly ask: Ask;
  emojiTable(): Promise<EmojiTable>;
  /** Who one is: somebody new, or with the login of an earlier visit. */
  readonly as: Comer & Partial<Login>;
  /** The server doesn't let this user in, or, without an error, they have left. */
  onOver(error?: ChatError): void;
}

/** A page that is open. */
export interface Page {
  readonly model: Model;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Opens the page, which begins to connect. */
export function openPage(options: PageOptions): Page {
  const { dial, clock, keep, settings, browser, as, tab, shelf, ask } = options;
  const { agent } = browser;
  const nextFrame = (draw: () => void) => browser.nextFrame(draw);
  const random = () => options.random();
  const notices = new Notices(clock);
  let login: Login | undefined;
  const talking = new Talking({
    ...{ dial, clock, keep, notices, random, nextFrame },
    hello: { ...helloAs(as), agent },
    onOnline(hello) {
      login = hello;
      keepLogin(keep, hello);
      void links.open(hello.token);
      void filing.online(hello);
      going.known();
      if (hello.invited !== undefined) going.model.open(hello.invited);
      void withOffline((offline) => offline.online());
    },
    onEvent(event, own) {
      finding?.then((loaded) => loaded.take(event), () => {});
      filing.take(event, own);
    },
    // What comes before they are loaded waits for them.
    onChange: (change) => alerts ? alerts.take(change) : withAlerts((late) => late.take(change)),
    onNowhere: () => going.go({ is: "chat", key: lobby }),
    // Whoever was thrown out has nothing here any more, as if they had left.
    onEnded: (error) => error.code === "revoked" ? forget(error) : options.onOver(error),
  });
  const { chat } = talking;
  const links = new Links(ask);
  const going = new Going({ talking, browser, keep, notices });
  const found = newFound();
  let finding: Promise<Finding> | undefined;
  let loaded: Behind | undefined;
  const hello = () => login && { v: 1, user: login.user, token: login.token, agent } as const;
  options.behind().then((all) => {
    loaded = all;
    all.watchStalls({ talking, dial, clock, random, notices, hello });
  }, () => {});
  const filing = new Filing({
    ...{ chat, dial, clock, keep, notices, tab, shelf, random, nextFrame },
    behind: () => options.behind(),
    hello,
  });
  const offline = options.behind().then((loaded) =>
    new loaded.Offline({
      ...{ talking, going, filing, notices, clock, browser, keep, tabKeep: tab.keep },
      place: options.offline(loaded),
      files: shelf(loaded.databaseShelf),
    })
  );
  /** Where that can't be loaded the page goes on, and only doesn't outlive its network. */
  const withOffline = (work: (offline: Offline) => Promise<void>): Promise<void> =>
    offline.then(work, () => {});
  let alerts: Alerts | undefined;
  const told: AlertSignals = { levels: signal(new Map()), notifying: signal("unable") };
  const alerting = options.behind().then((loaded) => {
    const place = options.alerts(loaded);
    const parts = { talking, going, settings, notices, clock, browser, keep, tabKeep: tab.keep };
    alerts = new loaded.Alerts({ ...parts, place, told, channel: tab.channel("alerts") });
    return alerts;
  });
  const withAlerts = (work: (alerts: Alerts) => unknown) => void alerting.then(work, () => {});
  const now = signal(clock.now());
  const stopTicking = every(clock, 1000, () => now.value = clock.now());

  async function close(): Promise<void> {
    stopTicking();
    going.close();
    withAlerts((alerts) => alerts.close());
    const kept = withOffline((offline) => offline.close());
    await filing.close();
    await talking.close();
    await kept;
  }

  function signOut(all = false): void {
    // Without a connection the login ends by itself some day.
    chat.send("logout", { all }).catch(() => {});
    forget();
  }

  function forget(error?: ChatError): void {
    forgetUser(keep);
    void withOffline((offline) => offline.forget());
    void links.close();
    // What is under way is kept while it is given up.
    void close().then(() => readLogin(keep) ?? forgetUser(keep));
    options.onOver(error);
  }

  /** Looks for something, with what is loaded for that the first time. */
  function look(work: (finding: Finding) => unknown): void {
    finding ??= options.behind().then(({ Finding }) => new Finding({ chat, notices, found }));
    finding.catch(() => finding = undefined);
    void notices.attempt(finding.then(work));
  }

  const files = fileActions({
    ...{ talking, filing, links, browser, notices },
    loaded: () => loaded,
    isChat: () => going.route.peek().is === "chat",
  });
  const alertActions: Pick<Model, "levels" | "notifying" | "setLevel" | "allowNotifications"> = {
    ...told,
    setLevel: (key, level) => withAlerts((alerts) => alerts.setLevel(key, level)),
    allowNotifications: () => withAlerts((alerts) => alerts.allow()),
  };
  const stage: ActStage = {
    ...{ talking, filing, notices, settings },
    look,
    behind: () => options.behind(),
    model: { ...files, ...alertActions, signOut },
    emoji: new EmojiNames(() => options.emojiTable()),
    go: (route) => going.go(route),
    now: () => clock.now(),
  };
  const { status, me, server, limits, rows, here, users, ignored, drafts, quotes } = talking;
  const { transfers, resting, asked } = filing;
  const model: Model = {
    ...{ status, me, server, limits, now, rows, here, users, ignored },
    ...{ transfers, resting, asked },
    ...found,
    ...alertActions,
    notices: notices.list,
    settings: settings.now,
    set: (name, value) => settings.set(name, value),
    draft: drafts.here,
    hasLinks: links.ready,
    quoted: (seq, key) => quotes.of(seq, key),
    ...going.model,
    older: () => talking.older(),
    around: (event) =>
      new Promise((resolve) => look(async (finding) => resolve(await finding.around(event)))),
    ...sayingOn(stage),
    find: (text, key) => look((finding) => finding.find(text, key)),
    searchMore: () => look((finding) => finding.searchMore()),
    loadLibrary: () => look((finding) => finding.loadLibrary()),
    loadRooms: () => look((finding) => finding.loadRooms()),
    ...files,
    dismiss: (notice) => notices.dismiss(notice),
    reconnect: () => chat.reconnect(),
    signOut,
    register: (password) => chat.register(password),
    send: (name, fields) => chat.send(name, fields),
  };
  going.start();
  void withOffline((offline) => offline.restore());
  chat.start();
  return { model, close };
}

function helloAs({ user, token, password, invite }: Comer & Partial<Login>): Command<"hello"> {
  return { v: 1, user, ...{ token, password, invite } };
}

function newFound(): Found {
  return {
    search: signal<Search>({ text: "", hits: [], more: false, isBusy: false }),
    library: signal<Library>({ files: [], isBusy: false }),
    roomList: signal<RoomList>({ rooms: [], isBusy: false }),
  };
}
