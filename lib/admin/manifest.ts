/** What a backup says of itself. */

import {
  checkFields,
  integer,
  list,
  note,
  opaque,
  record,
  sha256,
  type Shape,
} from "../wire/fields.ts";
import { parseLine } from "../wire/decode.ts";

/** The way in which backups of this program are laid out. */
export const format = 1;
/** Where things lie in a backup. */
export const parts = { database: "parley.db", files: "files" } as const;
/** What lies in a data folder beside the database, where the server encrypts: who it shows to be. */
export const beside: readonly string[] = ["tls.key", "tls.crt"];
/** Where it lies in a backup. Only a backup that is complete has one. */
export const manifestName = "manifest.json";
/** More files than that can't be missing and the rest be worth keeping. */
const missingMax = 1_000_000;

const path = note(10_000);
const sum = { bytes: integer(0), sha256 } as const;

const manifestFields = {
  format: integer(1),
  /** The program's version. */
  version: note(100),
  /** The store's id. */
  server: opaque(),
  /** When the copy of the database was begun, in milliseconds since 1970. */
  at: integer(0),
  events: integer(0),
  conversations: integer(0),
  database: record(sum),
  /** What else lies in the data folder and is kept. */
  beside: list(record({ name: note(100), ...sum }), 100),
  files: record({ count: integer(0), bytes: integer(0) }),
  /** Files that were shared and that weren't there, or weren't whole, when this was made. */
  missing: list(path, missingMax),
} as const;

/** What a backup says of itself. */
export type Manifest = Shape<typeof manifestFields>;

/** A manifest as the text of its file. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The manifest that a text is, or `undefined` where it is none. */
export function readManifest(text: string): Manifest | undefined {
  const json = parseLine(text);
  return json && checkFields(manifestFields, json);
}
