/** nginx in front of a server, set up by the very text of docs/operating.md. */

import { assert } from "@std/assert";
import { join } from "@std/path";
import { createServer, type Socket } from "node:net";
import { connect } from "node:tls";
import { newCertificate, newKey } from "../../lib/net/own_certificate.ts";
import { pathOf } from "../../tools/programs.ts";
import { freePort } from "./real_server.ts";

const page = join(import.meta.dirname ?? ".", "..", "..", "docs", "operating.md");
const name = "chat.example.org";

/** What a test may want otherwise. */
export interface NginxOptions {
  /** The web port that it passes on to. */
  readonly to: number;
  /** What stands for the two minutes of silence. */
  readonly silence?: string;
}

/** A running nginx; everything of it lies in a folder of its own. */
export class Nginx implements AsyncDisposable {
  readonly #folder: string;
  readonly #port: number;
  readonly #cert: string;
  readonly #lines: Line[] = [];

  private constructor(folder: string, port: number, cert: string) {
    this.#folder = folder;
    this.#port = port;
    this.#cert = cert;
  }

  /** Resolves when it listens. */
  static async start({ to, silence = "120s" }: NginxOptions): Promise<Nginx> {
    const folder = await Deno.makeTempDir({ prefix: "parley-nginx-" });
    const port = freePort();
    const key = await newKey();
    const cert = await newCertificate(key, { names: [name, "127.0.0.1"], now: Date.now() });
    await Deno.writeTextFile(join(folder, "key.pem"), key);
    await Deno.writeTextFile(join(folder, "cert.pem"), cert);
    const site = replaced(await siteOf(), {
      "listen 443 ssl;": `listen 127.0.0.1:${port} ssl;`,
      "/etc/ssl/chat.example.org.pem": join(folder, "cert.pem"),
      "/etc/ssl/chat.example.org.key": join(folder, "key.pem"),
      "http://127.0.0.1:8080": `http://127.0.0.1:${to}`,
      "read_timeout 120s": `read_timeout ${silence}`,
      "send_timeout 120s": `send_timeout ${silence}`,
    });
    await Deno.writeTextFile(join(folder, "nginx.conf"), around(site, folder));
    const nginx = new Nginx(folder, port, cert);
    // It goes to the background when it listens.
    const { success, stderr } = await nginx.#run();
    assert(success, new TextDecoder().decode(stderr));
    return nginx;
  }

  /** A port of this machine that reaches it, decrypted. */
  here(): number {
    return this.#add(decrypted(this.#port, this.#cert));
  }

  /** The same for somebody who is at `address`, for what is small. */
  async from(address: string): Promise<number> {
    return this.#add(await decryptedFrom(address, this.#port, this.#cert));
  }

  #add(line: Line): number {
    this.#lines.push(line);
    return line.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const line of this.#lines) line.close();
    await this.#run("-s", "stop");
    await Deno.remove(this.#folder, { recursive: true });
  }

  #run(...args: readonly string[]): Promise<Deno.CommandOutput> {
    const program = pathOf("nginx");
    assert(program, "nginx isn't installed");
    const where = ["-p", this.#folder, "-c", "nginx.conf", "-e", join(this.#folder, "errors")];
    return new Deno.Command(program, { args: [...where, ...args] }).output();
  }
}

/** The one block of the page that is nginx's. */
async function siteOf(): Promise<string> {
  const [[, site], second] = (await Deno.readTextFile(page)).matchAll(/```nginx\n(.*?)```/gs);
  assert(site && second === undefined, "docs/operating.md has one block for nginx");
  return site;
}

function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  for (const [from, to] of Object.entries(changes)) {
    assert(text.split(from).length === 2, `"${from}" has to stand there once`);
    text = text.replace(from, () => to);
  }
  return text;
}

function around(site: string, folder: string): string {
  const user = Deno.uid() === 0 ? "user root;" : "";
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join("\n");
  return `${user} pid ${join(folder, "pid")}; worker_processes 1;
    events { worker_connections 512; }
    http { access_log off; ${temp} ${site} }`;
}

/** A port of this machine on which something is reached that is elsewhere, or otherwise. */
interface Line {
  readonly port: number;
  close(): void;
}

/** Takes connections, and makes each an encrypted one. */
function decrypted(port: number, ca: string): Line {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  void (async () => {
    for await (const near of listener) void meet(near);
  })();

  async function meet(near: Deno.TcpConn): Promise<void> {
    const far = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [ca] });
    for (const conn of [near, far]) open.add(conn);
    await Promise.allSettled([
      near.readable.pipeTo(far.writable, { preventClose: true }),
      far.readable.pipeTo(near.writable),
    ]);
    for (const conn of [near, far]) closed(conn);
  }

  return {
    port: listener.addr.port,
    close() {
      listener.close();
      for (const conn of open) closed(conn);
    },
  };
}

function closed(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}

/** The same, but from another address: no bytes are held back, since node:tls of Deno may then stop. */
async function decryptedFrom(address: string, port: number, ca: string): Promise<Line> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const options = { host: "127.0.0.1", port, ca, servername: name, localAddress: address };
    const far = connect(options);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on("data", (bytes) => void to.write(bytes));
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroySoon());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  assert(typeof bound === "object" && bound !== null);
  return {
    port: bound.port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
