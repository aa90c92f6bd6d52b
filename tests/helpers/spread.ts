/** One address in front of several nodes: each connection to it goes to the next of them. */

/** Hands on what comes, byte for byte and end for end; whoever dials it doesn't choose a node. */
export class Spread {
  readonly #port: number;
  readonly #to: readonly number[];
  #turn = 0;
  #listener: Deno.TcpListener | undefined;
  readonly #open = new Set<Deno.TcpConn>();

  /** `port` is its own, the same whenever it is {@linkcode open}; `to` are the nodes'. */
  constructor(port: number, to: readonly number[]) {
    this.#port = port;
    this.#to = to;
  }

  /** From now on it listens. */
  open(): void {
    this.#listener = Deno.listen({ hostname: "0.0.0.0", port: this.#port });
    void this.#accept(this.#listener);
  }

  /** It doesn't listen any more; what it hands on ends with either end. */
  close(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  /** The same, and every connection ends without a word. */
  end(): void {
    this.close();
    for (const conn of this.#open) close(conn);
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    try {
      for await (const near of listener) void this.#join(near);
    } catch {
      // It was closed.
    }
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    const port = this.#to[this.#turn++ % this.#to.length];
    this.#open.add(near);
    try {
      // Of the same address, so that the node takes whoever it is for coming from the same machine.
      const { hostname } = near.localAddr;
      using far = await Deno.connect({ hostname, port });
      this.#open.add(far);
      await Promise.all([hand(near, far), hand(far, near)]);
      this.#open.delete(far);
    } catch {
      // One of them was cut, or nobody listens there: the other one learns it from this.
    }
    this.#open.delete(near);
    close(near);
  }
}

/** Up to the end of what comes, which is handed on as well. */
async function hand(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const piece = new Uint8Array(64 * 1024);
  try {
    for (;;) {
      const length = await from.read(piece);
      if (length === null) break;
      for (let at = 0; at < length;) at += await to.write(piece.subarray(at, length));
    }
    await to.closeWrite();
  } catch (error) {
    close(to);
    throw error;
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
