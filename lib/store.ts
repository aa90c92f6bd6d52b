/**
 * What Parley keeps, as contracts: each MUST here is a test in tests/contract/, which every
 * implementation in backend/ passes. All of them may be slow, none may block.
 */

import type { ChatError } from "./errors.ts";
import { type LogEvent, numberedFrom } from "./events.ts";
import { isObject, type JsonObject } from "./wire/fields.ts";
import type { Library } from "./file_store.ts";
import type { AuditEntry } from "./moderation/audit_entry.ts";
import type { ConversationId, NameKey, Uid } from "./names.ts";
import type { Role } from "./wire/command_row.ts";
import type { Nodes } from "./nodes.ts";
import type { Message, Room } from "./rooms.ts";

/** One addition to a conversation's log. */
export interface Append {
  readonly conversation: ConversationId;
  /** The room's spelling, kept when this is the conversation's first append. */
  readonly name: string;
  /** The last seq that the caller knows of: the first event's is one more. */
  readonly after: number;
  /** At least one; their seqs go up by exactly one. */
  readonly events: readonly LogEvent[];
  /**
   * Whether it may come later, behind messages that others have said since `after`: its events are
   * messages, and what else others say makes none of them wrong.
   */
  readonly mayMove?: true;
}

/** An {@linkcode Append} comes behind at most so many others' messages that it didn't know of. */
export const movedMax = 10_000;

/** What became of an {@linkcode Append}. */
export type Appended =
  | {
    readonly outcome: "committed";
    /** Where it was moved: the seq that its first event came behind. */
    readonly after?: number;
  }
  | {
    /** Nothing of it was kept: decide again, knowing this. */
    readonly outcome: "conflict";
    /** What is in the log after `after`; empty where only a cid stood in the way. */
    readonly events: readonly LogEvent[];
    /** What came before under a cid of the append, by {@linkcode repeatKey}. */
    readonly repeats: ReadonlyMap<string, Repeat>;
  }
  | {
    /**
     * It isn't acknowledged. `disk_full`: nothing of it was kept. `bad_message`: nothing of it ever
     * can be. `internal`: what was kept isn't known, and the conversation has to be opened again
     * before anything is decided in it; the error's `cause` is for the server's own log.
     */
    readonly outcome: "failed";
    readonly error: ChatError;
  };

/** What was stored under a cid. */
export interface Repeat {
  readonly seq: number;
  readonly at: number;
  /** {@linkcode contentDigest} of what was stored; `undefined` where it was deleted since. */
  readonly digest?: number;
}

/** Which events to read. */
export type Range =
  /** Every event with a seq over `after`, oldest first. */
  | { readonly after: number; readonly limit: number }
  /** The newest events under `before` that are shown, oldest first; those that aren't don't count. */
  | { readonly before: number; readonly limit: number };

/** A part of a log. */
export interface Page {
  /**
   * Oldest first, each as it stands: a `said` has its newest text with `edited`, or none with
   * `deleted`, and its `reactions`.
   */
  readonly events: readonly LogEvent[];
  /** Whether the range goes on. */
  readonly more: boolean;
  /** The log's last seq at that moment. */
  readonly seq: number;
  /** The seq of the oldest event kept. */
  readonly first: number;
}

/** A part of what somebody said. */
export interface SaidRange {
  /** The `next` of the page before. */
  readonly after?: number;
  readonly limit: number;
}

/** Messages of one user; it may be empty and there may be more all the same. */
export interface SaidPage {
  readonly messages: readonly { readonly conversation: ConversationId; readonly seq: number }[];
  /** Where the next page begins; missing where this was the last one. */
  readonly next?: number;
}

