/** What stands before a web server that speaks TLS: lets handshakes in, sends others there. */

import {
  createServer as createWeb,
  type IncomingMessage,
  type Server as Web,
  type ServerResponse,
} from "node:http";
import type { Server as SecureWeb } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Stop } from "../clock.ts";
import { limits } from "../limits.ts";
import type { Credentials } from "./credentials.ts";
import { firstByteOf, handshakeByte } from "./tls_door.ts";
import type { Tls } from "./tls_files.ts";

/** What a {@linkcode WebDoor} is made with. */
export interface WebDoorOptions {
  /** What serves requests, with the credentials of the moment, and doesn't listen itself. */
  readonly web: SecureWeb;
  readonly tls: Tls;
  readonly clock: Clock;
  /** Counts a connection; one that is too many is ended by this, and not let in. */
  admit(socket: Socket): boolean;
}

/** Who came in. */
interface Admitted {
  readonly socket: Socket;
  readonly stop: Stop;
}

/** Listens in the place of a web server. */
export class WebDoor {
  /** What listens. */
  readonly listener: Server;
  readonly #options: WebDoorOptions;
  readonly #plain: Web;
  /** By where they come from: the encrypted end doesn't say on what it lies. */
  readonly #admitted = new Map<string, Admitted>();
  #shown: Credentials;

  constructor(options: WebDoorOptions) {
    const { web, tls } = options;
    this.#options = options;
    this.#shown = tls.current;
    web.on("secureConnection", (end) => this.#admitted.get(placeOf(end))?.stop());
    // What is wrong with a handshake is the peer's business.
    web.on("tlsClientError", (_error, end) => end.destroy());
    this.listener = createServer({ noDelay: true }, (socket) => this.#came(socket));
    this.#plain = createWeb(redirect);
    this.#plain.headersTimeout = limits.webHeadersMs;
    this.#plain.timeout = limits.webHeadersMs;
  }

  /** What was admitted, for the encrypted end that lies on it. */
  carrierOf(end: Socket): Socket {
    return this.#admitted.get(placeOf(end))?.socket ?? end;
  }

  #came(socket: Socket): void {
    const { clock, admit, web, tls } = this.#options;
    // What is wrong with it is told where it is read.
    socket.on("error", () => {});
    if (!admit(socket)) return;
    // The web server bounds the time for headers, but knows of nobody before the handshake.
    const stop = clock.after(limits.webHeadersMs, () => socket.destroy());
    const place = placeOf(socket);
    this.#admitted.set(place, { socket, stop });
    socket.once("close", () => {
      stop();
      this.#admitted.delete(place);
    });
    firstByteOf(socket, (first) => {
      if (first !== handshakeByte) {
        stop();
        return void this.#plain.emit("connection", socket);
      }
      if (this.#shown !== tls.current) {
        this.#shown = tls.current;
        web.setSecureContext({ cert: this.#shown.cert, key: this.#shown.key });
      }
      web.emit("connection", socket);
    });
  }
}

function placeOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return [localAddress, remoteAddress, remotePort].join(" ");
}

/** A page that was asked for without TLS is where it was, with it. */
function redirect(request: IncomingMessage, response: ServerResponse): void {
  const { method, headers: { host }, url = "/" } = request;
  const isReading = method === "GET" || method === "HEAD";
  const isHost = host !== undefined && /^[A-Za-z0-9._:[\]-]{1,270}$/.test(host);
  const to = `https://${host}${url.startsWith("/") ? url : "/"}`;
  response.setHeader("connection", "close");
  response.setHeader("content-type", "text/plain; charset=utf-8");
  if (!isReading || !isHost || !URL.canParse(to)) {
    response.writeHead(400);
    response.end("This port speaks HTTPS: its addresses begin with https://\n");
    return;
  }
  response.writeHead(308, { location: to });
  response.end(`This port speaks HTTPS: ${to}\n`);
}
