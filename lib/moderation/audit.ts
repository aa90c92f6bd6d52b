/** What moderators did, as the owner reads it: from the events of logs, and what is in none. Pure. */

import { doerOf, type LogEvent, type Person } from "../events.ts";
import type { AuditEntry } from "./audit_entry.ts";
import type { Uid } from "../names.ts";

/** What an event took away, and whose it was; missing where that isn't known any more. */
export interface Taken extends Person {
  /** What a file was called. */
  readonly name?: string;
}

/** Whether an event may be a moderator's: then {@linkcode auditOf} says what it comes to. */
export function isAudited({ t }: LogEvent): boolean {
  switch (t) {
    case "kicked":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "slowed":
    case "made_readonly":
    case "deleted":
    case "removed":
      return true;
    default:
      return false;
  }
}

/** The entry of an event in a room; `undefined` where it is nobody's but its user's own doing. */
export function auditOf(event: LogEvent, room: string, taken?: Taken): AuditEntry | undefined {
  const { user: by, uid: by_uid } = doerOf(event);
  const { at } = event;
  const common = { at, by, by_uid, room };
  switch (event.t) {
    case "kicked": {
      const { user, uid, banned, reason, seconds } = event;
      return {
        ...common,
        did: banned ? "banned" : "kicked",
        user,
        uid,
        ...given({ reason, seconds }),
      };
    }
    case "muted":
      return { ...common, ...whomOf(event), ...given({ seconds: event.seconds }) };
    case "unbanned":
    case "unmuted":
      return { ...common, ...whomOf(event) };
    case "appointed":
      return { ...common, ...whomOf(event), role: event.role };
    case "locked":
    case "made_readonly":
      return { ...common, did: event.t, on: event.on };
    case "slowed":
      return { ...common, did: event.t, seconds: event.seconds };
    case "deleted":
    case "removed": {
      if (!taken || taken.uid === by_uid) return undefined;
      const what = event.t === "deleted" ? { target: event.target } : given({ file: taken.name });
      return { ...common, did: event.t, user: taken.user, uid: taken.uid, ...what };
    }
    default:
      return undefined;
  }
}

function whomOf(
  { t, user, uid, reason }: {
    readonly t: AuditEntry["did"];
    readonly user: string;
    readonly uid: Uid;
    readonly reason?: string;
  },
) {
  return { did: t, user, uid, ...given({ reason }) };
}

/** The fields that are there. */
function given<T extends object>(fields: T): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