/** The logs of all conversations. */
export interface Log {
  /** About how many characters the events of one append may take; missing where no number is too many. */
  readonly appendCharsMax?: number;
  /** Every room (no private conversation) that has members, and the lobby where it has begun. */
  rooms(): Promise<readonly Room[]>;
  /** One conversation as it stands, or `undefined` where it never began. */
  open(conversation: ConversationId): Promise<Room | undefined>;
  /**
   * Adds to a log, all or nothing, and keeps what follows from it: a room's members and rules,
   * messages as they stand, files, the trail of what moderators did. MUST resolve `committed` only when the events would survive a
   * power cut; MUST answer `conflict` and keep nothing where `after` isn't the log's last seq or an
   * event's cid was used by its user in this conversation (of more events than a page holds, the
   * oldest are answered: the next try learns of the others); MUST keep one that `mayMove` all the
   * same, under the next seqs, where all that came since `after` was `said`, and not over
   * {@linkcode movedMax}; MUST treat appends to one conversation in the order of the calls, MUST NOT
   * fail one append for what is wrong with another one, and MUST take the text of a deleted message
   * from every event that has it, on disk as well.
   */
  append(append: Append): Promise<Appended>;
  /** A page of at most `limit` events and about `bytes` bytes of text (at least one event). */
  read(conversation: ConversationId, range: Range & { bytes: number }): Promise<Page>;
  /** A message as it stands, or `undefined` where `seq` is none. */
  message(conversation: ConversationId, seq: number): Promise<Message | undefined>;
  /** What `uid` stored here under `cid`. */
  repeat(conversation: ConversationId, uid: Uid, cid: string): Promise<Repeat | undefined>;
  /** What `uid` said anywhere and wasn't deleted since, the oldest first. */
  said(uid: Uid, range: SaidRange): Promise<SaidPage>;
  /** The private conversations of a user that have begun, newest first, at most `limit`. */
  pairs(uid: Uid, limit: number): Promise<readonly Room[]>;
  /** How many `said` by others have a seq over `after`, counted up to `limits.unreadMax`. */
  unread(uid: Uid, marks: readonly Mark[]): Promise<readonly number[]>;
  /** Drops every event older than `at`; `first` tells where logs begin now. */
  forget(at: number): Promise<void>;
}

/** Up to where somebody has read. */
export interface Mark {
  readonly conversation: ConversationId;
  readonly seq: number;
}

/** A user, as long as anything refers to them. */
export interface User {
  readonly uid: Uid;
  /** As they spell it, or spelled it last. */
  readonly name: string;
  readonly key: NameKey;
  readonly role: Role;
  /** Whether the name is theirs now: at most one user holds a key. */
  readonly holds: boolean;
}

/** One device's right to be a user. */
export interface Login {
  /** SHA-256 of the token, in base64url. */
  readonly hash: string;
  readonly uid: Uid;
  /** What the device called itself. */
  readonly agent: string;
  /** Last used, in milliseconds since 1970. */
  readonly at: number;
}

/** Who everybody is. Writes resolve when they are on disk. */
export interface Accounts {
  /** The users who hold their names. */
  holders(): Promise<readonly User[]>;
  user(uid: Uid): Promise<User | undefined>;
  /** Users by uid; those that are not known are missing. */
  users(uids: readonly Uid[]): Promise<readonly User[]>;
  /**
   * Keeps users as they are now, known or not, all or none; names may go from one of them to another.
   * What the password of one was verified by who is a guest now MUST go.
   *
   * @throws {ChatError} `name_taken` where a user who isn't among them holds the name of one.
   */
  save(users: readonly User[]): Promise<void>;
  /** What the password of an account is verified by: one text, `undefined` where there is none. */
  credential(uid: Uid): Promise<string | undefined>;
  /**
   * Keeps a user as they are now with what their password is verified by, both or neither. Of two
   * who register one name at once, on whichever nodes, one MUST be refused.
   *
   * @throws {ChatError} `name_taken` where somebody else holds the name, `not_allowed` where they
   * have a password.
   */
  saveAccount(user: User, credential: string): Promise<void>;
  /** Keeps what the password of an account is verified by from now on; nothing where it is none. */
  saveCredential(uid: Uid, credential: string): Promise<void>;
  login(hash: string): Promise<Login | undefined>;
  /** Keeps a new login. */
  saveLogin(login: Login): Promise<void>;
  /** Keeps by what and when a login was used last. One that was dropped MUST stay dropped. */
  useLogin(login: Login): Promise<void>;
  /** A user's logins, the one used last first. */
  logins(uid: Uid): Promise<readonly Login[]>;
  /** Drops logins by their hashes. */
  dropLogins(hashes: readonly string[]): Promise<void>;
  /**
   * Drops logins last used before `at`, and users who have no login, no name and no private
   * conversation, and said nothing.
   */
  forgetLogins(at: number): Promise<void>;
  /** Up to where somebody has read, in every conversation where they said so. */
  marks(uid: Uid): Promise<readonly Mark[]>;
  /** Keeps a mark; one that is further on stays. */
  mark(uid: Uid, mark: Mark): Promise<void>;
}

