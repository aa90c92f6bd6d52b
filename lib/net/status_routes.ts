/** `/healthz` and `/metrics`: how the server is, for what watches it. */

import { isLoopback } from "../addresses.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import { type Metric, metricsText, metricsType } from "../metrics.ts";
import { isPassedOn } from "./proxies.ts";
import type { Route } from "./route.ts";
import { jsonAnswer } from "./statuses.ts";
import type { WebCounts } from "./web_counts.ts";

/** Whether it works, for everybody; its numbers, for this machine only. */
export function statusRoutes(counts: WebCounts): readonly Route[] {
  return [
    {
      method: "GET",
      pattern: "/healthz",
      run: ({ closing }) =>
        Promise.resolve(jsonAnswer(closing ? 503 : 200, { status: closing ? "closing" : "ok" })),
    },
    {
      method: "GET",
      pattern: "/metrics",
      run(core, { remote, headers }) {
        // What a proxy on this machine passes on comes from somewhere else.
        if (isPassedOn(headers) || !isLoopback(remote)) {
          throw new ChatError("no_such_file", 'Nothing is at "/metrics"');
        }
        return Promise.resolve({
          status: 200,
          headers: { "content-type": metricsType },
          body: metricsText(metricsOf(core, counts)),
        });
      },
    },
  ];
}

function metricsOf(core: Core, counts: WebCounts): readonly Metric[] {
  const { people, hub, bounds, uploads: { load }, credentials: { counts: passwords }, others } =
    core;
  const { rss, heapUsed } = Deno.memoryUsage();
  return [
    gauge("parley_connections", "Connected peers, over TCP and WebSocket", core.peerCount),
    gauge("parley_connections_max", "Peers that the server takes", bounds.connectionsMax),
    gauge("parley_users_online", "Users with a connection", people.online),
    gauge("parley_names_held", "Names that are held, also by who was here lately", people.size),
    gauge("parley_accounts", "Names that are somebody's for good", people.accounts),
    counter("parley_password_hashes_total", "Runs of scrypt since the start", passwords.hashes),
    counter("parley_passwords_wrong_total", "Wrong passwords since the start", passwords.wrong),
    counter(
      "parley_logins_slowed_total",
      "Logins refused since the start because of too many wrong passwords",
      passwords.slowed,
    ),
    gauge("parley_rooms", "Rooms with somebody in them", hub.roomCount),
    counter("parley_events_stored_total", "Events stored since the start", hub.eventsStored),
    gauge("parley_uploads_sending", "Uploads that send", load.sending),
    gauge("parley_uploads_waiting", "Uploads that wait for a place", load.waiting),
    counter("parley_upload_bytes_total", "Bytes of files that came since the start", load.bytes),
    gauge("parley_web_connections", "Connections that carry HTTP requests", counts.connections),
    gauge("parley_memory_resident_bytes", "Memory of the process", rss),
    gauge("parley_memory_heap_bytes", "Memory of the process that objects take", heapUsed),
    ...others
      ? [
        gauge("parley_nodes", "Nodes that are there, with this one", others.addresses.length + 1),
        gauge("parley_nodes_cut", "1 while NATS keeps nothing for this node", Number(others.isCut)),
      ]
      : [],
    {
      name: "parley_web_answers_total",
      help: "Answers over HTTP, by their status",
      type: "counter",
      value: [...counts.answers].map(([status, value]) => ({
        labels: { status: String(status) },
        value,
      })),
    },
  ];
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: "gauge", value };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: "counter", value };
}
