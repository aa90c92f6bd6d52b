/** HTTP as bytes, for what no proper client sends. */

import { Buffer } from "node:buffer";

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  /** By names in lower case; what came twice is joined by a line feed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a request may have beside its first line. */
export interface RawRequest {
  /**
   * Sent as they are, but for `undefined` ones; `Host` and `Connection` are added where they aren't
   * among them.
   */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
}

const encoder = new TextEncoder();

/** Sends one request, `GET /` for example, and resolves what came up to the end. */
export async function rawRequest(
  port: number,
  line: string,
  { headers = {}, body = "" }: RawRequest = {},
): Promise<RawAnswer> {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const all: RawRequest["headers"] = {
    Host: `127.0.0.1:${port}`,
    Connection: "close",
    ...bytes.length > 0 ? { "Content-Length": String(bytes.length) } : {},
    ...headers,
  };
  const sent = Object.entries(all).filter(([, value]) => value !== undefined);
  const fields = sent.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const sending = sendAll(conn, [encoder.encode(`${line} HTTP/1.1\r\n${fields}\r\n`), bytes]);
  const text = await readToEnd(conn);
  await sending;
  return parseAnswer(text);
}

/** Sends everything; that the peer has had enough is no error here. */
export async function sendAll(conn: Deno.Conn, chunks: Iterable<Uint8Array>): Promise<void> {
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) at += await conn.write(chunk.subarray(at));
    }
  } catch {
    // It was ended.
  }
}

/** Bytes as characters, one for each; what TextDecoder calls latin1 is another table. */
export function byteText({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("latin1");
}

/** The bytes again. */
export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** Everything that comes up to the end, each byte a character. */
export async function readToEnd(conn: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const length = await conn.read(buffer).catch(() => null);
    if (length === null) return text;
    text += byteText(buffer.subarray(0, length));
  }
}

/** What came, taken apart; a status of 0 where it is no HTTP. */
export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first, ...lines] = text.slice(0, Math.max(end, 0)).split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(":");
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}\n${value}` : value;
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, body: text.slice(end + 4) };
}
