/** Somebody who puts files on a server over HTTP, and asks for what is there. */

import { assert, assertEquals } from "@std/assert";
import type { Peer } from "./peer.ts";
import { type RawAnswer, rawRequest } from "./raw_http.ts";
import { RealServer } from "./real_server.ts";

/** A user of a server; ends it where it has opened it. */
export class Place implements AsyncDisposable {
  readonly server: RealServer;
  readonly #user: Peer;

  private constructor(server: RealServer, user: Peer) {
    this.server = server;
    this.#user = user;
  }

  /** Starts a server. */
  static async open(): Promise<Place> {
    const server = await RealServer.start({ web: true, args: ["--preset", "bench"] });
    return await Place.of(server, "Alice");
  }

  /** A new guest of a server that runs. */
  static async of(server: RealServer, user: string): Promise<Place> {
    return new Place(server, await server.join(user));
  }

  /** Asks for something as this user. */
  ask(
    line: string,
    headers: Readonly<Record<string, string>> = {},
    body: string | Uint8Array = "",
  ): Promise<RawAnswer> {
    const Authorization = this.#bearer;
    return rawRequest(this.server.webPort, line, { headers: { Authorization, ...headers }, body });
  }

  /** The head of this user's last request on a connection, for whoever reads the answer otherwise. */
  head(line: string): Uint8Array {
    const fields = [
      `Host: 127.0.0.1:${this.server.webPort}`,
      `Authorization: ${this.#bearer}`,
      "Connection: close",
    ];
    return new TextEncoder().encode([`${line} HTTP/1.1`, ...fields, "", ""].join("\r\n"));
  }

  get #bearer(): string {
    return `Bearer ${this.#user.token}`;
  }

  /** Uploads a file to the lobby with tus, and resolves its path. */
  async put(name: string, body: string, type: string): Promise<string> {
    const metadata = { filename: name, room: "lobby", filetype: type };
    const fields = Object.entries(metadata).map(([key, value]) => {
      return `${key} ${new TextEncoder().encode(value).toBase64()}`;
    });
    const answer = await this.ask("POST /files", {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": String(new TextEncoder().encode(body).length),
      "Upload-Metadata": fields.join(","),
      "Content-Type": "application/offset+octet-stream",
    }, body);
    assertEquals(answer.status, 201, JSON.stringify(answer));
    const { files } = await this.#user.ok({ t: "files", room: "lobby" });
    assert(Array.isArray(files));
    return `/files/${files[0].file}/${encodeURIComponent(files[0].name)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}
