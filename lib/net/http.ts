/** Listens on the web port: requests to routes, and WebSockets to sessions. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { within } from "../clock.ts";
import type { Core } from "../core.ts";
import { ChatError, refusalOf } from "../errors.ts";
import { limits } from "../limits.ts";
import { serve } from "../peer/session.ts";
import { bindError } from "./bind_error.ts";
import { guard } from "./guard.ts";
import { Proxies } from "./proxies.ts";
import type { Route, WebAnswer, WebRequest } from "./route.ts";
import { findRoute, segmentsOf } from "./routing.ts";
import { refusalAnswer } from "./statuses.ts";
import type { Listening } from "./tcp.ts";
import type { Tls } from "./tls_files.ts";
import { headersFor, writeAnswer } from "./web_answer.ts";
import type { WebCounts } from "./web_counts.ts";
import { WebDoor } from "./web_door.ts";
import { headersOf, remoteOf, tokenOf, webRequest } from "./web_request.ts";
import { webSocketConnection } from "./websocket.ts";

/** What a web port is opened with. */
export interface WebPort {
  readonly hostname: string;
  readonly port: number;
  /** What the server is called, beside its addresses and localhost. */
  readonly names: readonly string[];
  readonly routes: readonly Route[];
  readonly counts: WebCounts;
  /** Addresses of proxies that are believed when they say whom they speak for. */
  readonly proxies?: readonly string[];
  /** With it all that is served goes over TLS, and who comes without is sent there. */
  readonly tls?: Tls;
}

/**
 * Serves every request and every WebSocket.
 *
 * @throws {Error} a sentence for whoever started the server: the address can't be had.
 */
export async function listenHttp(core: Core, options: WebPort): Promise<Listening> {
  const port = new Port(core, options);
  return await port.listen();
}

/** What is counted: a connection of the system's, also below TLS. */
interface Came {
  readonly remoteAddress?: string;
  once(event: "close", run: () => void): unknown;
  destroy(): unknown;
}

/** How often connections without whole headers are looked for. */
const checkMs = 5000;

