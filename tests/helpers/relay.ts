/** A line between clients and a server that is no faster than a test says, and can be cut. */

/** Bytes that are handed on at once: small beside what a second may have. */
const pieceBytes = 16 * 1024;

/** Listens on a port of its own, and hands on what comes at a bounded rate in each direction. */
export class Relay implements AsyncDisposable {
  readonly port: number;
  /** Bytes in a second, for each connection and direction; 0 hands on nothing. */
  bytesPerSecond: number;
  readonly #listener: Deno.TcpListener;
  readonly #to: number;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;
  readonly #copies = new Set<Promise<void>>();

  constructor(to: number, bytesPerSecond: number) {
    this.#to = to;
    this.bytesPerSecond = bytesPerSecond;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const conn of this.#open) close(conn);
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    this.cut();
    await Promise.all(this.#copies);
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) {
        const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
        this.#open.add(near).add(far);
        this.#copy(near, far);
        this.#copy(far, near);
      }
    } catch {
      // It was closed.
    }
  }

  #copy(from: Deno.TcpConn, to: Deno.TcpConn): void {
    const copy = this.#hand(from, to).finally(() => {
      this.#copies.delete(copy);
      close(from);
      close(to);
    });
    this.#copies.add(copy);
  }

  async #hand(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const piece = new Uint8Array(pieceBytes);
    try {
      for (;;) {
        const length = await from.read(piece);
        if (length === null) return;
        const ms = length * 1000 / this.bytesPerSecond;
        // The line's own time, not a wait for something to happen.
        await new Promise((resolve) => setTimeout(resolve, ms));
        for (let at = 0; at < length;) at += await to.write(piece.subarray(at, length));
      }
    } catch {
      // One of them was closed.
    }
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
