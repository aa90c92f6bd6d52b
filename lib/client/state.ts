/** What one user knows, as screens draw it, and what they are told when it changes. */

import type { ChatError } from "../errors.ts";
import type { PassingEvent, Person, Place, StoredEvent } from "../events.ts";
import type { NameKey, Uid } from "../names.ts";
import type { Role } from "../wire/command_row.ts";
import type { Ok } from "../protocol.ts";
import type { Rules } from "../moderation/rules.ts";
import type { LinkStatus } from "./link.ts";

/** Who this client is. */
export interface Me extends Person {
  readonly role: Role;
}

/** Somebody who is, or was, here. */
export interface KnownUser {
  readonly user: string;
  /** Missing while only the name was told. */
  readonly uid?: Uid;
  readonly online: boolean;
  /** Missing until it was told. */
  readonly role?: Role;
  /** Why they are away; missing where they aren't. */
  readonly away?: string;
}

/** What a user knows. It changes in place; {@linkcode ChatChange} says when. */
export interface ChatState {
  readonly status: LinkStatus;
  /** Missing before the first `hello` is answered. */
  readonly me?: Me;
  readonly server?: Ok<"hello">["server"];
  /** The server's bounds, by their names in `hello`. */
  readonly limits: Readonly<Record<string, number>>;
  /** By {@linkcode ConversationView.key}. */
  readonly conversations: ReadonlyMap<string, ConversationView>;
  readonly users: ReadonlyMap<NameKey, KnownUser>;
}

/** A message that the server hasn't acknowledged. */
export interface Outgoing {
  readonly cid: string;
  readonly text: string;
  readonly quote?: number;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  readonly state: "sending" | "failed";
  /** Why it failed. */
  readonly error?: ChatError;
}

/** One conversation as this user knows it. */
export interface ConversationView extends Place {
  /** A room's {@linkcode NameKey}, or `@` and the other's uid. */
  readonly key: string;
  readonly topic: string;
  /** Whether this user is in it; always so in the lobby and private conversations. */
  readonly joined: boolean;
  /** The seq of the last event known; 0 before the first. */
  readonly seq: number;
  /** Who is in it, from when they were first asked for ({@linkcode Chat.members}). */
  readonly members?: ReadonlyMap<Uid, Person>;
  /** What moderators have made of it, as far as this user was told. */
  readonly rules: Rules;
  /** What this user may do there. */
  readonly role: Role;
  /** When this user spoke last, where it is slow. */
  readonly spokeAt?: number;
  /** What is shown, oldest first, as it stands: said, joined, left and retitled. */
  readonly messages: readonly StoredEvent[];
  /** Whether the server has older ones than the first of `messages`. */
  readonly older: boolean;
  /** How many events the server no longer had, by the seq that they came after. */
  readonly lost: ReadonlyMap<number, number>;
  /** Messages of others that came since it was last focused. */
  readonly unread: number;
  /** How many of these name this user. */
  readonly mentions: number;
  /** Up to where this user has read. */
  readonly readSeq: number;
  /** Up to where the other of a private conversation has read; 0 where that isn't known. */
  readonly seenSeq: number;
  /** What this user said and isn't acknowledged, in order. */
  readonly outgoing: readonly Outgoing[];
}

/** What is kept of a conversation for the next run. */
export interface KeptConversation extends Place {
  readonly topic: string;
  readonly unread: number;
  readonly mentions: number;
  readonly readSeq: number;
  readonly seenSeq: number;
  /** The end of its log as it was shown, up to `seq`; missing where it wasn't read. */
  readonly log?: {
    readonly seq: number;
    readonly older: boolean;
    readonly messages: readonly StoredEvent[];
  };
  readonly members?: readonly Person[];
}

/** What is kept of a {@linkcode ChatState} for the next run. */
export interface KeptChat {
  readonly me: Me;
  readonly server: Ok<"hello">["server"];
  readonly limits: Readonly<Record<string, number>>;
  readonly users: readonly KnownUser[];
  readonly conversations: readonly KeptConversation[];
}

/** What has changed in a {@linkcode ChatState}; the state is as after the change. */
export type ChatChange =
  | { readonly is: "status"; readonly status: LinkStatus }
  /** Another server answers, or its data was wiped: all that was known is forgotten. */
  | { readonly is: "new_server" }
  | { readonly is: "begun"; readonly conversation: ConversationView }
  | {
    /** Left, here or on another device; with `error`, it couldn't be entered again. */
    readonly is: "ended";
    readonly conversation: ConversationView;
    readonly error?: ChatError;
  }
  | {
    /** Something to show. Each event is told once, in its conversation's order. */
    readonly is: "event";
    readonly conversation: ConversationView;
    readonly event: StoredEvent;
    /** Done by this user, here or on another device. */
    readonly own: boolean;
    /** `false` where it was read as history on entering, or to fill a gap. */
    readonly live: boolean;
    /** Whether it names this user. */
    readonly mentions: boolean;
  }
  | {
    /** Something that was shown is edited, deleted or reacted to. */
    readonly is: "changed";
    readonly conversation: ConversationView;
    readonly event: StoredEvent;
    readonly own: boolean;
    readonly live: boolean;
    /** The message as it now stands; missing where it isn't among `messages`. */
    readonly message?: StoredEvent;
  }
  | {
    /** Events were missed. Told before those that could be read are told. */
    readonly is: "gap";
    readonly conversation: ConversationView;
    /** How many events of others follow as `event` or `changed` with `live: false`. */
    readonly missed: number;
    /** How many came before these and are no longer kept by the server; 0 usually. */
    readonly lost: number;
  }
  /** An outgoing message is stored for good; its event was told before. */
  | {
    readonly is: "delivered";
    readonly conversation: ConversationView;
    readonly cid: string;
    readonly seq: number;
  }
  /** An outgoing message was refused; it stays in `outgoing` until retried or dropped. */
  | {
    readonly is: "failed";
    readonly conversation: ConversationView;
    readonly cid: string;
    readonly text: string;
    readonly error: ChatError;
  }
  | { readonly is: "passing"; readonly event: PassingEvent };
