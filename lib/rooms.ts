/**
 * What a conversation is, and one of the two functions that all of Parley turns on: a command is
 * decided against a {@linkcode Room} as it is (deciding.ts), and what was decided is applied to it,
 * by the server, by a replay and by every client alike. Nothing here waits, reads a clock or knows a
 * connection.
 */

import type { Role } from "./wire/command_row.ts";
import type { LogEvent, LogFile, Person } from "./events.ts";
import { type ConversationId, lobby, pairOf, type Uid } from "./names.ts";
import { afterRules, noRules, type Rules } from "./moderation/rules.ts";

/** A conversation as the events up to `seq` have left it. */
export interface Room {
  readonly id: ConversationId;
  /** The spelling of whoever made it; empty for a private conversation. */
  name: string;
  topic: string;
  /** The last event's seq; 0 before the first. */
  seq: number;
  /** The seq of the oldest event kept; `seq + 1` where none is. */
  first: number;
  /** Who is in it. The lobby and private conversations have no list: it follows from their kind. */
  readonly members: Map<Uid, Person>;
  /** What moderators have made of it. */
  rules: Rules;
  /** When somebody spoke last, while the room is slow; a start forgets it. */
  spoke?: Map<Uid, number>;
}

/** A message as the events after it have left it. */
export interface Message {
  readonly seq: number;
  readonly author: Uid;
  readonly deleted: boolean;
  /** Who reacted, by emoji. */
  readonly reactions: ReadonlyMap<string, ReadonlySet<Uid>>;
}

/** A conversation that nothing has happened in. */
export function emptyRoom(id: ConversationId, name: string): Room {
  return { id, name, topic: "", seq: 0, first: 1, members: new Map(), rules: noRules };
}

/** What somebody has just said. */
export function newMessage({ seq, uid: author }: LogEvent): Message {
  return { seq, author, deleted: false, reactions: new Map() };
}

/** A copy that can go its own way. */
export function copyRoom(room: Room): Room {
  const { members, spoke } = room;
  return { ...room, members: new Map(members), ...spoke && { spoke: new Map(spoke) } };
}

/** Whether everybody is in it without joining. */
export function isLobby(room: Room): boolean {
  return room.id === lobby;
}

/** Whether `uid` takes part in a conversation. */
export function isIn(room: Room, uid: Uid): boolean {
  return isLobby(room) || room.members.has(uid) || (pairOf(room.id)?.includes(uid) ?? false);
}

/** Changes `room`, and nothing else, by what has happened in it. */
export function apply(room: Room, event: LogEvent): void {
  room.seq = event.seq;
  room.rules = afterRules(room.rules, event, room.members.size === 0);
  switch (event.t) {
    case "joined":
      room.members.set(event.uid, { user: event.user, uid: event.uid });
      return;
    case "left":
    case "kicked":
      room.members.delete(event.uid);
      return;
    case "retitled":
      room.topic = event.topic;
      return;
    case "said":
      if (room.rules.slow > 0) tookTurn(room, event);
      return;
    case "slowed":
      delete room.spoke;
      return;
    case "edited":
    case "deleted":
    case "reacted":
    case "shared":
    case "removed":
    case "declined":
    case "taken":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "made_readonly":
      return;
    default:
      event satisfies never;
  }
}

/** Keeps who may not speak again yet, in the order in which they spoke. */
function tookTurn(room: Room, { uid, at }: LogEvent): void {
  const spoke = room.spoke ??= new Map();
  spoke.delete(uid);
  spoke.set(uid, at);
  for (const [other, before] of spoke) {
    if (before + room.rules.slow * 1000 > at) return;
    spoke.delete(other);
  }
}

/** Changes nothing: what `message` is after an event of its conversation. */
export function applyToMessage(message: Message, event: LogEvent): Message {
  if (!("target" in event) || event.target !== message.seq) return message;
  switch (event.t) {
    case "edited":
      return message;
    case "deleted":
      return { ...message, deleted: true, reactions: new Map() };
    case "reacted": {
      const reactions = new Map(message.reactions);
      const uids = new Set(reactions.get(event.emoji));
      if (event.on) uids.add(event.uid);
      else uids.delete(event.uid);
      if (uids.size > 0) reactions.set(event.emoji, uids);
      else reactions.delete(event.emoji);
      return { ...message, reactions };
    }
    default:
      event satisfies never;
      return message;
  }
}

/** What deciding needs beside the room. */
export interface Facts {
  /** The message that the change quotes or changes, where there is one. */
  readonly message?: Message;
  /** The file that is declined or taken, where it is there. */
  readonly file?: Pick<LogFile, "uid">;
  /** Members that a room takes. */
  readonly membersMax: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whom the change is about, where somebody is moderated. */
  readonly whom?: Person;
  /** What somebody who joins shows at the door. */
  readonly entry?: Entry;
  /** What somebody is on the whole server. */
  roleOf(uid: Uid): Role;
}

/** What lets somebody into a locked room. */
export interface Entry {
  /** What the room's lock has to be; a key that was given comes to it. */
  readonly key?: string;
  readonly isInvited?: boolean;
}
