/** Wires `deno task admin`: this process, and what is done about a server. */

import { TextLineStream } from "@std/streams";
import { admin } from "./lib/admin/program.ts";
import { here } from "./lib/config/here.ts";
import { systemClock } from "./lib/system_clock.ts";
import project from "./deno.json" with { type: "json" };

if (import.meta.main) {
  const code = await admin(here(project, "admin"), {
    clock: systemClock(),
    readLine,
    print: (...lines) => console.log(lines.join("\n")),
    warn: (line) => console.error(line),
  });
  Deno.exit(code);
}

/** The first line of the input. */
async function readLine(): Promise<string> {
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
  for await (const line of lines.pipeThrough(new TextLineStream())) return line;
  return "";
}
