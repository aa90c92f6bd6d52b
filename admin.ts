/** Wires `deno task admin`: arguments, the server's config, and what is done about the server. */

import { TextLineStream } from "@std/streams";
import { readArguments } from "./lib/admin/arguments.ts";
import { helpText } from "./lib/admin/help.ts";
import { type Around, run } from "./lib/admin/run.ts";
import { ConfigError, readBeside, type Sources } from "./lib/config.ts";
import { here } from "./lib/config/here.ts";
import { systemClock } from "./lib/system_clock.ts";
import project from "./deno.json" with { type: "json" };

if (import.meta.main) {
  const code = await admin(here(project, "admin"), {
    readLine,
    print: (...lines) => console.log(lines.join("\n")),
    warn: (line) => console.error(line),
  });
  Deno.exit(code);
}

/** Does what the arguments say; the exit code. */
export async function admin(
  sources: Sources,
  terminal: Pick<Around, "readLine" | "print" | "warn">,
): Promise<number> {
  const { print, warn } = terminal;
  try {
    const wanted = readArguments(sources.args);
    if (wanted.is === "help") {
      print(helpText(sources.place.start));
      return 0;
    }
    const { place, version, args } = sources;
    return await run(wanted, {
      ...{ ...terminal, place, version, args },
      config: readBeside({ ...sources, args: wanted.folders }),
      clock: systemClock(),
    });
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    return error instanceof ConfigError ? 2 : 1;
  }
}

/** The first line of the input. */
async function readLine(): Promise<string> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const line of lines.pipeThrough(new TextLineStream())) return line;
  return "";
}
