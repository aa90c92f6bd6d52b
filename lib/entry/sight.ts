/** Which rooms are there for whom: one that is locked is for those alone who need no key to it. */

import type { Conversation } from "../conversation.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { Uid } from "../names.ts";
import type { Room } from "../rooms.ts";
import { isRoomRole } from "../moderation/rules.ts";

/**
 * Whether a room with somebody in it is there for `uid`. Where it isn't, everything but `join` is
 * answered as if it had never been: with the same words, after the same work.
 */
export function isSeenBy(
  { people }: Pick<Core, "people">,
  room: Readonly<Room>,
  uid: Uid,
): boolean {
  const { rules: { lock, roles }, members } = room;
  if (lock === undefined || members.has(uid) || roles.has(uid)) return true;
  return isRoomRole(people.roleOf(uid));
}

/** The room of a name, where somebody is in it, or on their way in, and `uid` may know of it. */
export function roomSeenBy(
  core: Pick<Core, "hub" | "people">,
  name: string,
  uid: Uid,
): Conversation | undefined {
  const conversation = core.hub.room(name);
  // As it was decided: what somebody does right behind their joining isn't done by a stranger.
  return conversation && isSeenBy(core, conversation.decided, uid) ? conversation : undefined;
}

/** What is told of rooms that aren't there, and of those that one may not know of. */
export function noSuchRoom(name: string): ChatError {
  return new ChatError("no_such_room", `Nobody is in "${name}" now: join it first`);
}
