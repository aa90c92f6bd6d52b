/** Listens for peers over TLS. */

import { createServer, type Server, type Socket } from "node:net";
import { plainAddress } from "../addresses.ts";
import { type ByteStream, streamConnection } from "../connection.ts";
import type { Core } from "../core.ts";
import { DuplexStream } from "../duplex_stream.ts";
import { encodeLine } from "../encode.ts";
import { limits } from "../limits.ts";
import { serve } from "../session.ts";
import { bindError } from "./bind_error.ts";
import { type Address, type Listening, pageUrl } from "./tcp.ts";
import { TlsDoor } from "./tls_door.ts";
import type { Tls } from "./tls_files.ts";

/**
 * Serves every peer that connects and speaks TLS; who doesn't is told.
 *
 * @throws {Error} a sentence for whoever started the server: the address can't be had.
 */
export async function listenTls(core: Core, address: Address, tls: Tls): Promise<Listening> {
  const { hostname, port, webPort } = address;
  const door = new TlsDoor(tls);
  const sessions = new Set<Promise<void>>();
  const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
  const now = () => core.clock.now();
  const server = createServer({ noDelay: true }, (socket) => {
    const remote = plainAddress(socket.remoteAddress ?? "unknown");
    const page = () => pageUrl("https", socket.localAddress ?? hostname, webPort);
    // A session from the first moment on: whoever never says a byte is counted, and has to go.
    const session = serve(
      core,
      streamConnection(new Entrance(socket, door), {
        ...{ remote, bounds, now, page },
      }),
    );
    sessions.add(session);
    void session.then(() => sessions.delete(session));
  });
  const bound = await bind(server, hostname, port);
  server.on("error", (error) => core.journal.error("accept", error));
  return {
    hostname,
    port: bound,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all(sessions);
      await closed;
    },
  };
}

function bind(server: Server, hostname: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(bindError({ hostname, port, flag: "--port" }, error));
    server.once("error", refuse);
    server.listen({ host: hostname, port }, () => {
      server.off("error", refuse);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

const plainRefusal = encodeLine({
  t: "refused",
  code: "unsupported",
  message: "This port speaks TLS: join with the address that the server printed, parleys://…",
});

/** A peer's bytes, once it is known whether they are encrypted. */
class Entrance implements ByteStream {
  readonly #socket: Socket;
  readonly #entered: Promise<DuplexStream | undefined>;
  #enter: (stream: DuplexStream | undefined) => void = () => {};
  #stream: DuplexStream | undefined;

  constructor(socket: Socket, door: TlsDoor) {
    this.#socket = socket;
    this.#entered = new Promise((resolve) => this.#enter = resolve);
    void this.#entered.then((stream) => this.#stream = stream);
    socket.on("error", () => this.#enter(undefined));
    socket.on("close", () => this.#enter(undefined));
    door.open(socket, (secure) => {
      if (secure) return this.#enter(new DuplexStream(secure));
      socket.end(plainRefusal);
      this.#enter(undefined);
    });
  }

  async read(into: Uint8Array): Promise<number | null> {
    const stream = this.#stream ?? await this.#entered;
    return stream ? await stream.read(into) : null;
  }

  async write(from: Uint8Array): Promise<number> {
    const stream = this.#stream ?? await this.#entered;
    if (stream) return await stream.write(from);
    throw new Error("The peer doesn't speak TLS");
  }

  async closeWrite(): Promise<void> {
    await this.#stream?.closeWrite();
  }

  close(): void {
    this.#enter(undefined);
    this.#stream?.close();
    this.#socket.destroy();
  }
}
