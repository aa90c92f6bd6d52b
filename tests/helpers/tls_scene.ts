/** A server in this process that speaks TLS, somebody before it, and clients that dial them. */

import { join } from "@std/path";
import type { Dial } from "../../lib/client/link.ts";
import { fingerprintOf } from "../../lib/fingerprint.ts";
import { silentJournal } from "../../lib/log.ts";
import { openTls, type Tls } from "../../lib/net/tls_files.ts";
import { type Listening, listenTcp } from "../../lib/net/tcp.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { dialFor, type DialWanted } from "../../lib/terminal/dial.ts";
import { Between } from "./between.ts";
import { type TestOptions, TestServer } from "./peer.ts";
import { WatchedChat } from "./watched_chat.ts";

/** Credentials that a server in `folder` makes for itself. */
export async function ownCredentials(folder: string, names = ["127.0.0.1"]): Promise<Tls> {
  await Deno.mkdir(folder, { recursive: true });
  const around = { clock: systemClock(), journal: silentJournal() };
  return await openTls({ ...around, folder, names: () => names });
}

/** All of it, on ports of its own and in a folder of its own. */
export class TlsScene implements AsyncDisposable {
  /** What clients complained of. */
  readonly complaints: string[] = [];
  readonly folder: string;
  readonly server: TestServer;
  readonly tls: Tls;
  readonly listening: Listening;
  readonly between: Between;
  /** What the certificate is for, from when it is looked at. */
  readonly names: string[];
  readonly #chats: WatchedChat[] = [];

  private constructor(
    parts: Pick<TlsScene, "folder" | "server" | "tls" | "listening" | "between" | "names">,
  ) {
    this.folder = parts.folder;
    this.server = parts.server;
    this.tls = parts.tls;
    this.listening = parts.listening;
    this.between = parts.between;
    this.names = parts.names;
  }

  /** With the server's own certificate for these names. */
  static async start(
    { names = ["127.0.0.1"], ...options }: TestOptions & { readonly names?: string[] } = {},
  ): Promise<TlsScene> {
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    const tls = await ownCredentials(join(folder, "data"), names);
    const server = await TestServer.start(options);
    const listening = listenTcp(server.core, { hostname: "127.0.0.1", port: 0 }, tls);
    const between = await Between.start(listening.port);
    return new TlsScene({ folder, server, tls, listening, between, names });
  }

  /** Of the server's key. */
  get fingerprint(): string {
    return fingerprintOf(this.tls.current.sha256);
  }

  /** Where clients keep what they know. */
  get state(): string {
    return join(this.folder, "state");
  }

  /** The file in which clients keep how servers were known. */
  get knownServers(): string {
    return join(this.state, "known_servers");
  }

  /** What a client is told that dials whoever is between, by an address with the fingerprint. */
  wanted(more: Partial<DialWanted> = {}): DialWanted {
    const { between: { port }, state, fingerprint } = this;
    return { host: "127.0.0.1", port, state, isTls: true, fingerprint, others: [], ...more };
  }

  /** How a terminal client dials. */
  dialFor(wanted: DialWanted): Dial {
    return dialFor(wanted, {
      clock: systemClock(),
      random: () => 0.1,
      complain: (sentence) => this.complaints.push(sentence),
      mayUse: () => true,
      lineThatMay: () => "",
      standing: { folder: this.folder },
    });
  }

  /** A client that has begun to dial. */
  chat(user: string, wanted: DialWanted = this.wanted()): WatchedChat {
    const dial = this.dialFor(wanted);
    const clock = systemClock();
    const chat = new WatchedChat({ dial, clock, hello: { v: 1, user }, random: () => 0.1 });
    this.#chats.push(chat);
    return chat;
  }

  /** The same, once it is in. */
  async enter(user: string, wanted: DialWanted = this.wanted()): Promise<WatchedChat> {
    const chat = this.chat(user, wanted);
    await chat.first("status", ({ status }) => status.is === "online");
    return chat;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#chats.map(({ chat }) => chat.close()));
    await this.between[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await this.listening[Symbol.asyncDispose]();
    this.tls[Symbol.dispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}
