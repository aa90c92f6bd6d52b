/**
 * The rules of a room, as the events of its log have left them: who has a role there, who may not
 * speak or come in, whether it is locked, slow or read-only. Never changed in place: a room of
 * thousands shares the rules of all the rooms that have none.
 */

import type { Role } from "../wire/command_row.ts";
import type { LogEvent } from "../events.ts";
import type { Uid } from "../names.ts";

/** What somebody is in one room: its maker, or whoever was made a moderator there. */
export type RoomRole = "owner" | "moderator";

/** What somebody may not do, and until when. */
export interface Sanction {
  /** As they were called then: whoever is gone is found again by it. */
  readonly user: string;
  /** Milliseconds since 1970; {@linkcode forGood} where nothing ends it but being taken back. */
  readonly until: number;
}

/** See the head of this file. */
export interface Rules {
  readonly roles: ReadonlyMap<Uid, RoomRole>;
  readonly muted: ReadonlyMap<Uid, Sanction>;
  readonly banned: ReadonlyMap<Uid, Sanction>;
  /** What a key is compared with; missing where the room isn't locked. */
  readonly lock?: string;
  /** Seconds between two messages of one user; 0: as many as they like. */
  readonly slow: number;
  /** Whether only moderators write. */
  readonly isReadOnly: boolean;
}

/** When something ends that doesn't end by itself. */
export const forGood = Number.MAX_SAFE_INTEGER;

/** A conversation in which nothing is forbidden. */
export const noRules: Rules = {
  roles: new Map(),
  muted: new Map(),
  banned: new Map(),
  slow: 0,
  isReadOnly: false,
};

/**
 * Changes nothing: what `rules` are after an event. `isEmpty`: whether nobody was in the room before
 * it. Whoever comes into an empty room has made it: what others forbade there ends, but for who may
 * come in.
 */
export function afterRules(rules: Rules, event: LogEvent, isEmpty: boolean): Rules {
  switch (event.t) {
    case "joined":
      if (!isEmpty) return rules;
      return { ...noRules, ...doors(rules), roles: new Map([[event.uid, "owner"]]) };
    case "kicked": {
      const roles = without(rules.roles, event.uid);
      if (!event.banned) return roles === rules.roles ? rules : { ...rules, roles };
      return { ...rules, roles, banned: withSanction(rules.banned, event) };
    }
    case "unbanned":
      return { ...rules, banned: without(rules.banned, event.uid) };
    case "muted":
      return { ...rules, muted: withSanction(rules.muted, event) };
    case "unmuted":
      return { ...rules, muted: without(rules.muted, event.uid) };
    case "appointed": {
      const { role, uid } = event;
      const others = without(rules.roles, uid);
      const roles = isRoomRole(role) ? new Map([...others, [uid, role]]) : others;
      return { ...rules, roles };
    }
    case "locked": {
      const { lock: _lock, ...open } = rules;
      // Clients aren't told what a key is compared with, only that there is one.
      return event.on ? { ...open, lock: event.key ?? "" } : open;
    }
    case "slowed":
      return { ...rules, slow: event.seconds };
    case "made_readonly":
      return { ...rules, isReadOnly: event.on };
    default:
      return rules;
  }
}

/** Whether a role is one that a room gives. */
export function isRoomRole(role: Role): role is RoomRole {
  return role === "owner" || role === "moderator";
}

/** What somebody may do in a conversation, as people are told: the most of what they are. */
export function roleIn({ rules }: { readonly rules: Rules }, uid: Uid, role: Role): Role {
  return role === "owner" ? role : rules.roles.get(uid) ?? role;
}

/** Until when somebody is kept from something; `undefined` where they aren't, at `now`. */
export function sanctioned(
  sanctions: ReadonlyMap<Uid, Sanction>,
  uid: Uid,
  now: number,
): number | undefined {
  const until = sanctions.get(uid)?.until;
  return until === undefined || until <= now ? undefined : until;
}

/** How many sanctions there are at `now`. */
export function sanctionCount(sanctions: ReadonlyMap<Uid, Sanction>, now: number): number {
  let count = 0;
  for (const { until } of sanctions.values()) if (until > now) count++;
  return count;
}

/** Who may come in outlives those who are in. */
function doors({ banned, lock }: Rules): Pick<Rules, "banned" | "lock"> {
  return lock === undefined ? { banned } : { banned, lock };
}

function without<T>(map: ReadonlyMap<Uid, T>, uid: Uid): ReadonlyMap<Uid, T> {
  if (!map.has(uid)) return map;
  const rest = new Map(map);
  rest.delete(uid);
  return rest;
}

/** With the sanction of an event, and without those that were over then. */
function withSanction(
  sanctions: ReadonlyMap<Uid, Sanction>,
  { at, uid, user, seconds }: LogEvent & { readonly seconds?: number },
): ReadonlyMap<Uid, Sanction> {
  const lasting = [...sanctions].filter(([, { until }]) => until > at);
  const until = seconds === undefined ? forGood : at + seconds * 1000;
  return new Map([...lasting, [uid, { user, until }]]);
}
