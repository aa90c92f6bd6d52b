/** The rows of the table of commands that are about invitations. A leaf. */

import { answerFields } from "./answer_fields.ts";
import { type CommandRow, limit, role, room } from "./command_row.ts";
import { integer, opaque, optional } from "./fields.ts";
import { limits } from "../limits.ts";

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
    ok: answerFields.invite,
  },
  invites: {
    help: "List the invitations that you made; the owner sees all",
    who: "member",
    cost: 1,
    fields: { after: optional(invite), limit },
    ok: answerFields.invites,
  },
  uninvite: {
    help: "Withdraw an invitation; whoever came by it stays",
    who: "member",
    cost: 1,
    fields: { invite },
    ok: answerFields.uninvite,
  },
} as const satisfies Record<string, CommandRow>;
