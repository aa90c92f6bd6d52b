/** Pages without a browser around the real core in memory: what a window has is made up here. */

import { effect } from "@preact/signals";
import { deadline } from "@std/async/deadline";
import { type Fault, openMemory } from "../../lib/backend/memory.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { type Connection, streamConnection } from "../../lib/wire/connection.ts";
import { Core } from "../../lib/core.ts";
import type { ChatError } from "../../lib/errors.ts";
import { defaultBounds, limits } from "../../lib/limits.ts";
import { silentJournal } from "../../lib/log.ts";
import { serve } from "../../lib/peer/session.ts";
import { streamPair } from "../../lib/wire/stream_pair.ts";
import { systemClock } from "../../lib/system_clock.ts";
import type { Browser } from "../../web/browser.ts";
import type { PageHost } from "../../web/offline/newer.ts";
import type { ChatShelf, ChatShelfChange } from "../../web/offline/offline_shelf.ts";
import type { FileShelf, KeptFile } from "../../web/file_shelf.ts";
import { type Keep, memoryKeep } from "../../web/offline/keep.ts";
import { readLogin } from "../../web/login.ts";
import type { Model } from "../../web/model.ts";
import { openPage, type Page } from "../../web/page.ts";
import { SettingsKept } from "../../web/settings.ts";
import type { Channel } from "../../web/tabs.ts";
import { MemoryAlerts } from "./memory_alerts.ts";
import { barrierMs } from "../helpers/patience.ts";
import { quickPasswords } from "../helpers/quick_passwords.ts";

const clock = systemClock();

/** One server, which can be away, and windows that show its page. */
export class PageWorld implements AsyncDisposable {
  /** What goes wrong next in the backend. */
  readonly faults: Fault[] = [];
  readonly backend = openMemory({ faults: this.faults });
  readonly blobs = new MemoryBlobs();
  core: Core | undefined;
  /** Bytes that one side of a connection may have on their way; few hold an upload back. */
  pipeBytes = 1024 * 1024;
  readonly #windows: Window[] = [];
  readonly #cuts = new Set<() => void>();
  readonly #sessions: Promise<void>[] = [];

  static async start(): Promise<PageWorld> {
    const world = new PageWorld();
    await world.restart();
    return world;
  }

  /** The server is there again. */
  async restart(): Promise<void> {
    this.core = await Core.start({
      backend: this.backend,
      blobs: this.blobs,
      bounds: { ...defaultBounds, flood: false },
      clock,
      journal: silentJournal(),
      name: "Test",
      version: "0",
      passwords: quickPasswords,
    });
  }

