/** A core in memory behind a real web port. */

import { assertEquals } from "@std/assert";
import type { Core } from "../../lib/core.ts";
import { listenHttp } from "../../lib/net/http.ts";
import type { Route } from "../../lib/net/route.ts";
import type { Tls } from "../../lib/net/tls_files.ts";
import type { Listening } from "../../lib/net/tcp.ts";
import { WebCounts } from "../../lib/net/web_counts.ts";
import { cookieName } from "../../lib/net/web_request.ts";
import { freePort } from "./free_port.ts";
import { type Peer, type TestOptions, TestServer } from "./peer.ts";
import { Spread } from "./spread.ts";

/** What a request of a test carries. */
export interface Asking {
  readonly method?: string;
  /** Whose token it shows. */
  readonly as?: Peer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
}

/** An answer, read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Its fields, where it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** A server with these routes, and who asks it. */
export class WebScene implements AsyncDisposable {
  readonly server: TestServer;
  readonly port: number;
  readonly #listening: readonly Listening[];
  /** In front of several nodes. */
  readonly #spread: Spread | undefined;

  private constructor(server: TestServer, listening: readonly Listening[]) {
    this.server = server;
    this.#listening = listening;
    const ports = listening.map(({ port }) => port);
    this.port = ports.length > 1 ? freePort() : ports[0];
    this.#spread = ports.length > 1 ? new Spread(this.port, ports) : undefined;
    this.#spread?.open();
  }

  static async start(
    routes: readonly Route[],
    { tls, ...options }: TestOptions & { readonly tls?: Tls } = {},
  ): Promise<WebScene> {
    const server = await TestServer.start(options);
    const listen = (core: Core) =>
      listenHttp(core, {
        hostname: "127.0.0.1",
        port: 0,
        names: [],
        routes,
        counts: new WebCounts(),
        ...tls && { tls },
      });
    return new WebScene(server, await Promise.all(server.cores.map(listen)));
  }

  /** The address of a path. */
  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** What the page's cookie is called here. */
  get cookie(): string {
    return cookieName({ host: `127.0.0.1:${this.port}` });
  }

  /** Sends a request, and resolves its whole answer. */
  async ask(path: string, { as, headers = {}, ...init }: Asking = {}): Promise<Answered> {
    const all = { ...as && { authorization: `Bearer ${as.token}` }, ...headers };
    const response = await fetch(this.url(path), { ...init, headers: all, redirect: "manual" });
    const bytes = await response.bytes();
    const text = new TextDecoder().decode(bytes);
    const { status, headers: answered } = response;
    return { status, headers: answered, bytes, text, json: jsonOf(text) };
  }

  /** The same where it has to be refused with this status; the code. */
  async refused(status: number, path: string, asking: Asking = {}): Promise<unknown> {
    const answer = await this.ask(path, asking);
    assertEquals(answer.status, status, answer.text);
    return answer.json.code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await Promise.all(this.#listening.map((listening) => listening[Symbol.asyncDispose]()));
    this.#spread?.end();
  }
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}
