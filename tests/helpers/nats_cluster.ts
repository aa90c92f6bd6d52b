/** Servers of NATS that are one, each a process of its own. */

import { jetstreamManager, type StreamInfo } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { delay } from "@std/async/delay";
import { NatsServer } from "./nats.ts";
import { freePort } from "./free_port.ts";

/** How long to wait between two looks at what only NATS itself knows. */
const lookMs = 100;

/** Starts so many servers, of one cluster where it is more than one. */
export async function startNats(count: number): Promise<readonly NatsServer[]> {
  if (count === 1) return [await NatsServer.start()];
  const routes = Array.from({ length: count }, freePort);
  const started = await Promise.allSettled(routes.map((port, index) => {
    return NatsServer.start({ cluster: { name: nameOf(index), port, routes } });
  }));
  const servers = started.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  const failed = started.find((one) => one.status === "rejected");
  if (!failed) return servers;
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  throw failed.reason;
}

/** Resolves when each server has all that was kept: before that, another one can't be spared. */
export async function level(servers: readonly Pick<NatsServer, "url">[]): Promise<void> {
  const others = servers.length - 1;
  await untilFound(servers, (found) => {
    const isLevel = found.length > 0 && found.every(({ cluster }) => {
      const replicas = cluster?.replicas ?? [];
      return replicas.length === others &&
        replicas.every(({ current, offline }) => current && !offline);
    });
    return isLevel || undefined;
  });
}

/** The servers that {@linkcode startNats} has started, the one first that leads what nodes keep. */
export async function leaderFirst(
  servers: readonly NatsServer[],
  name = "parley",
): Promise<readonly NatsServer[]> {
  const leader = await untilFound(servers, (found) => {
    const leader = found.find(({ config }) => config.name === name)?.cluster?.leader;
    return servers.find((_server, index) => leader === nameOf(index));
  });
  return [leader, ...servers.filter((server) => server !== leader)];
}

/** Asks what streams there are until what is told of them says what is looked for. */
async function untilFound<T>(
  servers: readonly Pick<NatsServer, "url">[],
  look: (found: readonly StreamInfo[]) => T | undefined,
): Promise<T> {
  const urls = servers.map(({ url }) => new URL(url));
  const [{ username: user, password: pass }] = urls;
  const who = user === "" ? {} : { user, pass };
  const connection = await connect({ servers: urls.map(({ host }) => host), ...who });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    for (;;) {
      const names = await manager.streams.names().next().catch(() => []);
      const infos = names.map((name) => manager.streams.info(name));
      const seen = look(await Promise.all(infos).catch(() => []));
      if (seen !== undefined) return seen;
      await delay(lookMs);
    }
  } finally {
    await connection.close();
  }
}

/** What the servers of a cluster call themselves. */
function nameOf(index: number): string {
  return `n${index}`;
}
