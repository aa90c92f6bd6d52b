/** Wires the server: config, storage, core, listeners; and ends it when it is told to. */

import { listenTcp } from "./lib/net/tcp.ts";
import { listenWeb } from "./lib/net/web.ts";
import { openDisk } from "./lib/backend/disk.ts";
import { openSqlite } from "./lib/backend/sqlite.ts";
import { type Config, ConfigError, readConfig } from "./lib/config.ts";
import { here } from "./lib/config/here.ts";
import { type Joinable, joinLines } from "./lib/config/join.ts";
import { Core } from "./lib/core.ts";
import { Journal } from "./lib/log.ts";
import { watchFolders } from "./lib/owner_watch.ts";
import { systemClock } from "./lib/system_clock.ts";
import project from "./deno.json" with { type: "json" };

/** Where `deno task web` puts the page. */
const built = `${import.meta.dirname}/web/dist`;

if (import.meta.main) Deno.exit(await main());

/** Runs a server until it is told to stop; the exit code. */
async function main(): Promise<number> {
  try {
    const sources = here(project);
    const start = readConfig(sources);
    if (start.kind === "run") {
      const { config } = start;
      const { client, addresses, place } = sources;
      const lines = (ports: Ports) =>
        joinLines({ config, ...ports, place, client, addresses: addresses() });
      return await run(config, lines);
    }
    console.log(start.text);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** As bound. */
type Ports = Pick<Joinable, "port" | "webPort">;

async function run(config: Config, lines: (ports: Ports) => readonly string[]): Promise<number> {
  const clock = systemClock();
  const { log: format, quiet, bounds, name } = config;
  const journal = new Journal({ write: writeOut, clock, format, quiet });
  // From now on, so that nobody who has read that it listens can stop it in any other way.
  const told = toldToStop();
  try {
    await using backend = await openSqlite(config.data, clock);
    await using blobs = await openDisk(config.files, { apart: config.data });
    const core = await Core.start({
      backend,
      blobs,
      bounds,
      clock,
      journal,
      name,
      version: project.version,
    });
    await using _hand = watchFolders(core, blobs);
    const { host: hostname, web, webPort, webNames: names } = config;
    await using page = web
      ? await listenWeb(core, { hostname, port: webPort, names, page: built })
      : undefined;
    await using chat = listenTcp(core, { hostname, port: config.port, webPort: page?.port });
    for (const line of lines({ port: chat.port, webPort: page?.port })) console.log(line);
    const signal = await Promise.race([told, backend.failed]);
    if (signal instanceof Error) throw signal;
    await core.close("the server is stopping");
  } catch (error) {
    await journal.flush();
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  await journal.flush();
  return 0;
}

/** Resolves at the first SIGINT or SIGTERM; the second one ends the process at once. */
function toldToStop(): Promise<string> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        if (told) Deno.exit(130);
        told = true;
        resolve(signal);
      });
    }
  });
}

async function writeOut(lines: string): Promise<void> {
  const bytes = new TextEncoder().encode(lines);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
