/** Ports for servers of tests. */

/**
 * A free port that the system doesn't give to clients: of those, one that dials it again and again
 * while no server listens may be given the very port that it dials, and so reach itself.
 */
export function freePort(): number {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
