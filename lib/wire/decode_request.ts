/** Commands out of frames, and their checked fields. A leaf. */

import type { CommandRow } from "./command_row.ts";
import { type CommandId, idOf } from "./decode.ts";
import { ChatError } from "../errors.ts";
import { type JsonObject, requireFields } from "./fields.ts";
import { limits } from "../limits.ts";
import { type Command, type CommandName, commands } from "../protocol.ts";

/** A command as it was sent: its name, its id, and its fields, not checked yet. */
export interface Request {
  readonly t: CommandName;
  readonly id?: CommandId;
  readonly fields: JsonObject;
}

/**
 * Which command a frame is.
 *
 * @throws {ChatError} `unknown_command`, `bad_message`
 */
export function decodeRequest(frame: JsonObject): Request {
  const { t } = frame;
  const id = idOf(frame);
  if (frame.id !== undefined && frame.id !== null && id === undefined) {
    throw new ChatError(
      "bad_message",
      `Cannot take that: "id" must be an integer or a text of at most ${limits.idCharsMax} characters`,
    );
  }
  if (typeof t !== "string") {
    throw new ChatError("bad_message", 'Cannot take that: "t" must name a command');
  }
  if (!isCommandName(t)) {
    throw new ChatError("unknown_command", `There is no command "${t.slice(0, 40)}"`);
  }
  const row: CommandRow = commands[t];
  if (id === undefined && row.needsId) {
    throw new ChatError(
      "bad_message",
      `Cannot ${t}: "id" must be there, what comes is found by it`,
    );
  }
  return id === undefined ? { t, fields: frame } : { t, id, fields: frame };
}

/** Whether `t` names a command of this version. */
export function isCommandName(t: string): t is CommandName {
  return Object.hasOwn(commands, t);
}

/**
 * The checked fields of a command.
 *
 * @throws {ChatError} `bad_message`, naming the field that isn't what it must be.
 */
export function commandOf<K extends CommandName>(name: K, fields: JsonObject): Command<K> {
  const row: { readonly fields: typeof commands[K]["fields"] } = commands[name];
  return requireFields(name, row.fields, fields);
}
