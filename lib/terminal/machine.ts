/** What a run of the client is given of the machine that it runs on. */

import type { Clock } from "../clock.ts";
import type { Command } from "../protocol.ts";
import { protocolVersion } from "../protocol.ts";
import type { Entrant } from "./enter.ts";
import type { Standing } from "./typed_path.ts";

/** The machine, and what runs on it. */
export interface Machine {
  readonly clock: Clock;
  /** At least 0 and under 1. */
  random(): number;
  /** What this client is called among its user's devices. */
  readonly agent: string;
  /** Whether somebody sits at a terminal that can move its cursor. */
  readonly attended: boolean;
  /** Whether somebody can be asked. */
  readonly asks: boolean;
  readonly color: boolean;
  readonly input: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly output: { writeSync(bytes: Uint8Array): number };
  /** Where relative paths begin, and what `~` is. */
  readonly standing: Standing;
  /**
   * Whether the client may read a path, or write it as well; on a terminal Deno asks, and nothing
   * else may read what is typed meanwhile.
   */
  mayUse(path: string, kinds: readonly ("read" | "write")[]): boolean;
  /** The line that starts a client which may read these paths, and write those. */
  lineThatMay(
    more: { readonly read: readonly string[]; readonly write: readonly string[] },
  ): string;
  /** Where progress can be drawn beside the output; missing where that is no terminal. */
  readonly progress?: { columns(): number };
  /** For people, beside the output: as it is, without a newline. */
  say(text: string): void;
  /** For people, where something goes wrong. */
  complain(sentence: string): void;
  /** What the variable PARLEY_PASSWORD holds. */
  readonly password?: string;
  /** Asks a question; `undefined` where there is no answer. */
  ask(question: string): string | undefined;
  /** The same, and what is typed isn't shown. */
  askSecret(question: string): string | undefined;
  /** Calls `run` when the process is told to stop; the result takes that back. */
  onStop(run: () => void): () => void;
}

/** The first command of every connection. */
export function helloOf(
  { user, login, given: { password, invite } }: Entrant,
  agent: string,
): Command<"hello"> {
  const token = login.saved?.token;
  return {
    ...{ v: protocolVersion, user, agent },
    ...invite !== undefined && { invite },
    // Whoever is known needs no password, and it goes nowhere without need.
    ...token !== undefined ? { token } : password !== undefined && { password },
  };
}
