/** Three nodes and three servers of NATS, each of which dies or is cut off while many talk. */

import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { basename } from "@std/path";
import type { SharedFile } from "../../lib/events.ts";
import { Chance } from "../helpers/chance.ts";
import { Crowd } from "../helpers/crowd.ts";
import { counted, hashOf } from "../helpers/file_peer.ts";
import { FilesUnderWay } from "../helpers/files_under_way.ts";
import { violationsOfNodes } from "../helpers/ledger.ts";
import { leaderFirst, level } from "../helpers/nats_cluster.ts";
import { isMissing } from "../helpers/needs.ts";
import { RealNodes } from "../helpers/real_nodes.ts";
import type { RealServer } from "../helpers/real_server.ts";
import { size } from "../helpers/size.ts";
import { hashOfFile, visibleFiles } from "../helpers/whole_files.ts";

const ignore = isMissing("nats-server");
const clients = size(9, 300, 9);
/** Usually one on each node. */
const speakers = size(3, 30, 3);
/** Between two messages of each: most of the time of this test passes until others lead. */
const pauseMs = size(150, 0, 150);
/** Bytes of a file that is half way when something dies. */
const fileBytes = size(2, 8) * 1024 * 1024;
/** How many of the nodes die while files are half way, and of the servers: it takes a lease each. */
const passed = size(1, 3);
/** How many of the nodes are killed, and of the servers, of which the one that leads is the first. */
const dying = size(1, 3);
/** How often each is killed. */
const rounds = size(1, 5);
/** Messages acknowledged before something happens. */
const between = size(30, 600, 30);
/** How many nodes are cut off, one after the other. */
const cuts = size(1, 3);
/** How long one is. */
const cutMs = 10_000;
/** When everybody talks and hears again after a node was lost, and after a server of NATS. */
const nodeMsMax = 5000;
const natsMsMax = 15_000;

/** The crowd of a test, spread over the nodes. */
async function joinAll(nodes: RealNodes, what: { clients: number; speakers: number }) {
  const waits = Chance.ofRun("nodes_test");
  const random = () => waits.below(2 ** 32) / 2 ** 32;
  return await Crowd.join({ ports: nodes.ports, ...what, pauseMs, random });
}

/** Files that are on their way whatever happens, by a node that is named for each of them. */
class Passing {
  /** What was sent, by what has to be in it. */
  readonly sent = new Map<string, string>();
  readonly times: number[] = [];
  readonly #nodes: RealNodes;
  readonly #crowd: Crowd;
  #last: SharedFile | undefined;

  constructor(nodes: RealNodes, crowd: Crowd) {
    this.#nodes = nodes;
    this.#crowd = crowd;
  }

