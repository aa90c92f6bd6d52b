/** What the server's log tells of commands, whichever way they came. */

import { ChatError, refusalOf } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import { fileIn } from "../wire/file_commands.ts";
import type { Journal } from "../log.ts";
import type { CommandName } from "../protocol.ts";

/** Who did something. */
export interface Actor {
  /** Missing before somebody has said who they are. */
  readonly user?: string;
  readonly address: string;
}

/** A command was done: `ok` is what its answer carries. */
export function tellDone(
  journal: Journal,
  actor: Actor,
  command: CommandName,
  { fields, ok }: { readonly fields: JsonObject; readonly ok: JsonObject },
): void {
  const room = typeof fields.room === "string" ? { room: fields.room } : {};
  const seq = typeof ok.seq === "number" ? { seq: ok.seq } : {};
  journal.action({ ...actor, command, ...room, ...seq, ...fileIn(command, fields, ok) });
}

/** A command was refused; what its sender is told. */
export function tellRefused(
  journal: Journal,
  actor: Actor,
  command: string,
  { error, fields = {} }: { readonly error: unknown; readonly fields?: JsonObject },
): ChatError {
  // What the storage says went wrong is the cause of what it tells the peer.
  const isKnown = error instanceof ChatError && error.cause === undefined;
  if (!isKnown) journal.error(`command ${command}`, error);
  const refusal = refusalOf(error);
  journal.action({ ...actor, command, ...fileIn(command, fields), refused: refusal.code });
  return refusal;
}
