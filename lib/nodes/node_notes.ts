/** What nodes tell one another and nobody keeps: the shapes of their notes, checked where they come. */

import { role } from "../wire/command_row.ts";
import { decodeEvent } from "../wire/decode.ts";
import { isRefusalCode, type RefusalCode } from "../errors.ts";
import { isPassingKind, type PassingEvent } from "../events.ts";
import {
  checkFields,
  exactly,
  type Field,
  type Fields,
  flag,
  integer,
  isObject,
  type JsonObject,
  list,
  note,
  opaque,
  optional,
  record,
  type Shape,
} from "../wire/fields.ts";
import { limits } from "../limits.ts";
import type { ConversationId, TransferId, Uid } from "../names.ts";

/** Users in one note: some 15 KiB. */
export const noteUsersMax = 1000;

const uid = opaque<Uid>();
const uids = list(uid, noteUsersMax);
const transfer = opaque<TransferId>();
const sentence = note(1000);
/** What users said who are away, and when; without a text they are back. */
const away = list(
  record({ uid, at: integer(0), text: optional(note(limits.noteCharsMax)) }),
  noteUsersMax,
);

const event: Field<PassingEvent, "needed"> = {
  must: "an event without a seq",
  presence: "needed",
  check: (value) => {
    const decoded = isObject(value) && isPassingKind(value.t) ? decodeEvent(value) : undefined;
    return decoded && !("seq" in decoded && "at" in decoded) ? decoded : undefined;
  },
};

const code: Field<RefusalCode, "needed"> = {
  must: "a refusal's code",
  presence: "needed",
  check: (value) => typeof value === "string" && isRefusalCode(value) ? value : undefined,
};

const conversation: Field<ConversationId, "needed"> = {
  must: "the id of a conversation",
  presence: "needed",
  check: (value) => note(1000).check(value) as ConversationId | undefined,
};

const noteFields = {
  /** Those whose first connection to the sender began, or last ended; `n` counts these notes. */
  moved: { is: exactly("moved"), n: integer(0), came: uids, went: uids, away },
  /** Some of those who are connected to the sender, as its `n`th note has left them. */
  here: {
    is: exactly("here"),
    n: integer(0),
    users: uids,
    /** Also of those who are elsewhere. */
    away,
    /** Whether it is the first part of the list, the last one, and how many users the whole has. */
    isFirst: flag,
    isLast: flag,
    count: integer(0),
  },
  /** The sender wants to know who is connected to whom it tells this. */
  who: { is: exactly("who") },
  /** The sender has claimed a transfer, the `n`th time that it asks somebody for one. */
  give: { is: exactly("give"), transfer, n: integer(0) },
  /** Its asker may write it: the sender doesn't any more. */
  given: { is: exactly("given"), transfer, n: integer(0) },
  typed: { is: exactly("typed"), conversation, uid },
  tell: { is: exactly("tell"), uid, event },
  tell_all: { is: exactly("tell_all"), event },
  /** The sender wants to know who of the others' users is at an address, and names its question. */
  who_at: { is: exactly("who_at"), address: note(limits.noteCharsMax), question: integer(0) },
  at: { is: exactly("at"), question: integer(0), users: uids },
  /** Somebody is about to be given a role by somebody. */
  giving: { is: exactly("giving"), uid, role, by: uid },
  /** A guest doesn't come back. */
  retired: { is: exactly("retired"), uid },
  /** Every connection of a user ends; with `logins` only those that came with one of them. */
  end: {
    is: exactly("end"),
    uid,
    logins: optional(list(note(limits.noteCharsMax), 100_000)),
    code,
    message: sentence,
    retryMs: optional(integer(1)),
  },
} as const satisfies Record<string, Fields>;

/** What one node tells others. */
export type Note = {
  [K in keyof typeof noteFields]: Shape<typeof noteFields[K]>;
}[keyof typeof noteFields];

/** What another node has told, or `undefined` where this version doesn't know it. */
export function noteOf(json: JsonObject): Note | undefined {
  const { is } = json;
  if (typeof is !== "string" || !isNoteKind(is)) return undefined;
  const checked: object | undefined = checkFields<Fields>(noteFields[is], json);
  return checked as Note | undefined;
}

function isNoteKind(is: string): is is keyof typeof noteFields {
  return Object.hasOwn(noteFields, is);
}
