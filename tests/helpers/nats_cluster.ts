/** Servers of NATS that are one, each a process of its own. */

import { jetstreamManager } from "@nats-io/jetstream";
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
    return NatsServer.start({ cluster: { name: `n${index}`, port, routes } });
  }));
  const servers = started.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
  const failed = started.find((one) => one.status === "rejected");
  if (!failed) return servers;
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  throw failed.reason;
}

/** Resolves when each server has all that was kept: before that, another one can't be spared. */
export async function level(servers: readonly Pick<NatsServer, "url">[]): Promise<void> {
  const urls = servers.map(({ url }) => new URL(url));
  const [{ username: user, password: pass }] = urls;
  const who = user === "" ? {} : { user, pass };
  const connection = await connect({ servers: urls.map(({ host }) => host), ...who });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const others = servers.length - 1;
    for (;;) {
      const names = await manager.streams.names().next().catch(() => []);
      const infos = names.map((name) => manager.streams.info(name));
      const found = await Promise.all(infos).catch(() => []);
      const isLevel = found.length > 0 && found.every(({ cluster }) => {
        const replicas = cluster?.replicas ?? [];
        return replicas.length === others &&
          replicas.every(({ current, offline }) => current && !offline);
      });
      if (isLevel) return;
      await delay(lookMs);
    }
  } finally {
    await connection.close();
  }
}
