/** What peers of tests do with files, each in one call. */

import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { gunzip } from "../../lib/wire/gzip.ts";
import type { Chance } from "./chance.ts";
import type { Peer } from "./peer.ts";

/** Bytes that look random, the same for the same seed. */
export function bytesOf(length: number, chance: Chance): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = chance.below(256);
  return bytes;
}

/** Bytes of which each tells where it is. */
export function counted(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = index * 7 + (index >> 8) * 13;
  return bytes;
}

/** A SHA-256 in hexadecimal digits. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** How something is shared. */
export interface Sharing extends JsonObject {
  readonly room?: string;
  readonly name?: string;
}

/** Offers a file; what is answered. */
export function offer(peer: Peer, bytes: Uint8Array, sharing: Sharing = {}): Promise<JsonObject> {
  return peer.ok({ t: "offer", room: "lobby", name: "a.txt", size: bytes.length, ...sharing });
}

/** Sends the bytes from `from` on, in parts. */
export async function sendParts(
  peer: Peer,
  transfer: unknown,
  bytes: Uint8Array,
  { from = 0, to = bytes.length, size = 64 * 1024 }: { from?: number; to?: number; size?: number } =
    {},
): Promise<void> {
  for (let at = from; at < to; at += size) {
    await peer.part(transfer, at, bytes.subarray(at, Math.min(at + size, to)));
  }
}

/** Offers, sends and finishes a file; the file. */
export async function share(
  peer: Peer,
  bytes: Uint8Array,
  sharing: Sharing = {},
): Promise<JsonObject> {
  const { transfer, place } = await offer(peer, bytes, sharing);
  assertEquals(place, 0, "It has to wait");
  await sendParts(peer, transfer, bytes);
  const { file } = await peer.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  return file as JsonObject;
}

/** What comes behind the answer to a fetch. */
export interface Fetching {
  readonly bytes: Uint8Array;
  readonly parts: readonly JsonObject[];
  readonly end: JsonObject;
}

/** What a fetch has come to. */
export interface Fetched extends Fetching {
  readonly answer: JsonObject;
}

/** Fetches a file, or as much of it as comes, up to its end. */
export async function fetchAll(peer: Peer, id: number, command: JsonObject): Promise<Fetched> {
  const answer = await peer.ok({ t: "fetch", ...command, id });
  return { answer, ...await fetchedBehind(peer, id) };
}

/** What comes of the fetch `id`, to which the answer was `ok`. */
export async function fetchedBehind(peer: Peer, id: number): Promise<Fetching> {
  const parts: JsonObject[] = [];
  const pieces: Uint8Array[] = [];
  for (;;) {
    const event = await peer.event(({ re }) => re === id);
    if (event.t !== "part") {
      const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
      pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
      return { bytes, parts, end: event };
    }
    parts.push(event);
    pieces.push(await bytesIn(event));
  }
}

async function bytesIn({ body, data, encoding, raw }: JsonObject): Promise<Uint8Array> {
  if (typeof data === "string") return Uint8Array.fromBase64(data);
  const bytes = body as Uint8Array;
  return encoding === "gzip" ? await gunzip(bytes, Number(raw)) : bytes;
}
