/**
 * What views get: everything that the page knows, as signals, and everything that it does. A view
 * takes the one {@linkcode Model} and keeps nothing of its own but where one looks and what is open.
 * The values are snapshots: whatever has changed is another object, and what hasn't is the same
 * one. They change at most once a frame, however much comes in.
 */

import type { ReadonlySignal } from "@preact/signals";
import type { CallLevel } from "../lib/client/call_levels.ts";
import type { Chat } from "../lib/client/chat.ts";
import type { LinkStatus } from "../lib/client/link.ts";
import type { KnownUser, Me, Outgoing } from "../lib/client/state.ts";
import type { TransferView } from "../lib/client/transfer_state.ts";
import type { Person, Place, SharedFile, StoredEvent } from "../lib/events.ts";
import type { NameKey, Uid } from "../lib/names.ts";
import type { Ok } from "../lib/protocol.ts";
import type { Rules } from "../lib/moderation/rules.ts";
import type { SettingName, Settings } from "./settings.ts";

/** Names a conversation wherever one is meant: a room's folded name, or `@` and the other's uid. */
export type Key = string;

/** What a view is given. */
export interface ViewProps {
  readonly model: Model;
}

/** A conversation as a list shows it. */
export interface Row extends Place {
  readonly key: Key;
  readonly topic: string;
  /** Messages of others that weren't seen yet; 1,000 stands for many. */
  readonly unread: number;
  /** How many of these name this user. */
  readonly mentions: number;
  /** Whether it is the one in front. */
  readonly isHere: boolean;
  /** Whether something was begun to be written in it. */
  readonly hasDraft: boolean;
  /** Messages of this user that aren't stored yet, or failed. */
  readonly unsent: number;
}

/** The conversation in front. */
export interface Here extends Place {
  readonly key: Key;
  readonly topic: string;
  /** The seq of the last event known; 0 before the first. */
  readonly seq: number;
  /**
   * What is shown, oldest first, as it stands now: said (without text: deleted), joined, left,
   * retitled, shared, removed, declined, taken. One that was edited or reacted to is another object.
   */
  readonly messages: readonly StoredEvent[];
  /** Whether the server has older ones: {@linkcode Model.older} reads them. */
  readonly older: boolean;
  /** Whether older ones were cleared away: {@linkcode Model.older} shows them again. */
  readonly isCleared: boolean;
  /** How many events the server no longer had, by the seq that they came after. */
  readonly lost: ReadonlyMap<number, number>;
  /** Up to where it was read when it was put in front: "new since" stands behind it. */
  readonly readSeq: number;
  /** Up to where the other of a private conversation has read; 0 where that isn't known. */
  readonly seenSeq: number;
  /** What this user said and isn't stored yet, in order; stands behind the messages. */
  readonly outgoing: readonly Outgoing[];
  /** Who is in it; `undefined` in the lobby, where everybody is, and until it was told. */
  readonly members?: readonly Person[];
  /** What moderators have made of it. */
  readonly rules: Rules;
  /** When this user spoke last, where it is slow. */
  readonly spokeAt?: number;
  /** Who is writing in it now, this user not among them. */
  readonly typing: readonly string[];
}

/** What is being written in the conversation in front; kept for each, over reloads too. */
export interface Draft {
  readonly text: string;
  /** The message that is answered. */
  readonly quote?: StoredEvent;
  /** The message that is being edited. */
  readonly editing?: StoredEvent;
}

/** What stands in the middle, as the address behind `#` says it. */
export type Route =
  /** The conversation in front; `seq`: the message to show, from a search or a link. */
  | { readonly is: "chat"; readonly key: Key; readonly seq?: number }
  | { readonly is: "search" }
  | { readonly is: "library" }
  | { readonly is: "transfers" }
  /** The rooms that there are, and one to be made. */
  | { readonly is: "rooms" }
  /** How this user wants the page. */
  | { readonly is: "settings" }
  /** This user's name, password and devices. */
  | { readonly is: "account" }
  /** Invitations, and one to be made. */
  | { readonly is: "invite" }
  /** What moderators did. */
  | { readonly is: "audit" }
  /** Who is banned. */
  | { readonly is: "bans" }
  /** The table of /commands and of keys. */
  | { readonly is: "help" };

