/**
 * What keeps files, as contracts: {@linkcode Blobs} moves bytes and knows no rule,
 * {@linkcode Library} knows which files there are and what is on its way, and lives with the log.
 *
 * Finishing goes in steps, and each can be done again after a crash: `seal`; `finishing` with the
 * chosen name; `link`; `discard`; the `shared` event. Where `link` says `taken`, another name is
 * chosen and `finishing` kept again. A start completes what is `finishing`. A file that is taken out
 * goes in steps, too: the `removed` or `declined` event; `remove`; `freed`. So no crash makes a
 * removed file look as if its owner had put it there.
 */

import type { LogFile, Person, SharedPicture } from "./events.ts";
import type { ConversationId, FileId, TransferId, Uid } from "./names.ts";

/** Where a file lies: in its conversation's own folder. */
export interface FilePath {
  readonly conversation: ConversationId;
  /** As `safeFolder` gave it; missing for the top. */
  readonly folder?: string;
  /** As `safeName` gave it. */
  readonly name: string;
}

/** What a transfer has come to. */
export type TransferState =
  | { readonly is: "unfinished" }
  | {
    /** All bytes are on disk and are what they should be; it gets the file's name now. */
    readonly is: "finishing";
    readonly file: LogFile;
  }
  /** Everybody sees it: `seq` and `at` are those of its `shared`. */
  | { readonly is: "shared"; readonly file: LogFile; readonly seq: number; readonly at: number };

/** A transfer as it outlives connections and the server. */
export interface TransferRecord {
  readonly transfer: TransferId;
  readonly conversation: ConversationId;
  readonly by: Person;
  /** Whether its bytes count as those of the guests together. */
  readonly isGuest: boolean;
  /** As it was made safe; the file may get a number behind it. */
  readonly name: string;
  readonly folder?: string;
  /** Bytes. */
  readonly size: number;
  readonly mime: string;
  /** Of a picture or film, as the file will have it. */
  readonly picture?: SharedPicture;
  /** What its sender called the offer, and the `shared` event will carry. */
  readonly cid?: string;
  /** When it was offered or resumed last, in milliseconds since 1970. */
  readonly at: number;
  readonly state: TransferState;
}

/** A file that was shared. */
export interface LibraryEntry {
  readonly conversation: ConversationId;
  readonly file: LogFile;
  /** The seq of its `shared`. */
  readonly seq: number;
  readonly isGuest: boolean;
  /** What the other of a private conversation said to it. */
  readonly answer?: "taken" | "declined";
}

/** A page of files. */
export interface LibraryPage {
  /** Newest first. */
  readonly entries: readonly LibraryEntry[];
  readonly more: boolean;
}

/** Bytes of files, by whose they are. */
export interface Used {
  readonly accounts: ReadonlyMap<Uid, number>;
  readonly guests: number;
}

/**
 * Which files there are, and which are on their way. Writes resolve when they would survive a power
 * cut. Events of the log change it in their own transaction: `shared` MUST add the file and turn the
 * transfer that is `finishing` with that file's id to `shared`; `removed` and `declined` MUST take
 * the file out, and of its transfer keep what answers repeats; `taken` MUST be kept with the file.
 * An event MUST change only files of its own conversation.
 */
export interface Library {
  /**
   * Keeps a new transfer as unfinished, or when it was resumed. MUST leave alone what else is known
   * of one that is kept. A new one's `thumb` MUST be kept until the transfer is dropped, or its file
   * is taken out.
   *
   * @throws {ChatError} `bad_message` where its user used its cid in this conversation for another.
   */
  keep(record: TransferRecord, thumb?: Uint8Array): Promise<void>;
  /**
   * Turns an unfinished or finishing transfer to `finishing` with this file. MUST do nothing to one
   * that is shared.
   */
  finishing(transfer: TransferId, file: LogFile): Promise<void>;
  /** Forgets a transfer that isn't shared; its cid may be used again. */
  drop(transfer: TransferId): Promise<void>;
  transfer(transfer: TransferId): Promise<TransferRecord | undefined>;
  /** What `uid` offered here under `cid`. */
  offered(
    conversation: ConversationId,
    uid: Uid,
    cid: string,
  ): Promise<TransferRecord | undefined>;
  /** Every transfer that isn't shared, the oldest first. */
  unfinished(): Promise<readonly TransferRecord[]>;
  /** A file that is there; `undefined` also where it was removed or declined. */
  file(file: FileId): Promise<LibraryEntry | undefined>;
  /** The thumbnail of a file that is there. */
  thumb(file: FileId): Promise<Uint8Array | undefined>;
  /** The file that lies there. */
  at(path: FilePath): Promise<LibraryEntry | undefined>;
  /** The files of these conversations, from the one after `after` on. */
  files(
    conversations: ReadonlySet<ConversationId>,
    page: { readonly after?: FileId; readonly limit: number },
  ): Promise<LibraryPage>;
  /** Every file of one user that is there, the oldest first. */
  filesOf(uid: Uid): Promise<readonly LibraryEntry[]>;
  /** Bytes of the files that are there; what is on its way isn't counted. */
  used(): Promise<Used>;
  /** Files that were taken out and whose bytes may still be there, until they are `freed`. */
  removing(): Promise<readonly LibraryEntry[]>;
  /** The bytes of a file that was taken out are gone. MUST do nothing to one that is there. */
  freed(file: FileId): Promise<void>;
}

