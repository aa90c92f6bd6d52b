/** Wires `deno task admin`: arguments, the folders of a server, and what is done about them. */

import { readArguments } from "./lib/admin/arguments.ts";
import { helpText } from "./lib/admin/help.ts";
import { run } from "./lib/admin/run.ts";
import { ConfigError, readFolders } from "./lib/config.ts";
import { here } from "./lib/config/here.ts";
import project from "./deno.json" with { type: "json" };

if (import.meta.main) Deno.exit(await main());

/** Does what the arguments say; the exit code. */
async function main(): Promise<number> {
  try {
    const sources = here(project, "admin");
    const wanted = readArguments(sources.args);
    if (wanted.is === "help") {
      console.log(helpText(sources.place.start));
      return 0;
    }
    const folders = readFolders({ ...sources, args: wanted.folders });
    const { place, version } = sources;
    return await run(wanted, { folders, place, version, args: sources.args });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}
