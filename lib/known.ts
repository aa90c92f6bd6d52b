/** Those who are known, and how they begin. */

import type { Role } from "./wire/command_row.ts";
import { ChatError } from "./errors.ts";
import type { Person } from "./events.ts";
import { type ConversationId, type NameKey, nameKey, type Uid } from "./names.ts";
import type { User } from "./store.ts";

/** Something that hears what happens: a connected peer. */
export interface Listener {
  /** Queues whole lines. The bytes are shared and must not change. */
  hear(lines: readonly Uint8Array[]): void;
  readonly uid: Uid;
  /** Where it is: an address, without a port. */
  readonly remote: string;
  /** The hash of the login that it came with; a guest for one request has none. */
  readonly login: string | undefined;
  /** Ends it after telling why; resolves when it is closed. */
  end(reason: ChatError): Promise<void>;
}

/** A user who holds a name. */
export interface Known {
  readonly uid: Uid;
  /** As events name them. */
  person: Person;
  key: NameKey;
  /** What they may do now. */
  role: Role;
  readonly listeners: Set<Listener>;
  /** The rooms that they have joined. */
  readonly rooms: Set<ConversationId>;
  /** With whom they have private conversations; missing where they have none that matter. */
  partners: Set<Uid> | undefined;
  /** What they said when they went away; of somebody who is gone it is nothing to show. */
  away: string | undefined;
  /** When they last said so, or that they are back, or came; 0: never. What is said later counts. */
  awayAt: number;
  /** When their last connection ended, or the server began without one; 0 while they have one. */
  goneAt: number;
  /** Of a guest who doesn't come back. */
  isOver: boolean;
  /** When they made the rooms of the last hour. */
  roomsMadeAt: readonly number[];
}

/** Most make no rooms, and there are many. */
const never = [] as const;

/** Whoever runs the server. No guest or account has such a uid: theirs are longer. */
export const operatorUid = "admin" as Uid;

/** What events call whoever runs the server; nobody who comes as somebody new is called so. */
export const operatorName = "admin";

/** Whoever runs the server, as events name them. They hold no name, and nobody sees them come. */
export function operatorKnown(): Known {
  const name = operatorName;
  return newKnown(
    { uid: operatorUid, name, key: nameKey(name), role: "owner", holds: false },
    0,
  );
}

/** A user who has just got their name; `goneAt` as {@linkcode Known} has it. */
export function newKnown(user: User, goneAt: number): Known {
  return {
    uid: user.uid,
    person: { user: user.name, uid: user.uid },
    key: user.key,
    role: user.role,
    listeners: new Set(),
    rooms: new Set(),
    partners: undefined,
    away: undefined,
    awayAt: 0,
    goneAt,
    isOver: false,
    roomsMadeAt: never,
  };
}

/** As it is kept. */
export function userOf({ uid, person, key, role }: Known, holds: boolean): User {
  return { uid, name: person.user, key, role, holds };
}

/** What others hear who want a name that somebody holds. */
export function takenName(name: string, { role }: Known): ChatError {
  if (role === "guest") {
    return new ChatError("name_taken", `The name "${name}" is taken: choose another one`);
  }
  const how = "log in with its password, or choose another name";
  return new ChatError("name_taken", `The name "${name}" belongs to an account: ${how}`, {
    account: true,
  });
}
