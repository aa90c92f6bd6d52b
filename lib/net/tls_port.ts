/** Listens for peers over TLS. */

import { plainAddress } from "../addresses.ts";
import { streamConnection } from "../connection.ts";
import type { Core } from "../core.ts";
import { limits } from "../limits.ts";
import { serve } from "../session.ts";
import { bindError } from "./bind_error.ts";
import type { Credentials } from "./credentials.ts";
import { type Address, type Listening, pageUrl } from "./tcp.ts";
import type { Tls } from "./tls_files.ts";

/** After an error, most likely because no file descriptor is free. */
const againMs = 100;

/**
 * Serves every peer that connects and speaks TLS. By Deno's own sockets: those of Node under Deno
 * read on and on, whether anybody takes what comes or not.
 *
 * @throws {Error} a sentence for whoever started the server: the address can't be had.
 */
export function listenTls(core: Core, address: Address, tls: Tls): Listening {
  return new TlsPort(core, address, tls);
}

class TlsPort implements Listening {
  readonly hostname: string;
  readonly port: number;
  readonly #core: Core;
  readonly #tls: Tls;
  readonly #webPort: number | undefined;
  readonly #sessions = new Set<Promise<void>>();
  readonly #bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
  readonly #accepting: Promise<void>;
  readonly #stopFollowing: () => void;
  #listener: Deno.TlsListener;
  #isClosed = false;

  constructor(core: Core, address: Address, tls: Tls) {
    this.#core = core;
    this.#tls = tls;
    this.#webPort = address.webPort;
    this.hostname = address.hostname;
    try {
      this.#listener = listen(address, tls.current);
    } catch (error) {
      throw bindError({ ...address, flag: "--port" }, error);
    }
    this.port = this.#listener.addr.port;
    // A listener shows one certificate until it is closed; the connections that it has made go on.
    this.#stopFollowing = tls.onChange(() => this.#listener.close());
    this.#accepting = this.#accept();
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#begin(await this.#listener.accept());
      } catch (error) {
        if (this.#isClosed) return;
        await this.#again(error);
      }
    }
  }

  /** Listens anew where it was closed for a new certificate. */
  async #again(error: unknown): Promise<void> {
    const isRenewed = error instanceof Deno.errors.BadResource ||
      error instanceof Deno.errors.Interrupted;
    try {
      if (!isRenewed) throw error;
      const { hostname, port } = this;
      this.#listener = listen({ hostname, port }, this.#tls.current);
    } catch (error) {
      this.#core.journal.error("accept", error);
      await new Promise<void>((resolve) => this.#core.clock.after(againMs, resolve));
    }
  }

  #begin(conn: Deno.TlsConn): void {
    const core = this.#core;
    const remote = plainAddress(conn.remoteAddr.hostname);
    const page = () => pageUrl("https", conn.localAddr.hostname, this.#webPort);
    const now = () => core.clock.now();
    const options = { remote, bounds: this.#bounds, now, page };
    const session = serve(core, streamConnection(conn, options));
    this.#sessions.add(session);
    void session.then(() => this.#sessions.delete(session));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#stopFollowing();
    try {
      this.#listener.close();
    } catch {
      // It is between two certificates.
    }
    await this.#accepting;
    await Promise.all(this.#sessions);
  }
}

function listen(
  { hostname, port }: Pick<Address, "hostname" | "port">,
  { cert, key }: Credentials,
): Deno.TlsListener {
  return Deno.listenTls({ hostname, port, cert, key });
}
