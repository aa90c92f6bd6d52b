/** What is kept of a chat for the next run, and how it is read back. Pure. */

import { answerFields } from "../wire/answer_fields.ts";
import { role } from "../wire/command_row.ts";
import { decodeStored } from "../wire/decode.ts";
import { placeOf, type StoredEvent } from "../events.ts";
import {
  checkFields,
  type Field,
  flag,
  integer,
  isObject,
  list,
  note,
  noteOrNothing,
  opaque,
  optional,
  record,
  type Shape,
} from "../wire/fields.ts";
import { limits } from "../limits.ts";
import { lobby, type Uid } from "../names.ts";
import type { ChatState, ConversationView, KeptChat, KeptConversation } from "./state.ts";

/** Conversations of which messages are kept; those in which something was said last. */
const conversationsMax = 30;
/** Messages of each: the newest, and so many UTF-16 units of text. */
const messagesMax = 100;
const charsMax = 128 * 1024;
/** Conversations and users that are kept at all, and members of one conversation. */
const listedMax = 500;

const name = note(limits.idCharsMax * 4);
const uid = opaque<Uid>();
const { server, limits: bounds } = answerFields.hello;

const event: Field<StoredEvent, "needed"> = {
  must: "a stored event",
  presence: "needed",
  check: (value) => isObject(value) ? decodeStored(value) : undefined,
};
const log = record({ seq: integer(0), older: flag, messages: list(event, messagesMax) });
const conversationFields = {
  room: name,
  with: optional(uid),
  topic: noteOrNothing(limits.topicCharsMax),
  unread: integer(0),
  mentions: integer(0),
  readSeq: integer(0),
  seenSeq: integer(0),
  log: optional(log),
  members: optional(list(record({ user: name, uid }), listedMax)),
} as const;
const conversation: Field<KeptConversation, "needed"> = {
  must: "a conversation",
  presence: "needed",
  check: (value) => isObject(value) ? conversationOf(value) : undefined,
};
const aboutFields = {
  me: record({ user: name, uid, role }),
  server,
  limits: bounds,
  users: list(record({ user: name, uid: optional(uid), online: flag }), listedMax),
} as const;

/** Everything that is kept but the conversations. */
export type KeptAbout = Omit<KeptChat, "conversations">;

/** What is kept of a state beside its conversations; `undefined` before the server was reached. */
export function keptAbout({ me, server, limits, users }: ChatState): KeptAbout | undefined {
  if (me === undefined || server === undefined) return undefined;
  // Who else is here is told by the next connection.
  const known = [...users.values()].slice(0, listedMax)
    .map(({ user, uid }) => ({ user, ...uid && { uid }, online: uid === me.uid }));
  return { me, server, limits, users: known };
}

/** The conversations that are worth keeping, each as it is kept, by its key. */
export function keptConversations(state: ChatState): ReadonlyMap<string, KeptConversation> {
  const all = [...state.conversations.values()].filter(({ joined }) => joined)
    .toSorted((one, other) => lastAt(other) - lastAt(one));
  return new Map(
    all.slice(0, listedMax).map((each, index) => [
      each.key,
      kept(each, index < conversationsMax ? messagesMax : 0),
    ]),
  );
}

/** The same as {@linkcode keptAbout} has made of it, read back; `undefined` where it isn't that. */
export function keptAboutOf(value: unknown): KeptAbout | undefined {
  return isObject(value) ? checkFields(aboutFields, value) : undefined;
}

/** Conversations as {@linkcode keptConversations} has made them, read back; the others are left out. */
export function keptConversationsOf(values: readonly unknown[]): readonly KeptConversation[] {
  return values.flatMap((value) => conversation.check(value) ?? []);
}

function conversationOf(
  value: Readonly<Record<string, unknown>>,
): Shape<typeof conversationFields> | undefined {
  return checkFields(conversationFields, value);
}

/** The lobby is what one comes back to. */
function lastAt({ key, messages }: ConversationView): number {
  return key === lobby ? Infinity : messages.at(-1)?.at ?? 0;
}

function kept(view: ConversationView, most: number): KeptConversation {
  const { topic, unread, mentions, readSeq, seenSeq, seq, members } = view;
  // Behind the last hole: that there is one isn't kept.
  const lostAfter = Math.max(0, ...view.lost.keys());
  const whole = view.messages.filter((each) => each.seq > lostAfter);
  const messages = endOf(whole, most);
  const older = view.older || messages.length < view.messages.length;
  return {
    ...placeOf(view),
    ...{ topic, unread, mentions, readSeq, seenSeq },
    ...messages.length > 0 && { log: { seq, older, messages } },
    ...members && members.size <= listedMax && { members: [...members.values()] },
  };
}

function endOf(messages: readonly StoredEvent[], most: number): readonly StoredEvent[] {
  let chars = 0;
  const end = messages.slice(Math.max(0, messages.length - most));
  const tooMany = end.findLastIndex((each) => {
    chars += each.t === "said" ? each.text?.length ?? 0 : 0;
    return chars > charsMax;
  });
  return end.slice(tooMany + 1);
}
