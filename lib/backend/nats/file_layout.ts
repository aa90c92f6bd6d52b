/** What of files stands where in NATS: names of streams and subjects. */

import { createHash } from "node:crypto";
import type { FilePath } from "../../file_store.ts";
import type { ConversationId, TransferId } from "../../names.ts";
import { fileKey } from "../../sharing/file_names.ts";
import { pathBelow } from "../file_paths.ts";

/** The names that the files of one Parley use. */
export interface FileLayout {
  /** The small stream of what is known of bytes: notes, of which all with one subject belong together. */
  readonly notes: { readonly stream: string; readonly subjects: string };
  /** The large stream, of the bytes. */
  readonly bytes: { readonly stream: string; readonly subjects: string };
  /** The notes about an unfinished file. */
  upload(transfer: TransferId): string;
  /** Those about all of them. */
  readonly uploads: string;
  /** The transfer that a subject of {@linkcode FileLayout.uploads} is about. */
  transferOf(subject: string): TransferId;
  /** The notes about what lies under a path, and under those that differ only in ways of writing it. */
  path(path: FilePath): string;
  /** Those about all paths of a conversation. */
  pathsOf(conversation: ConversationId): string;
  /** The note that bytes are to be taken out. */
  leaving(blob: string): string;
  /** Those about all such bytes. */
  readonly allLeaving: string;
  /** The bytes that a subject of {@linkcode FileLayout.allLeaving} is about. */
  blobOf(subject: string): string;
  /** One piece of bytes, as one writer has written it. */
  piece(blob: string, writer: string, index: number): string;
  /** All pieces, whoever has written them; or those of one group. */
  pieces(blob: string, group?: number): string;
}

/** Pieces that are looked for at once, to take them out. */
const groupPieces = 512;

/** The group of a piece, by their indexes from 0. */
export function groupOf(index: number): number {
  return Math.floor(index / groupPieces);
}

/** The names of the Parley called `name`: letters, digits, `-` and `_`. */
export function fileLayoutOf(name: string): FileLayout {
  const notes = `${name}.files`;
  const bytes = `${name}.bytes`;
  const ofPath = (path: FilePath) =>
    `${digest(path.conversation)}.${digest(fileKey(pathBelow(path)))}`;
  return {
    notes: { stream: `${name}_files`, subjects: `${notes}.>` },
    bytes: { stream: `${name}_bytes`, subjects: `${bytes}.>` },
    upload: (transfer) => `${notes}.upload.${token(transfer)}`,
    uploads: `${notes}.upload.*`,
    transferOf: (subject) => lastOf(subject) as TransferId,
    path: (path) => `${notes}.path.${ofPath(path)}`,
    pathsOf: (conversation) => `${notes}.path.${digest(conversation)}.*`,
    leaving: (blob) => `${notes}.leaving.${token(blob)}`,
    allLeaving: `${notes}.leaving.*`,
    blobOf: lastOf,
    piece: (blob, writer, index) =>
      `${bytes}.${token(blob)}.${token(writer)}.${groupOf(index)}.${index}`,
    pieces: (blob, group) =>
      `${bytes}.${token(blob)}${group === undefined ? ".>" : `.*.${group}.*`}`,
  };
}

/** What may stand between two dots of a subject, for a text of any length and characters. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** The same for a text that we have made: it stands there itself. */
function token(text: string): string {
  if (/^[\w-]+$/.test(text)) return text;
  throw new TypeError(`${JSON.stringify(text)} can't be a part of a subject`);
}

function lastOf(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}
