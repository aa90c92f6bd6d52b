/** The rules of a room as the text that is kept of them. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parseLine } from "../../wire/decode.ts";
import type { LogEvent } from "../../events.ts";
import {
  checkFields,
  type Field,
  flag,
  integer,
  type JsonObject,
  note,
  optional,
  record,
  recordOf,
} from "../../wire/fields.ts";
import { limits } from "../../limits.ts";
import type { Uid } from "../../names.ts";
import { afterRules, noRules, type RoomRole, type Rules } from "../../moderation/rules.ts";
import { textOrNothing } from "./database.ts";

const sanction = record({ user: note(limits.idCharsMax * 4), until: integer(0) });
const roomRole: Field<RoomRole, "needed"> = {
  must: "owner, moderator",
  presence: "needed",
  check: (value) => value === "owner" || value === "moderator" ? value : undefined,
};
const keptFields = {
  roles: recordOf(roomRole),
  muted: recordOf(sanction),
  banned: recordOf(sanction),
  lock: optional(note(limits.keyCharsMax)),
  slow: integer(0),
  readonly: flag,
} as const;

/** Rules as JSON, to be kept; `undefined` where there are none. */
function keptRules(rules: Rules): string | undefined {
  if (rules === noRules) return undefined;
  const { roles, muted, banned, lock, slow, isReadOnly } = rules;
  const kept: JsonObject = {
    roles: Object.fromEntries(roles),
    muted: Object.fromEntries(muted),
    banned: Object.fromEntries(banned),
    ...lock !== undefined && { lock },
    slow,
    readonly: isReadOnly,
  };
  return JSON.stringify(kept);
}

/** The rules that were kept. @throws {TypeError} where they are none */
export function rulesOf(kept: string | undefined): Rules {
  if (kept === undefined) return noRules;
  const json = parseLine(kept);
  const checked = json && checkFields(keptFields, json);
  if (!checked) throw new TypeError("The rules of a room, as they were kept, are none");
  const { roles, muted, banned, lock, slow, readonly } = checked;
  return {
    roles: byUid(roles),
    muted: byUid(muted),
    banned: byUid(banned),
    ...lock !== undefined && { lock },
    slow,
    isReadOnly: readonly,
  };
}

function byUid<T>(kept: Readonly<Record<string, T>>): ReadonlyMap<Uid, T> {
  return new Map(Object.entries(kept).map(([uid, value]) => [uid as Uid, value]));
}

/** Keeps the rules of rooms through one connection, inside a transaction that is already open. */
export class RuleWrites {
  readonly #rules: StatementSync;
  readonly #member: StatementSync;
  readonly #keep: StatementSync;

  constructor(db: DatabaseSync) {
    this.#rules = db.prepare("SELECT rules FROM conversation WHERE id = ?");
    this.#member = db.prepare("SELECT 1 FROM member WHERE conversation = ? LIMIT 1");
    this.#keep = db.prepare("UPDATE conversation SET rules = ? WHERE id = ?");
  }

  /** Applies an event before it changes who is in the room. */
  apply(conversation: number, event: LogEvent): void {
    if (!mayRule(event)) return;
    const isEmpty = this.#member.get(conversation) === undefined;
    if (event.t === "joined" && !isEmpty) return;
    const row = this.#rules.get(conversation);
    const before = rulesOf(row && textOrNothing(row, "rules"));
    const after = afterRules(before, event, isEmpty);
    if (after !== before) this.#keep.run(keptRules(after) ?? null, conversation);
  }
}

/** Whether an event may change rules: most don't, and cost nothing. */
function mayRule({ t }: LogEvent): boolean {
  switch (t) {
    case "joined":
    case "kicked":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "slowed":
    case "made_readonly":
      return true;
    default:
      return false;
  }
}
