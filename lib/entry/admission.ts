/** Who may do what: the role of whoever asks against that of the command's row. */

import { type CommandRow, isAtLeast } from "../wire/command_row.ts";
import { ChatError } from "../errors.ts";
import type { Known } from "../known.ts";
import { type CommandName, commands } from "../protocol.ts";

/**
 * That somebody's role is enough for a command, as it is now.
 *
 * @throws {ChatError} `login_required` where an account would do; `not_allowed`
 */
export function requireRole(known: Known, name: CommandName): void {
  const row: CommandRow = commands[name];
  const { who } = row;
  if (who === "anybody" || isAtLeast(known.role, who)) return;
  if (who === "member") {
    const how = 'make the name yours with "register", or log in with its password';
    throw new ChatError("login_required", `Cannot ${name} as a guest: ${how}`);
  }
  throw new ChatError("not_allowed", `Cannot ${name}: only ${plural[who]} may`);
}

const plural = {
  guest: "those who have said hello",
  moderator: "moderators and the owner",
  owner: "the owner",
} as const;
