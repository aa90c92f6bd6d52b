/** Somebody between a client and a server who speaks TLS, and does what a test says. */

import { connect as dialPlain, createServer, type Server, type Socket } from "node:net";
import { connect as dialTls, createSecureContext, TLSSocket } from "node:tls";
import type { Credentials } from "../../lib/net/credentials.ts";

/** What becomes of a connection that begins now. */
export type Doing =
  /** Hands on what comes. */
  | { readonly is: "honest" }
  /** Pretends to be the server, with credentials of its own, and talks to the server itself. */
  | { readonly is: "pretending"; readonly credentials: Pick<Credentials, "cert" | "key"> }
  /** Answers whatever comes with this, without TLS. */
  | { readonly is: "plain"; readonly text: string }
  /** Hands on what comes to another port. */
  | { readonly is: "elsewhere"; readonly port: number }
  /** Takes connections, and is silent. */
  | { readonly is: "silent" };

/** Listens on a port of its own. */
export class Between implements AsyncDisposable {
  doing: Doing = { is: "honest" };
  /** What clients have said to it that it could read. */
  readonly heard: string[] = [];
  /** What went up, of all connections, as it came. */
  readonly up: Uint8Array[] = [];
  /** How many connections have begun. */
  connections = 0;
  /** Turns a bit of the next bytes of each way, whose last byte is the end of a record. */
  isAltering: "up" | "down" | undefined;
  readonly #to: number;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #wake: (() => void)[] = [];

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer((near) => this.#came(near));
  }

  /** One in front of a server's port. */
  static async start(to: number): Promise<Between> {
    const between = new Between(to);
    await new Promise<void>((resolve) =>
      between.#server.listen({ host: "127.0.0.1", port: 0 }, resolve)
    );
    return between;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("It isn't listening");
    return address.port;
  }

  /** Resolves when so many connections have begun. */
  async began(count: number): Promise<void> {
    while (this.connections < count) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #came(near: Socket): void {
    this.#keep(near);
    this.connections++;
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
    const { doing } = this;
    switch (doing.is) {
      case "honest":
        return this.#join(near, dialPlain({ host: "127.0.0.1", port: this.#to }));
      case "elsewhere":
        return this.#join(near, dialPlain({ host: "127.0.0.1", port: doing.port }));
      case "pretending": {
        const { cert, key } = doing.credentials;
        const secureContext = createSecureContext({ cert, key });
        const end = new TLSSocket(near, { isServer: true, secureContext });
        end.on("data", (bytes: Uint8Array) => this.heard.push(new TextDecoder().decode(bytes)));
        const far = dialTls({ host: "127.0.0.1", port: this.#to, rejectUnauthorized: false });
        return this.#join(end, far);
      }
      case "plain":
        near.on("data", () => near.write(doing.text));
        return;
      case "silent":
        return;
      default:
        doing satisfies never;
    }
  }

  #join(near: Socket, far: Socket): void {
    this.#keep(near);
    this.#keep(far);
    near.on("data", (bytes: Uint8Array) => {
      this.up.push(new Uint8Array(bytes));
      far.write(this.#handed(bytes, "up"));
    });
    far.on("data", (bytes: Uint8Array) => near.write(this.#handed(bytes, "down")));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  }

  #handed(bytes: Uint8Array, way: "up" | "down"): Uint8Array {
    if (this.isAltering !== way) return bytes;
    this.isAltering = undefined;
    const altered = new Uint8Array(bytes);
    altered[altered.length - 1] ^= 1;
    return altered;
  }

  #keep(socket: Socket): void {
    if (this.#open.has(socket)) return;
    this.#open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#open.delete(socket));
  }
}
