/** The files that are shared: who may see, fetch and remove which, and what becomes of their bytes. */

import type { Conversation } from "../conversation.ts";
import type { Stored } from "../peer/deeds.ts";
import { ChatError } from "../errors.ts";
import { freeFile, pathOf } from "./file_steps.ts";
import type { Blobs, Library, LibraryEntry, Outgoing } from "../file_store.ts";
import { requireRemovable, requireSeen } from "../files.ts";
import { readStill } from "./still.ts";
import { type ConversationId, type FileId, lobby, pairOf } from "../names.ts";
import type { Known } from "../known.ts";
import type { Quota } from "./quota.ts";

/** What a {@linkcode Shelf} needs. */
export interface ShelfOptions {
  readonly library: Library;
  readonly blobs: Blobs;
  readonly quota: Quota;
  /** Whether there may be other nodes, which remove files, too. */
  readonly hasOthers: boolean;
  /** A conversation; `undefined` where nobody knows the other of a private one any more. */
  conversation(id: ConversationId): Promise<Conversation | undefined>;
  /** The conversation isn't needed any more. */
  release(conversation: Conversation): void;
  onTrouble(error: unknown): void;
}

/** How a file is no longer there. */
type Gone = "removed" | "declined";

/** Whether somebody takes part in a conversation, in use or not. */
export function takesPart(known: Known, id: ConversationId): boolean {
  return pairOf(id)?.includes(known.uid) ?? (id === lobby || known.rooms.has(id));
}

/**
 * That somebody who is getting a file may still see it: whoever was put out of its room gets no more.
 *
 * @throws {ChatError} `no_such_file`
 */
export function requireStillIn(known: Known, { conversation }: LibraryEntry): void {
  if (takesPart(known, conversation)) return;
  throw new ChatError(
    "no_such_file",
    "There is no such file here any more: you are out of its room",
  );
}

/** Every file that is shared. */
export class Shelf {
  readonly #options: ShelfOptions;
  /** The end of the line of those who change a file. */
  readonly #turns = new Map<FileId, Promise<unknown>>();

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /**
   * A file.
   *
   * @throws {ChatError} `no_such_file` also where `known` may not see it.
   */
  async seen(known: Known, file: FileId): Promise<LibraryEntry> {
    const entry = await this.#options.library.file(file);
    return requireSeen(entry, entry !== undefined && takesPart(known, entry.conversation));
  }

  /**
   * The thumbnail of a file.
   *
   * @throws {ChatError} `no_such_file` also where it has none, or `known` may not see the file.
   */
  async thumb(known: Known, file: FileId): Promise<Uint8Array> {
    await this.seen(known, file);
    const thumb = await this.#options.library.thumb(file);
    if (thumb) return thumb;
    throw new ChatError("no_such_file", "There is no thumbnail of this file");
  }

  /**
   * A file with its bytes.
   *
   * @throws {ChatError} `no_such_file` also where its bytes aren't those that were shared.
   */
  async open(
    known: Known,
    file: FileId,
  ): Promise<{ readonly entry: LibraryEntry; readonly outgoing: Outgoing }> {
    const entry = await this.seen(known, file);
    const outgoing = await this.#options.blobs.open(pathOf(entry.conversation, entry.file));
    if (outgoing?.size === entry.file.size) return { entry, outgoing };
    await outgoing?.[Symbol.asyncDispose]();
    throw new ChatError(
      "no_such_file",
      `"${entry.file.name}" isn't there any more as it was shared`,
    );
  }

  /** Its sender, or who may, takes a file back. @throws {ChatError} `no_such_file`, `not_allowed` */
  remove(known: Known, file: FileId): Promise<Stored> {
    return this.#inTurn(file, async () => {
      const entry = await this.seen(known, file);
      const conversation = await this.#conversation(entry);
      requireRemovable(entry, known, conversation.moderatesWhom(known.uid, entry.file.uid));
      return await this.#end(known, entry, "removed");
    });
  }

  /** Takes a file out, where it is still there, for somebody who was found to be allowed that. */
  takeOut(by: Known, file: FileId): Promise<void> {
    return this.#inTurn(file, async () => {
      const entry = await this.#options.library.file(file);
      if (entry) await this.#end(by, entry, "removed");
    });
  }

  /** Whoever was sent a file won't take it. @throws {ChatError} `no_such_file`, `not_allowed` */
  decline(known: Known, file: FileId): Promise<Stored> {
    return this.#inTurn(file, async () => {
      return await this.#end(known, await this.seen(known, file), "declined");
    });
  }

  /** Somebody has fetched the end of a file: its sender hears of it where it was sent to them. */
  async taken(known: Known, { conversation, file: { file, uid } }: LibraryEntry): Promise<void> {
    if (!pairOf(conversation) || uid === known.uid) return;
    await this.#inTurn(file, async () => {
      const entry = await this.#options.library.file(file);
      if (entry === undefined || entry.answer !== undefined) return;
      const deed = { by: known.person, change: { t: "taken", file }, file: entry.file } as const;
      await (await this.#conversation(entry)).decide(deed);
    });
  }

  async #end(known: Known, entry: LibraryEntry, t: Gone): Promise<Stored> {
    const { file } = entry;
    const change = { t, file: file.file } as const;
    const conversation = await this.#conversation(entry);
    const { library, hasOthers } = this.#options;
    if (hasOthers) requireSeen(await readStill(conversation, () => library.file(file.file)), true);
    const stored = await conversation.decide({ by: known.person, change, file });
    // It is gone for everybody; what can't be freed now is tried again at the next start.
    await this.#free(entry).catch(this.#options.onTrouble);
    this.#options.release(conversation);
    return stored;
  }

  /** A file was removed by other means: its bytes count no more. */
  lost({ file: { uid, size }, isGuest }: LibraryEntry): void {
    this.#options.quota.free({ uid, isGuest }, size);
  }

  async #free(entry: LibraryEntry): Promise<void> {
    await freeFile(this.#options, entry);
    this.lost(entry);
  }

  async #conversation({ conversation: id }: LibraryEntry): Promise<Conversation> {
    const conversation = await this.#options.conversation(id);
    if (conversation) return conversation;
    throw new ChatError("no_such_user", "Cannot do that: the other one is gone for good");
  }

  /** One after the other for each file. */
  async #inTurn<T>(file: FileId, run: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(file) ?? Promise.resolve()).then(run);
    const end = turn.catch(() => {});
    this.#turns.set(file, end);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(file) === end) this.#turns.delete(file);
    }
  }
}
