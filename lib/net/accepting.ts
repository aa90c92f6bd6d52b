/** Takes connections as they come. */

import { type Clock, pause } from "../clock.ts";
import type { Journal } from "../log.ts";

/** After an error, most likely because no file descriptor is free: peers that leave give theirs back. */
const againMs = 100;

/** What {@linkcode accepting} isn't told by the listener. */
export interface AcceptingOptions {
  readonly clock: Clock;
  readonly journal: Journal;
  /** What an error is called in the log. */
  readonly what: string;
}

/** Hands each connection to `begin`; closes the listener when it is disposed of. */
export function accepting(
  listener: Deno.TcpListener,
  begin: (conn: Deno.TcpConn) => void,
  { clock, journal, what }: AcceptingOptions,
): AsyncDisposable {
  const over = accept();

  async function accept(): Promise<void> {
    for (;;) {
      let conn: Deno.TcpConn;
      try {
        conn = await listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource) return;
        if (error instanceof Deno.errors.Interrupted) return;
        journal.error(what, error);
        await pause(clock, againMs);
        continue;
      }
      try {
        // What people type is small, and waiting to fill a packet only makes it late.
        conn.setNoDelay();
      } catch {
        // It is gone already, which whoever reads it finds out.
      }
      begin(conn);
    }
  }

  return {
    async [Symbol.asyncDispose]() {
      listener.close();
      await over;
    },
  };
}
