/** Who may moderate whom in a conversation, and who may speak and come in there. Pure. */

import type { Role } from "../wire/command_row.ts";
import { ChatError } from "../errors.ts";
import type { Change, Person } from "../events.ts";
import { limits } from "../limits.ts";
import { lobby, pairOf, type Uid } from "../names.ts";
import type { Facts, Room } from "../rooms.ts";
import { forGood, isRoomRole, type Sanction, sanctionCount, sanctioned } from "./rules.ts";

/** What moderators do, and nobody else. */
export type Moderation = Extract<
  Change,
  {
    t:
      | "kicked"
      | "unbanned"
      | "muted"
      | "unmuted"
      | "appointed"
      | "locked"
      | "slowed"
      | "made_readonly";
  }
>;

/** From the least to the most; those of a room are between those of the server. */
const ranks = ["guest", "member", "room moderator", "room owner", "moderator", "owner"] as const;

function rankIn(room: Room, uid: Uid, { roleOf }: Pick<Facts, "roleOf">): number {
  const role = roleOf(uid);
  const here = room.rules.roles.get(uid);
  if (here === undefined || isRoomRole(role)) return ranks.indexOf(role);
  return ranks.indexOf(`room ${here}`);
}

/** Whether somebody moderates a conversation: its own moderators in it, and the server's. */
export function moderates(room: Room, uid: Uid, facts: Pick<Facts, "roleOf">): boolean {
  if (pairOf(room.id)) return false;
  if (isRoomRole(facts.roleOf(uid))) return true;
  return room.rules.roles.has(uid) && room.members.has(uid);
}

/** Whether somebody moderates what `whom` does: nobody's role may be higher than their moderator's. */
export function moderatesWhom(
  room: Room,
  uid: Uid,
  whom: Uid,
  facts: Pick<Facts, "roleOf">,
): boolean {
  return moderates(room, uid, facts) && rankIn(room, whom, facts) <= rankIn(room, uid, facts);
}

/**
 * Whether `by` may moderate so, and whether it changes anything.
 *
 * @throws {ChatError} `not_allowed`, `no_such_user`
 */
export function decideModeration(
  room: Room,
  by: Person,
  change: Moderation,
  facts: Facts,
): boolean {
  requireModerator(room, by, facts);
  const { rules } = room;
  switch (change.t) {
    case "kicked":
      return decideKick(room, by, change, facts);
    case "unbanned":
      return rules.banned.has(requireBelow(room, by, facts).uid);
    case "muted":
      requirePlace(rules.muted, requireBelow(room, by, facts).uid, facts.now, "muted");
      return true;
    case "unmuted":
      return rules.muted.has(requireBelow(room, by, facts).uid);
    case "appointed":
      return decideAppoint(room, by, change, facts);
    case "locked":
      if (room.id === lobby) throw notInLobby("lock it");
      return change.on || rules.lock !== undefined;
    case "slowed":
      return rules.slow !== change.seconds;
    case "made_readonly":
      return rules.isReadOnly !== change.on;
    default:
      change satisfies never;
      return false;
  }
}

function decideKick(
  room: Room,
  by: Person,
  { banned = false }: { readonly banned?: boolean },
  facts: Facts,
): boolean {
  const whom = requireBelow(room, by, facts);
  if (room.id === lobby) {
    throw notInLobby('put anybody out of it; "ban" without a room puts them out of the server');
  }
  if (banned) requirePlace(room.rules.banned, whom.uid, facts.now, "banned");
  else if (!room.members.has(whom.uid)) {
    throw new ChatError("no_such_user", `"${whom.user}" isn't in "${room.name}"`);
  }
  return true;
}

function decideAppoint(
  room: Room,
  by: Person,
  { role }: { readonly role: Role },
  facts: Facts,
): boolean {
  if (room.id === lobby) throw notInLobby('give roles in it; "role" without a room gives them');
  const whom = requireBelow(room, by, facts);
  const { roles } = room.rules;
  const given = isRoomRole(role) ? role : undefined;
  if (given !== undefined && !room.members.has(whom.uid)) {
    throw new ChatError("no_such_user", `"${whom.user}" isn't in "${room.name}"`);
  }
  if (given === "owner" && rankIn(room, by.uid, facts) < ranks.indexOf("room owner")) {
    throw new ChatError("not_allowed", "Cannot do that: only an owner of the room makes owners");
  }
  if (given !== undefined && !roles.has(whom.uid) && roles.size >= limits.roomRulesMax) {
    throw tooMany("have a role");
  }
  return roles.get(whom.uid) !== given;
}

/** That somebody moderates a conversation. @throws {ChatError} `not_allowed` */
export function requireModerator(
  room: Room,
  by: Person,
  facts: Pick<Facts, "roleOf">,
): void {
  if (moderates(room, by.uid, facts)) return;
  throw new ChatError(
    "not_allowed",
    pairOf(room.id)
      ? "Cannot do that in a private conversation: nobody moderates it"
      : `Cannot do that in "${room.name}": only its moderators may`,
  );
}

