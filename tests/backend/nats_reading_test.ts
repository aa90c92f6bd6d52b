/** Reading from servers of NATS of which one has just come to lead, and hasn't taken in all it has. */

import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { layoutOf } from "../../lib/backend/nats/layout.ts";
import { Reading } from "../../lib/backend/nats/reading.ts";
import { Streams } from "../../lib/backend/nats/streams.ts";
import type { Entry } from "../../lib/backend/order.ts";
import type { NodeId } from "../../lib/nodes.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import { barrierMs } from "../helpers/patience.ts";

/** Three entries, of which the second one was erased and has a stand-in. */
async function erasedIn({ url }: NatsServer) {
  const connection = await connect({ servers: url });
  const layout = layoutOf("parley");
  const streams = new Streams(jetstream(connection), await jetstreamManager(connection), layout);
  await streams.make(1);
  const node = "one" as NodeId;
  for (const number of [1, 2, 3]) await streams.publish({ node, number, text: `${number}` });
  await streams.replace({ position: 2, text: "instead" });
  return { connection, layout, streams };
}

Deno.test({
  name: "nats: what a server doesn't have that has just come to lead is asked for again",
  ignore: isMissing("nats-server"),
  async fn() {
    await using nats = await NatsServer.start();
    const { connection, layout, streams } = await erasedIn(nats);
    let asked = 0;
    const texts: string[] = [];
    const { promise: over, resolve, reject } = Promise.withResolvers<void>();
    const take = (entries: readonly Entry[]) => {
      texts.push(...entries.map(({ text }) => text));
      if (texts.length === 3) resolve();
      return Promise.resolve();
    };
    const lagging = {
      entry: async (position: number) => ++asked > 1 ? await streams.entry(position) : undefined,
      glimpse: (position: number) => streams.glimpse(position),
      last: () => streams.last(),
      newest: () => streams.newest(),
    };
    const clock = systemClock();
    const options = { connection, layout, clock, streams: lagging, take, fail: reject };
    {
      using _reading = new Reading(0, options);
      await deadline(over, barrierMs);
    }
    assertEquals(texts, ["1", "instead", "3"]);
    await connection.close();
  },
});