/** What a search has found so far. */
export interface Search {
  /** What was looked for; empty before the first search. */
  readonly text: string;
  /** Where; everywhere without. */
  readonly key?: Key;
  /** Newest first. */
  readonly hits: readonly StoredEvent[];
  /** Whether {@linkcode Model.searchMore} looks further back. */
  readonly more: boolean;
  readonly isBusy: boolean;
}

/** The files that this user may fetch, newest first (at most 2,000); live while it is shown. */
export interface Library {
  readonly files: readonly SharedFile[];
  readonly isBusy: boolean;
}

/** The rooms of the server. */
export interface RoomList {
  readonly rooms: Ok<"rooms">["rooms"];
  readonly isBusy: boolean;
}

/** An upload of an earlier visit whose file the browser no longer gives by itself. */
export interface Resting {
  readonly id: string;
  readonly name: string;
  readonly folder?: string;
  readonly room: string;
  /**
   * `permission`: {@linkcode Model.resume} makes the browser ask; `file`: the same file has to be
   * chosen again, and `resume` opens the browser's dialog for it.
   */
  readonly needs: "permission" | "file";
}

/**
 * Whether the browser shows notifications: it does, it asks first, its user has forbidden them, the
 * address is no secure context, or there are none in it.
 */
export type Notifying = "shows" | "asks" | "refused" | "insecure" | "unable";

/** Files that were dropped where no conversation is in front. */
export interface Dropped {
  /** The first one's. */
  readonly name: string;
  readonly count: number;
}

/** A sentence to show for a while. */
export interface Notice {
  readonly id: number;
  readonly kind: "notice" | "trouble";
  /** Without a full stop. */
  readonly text: string;
  /** What can be done about it; with that it stays. */
  readonly offer?: { readonly label: string; accept(): void };
}

/** The page. Actions never reject or throw: what the server refuses becomes a notice. */
export interface Model {
  // Who and where.

  readonly status: ReadonlySignal<LinkStatus>;
  /** `undefined` until the first connection is there. */
  readonly me: ReadonlySignal<Me | undefined>;
  /** The server's name and what else it said of itself. */
  readonly server: ReadonlySignal<Ok<"hello">["server"] | undefined>;
  /** Bounds by their names in `hello`: `text` (UTF-8 bytes), … */
  readonly limits: ReadonlySignal<Readonly<Record<string, number>>>;
  /** The time in milliseconds since 1970, each second: for "in 3 s" and "2 minutes ago". */
  readonly now: ReadonlySignal<number>;
  readonly route: ReadonlySignal<Route>;
  readonly notices: ReadonlySignal<readonly Notice[]>;
  /** How this user wants the page, in this browser. */
  readonly settings: ReadonlySignal<Settings>;

  // What is known.

  /** This user's conversations: the lobby, rooms by name, then people by name. */
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly here: ReadonlySignal<Here | undefined>;
  readonly draft: ReadonlySignal<Draft>;
  /** Who is, or lately was, on the server, in no order: sorting thousands takes a while. */
  readonly users: ReadonlySignal<ReadonlyMap<NameKey, KnownUser>>;
  /** Whose messages are hidden. */
  readonly ignored: ReadonlySignal<ReadonlySet<Uid>>;
  /** What is on its way, and what ended lately, in the order in which it began. */
  readonly transfers: ReadonlySignal<readonly TransferView[]>;
  /** Uploads of an earlier visit that wait for this user. */
  readonly resting: ReadonlySignal<readonly Resting[]>;
  /** Which messages of a conversation call this user, where it has a choice of its own. */
  readonly levels: ReadonlySignal<ReadonlyMap<Key, CallLevel>>;
  /** Whether the browser shows notifications, or why it doesn't. */
  readonly notifying: ReadonlySignal<Notifying>;
  /** Files that others sent to this user and that wait for {@linkcode accept} or `decline`. */
  readonly asked: ReadonlySignal<readonly SharedFile[]>;
  readonly search: ReadonlySignal<Search>;
  readonly library: ReadonlySignal<Library>;
  readonly roomList: ReadonlySignal<RoomList>;
  /** Whether {@linkcode linkTo} leads to something: the server knows this browser. */
  readonly hasLinks: ReadonlySignal<boolean>;
  /**
   * The message with that seq in the conversation in front, or in that of `key`, read from the
   * server where it isn't known; `undefined` while it isn't, or there is none for this user.
   */
  quoted(seq: number, key?: Key): ReadonlySignal<StoredEvent | undefined>;

