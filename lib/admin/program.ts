/** The program as a whole: arguments, the server's config, and what is done about the server. */

import { ConfigError, readBeside, type Sources } from "../config.ts";
import type { Clock } from "../clock.ts";
import { readArguments } from "./arguments.ts";
import { helpText } from "./help.ts";
import { type Around, run } from "./run.ts";

/** Where it runs, beside where its config comes from. */
export interface Terminal extends Pick<Around, "readLine" | "print" | "warn"> {
  readonly clock: Clock;
}

/** Does what the arguments say; the exit code. */
export async function admin(sources: Sources, terminal: Terminal): Promise<number> {
  try {
    const wanted = readArguments(sources.args);
    const { place, version, args } = sources;
    if (wanted.is === "help") {
      terminal.print(helpText(place.start));
      return 0;
    }
    const config = readBeside({ ...sources, args: wanted.folders });
    return await run(wanted, { ...terminal, place, version, args, config });
  } catch (error) {
    terminal.warn(error instanceof Error ? error.message : String(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}
