import { assertEquals, assertMatch } from "@std/assert";
import type { WebRequest } from "../../lib/net/route.ts";
import { statusRoutes } from "../../lib/net/status_routes.ts";
import { WebCounts } from "../../lib/net/web_counts.ts";
import { Cluster } from "../helpers/cluster.ts";
import { counted, offer, sendParts } from "../helpers/file_peer.ts";
import { TestServer } from "../helpers/peer.ts";
import { WebScene } from "../helpers/web_scene.ts";

Deno.test("/healthz says that the server works", async () => {
  await using scene = await WebScene.start(statusRoutes(new WebCounts()));
  const { status, json } = await scene.ask("/healthz");
  assertEquals([status, json.status], [200, "ok"]);
});

Deno.test("/metrics has the server's numbers in Prometheus's format", async () => {
  const counts = new WebCounts();
  counts.answered(200);
  await using scene = await WebScene.start(statusRoutes(counts));
  const alice = await scene.server.join("Alice", "garden");
  const before = (await scene.ask("/metrics")).text;
  await alice.ok({ t: "say", room: "garden", text: "Hello" });
  const { transfer } = await offer(alice, counted(500));
  await sendParts(alice, transfer, counted(500), { to: 200 });
  await alice.next("stored");
  const { status, headers, text } = await scene.ask("/metrics");
  assertEquals(status, 200);
  assertEquals(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const stored = (text: string) => Number(/^parley_events_stored_total (\d+)$/m.exec(text)?.[1]);
  assertEquals(stored(text), stored(before) + 1);
  const lines = text.split("\n");
  for (
    const line of [
      "parley_connections 1",
      "parley_users_online 1",
      "parley_rooms 2",
      "parley_uploads_sending 1",
      "parley_uploads_waiting 0",
      "parley_upload_bytes_total 200",
    ]
  ) {
    assertEquals(lines.filter((other) => other === line), [line]);
  }
  assertMatch(text, /^parley_web_answers_total\{status="200"\} 1$/m);
  for (const line of lines.slice(0, -1)) {
    assertMatch(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"\})? \d+)$/);
  }
});

/** A request for the numbers, from some address. */
function asking(remote: string, headers: WebRequest["headers"] = {}): WebRequest {
  return {
    method: "GET",
    path: ["metrics"],
    query: new URLSearchParams(),
    headers,
    remote,
    byCookie: false,
    body: () => ReadableStream.from<Uint8Array>([]),
    lost: new AbortController().signal,
    cut: () => {},
  };
}

Deno.test("/metrics says how many nodes there are, and whether this one is cut off", async () => {
  await using cluster = await Cluster.start(3);
  const [, metrics] = statusRoutes(new WebCounts());
  const nodes = async () => {
    const { body } = await metrics.run(cluster.servers[0].core, asking("127.0.0.1"), {});
    return String(body).split("\n").filter((line) => line.startsWith("parley_nodes"));
  };
  await cluster.kill(2);
  await cluster.level();
  assertEquals(await nodes(), ["parley_nodes 2", "parley_nodes_cut 0"]);
  cluster.node(0).cut();
  assertEquals((await nodes()).at(-1), "parley_nodes_cut 1");
});

Deno.test("/metrics is there for this machine only", async () => {
  await using server = await TestServer.start();
  const [, metrics] = statusRoutes(new WebCounts());
  const from = async (remote: string, headers: WebRequest["headers"] = {}) => {
    const request = asking(remote, headers);
    try {
      return (await metrics.run(server.core, request, {})).status;
    } catch {
      return "refused";
    }
  };
  assertEquals(await Promise.all(["127.0.0.1", "127.8.8.8", "::1"].map((one) => from(one))), [
    200,
    200,
    200,
  ]);
  assertEquals(await Promise.all(["192.168.1.7", "::2", "unknown"].map((one) => from(one))), [
    "refused",
    "refused",
    "refused",
  ]);
  assertEquals(await from("127.0.0.1", { "x-forwarded-for": "192.168.1.7" }), "refused");
});