/** An unfinished file while its bytes come. One at a time for a transfer. */
export interface Incoming extends AsyncDisposable {
  /** Bytes that are written. */
  readonly offset: number;
  /**
   * Writes all of `bytes` behind what there is. One call at a time. MUST leave `offset` as it was,
   * and what follows from it, where it fails.
   *
   * @throws {ChatError} `disk_full`, `unavailable`; `moved` where another node has begun to write it
   * since; anything else as it came, for the log.
   */
  append(bytes: Uint8Array): Promise<void>;
  /**
   * MUST resolve only when all bytes, and the folder's entry for them, would survive a power cut.
   * Nothing is appended after it.
   *
   * @returns the SHA-256 of what is on disk, in lower-case hexadecimal digits; MUST be that of all
   * bytes, also of those that came before a restart.
   * @throws {ChatError} as `append`
   */
  seal(): Promise<string>;
}

/** A file while it is read. */
export interface Outgoing extends AsyncDisposable {
  readonly size: number;
  /**
   * Fills `into` from `offset` on; resolves how many bytes, 0 only at the end. One call at a time.
   *
   * @throws {ChatError} `no_such_file` where it was removed or altered since it was opened.
   */
  read(into: Uint8Array, offset: number): Promise<number>;
}

/** A file that lies in a conversation's folder. */
export interface FoundFile {
  readonly path: FilePath;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

/** Something in a conversation's folder that can't be shared as it is. */
export interface LeftAlone {
  /** Where it lies, for whoever keeps the server. */
  readonly left: string;
  readonly why: "it is a symbolic link" | "it is no file" | "its name isn't safe on all systems";
}

/** What became of a name for a file. */
export type Linked =
  | "linked"
  /** Another file has the name. */
  | "taken"
  /** A file, or a symbolic link, is where its folder would have to be. */
  | "no folder"
  /** The unfinished file isn't there. */
  | "gone";

/**
 * Keeps bytes of files. What is unfinished lies hidden, where nobody looks for files; what is shared
 * lies under its own name. MUST NOT follow a symbolic link, MUST NOT leave its folder whatever a
 * path says, and MUST NOT show a file under its name before it is whole.
 */
export interface Blobs {
  /** Opens an unfinished file, made empty where there is none. */
  receive(transfer: TransferId): Promise<Incoming>;
  /** How many bytes of each unfinished file are written. */
  unfinished(): Promise<ReadonlyMap<TransferId, number>>;
  /**
   * Gives a sealed file its name, MUST make the folders that it needs, and MUST resolve `linked`
   * only when that would survive a power cut. MUST answer `linked` where it has that name already,
   * and `taken` where another file has it (or one that some file system holds for the same). MUST
   * change nothing where it isn't `linked`.
   */
  link(transfer: TransferId, path: FilePath): Promise<Linked>;
  /** Removes an unfinished file, whether or not it has a name besides. Does nothing without one. */
  discard(transfer: TransferId): Promise<void>;
  /** Removes every unfinished file but these, and whatever else a crash left hidden. */
  sweep(but: ReadonlySet<TransferId>): Promise<void>;
  /** Opens a file to read it, or `undefined` where it isn't there or isn't a file. */
  open(path: FilePath): Promise<Outgoing | undefined>;
  /** The SHA-256 of a file, or `undefined` where it isn't there or is altered meanwhile. */
  sha256(path: FilePath): Promise<string | undefined>;
  /** Removes a file, and the folders that are empty without it. Does nothing without one. */
  remove(path: FilePath): Promise<void>;
  /** Everything in the folder of a room, with what its owner put there. */
  found(conversation: ConversationId): AsyncIterable<FoundFile | LeftAlone>;
  /** What two paths of a room have in common that are one file here. */
  key(path: FilePath): string;
  /**
   * Calls `changed` when something in the folder of a room that was asked for may have changed. It
   * may miss things, and may tell of what Parley did itself.
   */
  watch(changed: (conversation: ConversationId) => void): Disposable;
  /** Bytes that the disk still takes; `Infinity` where that can't be known. */
  free(): Promise<number>;
}
