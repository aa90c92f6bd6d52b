/**
 * What the owner of the files' folder does by hand: a file put into a room's folder is shared there,
 * one taken away is removed, one altered is removed and shared anew, while the server runs and while
 * it didn't. One look at a time, and others have their turn after each file.
 */

import { type Clock, every, type Stop } from "../clock.ts";
import type { Stored } from "../peer/deeds.ts";
import type { Change, LogFile, Person } from "../events.ts";
import type { Blobs, FoundFile, LeftAlone, Library, LibraryEntry } from "../file_store.ts";
import { pathOf } from "./file_steps.ts";
import { limits } from "../limits.ts";
import type { ConversationId, FileId, Uid } from "../names.ts";

/** What an {@linkcode OwnerHand} needs. */
export interface OwnerHandOptions {
  readonly library: Library;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** Whether the folders are this node's to look at: one of several nodes does it. */
  leads(): boolean;
  /** Resolves with whether everything is known here that other nodes have done; it may wait for it. */
  caughtUp(): Promise<boolean>;
  /** How the server's own user is called. */
  name(): string;
  /** The rooms whose folders are looked at. */
  rooms(): Iterable<ConversationId>;
  fileId(): FileId;
  /** Adds to a room's log; resolves when that is on disk. */
  decide(conversation: ConversationId, by: Person, change: Change): Promise<Stored>;
  /** A file was removed by hand: its bytes count no more. */
  onRemoved(entry: LibraryEntry): void;
  /** Something can't be shared; told once each. */
  onLeft(left: LeftAlone): void;
  onTrouble(error: unknown): void;
}

/** Who shares and removes by hand. No guest or account has such a uid: theirs are longer. */
const ownerUid = "server" as Uid;

/** Size and time must stay for so long: then whoever writes the file has ended. */
const restMs = 2000;
/** Watching may miss things. */
const lookMs = 60_000;
/** So much longer than a look is the pause after it: at most a tenth of the time is spent looking. */
const pauseFactor = 9;
/** New files of one room considered at once; the others come when these are shared. */
const restingMax = 1000;
/** Things told of; more are a mess that nobody reads about one by one. */
const toldMax = 1000;
const mime = "application/octet-stream";

/** What tells one state of a file from another without reading it. */
interface Mark {
  readonly size: number;
  readonly changedAt: number;
}

/** A file that is new or altered, since when it is as it is. */
interface Resting extends Mark {
  readonly since: number;
}

/** A room's folder and what is known of it, by what is one file there. */
interface Look {
  readonly conversation: ConversationId;
  readonly found: ReadonlyMap<string, FoundFile>;
  readonly entries: ReadonlyMap<string, LibraryEntry>;
  /** Files that got their names and aren't shared yet, or are removed and still there. */
  readonly ours: ReadonlySet<string>;
}

/** Looks at rooms' folders until it is closed. */
export class OwnerHand implements AsyncDisposable {
  readonly #options: OwnerHandOptions;
  /** Rooms to look at. */
  readonly #due = new Set<ConversationId>();
  readonly #resting = new Map<ConversationId, ReadonlyMap<string, Resting>>();
  /** Files whose bytes were found to be theirs, as they were then. */
  readonly #checked = new Map<FileId, Mark>();
  readonly #told = new Set<string>();
  readonly #watching: Disposable;
  readonly #stop: Stop;
  #stopNext: Stop | undefined;
  #looking: Promise<void> | undefined;
  /** In milliseconds since 1970. */
  #pausedUntil = 0;
  #closed = false;

  /** Begins with a look at every room. */
  constructor(options: OwnerHandOptions) {
    this.#options = options;
    this.#watching = options.blobs.watch((conversation) => this.#changed(conversation));
    this.#stop = every(options.clock, lookMs, () => this.#lookAtAll());
    this.#lookAtAll();
  }

