/** What is kept of transfers for the next start, as it is read back. Pure. */

import { fileFields, placeFields } from "../events.ts";
import {
  checkFields,
  exactly,
  type Field,
  integer,
  isObject,
  type JsonObject,
  list,
  note,
  opaque,
  optional,
  record,
} from "../wire/fields.ts";
import { limits } from "../limits.ts";
import type { TransferId } from "../names.ts";
import type { KeptTransfer } from "./transfer_state.ts";

const uploadFields = {
  way: exactly("up"),
  origin: note(8192),
  stamp: note(100),
  name: note(1000),
  folder: optional(note(limits.folderCharsMax)),
  place: record(placeFields),
  cid: opaque(),
  transfer: optional(opaque<TransferId>()),
  server: optional(opaque()),
} as const;
const downloadFields = {
  way: exactly("down"),
  file: record({ ...fileFields, ...placeFields }),
} as const;
const transfer: Field<KeptTransfer, "needed"> = {
  must: "an upload or a download",
  presence: "needed",
  check: (value) => isObject(value) ? transferOf(value) : undefined,
};
const journalFields = { v: integer(1), transfers: list(transfer, 100_000) } as const;

/** The text that transfers are kept as. */
export function keptTransfersText(transfers: readonly KeptTransfer[]): string {
  return JSON.stringify({ v: 1, transfers });
}

/** The transfers that a text keeps; none where it isn't right. */
export function keptTransfersOf(text: string): readonly KeptTransfer[] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? checkFields(journalFields, value)?.transfers ?? [] : [];
  } catch {
    return [];
  }
}

function transferOf(value: JsonObject): KeptTransfer | undefined {
  return value.way === "up" ? checkFields(uploadFields, value) : checkFields(downloadFields, value);
}
