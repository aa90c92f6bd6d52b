/** The rows of the table of commands that are about accounts, their logins and roles. A leaf. */

import { answerFields } from "./answer_fields.ts";
import { type CommandRow, role, room } from "./command_row.ts";
import { anyText, flag, opaque, optional } from "./fields.ts";
import { limits } from "../limits.ts";

/** A password as it was typed; its characters are counted once they are in one form. */
export const password = anyText(limits.passwordTextMax);
/** What a login is called: nobody comes in with it. */
const login = opaque();

/** Every command about accounts. */
export const accountCommands = {
  register: {
    help: "Make your name yours for good, with a password",
    who: "guest",
    cost: 3,
    unordered: limits.passwordsAtOnceMax,
    fields: { password },
    /** What they are from now on. */
    ok: answerFields.register,
  },
  password: {
    help: "Change your password; every other login of yours ends",
    who: "member",
    cost: 3,
    unordered: limits.passwordsAtOnceMax,
    fields: { old: password, new: password },
    ok: answerFields.password,
  },
  logout: {
    help: "End this login, or all of yours",
    who: "guest",
    cost: 1,
    fields: { all: optional(flag) },
    ok: answerFields.logout,
  },
  logins: {
    help: "List where you are logged in",
    who: "guest",
    cost: 1,
    fields: {},
    ok: answerFields.logins,
  },
  revoke: {
    help: "End a login of yours on another device",
    who: "guest",
    cost: 1,
    fields: { login },
    ok: answerFields.revoke,
  },
  role: {
    help: "Say what somebody may do, on the server or in a room",
    who: "guest",
    cost: 1,
    fields: { user: anyText(1000), role, room: optional(room) },
    ok: answerFields.role,
  },
} as const satisfies Record<string, CommandRow>;
