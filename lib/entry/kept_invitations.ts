/** Invitations as they are kept, and what came of them. */

import { type Role, role } from "../wire/command_row.ts";
import type { Person } from "../events.ts";
import {
  anyText,
  checkFields,
  integer,
  type JsonObject,
  list,
  note,
  opaque,
  optional,
} from "../wire/fields.ts";
import { limits } from "../limits.ts";
import { type ConversationId, roomId, type Uid } from "../names.ts";
import type { StoredRecord } from "../store.ts";

/** What an invitation is to let its holders do. */
export interface Offered {
  /** What they become when they register. */
  readonly role: Role;
  /** The room that they may join though it is locked. */
  readonly room?: ConversationId;
  /** How many may come; without it any number. */
  readonly uses?: number;
  /** Until when, in milliseconds since 1970; without it until it is withdrawn. */
  readonly until?: number;
}

/** One invitation. */
export interface Invitation extends Offered {
  readonly id: string;
  /** SHA-256 of the plain code. */
  readonly hash: Uint8Array;
  /** Who made it; missing where the server did. */
  readonly by?: Person;
  readonly at: number;
  /** How many have come, and are just coming. */
  used: number;
  /** How many had come, of those who aren't in `users`, when it was kept. */
  readonly usedBefore: number;
  /** Who has come, in that order, where only so many may. */
  readonly users: Set<Uid>;
}

/** What somebody may who came by an invitation. */
export interface Pass {
  /** Rooms that they may join; not those that they have joined since. */
  readonly rooms: ReadonlySet<ConversationId>;
  /** What they become when they register. */
  readonly role: Role;
}

/** The kinds of their records. */
export const kinds = {
  invitation: "invitation",
  /** One for each who has come by an invitation that only so many may come by. */
  use: "use",
  pass: "pass",
  start: "start",
} as const;

const roomField = anyText(1000);
const invitationFields = {
  hash: note(64),
  uid: optional(opaque<Uid>()),
  user: optional(note(1000)),
  at: integer(0),
  role,
  room: optional(roomField),
  uses: optional(integer(1)),
  until: optional(integer(0)),
  used: integer(0),
} as const;
const passFields = { role, rooms: list(roomField, limits.invitesMax) } as const;

/** An invitation as it was kept; who has come by it is kept apart. */
export function invitationOf({ key: id, value }: StoredRecord): Invitation {
  const kept = checkFields(invitationFields, value);
  if (kept === undefined) throw new TypeError(`The invitation "${id}" in the database is none`);
  const { hash, uid, user, at, role, room, uses, until, used } = kept;
  return {
    id,
    hash: Uint8Array.fromBase64(hash),
    at,
    role,
    used,
    usedBefore: used,
    users: new Set(),
    ...uid !== undefined && user !== undefined && { by: { uid, user } },
    ...room !== undefined && { room: roomId(room) },
    ...uses !== undefined && { uses },
    ...until !== undefined && { until },
  };
}

/** What somebody may who came by an invitation, as it was kept. */
export function passOf({ key, value }: StoredRecord): Pass {
  const kept = checkFields(passFields, value);
  if (kept === undefined) throw new TypeError(`What "${key}" was invited to can't be read`);
  return { role: kept.role, rooms: new Set(kept.rooms.map(roomId)) };
}

/** What is kept of an invitation. */
export function recordOf(invitation: Invitation): JsonObject {
  const { id: _id, hash, by, used, usedBefore, users: _users, ...rest } = invitation;
  const isCounted = rest.uses !== undefined;
  return { ...rest, ...by, used: isCounted ? usedBefore : used, hash: hash.toBase64() };
}

/** The key of the record that somebody has come by an invitation. */
export function useKey(id: string, uid: Uid): string {
  return `${id} ${uid}`;
}

/** Which invitation, and who has come by it, by such a key. */
export function useOf(key: string): { readonly id: string; readonly uid: Uid } | undefined {
  const [id, text] = key.split(" ");
  const uid = opaque<Uid>().check(text);
  return uid && { id, uid };
}
