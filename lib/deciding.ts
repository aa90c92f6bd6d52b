/**
 * The other of the two functions that all of Parley turns on: whether a command is what a room, as
 * it is, lets its user do. Pure, as rooms.ts is, which says what comes of it.
 */

import { ChatError } from "./errors.ts";
import type { Change, Person } from "./events.ts";
import { limits } from "./limits.ts";
import {
  decideModeration,
  moderates,
  moderatesWhom,
  requireEntry,
  requireTurn,
  requireVoice,
} from "./moderation/moderation.ts";
import { pairOf } from "./names.ts";
import { type Facts, isIn, isLobby, type Message, type Room } from "./rooms.ts";

/**
 * Whether `by` may make `change`, and whether it changes anything: `false` where all is so already.
 *
 * @throws {ChatError} `not_allowed`, `room_full`, `room_locked`, `banned`, `muted`, `slow_down`,
 * `no_such_message`, `no_such_file`, `no_such_user`
 */
export function decide(room: Room, by: Person, change: Change, facts: Facts): boolean {
  switch (change.t) {
    case "joined":
      return decideJoin(room, by, facts);
    case "left":
      if (isLobby(room)) throw new ChatError("not_allowed", "Cannot leave the lobby: quit instead");
      return room.members.has(by.uid);
    case "said":
      requireIn(room, by, "speak");
      requireVoice(room, by, facts);
      requireTurn(room, by, facts);
      if (change.quote !== undefined) requireMessage(facts.message, change.quote);
      return true;
    case "edited":
      requireIn(room, by, "edit");
      requireVoice(room, by, facts);
      requireAuthor(requireMessage(facts.message, change.target), by, "edit");
      return true;
    case "deleted":
      return decideDelete(room, by, change.target, facts);
    case "reacted":
      requireIn(room, by, "react");
      requireVoice(room, by, facts);
      return decideReact(requireMessage(facts.message, change.target), by, change);
    case "retitled":
      return decideTopic(room, by, change.topic, facts);
    // Who may share and remove is decided before a byte moves, in files.ts: what is on disk is told
    // even if its sender has left meanwhile.
    case "shared":
    case "removed":
      return true;
    case "declined":
    case "taken":
      return decideReceived(room, by, facts.file);
    case "kicked":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "slowed":
    case "made_readonly":
      return decideModeration(room, by, change, facts);
    default:
      change satisfies never;
      return false;
  }
}

function decideJoin(room: Room, by: Person, facts: Facts): boolean {
  if (isIn(room, by.uid)) return false;
  requireEntry(room, by, facts);
  const { membersMax } = facts;
  if (room.members.size < membersMax) return true;
  throw new ChatError(
    "room_full",
    `Cannot join "${room.name}": all its places (${membersMax}) are taken`,
  );
}

/** Everybody takes back what they said, and moderators what others did. */
function decideDelete(room: Room, by: Person, target: number, facts: Facts): boolean {
  const isSeen = isIn(room, by.uid) || moderates(room, by.uid, facts);
  if (!isSeen) requireIn(room, by, "delete");
  const message = requireMessage(facts.message, target);
  if (moderatesWhom(room, by.uid, message.author, facts)) return true;
  requireAuthor(message, by, "delete");
  return true;
}

function decideTopic(room: Room, by: Person, topic: string, facts: Facts): boolean {
  requireIn(room, by, "set the topic");
  requireVoice(room, by, facts);
  if (isLobby(room) || pairOf(room.id)) {
    throw new ChatError(
      "not_allowed",
      "Cannot set a topic here: only rooms that one joins have one",
    );
  }
  return room.topic !== topic;
}

function decideReact(
  message: Message,
  by: Person,
  reaction: { readonly emoji: string; readonly on: boolean },
): boolean {
  const { reactions } = message;
  const there = reactions.get(reaction.emoji);
  if ((there?.has(by.uid) ?? false) === reaction.on) return false;
  const all = [...reactions.values()].reduce((sum, uids) => sum + uids.size, 0);
  const kinds = reactions.size + (there ? 0 : 1);
  if (reaction.on && (kinds > limits.reactionKindsMax || all >= limits.reactionsMax)) {
    throw new ChatError(
      "not_allowed",
      `Cannot react: a message takes ${limits.reactionKindsMax} kinds and ${limits.reactionsMax} reactions`,
    );
  }
  return true;
}

/** A file is taken or declined by the one that it was sent to. */
function decideReceived(room: Room, by: Person, file: Facts["file"]): boolean {
  if (file === undefined || (pairOf(room.id) !== undefined && !isIn(room, by.uid))) {
    throw new ChatError("no_such_file", "There is no such file here (any more)");
  }
  if (pairOf(room.id) && file.uid !== by.uid) return true;
  throw new ChatError(
    "not_allowed",
    "Cannot do that: only who was sent a file takes or declines it",
  );
}

function requireIn(room: Room, by: Person, action: string): void {
  if (isIn(room, by.uid)) return;
  throw new ChatError("not_allowed", `Cannot ${action} in "${room.name}": join it first`);
}

function requireMessage(message: Message | undefined, seq: number): Message {
  if (message !== undefined && !message.deleted) return message;
  throw new ChatError("no_such_message", `There is no message ${seq} here`);
}

function requireAuthor(message: Message, by: Person, action: string): void {
  if (message.author === by.uid) return;
  throw new ChatError(
    "not_allowed",
    `Cannot ${action} message ${message.seq}: somebody else said it`,
  );
}
