/** What stands before a web server that speaks TLS: makes the encrypted ends, sends others there. */

import {
  createServer as createWeb,
  type IncomingMessage,
  type Server as Web,
  type ServerResponse,
} from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { limits } from "../limits.ts";
import { TlsDoor } from "./tls_door.ts";
import type { Tls } from "./tls_files.ts";

/** What a {@linkcode WebDoor} is made with. */
export interface WebDoorOptions {
  /** What serves requests, and doesn't listen itself. */
  readonly web: Web;
  readonly tls: Tls;
  readonly clock: Clock;
  /** Counts a connection; one that is too many is ended by this, and not let in. */
  admit(socket: Socket): boolean;
}

/** Listens in the place of a web server. */
export class WebDoor {
  /** What listens. */
  readonly listener: Server;
  readonly #options: WebDoorOptions;
  readonly #door: TlsDoor;
  readonly #plain: Web;
  readonly #carriers = new WeakMap<Socket, Socket>();

  constructor(options: WebDoorOptions) {
    this.#options = options;
    this.#door = new TlsDoor(options.tls);
    this.listener = createServer({ noDelay: true }, (socket) => this.#came(socket));
    this.#plain = createWeb(redirect);
    this.#plain.headersTimeout = limits.webHeadersMs;
    this.#plain.timeout = limits.webHeadersMs;
  }

  /** What was admitted, for an end of it that the web server knows. */
  carrierOf(socket: Socket): Socket {
    return this.#carriers.get(socket) ?? socket;
  }

  #came(socket: Socket): void {
    const { clock, admit, web } = this.#options;
    // What is wrong with it is told where it is read.
    socket.on("error", () => {});
    if (!admit(socket)) return;
    // The web server bounds the time for headers, but knows of nobody before the handshake.
    const stop = clock.after(limits.webHeadersMs, () => socket.destroy());
    socket.once("close", stop);
    this.#door.open(socket, (secure) => {
      if (!secure) {
        stop();
        return void this.#plain.emit("connection", socket);
      }
      this.#carriers.set(secure, socket);
      secure.on("error", () => socket.destroy());
      secure.once("close", () => socket.destroy());
      secure.once("secure", () => {
        stop();
        web.emit("connection", secure);
      });
    });
  }
}

/** A page that was asked for without TLS is where it was, with it. */
function redirect(
  { method, headers: { host }, url = "/" }: IncomingMessage,
  response: ServerResponse,
) {
  const isReading = method === "GET" || method === "HEAD";
  const isHost = host !== undefined && /^[A-Za-z0-9._:[\]-]{1,270}$/.test(host);
  const to = `https://${host}${url.startsWith("/") ? url : "/"}`;
  response.setHeader("connection", "close");
  response.setHeader("content-type", "text/plain; charset=utf-8");
  if (!isReading || !isHost || !URL.canParse(to)) {
    response.writeHead(400);
    return void response.end("This port speaks HTTPS: its addresses begin with https://\n");
  }
  response.writeHead(308, { location: to });
  response.end(`This port speaks HTTPS: ${to}\n`);
}
