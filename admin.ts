/** Wires `deno task admin`: arguments, the server's config, and what is done about the server. */

import { TextLineStream } from "@std/streams";
import { readArguments } from "./lib/admin/arguments.ts";
import { helpText } from "./lib/admin/help.ts";
import { run } from "./lib/admin/run.ts";
import { ConfigError, readBeside } from "./lib/config.ts";
import { here } from "./lib/config/here.ts";
import { systemClock } from "./lib/system_clock.ts";
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
    const { place, version, args } = sources;
    return await run(wanted, {
      ...{ place, version, args, readLine },
      config: readBeside({ ...sources, args: wanted.folders }),
      clock: systemClock(),
      print: (...lines) => console.log(lines.join("\n")),
      warn: (line) => console.error(line),
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}

/** The first line of the input. */
async function readLine(): Promise<string> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const line of lines.pipeThrough(new TextLineStream())) return line;
  return "";
}
