/** What this user may do in a conversation, as the server will see it too. Pure. */

import type { Role } from "../wire/command_row.ts";
import type { ChatError } from "../errors.ts";
import type { Person } from "../events.ts";
import { moderates, moderatesWhom, whyNoTurn, whyNoVoice } from "../moderation/moderation.ts";
import { type ConversationId, pairId, type Uid } from "../names.ts";
import { emptyRoom, type Room } from "../rooms.ts";
import type { ConversationView, Me } from "./state.ts";

/** What is known of a conversation. */
export type Ruled = Pick<ConversationView, "key" | "room" | "with" | "rules" | "spokeAt">;

/** Whether `me` moderates here. */
export function mayModerate(here: Ruled, me: Me): boolean {
  return moderates(roomOf(here, me), me.uid, { roleOf: () => me.role });
}

/** Whether `me` moderates somebody here; `role`: what they are on the whole server, if known. */
export function mayModerateWhom(
  here: Ruled,
  me: Me,
  { uid, role = "guest" }: { readonly uid: Uid; readonly role?: Role },
): boolean {
  if (uid === me.uid) return false;
  const roleOf = (asked: Uid) => asked === me.uid ? me.role : role;
  return moderatesWhom(roomOf(here, me), me.uid, uid, { roleOf });
}

/** Why `me` may not write here at `now`; `undefined` where they may. */
export function whyNotWrite(here: Ruled, me: Me, now: number): ChatError | undefined {
  const facts = { now, roleOf: () => me.role };
  const room = roomOf(here, me);
  return whyNoVoice(room, me, facts) ?? whyNoTurn(room, me, facts);
}

/** As far as it is known: this user is in it. */
function roomOf({ key, room, with: other, rules, spokeAt }: Ruled, me: Person): Room {
  const id = other === undefined ? key as ConversationId : pairId(me.uid, other);
  return {
    ...emptyRoom(id, room),
    members: new Map([[me.uid, me]]),
    rules,
    ...spokeAt !== undefined && { spoke: new Map([[me.uid, spokeAt]]) },
  };
}
