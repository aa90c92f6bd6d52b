/** What a path of the web port is to whoever answers it: the contract between both. */

import type { Core } from "../core.ts";

/** One request, parsed as far as every route needs it. */
export interface WebRequest {
  readonly method: string;
  /** The decoded segments; a path that can't be decoded was refused before. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where the peer is: an address, without a port. */
  readonly remote: string;
  /** Of `Authorization: Bearer`, else of the page's cookie. Nobody has looked whose it is. */
  readonly token?: string;
  /**
   * Whether the token is the cookie's. Anything but GET and HEAD had to carry the page's own Origin
   * then, which was checked before.
   */
  readonly byCookie: boolean;
  /**
   * The body as it comes; while nobody pulls, the peer isn't read. Each chunk is its consumer's.
   * May be asked for once. What is left of it when the answer is there is dropped.
   *
   * @throws {ChatError} `too_slow` when it drips
   * @throws {Error} when the peer is lost, or is silent for too long.
   */
  body(): AsyncIterable<Uint8Array>;
  /** Aborted when the peer is lost before the answer is out. */
  readonly lost: AbortSignal;
  /** Ends the connection, whatever has been answered: whoever makes the request may do no more. */
  cut(): void;
}

/** What a request is answered with. To HEAD no body is sent. */
export interface WebAnswer {
  readonly status: number;
  /** In lower case. They win over those that every answer gets. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * A string is text; with something that is pulled, `content-length` has to be among the headers,
   * or it is sent in chunks. The next piece is pulled when the system has taken the one before, whose
   * memory may be filled anew then. `return()` is called where the peer leaves before its end.
   */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** The names of a pattern with what stood there. */
export type RouteValues = Readonly<Record<string, string>>;

/** One thing that the web port does. */
export interface Route {
  /** `GET` also answers HEAD, where no route is for that. */
  readonly method: string;
  /** `/files/:id/:name`: a segment with a colon fits every segment that isn't empty. */
  readonly pattern: string;
  /**
   * @throws {ChatError} becomes JSON `{code, message}` with the status that fits the code.
   */
  run(core: Core, request: WebRequest, values: RouteValues): Promise<WebAnswer>;
}