  /**
   * Begins with one to send through a node, and one to fetch from it, which is what was sent before:
   * what is resolved lets them go on, and resolves when they are there.
   */
  async begin(index: number): Promise<() => Promise<void>> {
    if (index >= passed) return () => Promise.resolve();
    const { port } = this.#nodes.nodes[index];
    const count = this.sent.size + 1;
    const name = `file ${count}.bin`;
    const bytes = counted(fileBytes + count);
    const [speaker] = this.#crowd.speakers;
    await speaker.online();
    const files = await FilesUnderWay.begin({
      ports: [port, ...this.#nodes.ports.filter((other) => other !== port)],
      hello: { v: 1, user: speaker.name, token: speaker.token, quiet: true },
      ...{ name, bytes },
      ...this.#last && { fetched: this.#last },
    });
    return async () => {
      await using _files = files;
      const began = performance.now();
      this.#last = await files.end();
      this.times.push(performance.now() - began);
      this.sent.set(this.#last.name, hashOf(bytes));
    };
  }
}

/** Everything that isn't as promised, on any node. */
async function judged(crowd: Crowd, nodes: readonly RealServer[]): Promise<readonly string[]> {
  const ledger = await crowd.ledger();
  const logs = await Promise.all(nodes.map(async (node, index) => {
    return [`node ${index + 1}`, await crowd.logsOf(node)] as const;
  }));
  return [...violationsOfNodes(ledger, new Map(logs)), ...crowd.wrongs].slice(0, 20);
}

/** After how many milliseconds everybody talks and hears again. */
async function backAfter(crowd: Crowd): Promise<number> {
  const began = performance.now();
  await crowd.allHear();
  return performance.now() - began;
}

function shown(times: readonly number[]): string {
  return times.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(", ");
}

Deno.test({
  name:
    "nodes: whatever dies or is cut off, all that was acknowledged is on every node, once, as one",
  ignore,
  fn: async () => {
    await using nodes = await RealNodes.start({ nats: 3, args: ["--preset=bench", "--quiet"] });
    await using crowd = await joinAll(nodes, { clients, speakers });
    const passing = new Passing(nodes, crowd);
    const times = { node: [] as number[], nats: [] as number[], cut: [] as number[] };
    const more = () => crowd.said(crowd.acknowledged.length + between);
    crowd.talk();
    for (const [index, node] of nodes.nodes.slice(0, cuts).entries()) {
      await more();
      const pass = await passing.begin(index);
      nodes.cut(node);
      // What is tried is just this long: nothing is waited for.
      await delay(cutMs / 2);
      const speakers = crowd.membersAt(node.port).filter((member) => member.pending);
      assertGreater(speakers.length, 0);
      const said = speakers.map(({ count }) => count);
      await delay(cutMs / 2);
      assertEquals(speakers.map(({ count }) => count), said);
      nodes.mend(node);
      times.cut.push(await backAfter(crowd));
      await pass();
    }
    for (let round = 0; round < rounds; round++) {
      for (const [index, node] of nodes.nodes.slice(0, dying).entries()) {
        await more();
        assertGreater(crowd.membersAt(node.port).length, 0);
        const pass = await passing.begin(index);
        await node.kill();
        times.node.push(await backAfter(crowd));
        await node.start();
        await pass();
      }
      const servers = await leaderFirst(nodes.nats);
      for (const [index, server] of servers.slice(0, dying).entries()) {
        await more();
        const pass = await passing.begin(index);
        await server.kill();
        times.nats.push(await backAfter(crowd));
        await server.start();
        await pass();
        await level(nodes.nats);
      }
    }
    await more();
    await crowd.hush();
    const faults = await judged(crowd, nodes.nodes);
    console.log(
      `${crowd.acknowledged.length} messages acknowledged, shown ${crowd.shownCount} times by ` +
        `${clients} clients; ${crowd.repeats} sent again; all talk and hear again: a node killed ` +
        `${shown(times.node)}; a server of NATS killed ${shown(times.nats)}; a node cut off for ` +
        `${cutMs / 1000} s, then ${shown(times.cut)}; ${passing.sent.size} files of ` +
        `${fileBytes / 1024 / 1024} MiB half way then were sent and the ones before them fetched ` +
        `after ${shown(passing.times)}`,
    );
    assertEquals(faults, []);
    const whole = visibleFiles(nodes.files).map((path) =>
      [basename(path), hashOfFile(path)] as const
    );
    assertEquals(new Map(whole), passing.sent);
    for (const ms of times.node) assertLess(ms, nodeMsMax);
    for (const ms of times.nats) assertLess(ms, natsMsMax);
    for (const ms of times.cut) assertLess(ms, nodeMsMax);
  },
});

/** What may be wrong with a node's log, each by itself, and with what it is told in the ledger. */
const planted = [
  {
    what: "a loss",
    // The newest: nothing else tells it.
    sql: `DELETE FROM event WHERE n = (SELECT n FROM lobby ORDER BY seq DESC LIMIT 1)`,
    found: /^node 2: ".+" was acknowledged and isn't in the log of lobby$/,
  },
  {
    what: "a double",
    sql: `INSERT INTO event (n, conversation, seq, at, kind, shown, uid, user, text)
      SELECT (SELECT max(n) + 1 FROM event), conversation,
        (SELECT max(e.seq) + 1 FROM event e WHERE e.conversation = workshop.conversation),
        at, kind, shown, uid, user, text FROM workshop ORDER BY seq LIMIT 1`,
    found: /^node 2: ".+" is stored twice, as \d+ in workshop and as \d+ in workshop$/,
  },
  {
    what: "a swap",
    sql: `UPDATE event SET text = (SELECT two.text FROM two WHERE two.n <> event.n),
      user = (SELECT two.user FROM two WHERE two.n <> event.n) WHERE n IN (SELECT n FROM two)`,
    found: /^lobby \d+ is Speaker.+ on node 2, Speaker.+ on node 1$/,
  },
] as const;

/** Changes a node's log behind its back. */
function plant({ data }: RealServer): void {
  using db = new DatabaseSync(`${data}/parley.db`);
  for (const room of ["lobby", "workshop"]) {
    db.exec(`CREATE TEMP TABLE ${room} AS SELECT * FROM event WHERE text IS NOT NULL
      AND conversation = (SELECT id FROM conversation WHERE key = '${room}')`);
  }
  db.exec("CREATE TEMP TABLE two AS SELECT * FROM lobby ORDER BY seq LIMIT 2");
  for (const { sql } of planted) db.exec(sql);
}

Deno.test({
  name: "nodes: a loss, a double and a swap that are planted on one of them are found",
  ignore,
  fn: async () => {
    await using nodes = await RealNodes.start({ nodes: 2, args: ["--preset=bench", "--quiet"] });
    await using crowd = await joinAll(nodes, { clients: 4, speakers: 4 });
    crowd.talk();
    await crowd.said(60);
    await crowd.hush();
    assertEquals(await judged(crowd, nodes.nodes), []);
    const [, node] = nodes.nodes;
    await node.kill();
    plant(node);
    await node.start();
    const faults = await judged(crowd, nodes.nodes);
    for (const { what, found } of planted) {
      assertEquals(
        faults.some((fault) => found.test(fault)),
        true,
        `${what}: ${faults.join("\n")}`,
      );
    }
  },
});