  // Going somewhere.

  go(route: Route): void;
  /** Turns to a room, joined where needed, or to a person as `@bob`. */
  open(name: string): void;
  /** Turns to a conversation at one message, and reads back to it where needed. */
  show(event: Pick<StoredEvent, "room" | "with" | "seq">): void;
  /** Says whether the newest message is in sight: then what comes is read. */
  atBottom(isAtBottom: boolean): void;
  /** Reads older messages; resolves when they are in `here`, or can't be had. One at a time. */
  older(): Promise<void>;
  /** What was said around a message, for a search's hit: oldest first. */
  around(event: StoredEvent): Promise<readonly StoredEvent[]>;

  // Saying something.

  /** Keeps what is being written, and tells others that this user writes. */
  write(text: string): void;
  /** Says the draft, edits what it edits, or does what it says as a /command. */
  submit(text: string): void;
  /** Answers a message; `undefined`: doesn't. */
  quote(message: StoredEvent | undefined): void;
  /** Edits an own message; `undefined`: doesn't. */
  edit(message: StoredEvent | undefined): void;
  /** Edits this user's newest message; whether there is one. */
  editLast(): boolean;
  /** Deletes an own message. */
  remove(message: StoredEvent): void;
  /** Sets or takes back a reaction. */
  react(message: StoredEvent, emoji: string): void;
  /** Sends a failed message again. */
  retry(cid: string): void;
  /** Gives a failed message up. */
  drop(cid: string): void;
  join(room: string): void;
  leave(key: Key): void;
  setTopic(topic: string): void;
  /** Says something to one person, without turning to them. */
  whisper(user: string, text: string): void;
  /** Is away; without a text, is back. */
  away(text?: string): void;
  /** Hides what somebody says, or shows it again. */
  ignore(user: Person): void;

  /** Chooses which messages of a conversation call; without a level, as the settings say. */
  setLevel(key: Key, level: CallLevel | undefined): void;
  /** Has the browser ask whether there may be notifications; while its user does something. */
  allowNotifications(): void;

  // Finding.

  find(text: string, key?: Key): void;
  searchMore(): void;
  loadLibrary(): void;
  loadRooms(): void;

  // Files.

  /**
   * Opens the browser's dialog, or on phones the camera, and sends what is chosen to the conversation
   * in front.
   */
  pick(from?: "camera"): void;
  /**
   * Sends what was dropped or pasted, folders too, to the conversation in front; elsewhere it becomes
   * {@linkcode dropped}. Whether there were files in it.
   */
  take(data: DataTransfer): boolean;
  upload(files: readonly File[]): void;
  /** What waits to be told where to go. */
  readonly dropped: ReadonlySignal<Dropped | undefined>;
  /** Sends it to a conversation; without one it is let go. */
  sendDropped(key: Key | undefined): void;
  cancel(transfer: TransferView): void;
  resume(resting: Resting): void;
  /** Gives up an upload of an earlier visit. */
  forget(resting: Resting): void;
  /** Lets the browser save a file. */
  download(file: SharedFile): void;
  /**
   * Where a file is; `inline`: to be shown in place, where the server lets it; `thumb`: its thumbnail,
   * or itself where it has none.
   */
  linkTo(
    file: SharedFile,
    options?: { readonly inline?: boolean; readonly thumb?: boolean },
  ): string;
  /** Takes back a file that this user shared. */
  removeFile(file: SharedFile): void;
  accept(file: SharedFile): void;
  decline(file: SharedFile): void;

  // The rest.

  /** Chooses how the page is. */
  set<K extends SettingName>(name: K, value: Settings[K]): void;
  dismiss(notice: Notice): void;
  /** Tries to connect at once. */
  reconnect(): void;
  /**
   * Gives up the login, here or on every device; forgets who this is, and shows the form of the
   * first visit.
   */
  signOut(all?: boolean): void;
  /**
   * Makes one's name one's own, with a password. For forms, which show by themselves what is wrong:
   *
   * @throws {ChatError} what it is refused with.
   */
  register(password: string): Promise<void>;
  /** Asks the server anything else. @throws {ChatError} the same. */
  send: Chat["send"];
}
