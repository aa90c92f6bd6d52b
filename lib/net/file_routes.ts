/** Files over HTTP, for links, browsers and `curl`: whole or in pieces. */

import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { LibraryEntry, Outgoing } from "../file_store.ts";
import { limits } from "../limits.ts";
import { requireStillIn } from "../sharing/shelf.ts";
import { Visit } from "../peer/visit.ts";
import { comerOf } from "./comer.ts";
import { contentHeaders, namesTag, type Piece, pieceOf, thumbHeaders } from "./file_headers.ts";
import type { Route, RouteValues, WebAnswer, WebRequest } from "./route.ts";

/** Reading files. */
export const fileRoutes: readonly Route[] = [
  { method: "GET", pattern: "/files/:id/:name", run: getFile },
  { method: "GET", pattern: "/thumbs/:id", run: getThumb },
];

async function getFile(core: Core, request: WebRequest, values: RouteValues): Promise<WebAnswer> {
  const visit = await reader(core, request);
  const opened: AsyncDisposable[] = [visit];
  try {
    const { entry, outgoing } = await visit.open({ file: values.id }, {
      isNew: !/^bytes=[1-9]/.test(request.headers.range ?? ""),
    });
    opened.unshift(outgoing);
    if (entry.file.name !== values.name.normalize("NFC")) throw noSuchFile();
    const { answer, piece } = answerOf(request, entry);
    if (request.method === "HEAD" || piece === undefined) return answer;
    const body = new FileBytes(visit, { entry, outgoing, piece });
    opened.length = 0;
    return { ...answer, body };
  } finally {
    for (const one of opened) await one[Symbol.asyncDispose]();
  }
}

/** A thumbnail never changes: whoever has one needs to hear only that they may still see it. */
const thumbTag = '"thumb"';

async function getThumb(core: Core, request: WebRequest, values: RouteValues): Promise<WebAnswer> {
  await using visit = await reader(core, request);
  const bytes = await visit.thumb({ file: values.id });
  const headers = { etag: thumbTag, "cache-control": "private, no-cache" };
  if (namesTag(request.headers["if-none-match"], thumbTag)) return { status: 304, headers };
  return { status: 200, headers: { ...headers, ...thumbHeaders(bytes) }, body: bytes };
}

/** Whoever isn't known here sees no file at all. */
async function reader(core: Core, request: WebRequest): Promise<Visit> {
  const comer = comerOf(request);
  if (comer.token === undefined) throw noSuchFile();
  try {
    return await Visit.begin(core, comer);
  } catch (error) {
    throw error instanceof ChatError && error.code === "bad_login" ? noSuchFile() : error;
  }
}

function noSuchFile(): ChatError {
  return new ChatError("no_such_file", "There is no such file (any more), or it isn't for you");
}

/** The status and headers, and which bytes are to follow them. */
function answerOf(
  { method, headers, query }: WebRequest,
  { file }: LibraryEntry,
): { readonly answer: WebAnswer; readonly piece?: Piece } {
  const { size } = file;
  const tag = `"${file.sha256}"`;
  const always = {
    etag: tag,
    "accept-ranges": "bytes",
    // Who may see it may change, the bytes don't.
    "cache-control": "private, no-cache",
  };
  const content = contentHeaders(file, query.has("inline") ? "inline" : "attachment");
  if (namesTag(headers["if-none-match"], tag)) {
    // What it answers takes the place of what the browser has kept: the policy, too.
    return { answer: { status: 304, headers: { ...always, ...content } } };
  }
  const isSame = headers["if-range"] === undefined || headers["if-range"].trim() === tag;
  const piece = method === "GET" && isSame ? pieceOf(headers.range, size) : undefined;
  if (piece === "nowhere") {
    const there = { "content-range": `bytes */${size}`, "content-length": "0" };
    return { answer: { status: 416, headers: { ...always, ...there } } };
  }
  const { from, to } = piece ?? { from: 0, to: size };
  const answer = {
    status: piece ? 206 : 200,
    headers: {
      ...always,
      ...content,
      "content-length": String(to - from),
      ...piece && { "content-range": `bytes ${from}-${to - 1}/${size}` },
    },
  };
  return { answer, piece: { from, to } };
}

/** The bytes of a piece, read as they are pulled; at the end, or when told to, all is closed. */
class FileBytes implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  readonly #visit: Visit;
  readonly #entry: LibraryEntry;
  readonly #outgoing: Outgoing;
  readonly #piece: Piece;
  /** Filled anew for each piece: the one before has been taken by then. */
  readonly #into: Uint8Array<ArrayBuffer>;
  #at: number;
  #closed: Promise<void> | undefined;

  constructor(visit: Visit, { entry, outgoing, piece }: {
    readonly entry: LibraryEntry;
    readonly outgoing: Outgoing;
    readonly piece: Piece;
  }) {
    this.#visit = visit;
    this.#entry = entry;
    this.#outgoing = outgoing;
    this.#piece = piece;
    this.#at = piece.from;
    this.#into = new Uint8Array(Math.min(piece.to - piece.from, limits.partBytesUsual));
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    try {
      this.#visit.requireHere();
      requireStillIn(this.#visit.known, this.#entry);
      const left = this.#piece.to - this.#at;
      if (left > 0) return { done: false, value: await this.#read(left) };
      if (this.#piece.to === this.#entry.file.size) await this.#visit.took(this.#entry);
    } catch (error) {
      await this.return();
      throw error;
    }
    return await this.return();
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await (this.#closed ??= this.#close());
    return { done: true, value: undefined };
  }

  async #read(left: number): Promise<Uint8Array> {
    const into = this.#into.subarray(0, left);
    const length = await this.#outgoing.read(into, this.#at);
    // What was announced can't be sent any more: the peer has to notice that it isn't whole.
    if (length === 0) throw new ChatError("no_such_file", "The file is shorter than it was shared");
    this.#at += length;
    return into.subarray(0, length);
  }

  async #close(): Promise<void> {
    await this.#outgoing[Symbol.asyncDispose]();
    await this.#visit[Symbol.asyncDispose]();
  }
}
