/** What stands before a web server that speaks TLS: lets handshakes in, sends others there. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { SecureContext, TLSSocket } from "node:tls";
import { plainAddress } from "../addresses.ts";
import type { Clock, Stop } from "../clock.ts";
import { limits } from "../limits.ts";
import type { Journal } from "../log.ts";
import { Carrier, serverEnd } from "../wire/tls_carrier.ts";
import { accepting } from "./accepting.ts";
import { bindError } from "./bind_error.ts";
import type { Listening } from "./tcp.ts";
import { contextOf, handshakeByte } from "./tls_door.ts";
import type { Tls } from "./tls_files.ts";

/** What a {@linkcode WebDoor} is made with. */
export interface WebDoorOptions {
  /** What serves requests, and doesn't listen itself. */
  readonly web: Server;
  readonly tls: Tls;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Counts a connection; one that is too many is ended by this, and not let in. */
  admit(carrier: Carrier): boolean;
}

/** Listens in the place of a web server. */
export class WebDoor {
  readonly #options: WebDoorOptions;
  readonly #context: () => SecureContext;
  readonly #plain = createServer(redirect);
  /** What the encrypted ends lie on. */
  readonly #carriers = new WeakMap<object, Carrier>();

  constructor(options: WebDoorOptions) {
    this.#options = options;
    this.#context = contextOf(options.tls);
  }

  /** @throws {Error} a sentence for whoever started the server: the address can't be had. */
  listen({ hostname, port }: { readonly hostname: string; readonly port: number }): Listening {
    const { web, clock, journal } = this.#options;
    const listener = bind(hostname, port);
    // Node's server bounds the time for headers from when it listens, and under Deno it ends what
    // it has answered where it doesn't.
    let isOpen = true;
    Object.defineProperty(web, "listening", { get: () => isOpen });
    web.emit("listening");
    const arriving = accepting(listener, (conn) => this.#came(conn), {
      clock,
      journal,
      what: "web port",
    });
    return {
      hostname,
      port: listener.addr.port,
      async [Symbol.asyncDispose]() {
        isOpen = false;
        await arriving[Symbol.asyncDispose]();
        web.close();
      },
    };
  }

  /** What was admitted, for the encrypted end that lies on it. */
  carrierOf(end: object): Carrier | undefined {
    return this.#carriers.get(end);
  }

  #came(conn: Deno.TcpConn): void {
    const { clock, admit } = this.#options;
    const carrier = new Carrier(conn, plainAddress(conn.remoteAddr.hostname));
    if (!admit(carrier)) return;
    // The web server bounds the time for headers, but knows of nobody before the handshake.
    const stop = clock.after(limits.webHeadersMs, () => carrier.destroy());
    carrier.once("close", stop);
    void this.#begin(carrier, stop);
  }

  async #begin(carrier: Carrier, stop: Stop): Promise<void> {
    const first = await carrier.firstByte();
    if (first === undefined) return;
    if (first !== handshakeByte) return void this.#plain.emit("connection", carrier);
    const end: TLSSocket = serverEnd(carrier, this.#context());
    this.#carriers.set(end, carrier);
    // What is wrong with a handshake is the peer's business.
    end.on("error", () => {});
    end.once("secure", () => {
      stop();
      this.#options.web.emit("connection", end);
    });
  }
}

function bind(hostname: string, port: number): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (error) {
    throw bindError({ hostname, port, flag: "--web-port" }, error);
  }
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
