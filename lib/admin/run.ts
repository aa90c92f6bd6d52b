/** Does what a word says. */

import type { Config } from "../config.ts";
import { beyond, type Need, type Place } from "../config/reach.ts";
import type { Clock } from "../clock.ts";
import type { Asked } from "./arguments.ts";
import { asking } from "./asking.ts";
import { type Copying, runBackup, runRestore } from "./copies.ts";
import { doings } from "./doings.ts";

/** Where it is done. */
export interface Around {
  readonly config: Config;
  readonly place: Place;
  readonly clock: Clock;
  /** The program's version. */
  readonly version: string;
  /** As they were given, to say them again. */
  readonly args: readonly string[];
  /** The first line of the input. */
  readLine(): Promise<string>;
  print(...lines: readonly string[]): void;
  /** Says what is wrong. */
  warn(line: string): void;
}

/**
 * Does it, and prints what there is to say; the exit code.
 *
 * @throws {ConfigError} where Deno has to grant more.
 * @throws {Error} a sentence for whoever asked for it.
 */
export async function run(asked: Asked, around: Around): Promise<number> {
  const { word, operands: [first] } = asked;
  const copying: Copying = {
    ...around,
    requireGranted: (reads, writes) => requireGranted(around, reads, writes),
  };
  if (word === "backup") return await runBackup(first, copying);
  if (word === "restore") return await runRestore(first, copying);
  const { data, files } = around.config;
  requireGranted(around, [data, files], [data, files]);
  around.print(...await asking(around, (ask) => doings[word](ask, { ...asked, ...around })));
  return 0;
}

/** @throws {ConfigError} with the line that grants what is missing. */
function requireGranted(
  { place, args }: Around,
  reads: readonly string[],
  writes: readonly string[],
): void {
  const needs: Need[] = [
    ...reads.map((what) => ({ kind: "read", what }) as const),
    ...writes.map((what) => ({ kind: "write", what }) as const),
  ];
  const missing = needs.filter((need) => !place.granted(need));
  if (missing.length > 0) {
    throw beyond(place, missing, { args: args.filter((arg) => arg !== "--") });
  }
}
