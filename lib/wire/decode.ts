/**
 * What came as a line: answers and events out of frames, and their checked fields; commands are
 * taken by decode_request.ts. A leaf.
 */

import { answerFields } from "./answer_fields.ts";
import { isRefusalCode, type RefusalCode } from "../errors.ts";
import {
  changeFields,
  type ChatEvent,
  isChangeKind,
  isPassingKind,
  passingFields,
  type StoredEvent,
  storedFields,
} from "../events.ts";
import { checkFields, type Fields, isObject, type JsonObject } from "./fields.ts";
import { wireLimits } from "./wire_limits.ts";
import type { CommandName, commands, Ok } from "../protocol.ts";

/** What a peer calls a command, to find its answer by. */
export type CommandId = number | string;

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
  return typeof id === "string" && id.length <= wireLimits.idCharsMax ? id : undefined;
}

/** The checked fields of `ok` to a command, or `undefined` where they aren't what they must be. */
export function okOf<K extends CommandName>(name: K, fields: JsonObject): Ok<K> | undefined {
  const row: typeof commands[K]["ok"] = answerFields[name];
  return checkFields(row, fields);
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
