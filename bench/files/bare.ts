/**
 * Moving a file reduced to what cannot be saved: one buffer that is read into and written from. It
 * checks nothing and knows one file. `put BYTES` stores what follows, on disk when it says so, and
 * `get` serves it; with `--hashed` either is hashed on its way.
 */

import { createHash } from "node:crypto";

const bufferBytes = 256 * 1024;
const newline = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What moves bytes into a buffer, and out of it. */
interface From {
  read(into: Uint8Array): Promise<number | null>;
}
interface To {
  write(bytes: Uint8Array): Promise<number>;
}

/** Serves one connection after the other, for ever. */
async function serve(listener: Deno.TcpListener, path: string, hashed: boolean): Promise<void> {
  const buffer = new Uint8Array(bufferBytes);
  for await (const conn of listener) {
    using open = conn;
    open.setNoDelay();
    for (;;) {
      const count = await open.read(buffer).catch(() => null);
      if (count === null) break;
      const end = buffer.subarray(0, count).indexOf(newline);
      const [word, bytes] = decoder.decode(buffer.subarray(0, end)).split(" ");
      if (word === "put") await put(open, Number(bytes), buffer.slice(end + 1, count));
      else await get(open);
    }
  }

  async function put(conn: Deno.TcpConn, bytes: number, begun: Uint8Array): Promise<void> {
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    const hash = hashed ? createHash("sha256") : undefined;
    hash?.update(begun);
    await writeAll(file, begun);
    await move(conn, file, { bytes: bytes - begun.length, hash });
    await file.sync();
    await writeAll(conn, encoder.encode(`ok ${hash?.digest("hex") ?? ""}\n`));
  }

  async function get(conn: Deno.TcpConn): Promise<void> {
    using file = await Deno.open(path);
    const { size: bytes } = await file.stat();
    const hash = hashed ? createHash("sha256") : undefined;
    await writeAll(conn, encoder.encode(`${bytes}\n`));
    await move(file, conn, { bytes, hash });
    await writeAll(conn, encoder.encode(`ok ${hash?.digest("hex") ?? ""}\n`));
  }

  async function move(
    from: From,
    to: To,
    { bytes, hash }: { bytes: number; hash: ReturnType<typeof createHash> | undefined },
  ): Promise<void> {
    for (let left = bytes; left > 0;) {
      const count = await from.read(buffer.subarray(0, left));
      if (count === null) throw new Error("It has ended too early");
      const piece = buffer.subarray(0, count);
      hash?.update(piece);
      await writeAll(to, piece);
      left -= count;
    }
  }
}

async function writeAll(to: To, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

if (import.meta.main) {
  const [path, hashed] = Deno.args;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log(`Listening on 127.0.0.1:${listener.addr.port}`);
  await serve(listener, path, hashed === "--hashed");
}
