/** Ports for servers of tests. */

import { tmpdir } from "node:os";
import { join } from "@std/path";

/** Of what the system doesn't give to clients. */
const first = 10_000;
const count = 20_000;

/** Browsers don't go there. */
const unsafe = 10_080;

/**
 * A free port, which no other test on this machine is given soon: they are given out in turn, and the
 * turn is kept in a file that all runs share. A server may so be started on it later, or again. The
 * system doesn't give it to clients either: one that dials it again and again while no server listens
 * may else be given the very port that it dials, and so reach itself.
 */
export function freePort(): number {
  for (;;) {
    const port = first + nextTurn() % count;
    if (port === unsafe) continue;
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** One more than the last one who asked was given. */
function nextTurn(): number {
  const path = join(tmpdir(), `parley-test-ports-${Deno.uid() ?? "here"}`);
  using file = Deno.openSync(path, { read: true, write: true, create: true });
  file.lockSync(true);
  const bytes = new Uint8Array(16);
  const read = file.readSync(bytes) ?? 0;
  const turn = Number(new TextDecoder().decode(bytes.subarray(0, read))) || 0;
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(new TextEncoder().encode(`${turn + 1}`));
  return turn;
}
