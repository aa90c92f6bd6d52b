/** Wires the server: config, storage, core, listeners; and ends it when it is told to. */

import { listenOperator } from "./lib/net/operator.ts";
import { listenTcp } from "./lib/net/tcp.ts";
import type { Credentials } from "./lib/net/credentials.ts";
import type { Tls } from "./lib/net/tls_files.ts";
import { listenWeb } from "./lib/net/web.ts";
import { openDisk } from "./lib/backend/disk.ts";
import { ScryptPasswords } from "./lib/backend/scrypt.ts";
import type { NatsOptions } from "./lib/backend/nats.ts";
import type { Order } from "./lib/backend/order.ts";
import { openSqlite } from "./lib/backend/sqlite.ts";
import { type Config, ConfigError, readConfig } from "./lib/config.ts";
import { here } from "./lib/config/here.ts";
import {
  addressOfNode,
  isByInvitation,
  type Joinable,
  joinLines,
  linksOf,
  ownNames,
  type Reachable,
} from "./lib/config/join.ts";
import type { Clock } from "./lib/clock.ts";
import { Core } from "./lib/core.ts";
import type { Blobs } from "./lib/file_store.ts";
import { fingerprintOf } from "./lib/fingerprint.ts";
import { Journal } from "./lib/log.ts";
import { watchFolders } from "./lib/sharing/owner_watch.ts";
import { systemClock } from "./lib/system_clock.ts";
import project from "./deno.json" with { type: "json" };

/** Where `deno task web` puts the page. */
const built = `${import.meta.dirname}/web/dist`;

/**
 * How long the first signal may come twice: a terminal sends Ctrl+C to all that it has in front, and
 * `deno task` passes it on.
 */
const sameSignalMs = 500;

if (import.meta.main) Deno.exit(await main());

/** Runs a server until it is told to stop; the exit code. */
async function main(): Promise<number> {
  try {
    const sources = here(project);
    const start = readConfig(sources);
    if (start.kind === "run") {
      const { config } = start;
      return await run(config, sources);
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
type Ports = Pick<Joinable, "port" | "webPort" | "tls">;

async function run(
  config: Config,
  { client, addresses, place }: Pick<ReturnType<typeof here>, "client" | "addresses" | "place">,
): Promise<number> {
  const clock = systemClock();
  const { log: format, quiet, bounds, name } = config;
  const journal = new Journal({ write: writeOut, clock, format, quiet });
  // From now on, so that nobody who has read that it listens can stop it in any other way.
  const told = toldToStop(clock);
  // Nobody can ask before they are bound.
  let ports: Ports = { port: config.port };
  const reached = (): Reachable => ({ config, ...ports, addresses: addresses() });
  try {
    await using order = await orderOf(config, clock);
    await using backend = await openSqlite(config.data, clock, { ...order && { order } });
    await using blobs = await blobsOf(config, clock);
    const core = await Core.start({
      backend,
      blobs,
      bounds,
      clock,
      journal,
      name,
      version: project.version,
      entry: { isOpen: config.open, linksOf: (code) => linksOf(reached(), code) },
      passwords: new ScryptPasswords(),
      ...config.owner !== "" && { owner: config.owner },
    });
    // Nobody reaches into NATS by hand.
    await using _hand = config.natsFiles > 0 ? undefined : watchFolders(core, blobs);
    const { host: hostname, web, webPort, webNames: names, proxy: proxies } = config;
    using tls = await tlsOf(config, { clock, journal, addresses });
    await using page = web
      ? await listenWeb(core, { hostname, port: webPort, names, page: built, proxies, tls })
      : undefined;
    const address = { hostname, port: config.port, webPort: page?.port };
    await using chat = listenTcp(core, address, tls);
    ports = { port: chat.port, webPort: page?.port, tls: tls && joinTlsOf(tls.current) };
    await core.join(addressOfNode(reached()));
    await using _operator = await listenOperator(core, config.data);
    const invite = await invitationAtStart(core, config);
    const isColoured = Deno.stdout.isTerminal() && !Deno.noColor;
    const { offered: owner } = core.ownership;
    const lines = joinLines({ ...reached(), place, client, invite, owner, isColoured });
    for (const line of lines) console.log(line);
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

/** What several nodes write in; where one stands alone, nothing of NATS is loaded. */
async function orderOf(config: Config, clock: Clock): Promise<Order | undefined> {
  if (config.nats.length === 0) return undefined;
  const { openNats } = await import("./lib/backend/nats.ts");
  return await openNats({ ...natsOf(config, clock), keepsFiles: config.natsFiles > 0 });
}

/** What keeps files: a folder, which several nodes may have in common, or their NATS. */
async function blobsOf(config: Config, clock: Clock): Promise<Blobs & AsyncDisposable> {
  const { files, data, nats, natsFiles } = config;
  if (natsFiles === 0) return await openDisk(files, { apart: data, isShared: nats.length > 0 });
  const { openNatsFiles } = await import("./lib/backend/nats.ts");
  return await openNatsFiles({ ...natsOf(config, clock), room: natsFiles });
}

function natsOf(
  { nats: servers, natsName: name, natsReplicas: replicas, natsCredentials, natsCa }: Config,
  clock: Clock,
): NatsOptions {
  const texts = [natsCredentials, natsCa].map((path) => path && Deno.readTextFileSync(path));
  const [credentials, authority] = texts;
  return {
    ...{ servers, name, replicas, clock },
    ...credentials && { credentials },
    ...authority && { authority },
  };
}

/** What peers are shown; `undefined` where nothing is encrypted, and then nothing is loaded for it. */
async function tlsOf(
  { tls, cert, key, data: folder, host, webNames }: Config,
  { clock, journal, addresses }: {
    readonly clock: Clock;
    readonly journal: Journal;
    readonly addresses: () => readonly string[];
  },
): Promise<Tls | undefined> {
  if (cert === "" && !tls) return undefined;
  const { openTls } = await import("./lib/net/tls_files.ts");
  if (cert !== "") return await openTls({ clock, journal, given: { cert, key } });
  const names = () => ownNames({ host, webNames, addresses: addresses() });
  return await openTls({ clock, journal, folder, names });
}

/** What clients compare, where nobody else vouches for the server. */
function joinTlsOf({ isOwn, sha256, names }: Credentials): Joinable["tls"] {
  return isOwn ? { names, fingerprint: fingerprintOf(sha256) } : { names };
}

/** The code of an invitation that is made now, where one is wanted, or needed and there was none. */
async function invitationAtStart(core: Core, config: Config): Promise<string | undefined> {
  const { invite: anew } = config;
  if (!anew && !isByInvitation(config)) return undefined;
  return await core.invitations.ofServer({ anew });
}

/** Resolves at the first SIGINT or SIGTERM; one more, later, ends the process at once. */
function toldToStop(clock: Clock): Promise<string> {
  return new Promise((resolve) => {
    let isTold = false;
    let mayEnd = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        if (mayEnd) Deno.exit(130);
        if (isTold) return;
        isTold = true;
        clock.after(sameSignalMs, () => mayEnd = true);
        resolve(signal);
      });
    }
  });
}

async function writeOut(lines: string): Promise<void> {
  const bytes = new TextEncoder().encode(lines);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
