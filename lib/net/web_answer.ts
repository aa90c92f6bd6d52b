/** Sends what routes answer. */

import type { ServerResponse } from "node:http";
import type { WebAnswer } from "./route.ts";

/**
 * What every answer carries: nothing of it may be taken for something else, put into another page
 * or sent on, and no page here runs or loads what isn't its own.
 */
const usualHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; " +
    "worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

const encoder = new TextEncoder();

/** All headers of an answer. */
export function headersFor(answer: WebAnswer): Readonly<Record<string, string>> {
  const { body, headers = {} } = answer;
  const type: Record<string, string> = typeof body === "string"
    ? { "content-type": "text/plain; charset=utf-8" }
    : {};
  const length = lengthOf(answer);
  const known: Record<string, string> = length === undefined
    ? {}
    : { "content-length": String(length) };
  return { ...usualHeaders, ...type, ...known, ...headers };
}

function lengthOf({ status, body }: WebAnswer): number | undefined {
  if (typeof body === "string") return encoder.encode(body).length;
  if (body instanceof Uint8Array) return body.length;
  // RFC 9110, 8.6: these have none.
  return body === undefined && status !== 204 && status !== 304 ? 0 : undefined;
}

/**
 * Writes the head, unless it goes out with the end, and the body, each piece when the system has taken the one before; resolves
 * before the end is written.
 *
 * @throws {Error} when the peer is lost, or what the body's source throws.
 */
export async function writeAnswer(
  response: ServerResponse,
  answer: WebAnswer,
  options: { readonly headOnly: boolean },
): Promise<void> {
  const { status, body } = answer;
  const pieces = typeof body === "object" && !(body instanceof Uint8Array)
    ? body[Symbol.asyncIterator]()
    : undefined;
  try {
    response.writeHead(status, { ...headersFor(answer) });
    // Flushed here and ended at once, an answer over TLS would leave the connection deaf.
    if (options.headOnly || body === undefined) return;
    if (typeof body === "string") return await write(response, encoder.encode(body));
    if (body instanceof Uint8Array) return await write(response, body);
    for (let next = await pieces?.next(); next && !next.done; next = await pieces?.next()) {
      await write(response, next.value);
    }
  } finally {
    // Also where not one was asked for: its source is open.
    await pieces?.return?.();
  }
}

function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    // What is destroyed tells writes of it in some cases only.
    const lost = () => reject(new Error("The peer is lost"));
    if (response.destroyed || response.closed) return lost();
    response.once("close", lost);
    response.write(bytes, (error) => {
      response.off("close", lost);
      if (error) reject(error);
      else resolve();
    });
  });
}
