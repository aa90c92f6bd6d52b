/** A line between clients and a server that is no faster than a test says, counts, and can be cut. */

/** Bytes that are handed on at once: small beside what a second may have. */
const pieceBytes = 16 * 1024;
/** The same on a line without a bound. */
const pieceBytesUnbound = 64 * 1024;

/** To the server, or from it. */
export type Way = "up" | "down";

/** How a {@linkcode Relay} hands on. */
export interface RelayOptions {
  /** All connections share the line, as those of one house do; else each has one of its own. */
  readonly isShared?: boolean;
}

/** Listens on a port of its own, and hands on what comes at a bounded rate in each direction. */
export class Relay implements AsyncDisposable {
  readonly port: number;
  /** Bytes in a second, for each connection and direction; `Infinity`: no bound. */
  bytesPerSecond: number;
  /** Whether it lets anybody through; with {@linkcode cut} nobody has a line while it is down. */
  isDown = false;
  #held: PromiseWithResolvers<void> | undefined;
  readonly #listener: Deno.TcpListener;
  readonly #to: number;
  readonly #isShared: boolean;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;
  readonly #copies = new Set<Promise<void>>();
  readonly #came = { up: 0, down: 0 };
  /** When the shared line is free again, in `performance.now()`. */
  readonly #freeAt = { up: 0, down: 0 };
  #awaited: { readonly way: Way; readonly count: number; resolve(): void }[] = [];

  constructor(to: number, bytesPerSecond: number, { isShared = false }: RelayOptions = {}) {
    this.#to = to;
    this.#isShared = isShared;
    this.bytesPerSecond = bytesPerSecond;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  /** Bytes that have come in each direction, over all connections; not all need be handed on. */
  get came(): Readonly<Record<Way, number>> {
    return { ...this.#came };
  }

  /** Resolves when so many bytes have come in a direction, in all, before they are handed on. */
  until(way: Way, count: number): Promise<void> {
    return new Promise((resolve) => this.#awaited.push({ way, count, resolve }));
  }

  /** Hands on nothing more, and ends nothing: as where a cable was pulled out. */
  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  /** Hands on again, with what has come meanwhile. */
  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
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
    this.release();
    await Promise.all(this.#copies);
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) await this.#join(near);
    } catch {
      // It was closed.
    }
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    if (this.isDown) return close(near);
    try {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#to });
      this.#open.add(near).add(far);
      this.#copy(near, far, "up");
      this.#copy(far, near, "down");
    } catch {
      // No server listens now: whoever dialled learns it from this.
      close(near);
    }
  }

  #copy(from: Deno.TcpConn, to: Deno.TcpConn, way: Way): void {
    const copy = this.#hand(from, to, way).finally(() => {
      this.#copies.delete(copy);
      for (const conn of [from, to]) {
        this.#open.delete(conn);
        close(conn);
      }
    });
    this.#copies.add(copy);
  }

  async #hand(from: Deno.TcpConn, to: Deno.TcpConn, way: Way): Promise<void> {
    const piece = new Uint8Array(pieceBytesUnbound);
    try {
      for (;;) {
        const most = this.bytesPerSecond === Infinity ? pieceBytesUnbound : pieceBytes;
        const length = await from.read(piece.subarray(0, most));
        if (length === null) return;
        this.#count(way, length);
        // The line's own time, not a wait for something to happen.
        const ms = this.#msFor(way, length);
        if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
        await this.#held?.promise;
        for (let at = 0; at < length;) at += await to.write(piece.subarray(at, length));
      }
    } catch {
      // One of them was closed.
    }
  }

  #count(way: Way, length: number): void {
    this.#came[way] += length;
    this.#awaited = this.#awaited.filter((each) => {
      if (this.#came[each.way] < each.count) return true;
      each.resolve();
      return false;
    });
  }

  #msFor(way: Way, length: number): number {
    const ms = length * 1000 / this.bytesPerSecond;
    if (!this.#isShared) return ms;
    const now = performance.now();
    this.#freeAt[way] = Math.max(now, this.#freeAt[way]) + ms;
    return this.#freeAt[way] - now;
  }
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