  /** The server is gone; nobody is told. */
  async crash(): Promise<void> {
    const { core } = this;
    this.core = undefined;
    for (const cut of [...this.#cuts]) cut();
    await core?.close("crashed");
    await Promise.all(this.#sessions.splice(0));
  }

  /** A window of a browser that was never here. */
  window(user: string, keep?: Keep): Window {
    const window = new Window(this, user, keep);
    this.#windows.push(window);
    return window;
  }

  /** The same with its page open, and somebody in the lobby. */
  async visit(user: string): Promise<Window> {
    const window = this.window(user);
    window.open();
    await window.until((model) => model.here.value !== undefined);
    return window;
  }

  dial(): Promise<Connection> {
    const { core } = this;
    if (core === undefined) return Promise.reject(new Error("The server can't be reached"));
    const [client, server] = streamPair(this.pipeBytes);
    const connection = streamConnection(server, {
      remote: "127.0.0.1",
      bounds: { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false },
      now: () => clock.now(),
    });
    const cut = () => client.close();
    this.#cuts.add(cut);
    this.#sessions.push(serve(core, connection).finally(() => this.#cuts.delete(cut)));
    const bounds = { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => true };
    return Promise.resolve(
      streamConnection(client, { remote: "server", bounds, now: () => clock.now() }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#windows.map((window) => window.close()));
    await this.core?.close("the test is over");
    await Promise.all(this.#sessions);
  }
}

/** A window of one user's browser: what it keeps outlives its page. */
export class Window {
  readonly keep: Keep;
  readonly shelf: MemoryShelf = new MemoryShelf();
  readonly chats: MemoryChats = new MemoryChats();
  /** What the page tells whoever looks elsewhere. */
  readonly alerts: MemoryAlerts = new MemoryAlerts();
  /** The version of the page that is open, and the server's. */
  version: { readonly open: string; readonly served: string } = { open: "1", served: "1" };
  /** How often the page has asked to be loaded anew. */
  reloads = 0;
  /** Why the page has ended; `"left"` where its user has. */
  over: ChatError | "left" | undefined;
  isSeen = true;
  title = "";
  /** What the next dialog of the browser is answered with. */
  chosen: readonly File[] = [];
  /** Addresses that the browser was told to save. */
  readonly saved: string[] = [];
  hash = "";
  /** What reaches the other tabs; here there are none. */
  tabs: (about?: string) => Channel = () => new Silent();
  readonly #world: PageWorld;
  readonly #user: string;
  #session: Keep = memoryKeep();
  #page: Page | undefined;
  #isCut = false;
  readonly #onSeen = new Set<() => void>();

  constructor(world: PageWorld, user: string, keep: Keep = memoryKeep()) {
    this.#world = world;
    this.#user = user;
    this.keep = keep;
  }

  /** Another tab of the same browser. */
  anotherTab(): Window {
    const tab = this.#world.window(this.#user, this.keep);
    tab.tabs = this.tabs;
    return tab;
  }

  /** Loses the connection, and finds none until the function that this returns is called. */
  cutOff(): () => void {
    this.#isCut = true;
    this.model.reconnect();
    return () => {
      this.#isCut = false;
      this.model.reconnect();
    };
  }

  get model(): Model {
    if (this.#page) return this.#page.model;
    throw new Error("The page isn't open");
  }

  open(): void {
    this.over = undefined;
    this.#page = openPage({
      ...{ clock, browser: this.#browser(), keep: this.keep },
      settings: new SettingsKept(this.keep),
      dial: () => this.#isCut ? Promise.reject(new Error("No network")) : this.#world.dial(),
      random: () => 0,
      ask: () => Promise.resolve({ ok: true }),
      emojiTable: () => import("../../lib/client/emoji.ts"),
      shelf: () => this.shelf,
      offline: () => ({
        shelf: this.chats,
        host: this.#host(),
        whenIdle: (run) => run(),
        keepPage: () => {},
      }),
      alerts: () => this.alerts,
      behind: () => import("../../web/behind.ts"),
      tab: { keep: this.#session, channel: (about) => this.tabs(about) },
      as: readLogin(this.keep) ?? { user: this.#user },
      onOver: (error) => this.over = error ?? "left",
    });
  }

  async close(): Promise<void> {
    await this.#page?.close();
    this.#page = undefined;
  }

  /** Closes the page, as a browser does, and opens it again. */
  async reload(): Promise<void> {
    await this.close();
    this.open();
    await this.until((model) => model.here.value !== undefined);
  }

  /** Somebody looks at the window, or away from it. */
  look(isSeen: boolean): void {
    this.isSeen = isSeen;
    for (const changed of [...this.#onSeen]) changed();
  }

  /** Resolves when something holds; views would be drawn again each time that it may. */
  async until(holds: (model: Model) => boolean): Promise<void> {
    let stop = () => {};
    const held = new Promise<void>((resolve) => {
      stop = effect(() => {
        if (holds(this.model)) resolve();
      });
    });
    try {
      await deadline(held, barrierMs);
    } finally {
      stop();
    }
  }

  /** The texts in the conversation in front. */
  get texts(): readonly string[] {
    return textsOf(this.model);
  }

  #host(): PageHost {
    return {
      mark: this.version.open,
      served: () => Promise.resolve(this.version.served),
      update: () => {},
      isBusy: () => false,
      reload: () => void this.reloads++,
    };
  }

  #browser(): Browser {
    return {
      hash: () => this.hash,
      setHash: (hash) => this.hash = hash,
      onHash: () => () => {},
      isSeen: () => this.isSeen,
      onSeen: (changed) => {
        this.#onSeen.add(changed);
        return () => this.#onSeen.delete(changed);
      },
      setTitle: (title) => this.title = title,
      agent: "A browser",
      nextFrame: (draw) => void setTimeout(draw, 0),
      choose: () => Promise.resolve(this.chosen),
      save: (address) => void this.saved.push(address),
    };
  }
}

/** What was said in the conversation in front. */
export function textsOf({ here }: Model): string[] {
  return here.value?.messages.flatMap((event) =>
    event.t === "said" && event.text !== undefined ? [event.text] : []
  ) ?? [];
}

/** What a browser keeps of files. */
export class MemoryShelf implements FileShelf {
  readonly files = new Map<string, KeptFile>();

  put(origin: string, file: KeptFile): Promise<void> {
    this.files.set(origin, file);
    return Promise.resolve();
  }

  get(origin: string): Promise<KeptFile | undefined> {
    return Promise.resolve(this.files.get(origin));
  }

  remove(origin: string): Promise<void> {
    this.files.delete(origin);
    return Promise.resolve();
  }

  sweep(keep: ReadonlySet<string>): Promise<void> {
    for (const origin of [...this.files.keys()]) if (!keep.has(origin)) this.files.delete(origin);
    return Promise.resolve();
  }
}

/** What a browser keeps of the chat. */
export class MemoryChats implements ChatShelf {
  readonly records = new Map<string, unknown>();

  read(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map(this.records));
  }

  write({ isFirst, put, remove }: ChatShelfChange): Promise<boolean> {
    if (isFirst) this.records.clear();
    for (const name of remove) this.records.delete(name);
    // As a database does: a copy, and nothing that can't be copied.
    for (const [name, record] of put) this.records.set(name, structuredClone(record));
    return Promise.resolve(true);
  }
}

/** A channel on which nobody else is. */
class Silent implements Channel {
  onmessage = null;
  postMessage(): void {}
}
