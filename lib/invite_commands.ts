/** The rows of the table of commands that are about invitations. A leaf. */

import { type CommandRow, limit, name, role, room, uid } from "./command_row.ts";
import { flag, integer, list, note, noteOrNothing, opaque, optional, record } from "./fields.ts";
import { limits } from "./limits.ts";

/** What an invitation is called where its code isn't to be seen. */
const invite = opaque();

/** Every command about invitations. */
export const inviteCommands = {
  invite: {
    help: "Make an invitation to the server, or to a room",
    who: "member",
    cost: 3,
    fields: {
      room: optional(room),
      role: optional(role),
      uses: optional(integer(1)),
      seconds: optional(integer(1, limits.inviteSecondsMax)),
    },
    ok: {
      code: note(limits.idCharsMax),
      /** The page's link; empty where the server has no page. */
      url: noteOrNothing(1000),
      /** What a terminal client is given. */
      address: note(1000),
      invite,
    },
  },
  invites: {
    help: "List the invitations that you made; the owner sees all",
    who: "member",
    cost: 1,
    fields: { after: optional(invite), limit },
    ok: {
      invites: list(
        record({
          invite,
          /** Who made it; missing where the server did. */
          user: optional(name),
          uid: optional(uid),
          at: integer(0),
          role,
          room: optional(name),
          /** How many may come by it; missing where any number may. */
          uses: optional(integer(1)),
          used: integer(0),
          /** Until when it is good; missing where it is good until it is withdrawn. */
          until: optional(integer(0)),
        }),
        limits.pageMax,
      ),
      more: flag,
    },
  },
  uninvite: {
    help: "Withdraw an invitation; whoever came by it stays",
    who: "member",
    cost: 1,
    fields: { invite },
    ok: {},
  },
} as const satisfies Record<string, CommandRow>;
