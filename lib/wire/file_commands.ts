/** The rows of the table of commands that are about files. A leaf. */

import { answerFields } from "./answer_fields.ts";
import { cid, type CommandRow, limit, room, withUid } from "./command_row.ts";
import { offeredPictureFields, partFields } from "../events.ts";
import {
  anyText,
  called,
  integer,
  isObject,
  type JsonObject,
  mediaType,
  opaque,
  optional,
  record,
  sha256,
} from "./fields.ts";
import { limits } from "../limits.ts";
import type { FileId, TransferId } from "../names.ts";

const file = opaque<FileId>();
const transfer = opaque<TransferId>();
const offset = integer(0);

/** Every command about files. */
export const fileCommands = {
  files: {
    help: "List the files that you may fetch",
    who: "guest",
    cost: 1,
    fields: { room: optional(room), with: withUid, after: optional(file), limit },
    ok: answerFields.files,
  },
  offer: {
    help: "Offer a file to a room or to one person",
    who: "guest",
    cost: 3,
    fields: {
      room,
      // What a name and a folder may be has a refusal of its own.
      name: anyText(limits.folderCharsMax),
      size: integer(0),
      with: withUid,
      mime: optional(mediaType),
      folder: optional(anyText(limits.folderCharsMax)),
      picture: optional(record(offeredPictureFields)),
      cid,
    },
    ok: answerFields.offer,
  },
  part: {
    help: "Send the next bytes of a file",
    who: "guest",
    cost: 0,
    unlogged: true,
    unanswered: true,
    body: true,
    fields: { transfer, ...partFields },
    ok: answerFields.part,
  },
  resume: {
    help: "Go on with a transfer, from the byte that the answer says",
    who: "guest",
    cost: 1,
    fields: { transfer },
    ok: answerFields.resume,
  },
  finish: {
    help: "Say that all bytes of a file were sent",
    who: "guest",
    cost: 1,
    unordered: limits.finishesAtOnceMax,
    fields: { transfer, sha256: optional(sha256) },
    ok: answerFields.finish,
  },
  fetch: {
    help: "Get a file, or a piece of it",
    who: "guest",
    cost: 0,
    unordered: limits.fetchesAtOnceMax,
    needsId: true,
    fields: { file, offset: optional(offset), length: optional(integer(0)) },
    ok: answerFields.fetch,
  },
  cancel: {
    help: "Stop a transfer for good, or a fetch",
    who: "guest",
    cost: 1,
    fields: { transfer: optional(transfer), fetch: optional(called) },
    ok: answerFields.cancel,
  },
  decline: {
    help: "Say that you won't take a file that somebody sent you",
    who: "guest",
    cost: 1,
    fields: { file },
    ok: answerFields.decline,
  },
  remove: {
    help: "Take back a file that you shared",
    who: "guest",
    cost: 1,
    fields: { file },
    ok: answerFields.remove,
  },
} as const satisfies Record<string, CommandRow>;

/** Which file a command is about, as far as it or its answer says: its id, and its name. */
export function fileIn(
  command: string,
  fields: JsonObject,
  ok?: JsonObject,
): { readonly file?: string; readonly name?: string } {
  if (!Object.hasOwn(fileCommands, command)) return {};
  const { file, name } = isObject(ok?.file) ? ok.file : fields;
  return {
    ...typeof file === "string" && { file },
    ...typeof name === "string" && { name },
  };
}