/** What to look for. */
export interface SearchQuery {
  /** Words that all have to be in the message, in any order, without case. */
  readonly text: string;
  /** Where to look. */
  readonly conversations: ReadonlySet<ConversationId>;
  /** The `cursor` of the page before. */
  readonly before?: string;
  readonly limit: number;
  /** About how many bytes of text a page may hold (at least one hit). */
  readonly bytes: number;
}

/** What was found, newest first. */
export interface Found {
  readonly hits: readonly { readonly conversation: ConversationId; readonly event: LogEvent }[];
  /** Whether there may be more, from `cursor` on: a page may end early, even without a hit. */
  readonly more: boolean;
  readonly cursor?: string;
}

/** What was said, by its words. */
export interface Search {
  /**
   * MUST find what is committed when it is called, MUST NOT find a deleted message or the old text
   * of an edited one.
   */
  find(query: SearchQuery): Promise<Found>;
  /** How many events are committed and not indexed yet. */
  lag(): Promise<number>;
}

/** Something small that a server keeps and has in memory: who holds `kind` says what its value is. */
export interface StoredRecord {
  readonly key: string;
  readonly value: JsonObject;
}

/** Small things of a few kinds, read whole at a start. */
export interface Records {
  /** All of a kind, in any order. */
  all(kind: string): Promise<readonly StoredRecord[]>;
  /**
   * Keeps a record as it is now, known or not; without a value it is removed. MUST resolve only when
   * it would survive a power cut, and MUST treat the puts of one key in the order of the calls.
   *
   * @throws {ChatError} `bad_message` where it can't be stored, `disk_full`, `internal`
   */
  put(kind: string, key: string, value: JsonObject | undefined): Promise<void>;
}

/** A part of the trail of what moderators did. */
export interface AuditRange {
  /** The `next` of the page before. */
  readonly before?: number;
  readonly limit: number;
}

/** What {@linkcode Audit.read} answers. */
export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditEntry[];
  /** Where the next page begins; missing where this was the last one. */
  readonly next?: number;
}

/**
 * The trail of what moderators did, for whoever owns the server. What is an event of a room MUST be
 * added with the event, in one piece; others' messages and files that were taken away as well. At
 * least `limits.auditMax` entries MUST be kept, the oldest go first.
 */
export interface Audit {
  /** Adds what is in no log; resolves when it is on disk. */
  add(entry: AuditEntry): Promise<void>;
  read(range: AuditRange): Promise<AuditPage>;
}

/** One place where all of it is kept. */
export interface Backend extends AsyncDisposable {
  /** Tells this store from every other one, for good. */
  readonly id: string;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly search: Search;
  readonly library: Library;
  readonly records: Records;
  readonly audit: Audit;
  /** The other nodes that keep the same; missing where there are none. */
  readonly nodes?: Nodes;
  /** Resolves when nothing can be kept or read any more, and the process had better end. */
  readonly failed: Promise<Error>;
}

/** An append as it was kept behind a later seq than it knew of. */
export function movedTo(append: Append, after: number): Append {
  return { ...append, after, events: numberedFrom(append.events, after + 1) };
}

/** What `uid` and `cid` are found by in {@linkcode Appended}'s `repeats`. */
export function repeatKey(uid: Uid, cid: string): string {
  return `${uid} ${cid}`;
}

/**
 * A number (53 bits) that differs where what was sent under a cid differs. It isn't safe against
 * somebody who looks for two contents with one digest, and needn't be: it would be their own cid.
 */
export function contentDigest(event: { readonly t: string }): number {
  const { seq: _seq, at: _at, user: _user, uid, cid: _cid, ...own } = event as {
    readonly t: string;
  } & Partial<LogEvent>;
  // Where somebody was moderated, whom it is about isn't who sent it.
  const content = "by_uid" in own ? { ...own, uid } : own;
  const keys = Object.entries(content).flatMap(([key, value]) =>
    isObject(value) ? [key, ...Object.keys(value)] : [key]
  );
  return hash53(JSON.stringify(content, keys.sort()));
}

/** 53 bits that differ, nearly always, where texts differ: Bryc's cyrb53. */
export function hash53(text: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}
