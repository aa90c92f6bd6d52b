/** How the load client talks with each server: as lean as their protocols let it. */

import { parseLine } from "../../lib/wire/decode.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import type { FileServer } from "./servers.ts";
import { pieceBytes, stamp } from "./stamps.ts";
import type { FileStream } from "./stream.ts";

/** A file that is sent. */
export interface Sent {
  readonly bytes: number;
  readonly sha256: string;
  /** What {@linkcode stamp} makes each of its pieces of. */
  readonly piece: Uint8Array;
}

/** One protocol. */
export interface FileClient {
  /** Said before anything is measured. */
  greet(): Promise<void>;
  /** Sends the file; resolves when the server has said that it has it, with what it calls it. */
  upload(sent: Sent): Promise<string>;
  /** Fetches it; resolves when everything has come. */
  download(file: string, take: (piece: Uint8Array) => void): Promise<void>;
}

/** The client for a server. */
export function clientFor(server: FileServer, stream: FileStream): FileClient {
  switch (server) {
    case "parley":
    case "node":
    case "nats":
    case "nats3":
      return parleyClient(stream);
    case "bare":
    case "hashed":
      return bareClient(stream);
    case "nginx":
      return putClient(stream);
    case "tus":
      return tusClient(stream);
    default:
      return server satisfies never;
  }
}

/** Room for the line before a part. */
const headBytes = 256;
const encoder = new TextEncoder();
const tusHead = "Host: bench\r\nTus-Resumable: 1.0.0";

function parleyClient(stream: FileStream): FileClient {
  async function next(): Promise<JsonObject> {
    const event = parseLine(await stream.line()) ?? {};
    if (event.t === "refused") throw new Error(`The server refused: ${event.message}`);
    return event;
  }

  async function ask(command: JsonObject): Promise<JsonObject> {
    await stream.writeText(`${JSON.stringify({ ...command, id: 1 })}\n`);
    for (;;) {
      const answer = await next();
      if (answer.t === "ok") return answer;
    }
  }

  async function sendParts(transfer: unknown, { bytes, piece }: Sent): Promise<void> {
    let stored = 0;
    let storedMore = Promise.withResolvers<void>();
    const storing = (async () => {
      while (stored < bytes) {
        const event = await next();
        if (event.t !== "stored") continue;
        stored = Number(event.offset);
        storedMore.resolve();
        storedMore = Promise.withResolvers();
      }
    })();
    const frame = new Uint8Array(headBytes + pieceBytes);
    frame.set(piece, headBytes);
    for (let offset = 0; offset < bytes; offset += pieceBytes) {
      while (offset + pieceBytes - stored > limits.aheadBytesMax) {
        await Promise.race([storedMore.promise, storing]);
      }
      stamp(frame.subarray(headBytes), offset);
      const about = { t: "part", transfer, offset, bytes: pieceBytes };
      const line = encoder.encode(`${JSON.stringify(about)}\n`);
      frame.set(line, headBytes - line.length);
      await stream.write(frame.subarray(headBytes - line.length));
    }
    await storing;
  }

  return {
    async greet() {
      await ask({ t: "hello", v: 1, user: "bench", quiet: true });
    },
    async upload(sent) {
      const { bytes: size, sha256 } = sent;
      const { transfer } = await ask({ t: "offer", room: "lobby", name: "file.bin", size });
      await sendParts(transfer, sent);
      const { file } = await ask({ t: "finish", transfer, sha256 });
      return String(Object(file).file);
    },
    async download(file, take) {
      await ask({ t: "fetch", file });
      for (;;) {
        const event = await next();
        if (event.t === "fetched") return;
        if (event.t === "part") await stream.bytes(Number(event.bytes), take);
      }
    },
  };
}

function bareClient(stream: FileStream): FileClient {
  async function ended(): Promise<string> {
    const [word, sha256] = (await stream.line()).split(" ");
    if (word !== "ok") throw new Error(`The bare server said "${word}"`);
    return sha256;
  }

  return {
    async greet() {},
    async upload(sent) {
      await stream.writeText(`put ${sent.bytes}\n`);
      await sendBytes(stream, sent);
      const sha256 = await ended();
      if (sha256 !== "" && sha256 !== sent.sha256) {
        throw new Error("The bare server's hash is wrong");
      }
      return "";
    },
    async download(_file, take) {
      await stream.writeText("get\n");
      await stream.bytes(Number(await stream.line()), take);
      await ended();
    },
  };
}

function putClient(stream: FileStream): FileClient {
  return {
    async greet() {},
    async upload(sent) {
      await stream.writeText(
        `PUT /file HTTP/1.1\r\nHost: bench\r\n${lengthHead(sent.bytes)}\r\n\r\n`,
      );
      await sendBytes(stream, sent);
      await answer(stream);
      return "/file";
    },
    async download(file, take) {
      await stream.writeText(`GET ${file} HTTP/1.1\r\nHost: bench\r\n\r\n`);
      await answer(stream, take);
    },
  };
}

function tusClient(stream: FileStream): FileClient {
  return {
    async greet() {},
    async upload(sent) {
      const size = `Upload-Length: ${sent.bytes}`;
      await stream.writeText(
        `POST /files HTTP/1.1\r\n${tusHead}\r\n${size}\r\n${lengthHead(0)}\r\n\r\n`,
      );
      const file = new URL((await answer(stream)).get("location") ?? "", "http://bench").pathname;
      const kind = "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0";
      await stream.writeText(
        `PATCH ${file} HTTP/1.1\r\n${tusHead}\r\n${kind}\r\n${lengthHead(sent.bytes)}\r\n\r\n`,
      );
      await sendBytes(stream, sent);
      await answer(stream);
      return file;
    },
    async download(file, take) {
      await stream.writeText(`GET ${file} HTTP/1.1\r\n${tusHead}\r\n\r\n`);
      await answer(stream, take);
    },
  };
}

async function sendBytes(stream: FileStream, { bytes, piece }: Sent): Promise<void> {
  for (let offset = 0; offset < bytes; offset += pieceBytes) {
    stamp(piece, offset);
    await stream.write(piece);
  }
}

function lengthHead(bytes: number): string {
  return `Content-Length: ${bytes}`;
}

/** Takes an HTTP answer with its body; its head. */
async function answer(
  stream: FileStream,
  take: (piece: Uint8Array) => void = () => {},
): Promise<ReadonlyMap<string, string>> {
  const status = await stream.line();
  const head = new Map<string, string>();
  for (let line = await stream.line(); line !== ""; line = await stream.line()) {
    const colon = line.indexOf(":");
    head.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  if (!/^HTTP\/1\.1 2/.test(status)) throw new Error(`The server answered "${status}"`);
  if (head.get("transfer-encoding") === "chunked") await chunks(stream, take);
  else await stream.bytes(Number(head.get("content-length") ?? 0), take);
  return head;
}

async function chunks(stream: FileStream, take: (piece: Uint8Array) => void): Promise<void> {
  for (;;) {
    const bytes = parseInt(await stream.line(), 16);
    await stream.bytes(bytes, take);
    await stream.line();
    if (bytes === 0) return;
  }
}