/** Whom it is about: somebody else, whose role isn't higher. */
function requireBelow(room: Room, by: Person, facts: Facts): Person {
  const { whom } = facts;
  if (whom === undefined) throw new ChatError("no_such_user", "There is no such user now");
  if (whom.uid === by.uid) throw new ChatError("not_allowed", "Cannot do that to yourself");
  if (moderatesWhom(room, by.uid, whom.uid, facts)) return whom;
  throw new ChatError(
    "not_allowed",
    `Cannot do that to "${whom.user}": their role is higher than yours`,
  );
}

function requirePlace(
  sanctions: ReadonlyMap<Uid, Sanction>,
  uid: Uid,
  now: number,
  what: string,
): void {
  if (sanctions.has(uid) || sanctionCount(sanctions, now) < limits.roomRulesMax) return;
  throw tooMany(`are ${what}`);
}

function tooMany(what: string): ChatError {
  return new ChatError(
    "not_allowed",
    `Cannot do that: ${limits.roomRulesMax} ${what} here, as many as may be`,
  );
}

function notInLobby(what: string): ChatError {
  return new ChatError("not_allowed", `The lobby is everybody's: nobody can ${what}`);
}

/** Why somebody may not write in a conversation: `muted`, or `not_allowed` where it is read-only. */
export function whyNoVoice(
  room: Room,
  by: Person,
  facts: Pick<Facts, "now" | "roleOf">,
): ChatError | undefined {
  const { rules: { muted, isReadOnly } } = room;
  const until = muted.size === 0 ? undefined : sanctioned(muted, by.uid, facts.now);
  if (until !== undefined) {
    return new ChatError(
      "muted",
      `Cannot write in "${room.name}": you are muted there${lasting(until, facts.now)}`,
      retryAt(until, facts.now),
    );
  }
  if (!isReadOnly || moderates(room, by.uid, facts)) return undefined;
  return new ChatError(
    "not_allowed",
    `Cannot write in "${room.name}": it is read-only, and only its moderators write`,
  );
}

/** That somebody may. @throws {ChatError} {@linkcode whyNoVoice} */
export function requireVoice(room: Room, by: Person, facts: Pick<Facts, "now" | "roleOf">): void {
  const why = whyNoVoice(room, by, facts);
  if (why) throw why;
}

/** Why it isn't time yet for somebody's next message: `slow_down`. */
export function whyNoTurn(
  room: Room,
  by: Person,
  facts: Pick<Facts, "now" | "roleOf">,
): ChatError | undefined {
  const { slow } = room.rules;
  const spoke = slow === 0 ? undefined : room.spoke?.get(by.uid);
  if (spoke === undefined || moderates(room, by.uid, facts)) return undefined;
  const retryMs = spoke + slow * 1000 - facts.now;
  if (retryMs <= 0) return undefined;
  return new ChatError(
    "slow_down",
    `Cannot say more in "${room.name}" yet: one message each ${slow} s is the rule there`,
    { retryMs },
  );
}

/** That it is. @throws {ChatError} {@linkcode whyNoTurn} */
export function requireTurn(room: Room, by: Person, facts: Pick<Facts, "now" | "roleOf">): void {
  const why = whyNoTurn(room, by, facts);
  if (why) throw why;
}

/**
 * That somebody may come in.
 *
 * @throws {ChatError} `banned`, `room_locked`
 */
export function requireEntry(room: Room, by: Person, facts: Facts): void {
  const { banned, lock, roles } = room.rules;
  const until = sanctioned(banned, by.uid, facts.now);
  if (until !== undefined) {
    throw new ChatError(
      "banned",
      `Cannot join "${room.name}": you are banned from it${lasting(until, facts.now)}`,
      retryAt(until, facts.now),
    );
  }
  if (lock === undefined || facts.entry?.isInvited || facts.entry?.key === lock) return;
  if (roles.has(by.uid) || isRoomRole(facts.roleOf(by.uid))) return;
  const why = facts.entry?.key === undefined ? "it is locked" : "that isn't its key";
  // Not as it is spelled: that is for those who see it.
  throw new ChatError(
    "room_locked",
    `Cannot join that room: ${why}; whoever is in it knows its key, or can invite you`,
  );
}

function lasting(until: number, now: number): string {
  if (until === forGood) return "";
  const minutes = Math.ceil((until - now) / 60_000);
  if (minutes < 2) return " for a moment";
  if (minutes < 120) return ` for ${minutes} minutes`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? ` for ${hours} hours` : ` for ${Math.ceil(hours / 24)} days`;
}

function retryAt(until: number, now: number): { readonly retryMs?: number } {
  return until === forGood ? {} : { retryMs: until - now };
}
