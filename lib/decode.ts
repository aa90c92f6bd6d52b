/** What came as a line: commands, answers and events out of frames, and their checked fields. A leaf. */

import type { CommandRow } from "./command_row.ts";
import { ChatError, isRefusalCode, type RefusalCode } from "./errors.ts";
import {
  changeFields,
  type ChatEvent,
  isChangeKind,
  isPassingKind,
  passingFields,
  type StoredEvent,
  storedFields,
} from "./events.ts";
import { checkFields, type Fields, isObject, type JsonObject, requireFields } from "./fields.ts";
import { limits } from "./limits.ts";
import { type Command, type CommandName, commands, type Ok } from "./protocol.ts";

/** What a peer calls a command, to find its answer by. */
export type CommandId = number | string;

/** A command as it was sent: its name, its id, and its fields, not checked yet. */
export interface Request {
  readonly t: CommandName;
  readonly id?: CommandId;
  readonly fields: JsonObject;
}

/** An answer to a command. */
export type Answer =
  | { readonly t: "ok"; readonly re?: CommandId; readonly fields: JsonObject }
  | {
    readonly t: "refused";
    readonly re?: CommandId;
    readonly code: RefusalCode;
    readonly message: string;
    readonly retry_ms?: number;
    /** What a refused part, which has no id, belongs to. */
    readonly transfer?: string;
    /** The byte that `bad_offset` wants next. */
    readonly offset?: number;
    /** Whether the name that is taken is an account's. */
    readonly account?: boolean;
  };

/** The id of a frame, or `undefined` where it has none that is one. */
export function idOf(frame: JsonObject): CommandId | undefined {
  const { id } = frame;
  if (Number.isSafeInteger(id)) return Number(id);
  return typeof id === "string" && id.length <= limits.idCharsMax ? id : undefined;
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

/** The checked fields of `ok` to a command, or `undefined` where they aren't what they must be. */
export function okOf<K extends CommandName>(name: K, fields: JsonObject): Ok<K> | undefined {
  const row: { readonly ok: typeof commands[K]["ok"] } = commands[name];
  return checkFields(row.ok, fields);
}

/** A frame as an answer, or `undefined` where it isn't one. */
export function decodeAnswer(frame: JsonObject): Answer | undefined {
  const re = idOf({ id: frame.re });
  if (frame.t === "ok") return { t: "ok", re, fields: frame };
  if (frame.t !== "refused") return undefined;
  const code = typeof frame.code === "string" && isRefusalCode(frame.code)
    ? frame.code
    : "internal";
  const message = typeof frame.message === "string" ? frame.message : "";
  const whole = (value: unknown) => Number.isSafeInteger(value) ? Number(value) : undefined;
  const transfer = typeof frame.transfer === "string" ? { transfer: frame.transfer } : {};
  const at = whole(frame.offset);
  const offset = at === undefined ? {} : { offset: at };
  return {
    t: "refused",
    re,
    code,
    message,
    retry_ms: whole(frame.retry_ms),
    ...transfer,
    ...offset,
    ...typeof frame.account === "boolean" && { account: frame.account },
  };
}

/**
 * A frame as an event, or `undefined` where this version doesn't know it. The seq of an unknown
 * stored event counts all the same: {@linkcode seqOf}.
 */
export function decodeEvent(frame: JsonObject): ChatEvent | undefined {
  const { t } = frame;
  if (!isPassingKind(t)) return decodeStored(frame);
  const own: object | undefined = checkFields<Fields>(passingFields[t], frame);
  return own && { t, ...own } as ChatEvent;
}

/** A frame as a stored event, as `history` and `search` answer them; otherwise `undefined`. */
export function decodeStored(frame: JsonObject): StoredEvent | undefined {
  const { t } = frame;
  if (!isChangeKind(t)) return undefined;
  const common = checkFields(storedFields, frame);
  const own: object | undefined = checkFields<Fields>(changeFields[t], frame);
  return common && own && { t, ...common, ...own } as StoredEvent;
}

/** The seq of a frame, also of an event that this version doesn't know. */
export function seqOf(frame: JsonObject): number | undefined {
  return Number.isSafeInteger(frame.seq) ? Number(frame.seq) : undefined;
}

/** A line as a JSON object, or `undefined` where it isn't one. */
export function parseLine(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
