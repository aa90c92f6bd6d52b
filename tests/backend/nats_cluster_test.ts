/** Three stores, and three servers of NATS of which each is killed in turn. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { event, room } from "../contract/scene.ts";
import { level, startNats } from "../helpers/nats_cluster.ts";
import { level as levelNodes, NatsNode } from "../helpers/nats_node.ts";
import { isMissing } from "../helpers/needs.ts";
import { size } from "../helpers/size.ts";
import { same } from "../helpers/store_dump.ts";

/** How often each server is killed. */
const rounds = size(1, 7);
/** How long nothing may be kept after a server of NATS was lost. */
const backMs = 15_000;
/** Appends acknowledged before and after a server was lost, by each node. */
const between = size(10, 20, 10);
/** After each of them. */
const pauseMs = 10;
/** After those that come until that server is back: all that it has to make up for. */
const laterPauseMs = size(500, 10, 500);

/** Appends one thing after the other, until it is told to stop. */
class Writer {
  readonly acknowledged: string[] = [];
  readonly #node: NatsNode;
  readonly #running: Promise<void>;
  #isOver = false;
  /** With how many acknowledged it is in no hurry any more. */
  #hurriesUntil = Infinity;
  #wake: (() => void)[] = [];

  constructor(node: NatsNode) {
    this.#node = node;
    this.#running = this.#run();
  }

  /** Resolves when so many more are acknowledged; until then, or from then on too, it hurries. */
  async more(count: number, { goesOn }: { readonly goesOn: boolean }): Promise<void> {
    const wanted = this.acknowledged.length + count;
    this.#hurriesUntil = goesOn ? Infinity : wanted;
    while (this.acknowledged.length < wanted) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    let after = 0;
    for (let count = 0; !this.#isOver; count++) {
      const cid = `${this.#node.id} ${count}`;
      for (;;) {
        const said = event(after + 1, { t: "said", text: cid }, { cid });
        const append = { conversation: room, name: "Physics", after, events: [said] };
        const appended = await this.#node.backend.log.append(append);
        assert(appended.outcome !== "failed");
        if (appended.outcome === "committed") break;
        assertEquals(appended.repeats.size, 0);
        after = appended.events.at(-1)?.seq ?? after;
      }
      after++;
      this.acknowledged.push(cid);
      for (const wake of this.#wake.splice(0)) wake();
      await delay(this.acknowledged.length < this.#hurriesUntil ? pauseMs : laterPauseMs);
    }
  }
}

Deno.test({
  name: "nats: of three servers each is killed in turn, and nothing acknowledged is lost or twice",
  ignore: isMissing("nats-server"),
  fn: async () => {
    const servers = await startNats(3);
    await using stack = new AsyncDisposableStack();
    for (const server of servers) stack.use(server);
    const urls = servers.map(({ url }) => url);
    const nodes: NatsNode[] = [];
    for (let count = 0; count < 3; count++) {
      nodes.push(stack.use(await NatsNode.start(urls, { replicas: 3 })));
    }
    const writers = nodes.map((node) => new Writer(node));
    const waits: number[] = [];
    const allMore = (how: { readonly goesOn: boolean }) =>
      Promise.all(writers.map((writer) => writer.more(between, how)));
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) {
        // Something is on its way when it is lost.
        await allMore({ goesOn: true });
        await server.kill();
        const killed = performance.now();
        await allMore({ goesOn: false });
        waits.push(performance.now() - killed);
        await server.start();
        await level(servers);
      }
    }
    await Promise.all(writers.map((writer) => writer.stop()));
    await levelNodes(nodes);
    for (const node of nodes.slice(1)) same(nodes[0], node);
    const made = stack.use(await NatsNode.start(urls, { replicas: 3 }));
    same(nodes[0], made);

    const acknowledged = writers.flatMap((writer) => writer.acknowledged);
    const log: string[] = [];
    for (let after = 0;;) {
      const page = await made.backend.log.read(room, { after, limit: 200, bytes: Infinity });
      log.push(...page.events.flatMap(({ cid }) => cid ?? []));
      after = page.events.at(-1)?.seq ?? after;
      if (!page.more) break;
    }
    assertEquals(log.toSorted(), acknowledged.toSorted());
    console.log(`${log.length} events; back after ${waits.map(Math.round).join(", ")} ms`);
    for (const ms of waits) assertLess(ms, backMs);
  },
});