class Port {
  readonly #core: Core;
  readonly #options: WebPort;
  readonly #proxies: Proxies;
  readonly #server: Server;
  readonly #door: WebDoor | undefined;
  readonly #upgrades = new WebSocketServer({
    noServer: true,
    // It would keep a window for each connection, and unpack bombs.
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: limits.bodyBytesMax,
    maxFragments: limits.webFragmentsMax,
    maxBufferedChunks: limits.webPiecesMax,
    // Meanwhile it reads, and drops, whatever a peer sends that was told to go.
    closeTimeout: limits.lingerMs,
  });
  /** Connections that carry requests, with their addresses, and how many each address has. */
  readonly #sockets = new Map<Came, string>();
  readonly #perAddress = new Map<string, number>();
  /** Requests of a connection that aren't answered. */
  readonly #waiting = new WeakMap<Socket, number>();
  /** What isn't done yet: sessions, and answers. */
  readonly #running = new Set<Promise<void>>();

  constructor(core: Core, options: WebPort) {
    this.#core = core;
    this.#options = options;
    this.#proxies = new Proxies(options.proxies ?? []);
    const { tls } = options;
    const settings = { connectionsCheckingInterval: checkMs };
    const server = this.#server = createServer(settings);
    if (tls) {
      const { clock, journal } = core;
      const admit = (carrier: Came) => this.#connected(carrier);
      this.#door = new WebDoor({ web: server, tls, clock, journal, admit });
    } else {
      server.on("connection", (socket) => this.#connected(socket));
    }
    server.on("request", (incoming, response) => this.#run(this.#request(incoming, response)));
    server.on("checkContinue", (incoming, response) => {
      this.#run(this.#request(incoming, response, { asksFirst: true }));
    });
    server.on("upgrade", (incoming, socket: Socket, head) => {
      this.#upgrade(incoming, socket, head);
    });
    // Bytes that come or go put it off, so that files of any size pass.
    server.timeout = limits.webSilentMs;
    server.headersTimeout = limits.webHeadersMs;
    server.requestTimeout = 0;
  }

  get #isTls(): boolean {
    return this.#door !== undefined;
  }

  async listen(): Promise<Listening> {
    const { hostname, port } = this.#options;
    const server = this.#server;
    if (this.#door) {
      const door = this.#door.listen({ hostname, port });
      return { ...door, [Symbol.asyncDispose]: () => this.#close(door) };
    }
    await new Promise<void>((resolve, reject) => {
      server.once(
        "error",
        (error) => reject(bindError({ hostname, port, flag: "--web-port" }, error)),
      );
      server.listen({ host: hostname, port }, resolve);
    });
    server.on("error", (error) => this.#core.journal.error("web port", error));
    const bound = server.address();
    return {
      hostname,
      port: typeof bound === "object" && bound !== null ? bound.port : port,
      [Symbol.asyncDispose]: () => this.#close(),
    };
  }

  async #close(door?: Listening): Promise<void> {
    const closed = door?.[Symbol.asyncDispose]() ??
      new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await within(this.#core.clock, limits.drainMs, Promise.all(this.#running));
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #run(running: Promise<void>): void {
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  /** Whether it isn't one too many. */
  #connected(socket: Came): boolean {
    const { connectionsPerAddressMax: perAddressMax, connectionsMax } = this.#core.bounds;
    const address = socket.remoteAddress ?? "";
    const there = this.#perAddress.get(address) ?? 0;
    // A page has several at once; a proxy has those of everybody.
    const isBounded = perAddressMax > 0 && !this.#proxies.has(address);
    const isFull = isBounded && there >= perAddressMax * 2;
    if (isFull || this.#sockets.size >= connectionsMax) {
      socket.destroy();
      return false;
    }
    this.#sockets.set(socket, address);
    this.#perAddress.set(address, there + 1);
    this.#options.counts.connections++;
    socket.once("close", () => this.#release(socket));
    return true;
  }

  #release(end: Came): void {
    const socket = this.#door?.carrierOf(end) ?? end;
    const address = this.#sockets.get(socket);
    if (address === undefined) return;
    this.#sockets.delete(socket);
    this.#options.counts.connections--;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(address, left);
    else this.#perAddress.delete(address);
  }

  /** Never rejects. */
  async #request(
    incoming: IncomingMessage,
    response: ServerResponse,
    { asksFirst = false } = {},
  ): Promise<void> {
    const { socket } = incoming;
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    this.#waiting.set(socket, waiting);
    // Nothing else holds back a peer that asks on and takes no answer; browsers don't even ask ahead.
    if (waiting > limits.webRequestsWaitingMax) return void socket.destroy();
    const lost = new AbortController();
    incoming.on("error", () => lost.abort());
    // It is seen where the answer is written.
    response.on("error", () => {});
    response.once("close", () => {
      this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1);
      if (!response.writableFinished) lost.abort();
    });
    let isAwaited = asksFirst;
    const request = webRequest(incoming, {
      lost: lost.signal,
      cut: () => void response.destroy(),
      clock: this.#core.clock,
      proxies: this.#proxies,
      onBody: () => {
        if (isAwaited) response.writeContinue();
        isAwaited = false;
      },
    });
    try {
      const unknown = this.#proxies.refusalOf(socket.remoteAddress ?? "", headersOf(incoming));
      const answer = unknown
        ? refusalAnswer(unknown)
        : request
        ? await this.#answer(request)
        : badPath;
      this.#options.counts.answered(answer.status);
      const isRead = incoming.complete;
      if (!isRead) response.setHeader("connection", "close");
      await writeAnswer(response, answer, { headOnly: incoming.method === "HEAD" });
      // Closed with bytes unread, the connection would be reset, and the answer lost with it.
      if (!isRead && !isAwaited) {
        response.flushHeaders();
        await this.#drop(incoming);
      }
      response.end();
    } catch (error) {
      // The head is out: that it isn't whole can only be told by the connection's end.
      const isLost = lost.signal.aborted || socket.destroyed;
      if (!isLost) this.#core.journal.error(`answer ${incoming.method}`, error);
      response.destroy();
    }
  }

  /** The one catch of what routes throw. */
  async #answer(request: WebRequest): Promise<WebAnswer> {
    const refusal = guard({ ...request, isTls: this.#isTls }, this.#options.names);
    if (refusal) return refusalAnswer(refusal.error, refusal.status);
    const found = findRoute(this.#options.routes, request.method, request.path);
    if ("answer" in found) return found.answer;
    try {
      return await found.route.run(this.#core, request, found.values);
    } catch (error) {
      const isKnown = error instanceof ChatError && error.cause === undefined;
      if (!isKnown && !request.lost.aborted) {
        this.#core.journal.error(`${request.method} ${found.route.pattern}`, error);
      }
      return refusalAnswer(refusalOf(error));
    }
  }

  /** Reads and drops what still comes, for a while and up to a bound. */
  async #drop(incoming: IncomingMessage): Promise<void> {
    const end = new Promise((resolve) => incoming.once("close", resolve).once("end", resolve));
    let left = limits.bodyBytesMax;
    incoming.on("data", ({ length }: Uint8Array) => {
      left -= length;
      if (left < 0) incoming.pause();
    });
    await within(this.#core.clock, limits.lingerMs, end);
  }

  #upgrade(incoming: IncomingMessage, socket: Socket, head: Uint8Array): void {
    const remote = remoteOf(incoming, this.#proxies);
    const answer = this.#upgradeRefusal(incoming);
    this.#options.counts.answered(answer?.status ?? 101);
    if (answer) {
      const headers = Object.entries(headersFor(answer)).map((pair) => pair.join(": "));
      const lines = [`HTTP/1.1 ${answer.status} Refused`, ...headers, "connection: close"];
      return this.#run(this.#endSocket(socket, `${lines.join("\r\n")}\r\n\r\n${answer.body}`));
    }
    this.#upgrades.handleUpgrade(incoming, socket, head, (webSocket) => {
      // From now on it is a peer's, which the core counts.
      this.#release(socket);
      const now = () => this.#core.clock.now();
      const connection = webSocketConnection({ socket: webSocket, stream: socket, remote, now });
      this.#run(serve(this.#core, connection));
    });
  }

  /** Says the last on a connection that node:http has given up: nothing else would see its end. */
  async #endSocket(socket: Socket, text: string): Promise<void> {
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    socket.resume();
    socket.end(text);
    await within(this.#core.clock, limits.lingerMs, closed);
    socket.destroy();
  }

  #upgradeRefusal(incoming: IncomingMessage): WebAnswer | undefined {
    const path = segmentsOf(incoming.url ?? "/")?.join("/");
    const headers = headersOf(incoming);
    const unknown = this.#proxies.refusalOf(incoming.socket.remoteAddress ?? "", headers);
    if (unknown) return refusalAnswer(unknown);
    if (path !== "ws" || headers.upgrade?.toLowerCase() !== "websocket") {
      return refusalAnswer(new ChatError("no_such_file", "Only a WebSocket is at /ws"));
    }
    const { byCookie } = tokenOf(headers);
    const refusal = guard(
      { method: "GET", headers, byCookie, isTls: this.#isTls },
      this.#options.names,
    );
    return refusal && refusalAnswer(refusal.error, refusal.status);
  }
}

const badPath = refusalAnswer(
  new ChatError("bad_message", "Cannot read that address: a % begins two hexadecimal digits"),
);
