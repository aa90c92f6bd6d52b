/** What the headers of tus 1.0 say (https://tus.io/protocols/resumable-upload). Pure. */

import { ChatError } from "../errors.ts";
import type { WebRequest } from "./route.ts";

type Headers = WebRequest["headers"];

/** The version of tus that is spoken. */
export const tusVersion = "1.0.0";
/** What is spoken of tus beyond its core. */
export const tusExtensions = "creation,creation-with-upload,expiration,termination";
/** What a body has to be that goes into a file. */
export const offsetType = "application/offset+octet-stream";

/** The offer that the creation of an upload is. Not checked. */
export function offerOf(headers: Headers) {
  const metadata = metadataOf(headers["upload-metadata"]);
  const { filename = "", name = filename, filetype, room, with: uid, folder, cid } = metadata;
  const { width, height, thumb } = metadata;
  if (headers["upload-defer-length"] !== undefined) {
    throw wrong("a file's size has to be known from its beginning", "Upload-Length");
  }
  return {
    room,
    name,
    size: numberOf(headers, "upload-length"),
    ...filetype && { mime: filetype },
    ...uid !== undefined && { with: uid },
    ...folder !== undefined && { folder },
    ...cid !== undefined && { cid },
    ...width !== undefined && height !== undefined && {
      picture: { width: Number(width), height: Number(height), ...thumb && { thumb } },
    },
  };
}

/**
 * A header that is a number of bytes.
 *
 * @throws {ChatError} `bad_message`
 */
export function numberOf(headers: Headers, name: "upload-length" | "upload-offset"): number {
  const text = headers[name] ?? "";
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw wrong("it is a number of bytes", name);
}

/**
 * Names and values, of which the latter are base64. A `thumb` is bytes, and stays as it is.
 *
 * @throws {ChatError} `bad_message`
 */
function metadataOf(header: string | undefined): Readonly<Record<string, string>> {
  const pairs = (header ?? "").split(",").map((pair) => pair.trim().split(/ +/));
  return Object.fromEntries(
    pairs.filter(([name]) => name !== "").map((
      [name, value = ""],
    ) => [name, name === "thumb" ? value : decoded(value)]),
  );
}

/** Names and values as a header. */
export function metadataHeader(values: Readonly<Record<string, string>>): string {
  const encoder = new TextEncoder();
  return Object.entries(values).map(([name, value]) => {
    return `${name} ${encoder.encode(value).toBase64()}`;
  }).join(",");
}

function decoded(base64: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(base64));
  } catch {
    throw wrong("its values are UTF-8 in base64", "Upload-Metadata");
  }
}

function wrong(why: string, header: string): ChatError {
  return new ChatError("bad_message", `Cannot take "${header}" as it is: ${why}`);
}
