/** The page of one user: one {@linkcode Model}, made of its parts. */

import { signal } from "@preact/signals";
import type { Dial } from "../lib/client/link.ts";
import { type Clock, every } from "../lib/clock.ts";
import type { ChatError } from "../lib/errors.ts";
import { lobby } from "../lib/names.ts";
import type { ActStage } from "./acting.ts";
import type { Browser } from "./browser.ts";
import { EmojiNames, type EmojiTable } from "./emoji_names.ts";
import { fileActions } from "./file_actions.ts";
import type { FileShelf } from "./file_shelf.ts";
import { Filing, type FilingOptions, type Tab } from "./filing.ts";
import { Finding } from "./finding.ts";
import { Going } from "./going.ts";
import type { Keep } from "./keep.ts";
import { type Ask, Links } from "./links.ts";
import { forgetLogin, keepLogin, type Login } from "./login.ts";
import type { Model } from "./model.ts";
import { Notices } from "./notices.ts";
import { sayingOn } from "./saying.ts";
import { Talking } from "./talking.ts";

/** What a page is made with. */
export interface PageOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  random(): number;
  readonly loadUploading: FilingOptions["loadUploading"];
  readonly browser: Browser;
  readonly keep: Keep;
  readonly tab: Tab;
  readonly shelf: FileShelf;
  readonly ask: Ask;
  emojiTable(): Promise<EmojiTable>;
  /** Who one is: the login of an earlier visit, or a name. */
  readonly as: Login | { readonly user: string };
  /** The server doesn't let this user in, or, without an error, they have left. */
  onOver(error?: ChatError): void;
}

/** A page that is open. */
export interface Page {
  readonly model: Model;
  /** Ends all connections. */
  close(): Promise<void>;
}

const agent = "parley page";

/** Opens the page, which begins to connect. */
export function openPage(options: PageOptions): Page {
  const { dial, clock, keep, browser, as, tab, shelf, ask } = options;
  const nextFrame = (draw: () => void) => browser.nextFrame(draw);
  const random = () => options.random();
  const notices = new Notices(clock);
  let login: Login | undefined;
  const talking = new Talking({
    ...{ dial, clock, keep, notices, random, nextFrame },
    hello: { v: 1, user: as.user, agent, ..."token" in as && { token: as.token } },
    onOnline(hello) {
      login = hello;
      keepLogin(keep, hello);
      void links.open(hello.token);
      void filing.online(hello);
      going.known();
    },
    onEvent(event, own) {
      finding.take(event);
      filing.take(event, own);
    },
    onNowhere: () => going.go({ is: "chat", key: lobby }),
    onEnded: (error) => options.onOver(error),
  });
  const { chat } = talking;
  const links = new Links(ask);
  const going = new Going({ talking, browser, keep, notices });
  const finding = new Finding({ chat, notices });
  const filing = new Filing({
    ...{ chat, dial, clock, keep, notices, tab, shelf, random, nextFrame },
    loadUploading: () => options.loadUploading(),
    hello: () => login && { v: 1, user: login.user, token: login.token, agent },
  });
  const now = signal(clock.now());
  const stopTicking = every(clock, 1000, () => now.value = clock.now());

  async function close(): Promise<void> {
    stopTicking();
    await filing.close();
    await talking.close();
  }

  function signOut(): void {
    forgetLogin(keep);
    void links.close();
    void close();
    options.onOver();
  }

  const files = fileActions({ talking, filing, links, browser, notices });
  const stage: ActStage = {
    ...{ talking, finding, filing, notices },
    model: { ...files, signOut },
    emoji: new EmojiNames(() => options.emojiTable()),
    go: (route) => going.go(route),
    now: () => clock.now(),
  };
  const { status, me, server, limits, rows, here, users, ignored, drafts, quotes } = talking;
  const { transfers, resting, asked } = filing;
  const { search, library, roomList } = finding;
  const model: Model = {
    ...{ status, me, server, limits, now, rows, here, users, ignored },
    ...{ transfers, resting, asked, search, library, roomList },
    notices: notices.list,
    draft: drafts.here,
    hasLinks: links.ready,
    quoted: (seq) => quotes.of(seq),
    ...going.model,
    older: () => talking.older(),
    around: (event) => finding.around(event),
    ...sayingOn(stage),
    find: (text, key) => void finding.find(text, key),
    searchMore: () => void finding.searchMore(),
    loadLibrary: () => void finding.loadLibrary(),
    loadRooms: () => void finding.loadRooms(),
    ...files,
    dismiss: (notice) => notices.dismiss(notice),
    reconnect: () => chat.reconnect(),
    signOut,
  };
  going.start();
  chat.start();
  return { model, close };
}
