/**
 * A chat server reduced to what cannot be saved: a line in, the same line out to everybody, with
 * one write a connection and turn of the event loop. It checks nothing, keeps nothing, bounds
 * nothing. What Parley costs beside it is what Parley does.
 */

import { parseLine } from "../lib/wire/decode.ts";

const newline = 10;
const readBytes = 4096;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const sayStart = encoder.encode('{"t":"say"');

/** Serves until the process ends, on the free port of loopback that it returns. */
function serveBare(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const peers = new Set<BarePeer>();
  /** What this turn of the event loop has for everybody. */
  let turn: Uint8Array[] = [];

  function fanOut(line: Uint8Array): void {
    if (turn.push(line) > 1) return;
    setImmediate(() => {
      const lines = joined(turn);
      turn = [];
      for (const peer of peers) peer.push(lines);
    });
  }

  async function accept(): Promise<void> {
    for await (const conn of listener) {
      conn.setNoDelay();
      const peer = new BarePeer(conn);
      peers.add(peer);
      void peer.run(fanOut).finally(() => peers.delete(peer));
    }
  }

  void accept();
  return listener.addr.port;
}

/** One connection. */
class BarePeer {
  readonly #conn: Deno.TcpConn;
  #queue: Uint8Array[] = [];
  #writing = false;
  #scheduled = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    if (this.#writing || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async run(fanOut: (line: Uint8Array) => void): Promise<void> {
    let kept = new Uint8Array(0);
    const buffer = new Uint8Array(readBytes);
    for (;;) {
      const length = await this.#conn.read(buffer).catch(() => null);
      if (length === null) return;
      const bytes = joined([kept, buffer.subarray(0, length)]);
      let from = 0;
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
        this.#take(bytes.subarray(from, end + 1), fanOut);
        from = end + 1;
      }
      kept = bytes.slice(from);
    }
  }

  /** Anything but `say` is answered, so that the load client can greet it like any server. */
  #take(line: Uint8Array, fanOut: (line: Uint8Array) => void): void {
    if (sayStart.every((byte, index) => line[index] === byte)) return fanOut(line);
    const { id } = parseLine(decoder.decode(line)) ?? {};
    this.push(encoder.encode(`${JSON.stringify({ t: "ok", re: id })}\n`));
  }

  async #flush(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#queue.length > 0) {
        const bytes = joined(this.#queue);
        this.#queue = [];
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch {
      // The peer is gone, which its reading has found out, too.
    }
    this.#writing = false;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

if (import.meta.main) {
  console.log(`Listening on 127.0.0.1:${serveBare()}`);
}
