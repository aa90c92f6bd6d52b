/** nginx in front of a server, set up by the very text of docs/operating.md. */

import { assert } from "@std/assert";
import { join } from "@std/path";
import { newCertificate, newKey } from "../../lib/net/own_certificate.ts";
import { pathOf } from "../../tools/programs.ts";
import { freePort } from "./free_port.ts";

const page = join(import.meta.dirname ?? ".", "..", "..", "docs", "operating.md");
const name = "chat.example.org";

/** What a test may want otherwise. */
export interface NginxOptions {
  /** The web port that it passes on to. */
  readonly to: number;
  /** What stands for the two minutes of silence. */
  readonly silence?: string;
  /** Lines beside those of the page, for its one `location`. */
  readonly more?: string;
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
  static async start({ to, silence = "120s", more = "" }: NginxOptions): Promise<Nginx> {
    const folder = await Deno.makeTempDir({ prefix: "parley-nginx-" });
    const port = freePort();
    const key = await newKey();
    const cert = await newCertificate(key, { names: [name], now: Date.now() });
    await Deno.writeTextFile(join(folder, "key.pem"), key);
    await Deno.writeTextFile(join(folder, "cert.pem"), cert);
    const site = replaced(await siteOf(), {
      "listen 443 ssl;": `listen 127.0.0.1:${port} ssl proxy_protocol;`,
      "/etc/ssl/chat.example.org.pem": join(folder, "cert.pem"),
      "/etc/ssl/chat.example.org.key": join(folder, "key.pem"),
      "http://127.0.0.1:8080;": `http://127.0.0.1:${to}; ${more}`,
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

  /** A port of this machine that reaches it, decrypted, as somebody who is at `address`. */
  from(address: string): number {
    const line = decrypted(address, this.#port, this.#cert);
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
    http { access_log off; ${temp}
      # Tests say so where they come from.
      real_ip_header proxy_protocol; set_real_ip_from 127.0.0.1; ${site} }`;
}

/** A port of this machine on which something is reached that is elsewhere, or otherwise. */
interface Line {
  readonly port: number;
  close(): void;
}

/** Takes connections, and makes each an encrypted one that says that it comes from `address`. */
function decrypted(address: string, port: number, ca: string): Line {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  void (async () => {
    for await (const near of listener) void meet(near);
  })();

  async function meet(near: Deno.TcpConn): Promise<void> {
    const plain = await Deno.connect({ hostname: "127.0.0.1", port });
    await plain.write(new TextEncoder().encode(`PROXY TCP4 ${address} 127.0.0.1 1024 ${port}\r\n`));
    const far = await Deno.startTls(plain, { hostname: name, caCerts: [ca] });
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