  /** Resolves when no look is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#stop();
    this.#stopNext?.();
    this.#watching[Symbol.dispose]();
    await this.#looking;
  }

  #lookAtAll(): void {
    for (const conversation of this.#options.rooms()) this.#due.add(conversation);
    this.#lookAfter(0);
  }

  #changed(conversation: ConversationId): void {
    this.#due.add(conversation);
    this.#lookAfter(restMs);
  }

  #lookAfter(ms: number): void {
    if (this.#closed || this.#looking || this.#stopNext) return;
    const pause = Math.max(ms, this.#pausedUntil - this.#options.clock.now());
    this.#stopNext = this.#options.clock.after(pause, () => {
      this.#stopNext = undefined;
      const begun = this.#options.clock.now();
      this.#looking = this.#lookAtDue().then(() => this.#goOn(begun));
    });
  }

  async #lookAtDue(): Promise<void> {
    const { leads, onTrouble } = this.#options;
    // What is due stays so: this node may come to lead.
    if (!leads()) return;
    const due = [...this.#due];
    this.#due.clear();
    for (const conversation of due) {
      if (this.#closed) break;
      await this.#lookAt(conversation).catch(onTrouble);
      await this.#turn();
    }
  }

  #goOn(begun: number): void {
    this.#looking = undefined;
    const now = this.#options.clock.now();
    this.#pausedUntil = now + pauseFactor * (now - begun);
    if (this.#due.size > 0) this.#lookAfter(restMs);
  }

  async #lookAt(conversation: ConversationId): Promise<void> {
    const look = await this.#look(conversation);
    if (!look) return void this.#due.add(conversation);
    const resting = new Map<string, Resting>();
    for (const [key, entry] of look.entries) {
      if (this.#closed) return;
      if (!look.found.has(key)) await this.#missed(entry);
    }
    for (const [key, file] of look.found) {
      if (this.#closed) return;
      const entry = look.entries.get(key);
      if (look.ours.has(key) || (entry && this.#isAsKnown(entry, file))) continue;
      const rested = this.#rest(file, this.#resting.get(conversation)?.get(key));
      const isDone = rested === undefined && await this.#take(file, entry);
      if (isDone) await this.#turn();
      else if (resting.size < restingMax) resting.set(key, rested ?? this.#restAnew(file));
      else break;
    }
    if (resting.size === 0) {
      this.#resting.delete(conversation);
      return;
    }
    this.#resting.set(conversation, resting);
    this.#due.add(conversation);
  }

  /**
   * In this order nothing that is being shared meanwhile looks new. Nothing where somebody else may
   * have shared or removed what this one doesn't know of.
   */
  async #look(conversation: ConversationId): Promise<Look | undefined> {
    const { blobs, library } = this.#options;
    const found = new Map<string, FoundFile>();
    for await (const one of blobs.found(conversation)) {
      if ("path" in one) found.set(blobs.key(one.path), one);
      else this.#tell(one);
    }
    if (!await this.#options.caughtUp()) return undefined;
    const ours = await this.#ours(conversation);
    const entries = new Map<string, LibraryEntry>();
    let after: FileId | undefined;
    do {
      const page = { limit: limits.pageMax, ...after !== undefined && { after } };
      const { entries: some, more } = await library.files(new Set([conversation]), page);
      for (const entry of some) {
        const key = blobs.key(pathOf(conversation, entry.file));
        if (!entries.has(key)) entries.set(key, entry);
      }
      after = more ? some.at(-1)?.file.file : undefined;
    } while (after !== undefined);
    return { conversation, found, entries, ours };
  }

  async #ours(conversation: ConversationId): Promise<Set<string>> {
    const { blobs, library } = this.#options;
    const [open, removing] = [await library.unfinished(), await library.removing()];
    const finishing = open.flatMap(({ conversation, state }) =>
      state.is === "finishing" ? [{ conversation, file: state.file }] : []
    );
    const here = [...finishing, ...removing].filter((one) => one.conversation === conversation);
    return new Set(here.map(({ file }) => blobs.key(pathOf(conversation, file))));
  }

  /** What is older than its sharing, and as long, was shared as it is. */
  #isAsKnown({ file }: LibraryEntry, { size, changedAt }: FoundFile): boolean {
    const checked = this.#checked.get(file.file);
    if (checked) return checked.size === size && checked.changedAt === changedAt;
    return size === file.size && changedAt <= file.at;
  }

  /** Since when a file is as it is, or `undefined` where that is long enough. */
  #rest(file: FoundFile, before: Resting | undefined): Resting | undefined {
    const { size, changedAt } = file;
    if (before?.size !== size || before.changedAt !== changedAt) return this.#restAnew(file);
    return this.#options.clock.now() - before.since >= restMs ? undefined : before;
  }

  #restAnew({ size, changedAt }: FoundFile): Resting {
    return { size, changedAt, since: this.#options.clock.now() };
  }

  /** A file isn't there that was shared; unless somebody removes it just now. */
  async #missed(entry: LibraryEntry): Promise<void> {
    const { blobs, library } = this.#options;
    await using there = await blobs.open(pathOf(entry.conversation, entry.file));
    if (there || !await this.#options.caughtUp() || !await library.file(entry.file.file)) return;
    await this.#remove(entry);
  }

  async #remove(entry: LibraryEntry): Promise<void> {
    const { library, decide, onRemoved } = this.#options;
    const { file: { file }, conversation } = entry;
    await decide(conversation, this.#by, { t: "removed", file });
    this.#checked.delete(file);
    onRemoved(entry);
    // Not its bytes: what lies there now, if anything, is the owner's.
    await library.freed(file);
  }

  /** A new or altered file has rested. `false` where it has changed again. */
  async #take(found: FoundFile, entry: LibraryEntry | undefined): Promise<boolean> {
    const { blobs, library, clock, decide, fileId } = this.#options;
    const { path, size, changedAt } = found;
    const sha256 = await blobs.sha256(path);
    if (sha256 === undefined || await this.#sizeOf(found) !== size) return false;
    const there = await library.at(path);
    if (there?.file.file !== entry?.file.file) return false;
    if (there?.file.sha256 === sha256) {
      this.#checked.set(there.file.file, { size, changedAt });
      return true;
    }
    if (there) await this.#remove(there);
    const { folder, name } = path;
    const place = folder === undefined ? { name } : { name, folder };
    const by = this.#by;
    const about = { file: fileId(), ...place, size, sha256, mime, ...by };
    const file: LogFile = { ...about, at: clock.now() };
    await decide(path.conversation, by, { t: "shared", file });
    this.#checked.set(file.file, { size, changedAt });
    return true;
  }

  async #sizeOf({ path }: FoundFile): Promise<number | undefined> {
    await using file = await this.#options.blobs.open(path);
    return file?.size;
  }

  get #by(): Person {
    return { user: this.#options.name(), uid: ownerUid };
  }

  #tell(left: LeftAlone): void {
    if (this.#told.has(left.left) || this.#told.size >= toldMax) return;
    this.#told.add(left.left);
    this.#options.onLeft(left);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.soon(resolve));
  }
}
