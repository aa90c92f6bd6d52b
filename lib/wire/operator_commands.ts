/** What whoever runs the server has it do, as a table: no client can ask for that. */

import { inviteCommands } from "./invite_commands.ts";
import { accountCommands, password } from "./account_commands.ts";
import { moderationCommands } from "./moderation_commands.ts";
import { name, role, uid } from "./command_row.ts";
import {
  anyText,
  type Fields,
  flag,
  integer,
  list,
  noteOrNothing,
  opaque,
  optional,
  record,
  type Shape,
} from "./fields.ts";
import { limits } from "../limits.ts";

const user = anyText(1000);
/** More than there can be. */
const listMax = 10_000_000;

/** Commands of the protocol that the operator gives, too. */
export const shared = {
  invite: inviteCommands.invite,
  role: accountCommands.role,
  ban: moderationCommands.ban,
  unban: moderationCommands.unban,
  bans: moderationCommands.bans,
  audit: moderationCommands.audit,
} as const;

/** Commands of the operator alone. */
export const own = {
  list: {
    fields: {},
    ok: {
      users: list(
        record({
          user: name,
          uid,
          role,
          online: flag,
          logins: integer(0),
          /** When one of their logins was used last. */
          at: optional(integer(0)),
          /** Of files; those of all guests are counted together. */
          bytes: optional(integer(0)),
        }),
        listMax,
      ),
      rooms: list(
        record({ room: name, members: integer(0), seq: integer(0), locked: flag }),
        listMax,
      ),
      guestBytes: integer(0),
    },
  },
  logins: {
    fields: { user },
    ok: {
      logins: list(
        record({ login: opaque(), agent: noteOrNothing(limits.noteCharsMax), at: integer(0) }),
        listMax,
      ),
    },
  },
  /** Without `login`, all of them. */
  revoke: { fields: { user, login: optional(opaque()) }, ok: { ended: integer(0) } },
  /** Without a password, one is made. */
  reset: { fields: { user, password: optional(password) }, ok: { password } },
  /** With `messages`, what they wrote and shared goes, too. */
  remove: {
    fields: { user, messages: flag },
    ok: { messages: integer(0), files: integer(0) },
  },
} as const satisfies Record<string, { readonly fields: Fields; readonly ok: Fields }>;

/** Everything that the operator may ask for. */
export const operatorCommands = { ...shared, ...own } as const;

/** The name of such a command. */
export type OperatorCommandName = keyof typeof operatorCommands;
/** What it carries. */
export type OperatorCommand<K extends OperatorCommandName> = Shape<
  typeof operatorCommands[K]["fields"]
>;
/** What it comes to. */
export type OperatorOk<K extends OperatorCommandName> = Shape<typeof operatorCommands[K]["ok"]>;

/** Those that only read; not in the rows, of which the page loads some as well. */
const reading: ReadonlySet<OperatorCommandName> = new Set(
  ["bans", "audit", "list", "logins"] as const,
);

/** Whether something is kept by it. */
export function keeps(name: OperatorCommandName): boolean {
  return !reading.has(name);
}

/** Whether it is one. */
export function isOperatorCommand(text: unknown): text is OperatorCommandName {
  return typeof text === "string" && Object.hasOwn(operatorCommands, text);
}

/** Whether clients may ask for it, too. */
export function isShared(name: OperatorCommandName): name is keyof typeof shared {
  return Object.hasOwn(shared, name);
}
