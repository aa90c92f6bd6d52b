/** What `room` and `with` name, and whether it is there for whoever asks. */

import type { Conversation } from "../conversation.ts";
import type { Core } from "../core.ts";
import type { Deed } from "./deeds.ts";
import { ChatError } from "../errors.ts";
import type { Change, Person } from "../events.ts";
import type { Asker } from "./floods.ts";
import {
  type ConversationId,
  isName,
  nameRuleText,
  pairId,
  pairOf,
  roomId,
  type Uid,
} from "../names.ts";
import type { Known } from "../known.ts";
import { noSuchRoom, roomSeenBy } from "../entry/sight.ts";

/** The room or private conversation that a command is about. */
export interface Address {
  readonly room: string;
  readonly with?: Uid;
}

/** What `by` wants to change, under their own name for it. */
export function deed({ person }: Known, change: Change, cid: string | undefined): Deed {
  return cid === undefined ? { by: person, change } : { by: person, change, cid };
}

/** The id of an address, where it can be told without knowing who is there now. */
export function idOf({ room, with: other }: Address, uid: Uid): ConversationId | undefined {
  if (!room.startsWith("@")) return roomId(room);
  return other === undefined ? undefined : pairId(uid, other);
}

/**
 * The conversation of an address.
 *
 * @throws {ChatError} `no_such_room`, `no_such_user`, `not_allowed` for a conversation with oneself
 */
export async function conversationOf(
  core: Core,
  by: Person,
  { room, with: uid }: Address,
  to: "read" | "write",
): Promise<Conversation> {
  if (room.startsWith("@")) return await privateWith(core, by, { room, with: uid }, to);
  const conversation = roomSeenBy(core, room, by.uid);
  if (conversation) return conversation;
  throw noSuchRoom(room);
}

/**
 * A conversation by its id, also one that nobody is in; it may be released then. `undefined` where
 * the other of a private one isn't known any more.
 */
export async function conversationKept(
  { hub, people }: Pick<Core, "hub" | "people">,
  id: ConversationId,
): Promise<Conversation | undefined> {
  const pair = pairOf(id);
  if (!pair) return await hub.openRoom(id);
  const [one, other] = await Promise.all(pair.map((uid) => people.user(uid)));
  return one && other && await hub.openPair(one, other);
}

async function privateWith(
  core: Core,
  by: Person,
  { room, with: uid }: Address,
  to: "read" | "write",
): Promise<Conversation> {
  const name = room.slice(1);
  const holder = core.people.holder(name);
  const other = uid === undefined ? holder?.person : await core.people.user(uid);
  const isSomebodyElses = holder !== undefined && holder.uid !== other?.uid;
  if (other === undefined || (to === "write" && isSomebodyElses)) throw noSuchUser(name);
  if (other.uid === by.uid) {
    throw new ChatError("not_allowed", "Cannot have a conversation with oneself");
  }
  return await core.hub.openPair(by, other);
}

function noSuchUser(name: string): ChatError {
  return new ChatError("no_such_user", `There is no user "${name}" now`);
}

/**
 * The room that `known` wants to join, made where there is none.
 *
 * @throws {ChatError} `room_name_invalid`, `not_allowed` over the bounds, `slow_down`
 */
export async function roomToJoin(
  core: Core,
  { known, remote }: Asker,
  name: string,
): Promise<{ readonly conversation: Conversation; readonly created: boolean }> {
  const { bounds, hub } = core;
  const rule = { charsMax: bounds.roomNameCharsMax, plain: bounds.plainNames };
  if (!isName(name, rule)) {
    throw new ChatError(
      "room_name_invalid",
      `Cannot join ${JSON.stringify(name)}: a room's name is ${nameRuleText(rule)}`,
    );
  }
  const there = hub.room(name);
  if (there && (there.room.members.has(known.uid) || there === hub.lobby)) {
    return { conversation: there, created: false };
  }
  if (known.rooms.size >= bounds.roomsJoinedMax) {
    const bound = `you are in ${bounds.roomsJoinedMax} rooms, as many as one may`;
    throw new ChatError("not_allowed", `Cannot join "${name}": ${bound}; leave one first`);
  }
  if (there) return { conversation: there, created: false };
  if (hub.roomCount > bounds.roomsMax) {
    throw new ChatError("not_allowed", `Cannot make "${name}": there are ${bounds.roomsMax} rooms`);
  }
  core.floods.countRoom({ known, remote });
  return { conversation: await hub.openRoom(name), created: true };
}
