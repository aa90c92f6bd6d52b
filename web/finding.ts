/** What was looked for: messages, files, rooms. */

import type { Signal } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import { listFiles } from "../lib/client/file_list.ts";
import { decodeStored } from "../lib/wire/decode.ts";
import { placeOf, sharedFile, type StoredEvent } from "../lib/events.ts";
import type { Command } from "../lib/protocol.ts";
import type { Key, Library, RoomList, Search } from "./model.ts";
import type { Notices } from "./notices.ts";

/** What was found, as views are given it. */
export interface Found {
  readonly search: Signal<Search>;
  readonly library: Signal<Library>;
  readonly roomList: Signal<RoomList>;
}

/** What {@linkcode Finding} needs. */
export interface FindingOptions {
  readonly chat: Chat;
  readonly notices: Notices;
  readonly found: Found;
}

const filesMax = 2000;
/** Messages shown before and behind a hit. */
const aroundLines = 6;

/** Searches, the library and the list of rooms. */
export class Finding {
  readonly #chat: Chat;
  readonly #notices: Notices;
  readonly #found: Found;
  #cursor: string | undefined;
  #hasFiles = false;

  constructor({ chat, notices, found }: FindingOptions) {
    this.#chat = chat;
    this.#notices = notices;
    this.#found = found;
  }

  async find(text: string, key?: Key): Promise<void> {
    this.#cursor = undefined;
    const wanted = text.trim();
    const about = { text: wanted, ...key !== undefined && { key } };
    this.#found.search.value = { ...about, hits: [], more: false, isBusy: wanted !== "" };
    if (wanted !== "") await this.#look(this.#found.search.peek());
  }

  async searchMore(): Promise<void> {
    const search = this.#found.search.peek();
    if (!search.more || search.isBusy) return;
    const busy = { ...search, isBusy: true };
    this.#found.search.value = busy;
    await this.#look(busy);
  }

  async around(event: StoredEvent): Promise<readonly StoredEvent[]> {
    const place = placeOf(event);
    const before = event.seq + aroundLines + 1;
    const limit = aroundLines * 2 + 1;
    try {
      const { events } = await this.#chat.send("history", { ...place, before, limit });
      return events.flatMap((each) => decodeStored({ ...each, ...place }) ?? []);
    } catch (error) {
      this.#notices.complain(error);
      return [event];
    }
  }

  async loadLibrary(): Promise<void> {
    this.#found.library.value = { ...this.#found.library.peek(), isBusy: true };
    let files = this.#found.library.peek().files;
    await this.#notices.attempt(async () => {
      files = await listFiles(this.#chat, undefined, filesMax);
      this.#hasFiles = true;
    });
    this.#found.library.value = { files, isBusy: false };
  }

  async loadRooms(): Promise<void> {
    this.#found.roomList.value = { ...this.#found.roomList.peek(), isBusy: true };
    let { rooms } = this.#found.roomList.peek();
    await this.#notices.attempt(async () => rooms = await this.#chat.rooms());
    this.#found.roomList.value = { rooms, isBusy: false };
  }

  /** What happened keeps the library as it is, once it was read. */
  take(event: StoredEvent): void {
    if (!this.#hasFiles) return;
    const library = this.#found.library.peek();
    if (event.t === "shared") {
      const file = sharedFile(event);
      const others = library.files.filter((each) => each.file !== file.file);
      this.#found.library.value = { ...library, files: [file, ...others] };
    } else if (event.t === "removed" || event.t === "declined") {
      const files = library.files.filter(({ file }) => file !== event.file);
      if (files.length < library.files.length) this.#found.library.value = { ...library, files };
    }
  }

  async #look(search: Search): Promise<void> {
    const { hits: before } = search;
    let found: Partial<Search> = {};
    await this.#notices.attempt(async () => {
      const { hits, cursor } = await this.#chat.search(this.#query(search));
      found = { hits: [...before, ...hits], more: cursor !== undefined };
      // Looked for something else meanwhile.
      if (this.#found.search.peek() === search) this.#cursor = cursor;
    });
    if (this.#found.search.peek() === search) {
      this.#found.search.value = { ...search, ...found, isBusy: false };
    }
  }

  #query({ text, key }: Search): Command<"search"> {
    const conversation = key === undefined ? undefined : this.#chat.state.conversations.get(key);
    const cursor = this.#cursor;
    return {
      text,
      ...conversation && placeOf(conversation),
      ...cursor !== undefined && { before: cursor },
    };
  }
}
