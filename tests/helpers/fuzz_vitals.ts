/** What a server's process holds, as it tells itself and as the system sees it. */

import { assert } from "@std/assert";
import { rawRequest } from "./raw_http.ts";
import type { RealServer } from "./real_server.ts";

const MiB = 1024 * 1024;

/** One look at it; bytes. */
export interface Vitals {
  readonly at: number;
  readonly resident: number;
  readonly heap: number;
  readonly connections: number;
  readonly webConnections: number;
  /** Uploads that send or wait. */
  readonly uploads: number;
  /** Files and sockets that the process has open; none where the system doesn't tell. */
  readonly handles: readonly string[];
}

/** Asks the server. */
export async function vitalsOf(server: RealServer): Promise<Vitals> {
  const { body: text } = await rawRequest(server.webPort, "GET /metrics");
  const of = (name: string) => {
    const [, value] = new RegExp(`^${name} (\\S+)$`, "m").exec(text) ?? [];
    assert(value !== undefined, `/metrics has no ${name}: ${text.slice(0, 200)}`);
    return Number(value);
  };
  return {
    at: performance.now(),
    resident: of("parley_memory_resident_bytes"),
    heap: of("parley_memory_heap_bytes"),
    connections: of("parley_connections"),
    webConnections: of("parley_web_connections"),
    uploads: of("parley_uploads_sending") + of("parley_uploads_waiting"),
    handles: handlesOf(server.pid),
  };
}

function handlesOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => {
      try {
        return Deno.readLinkSync(`${folder}/${name}`);
      } catch {
        return "closed meanwhile";
      }
    });
  } catch {
    return [];
  }
}

/** How fast something grows by these looks, in bytes a minute: the line of least squares. */
export function slopeOf(all: readonly Vitals[], of: (vitals: Vitals) => number): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const at = mean(all.map(({ at }) => at));
  const value = mean(all.map(of));
  const over = all.reduce((sum, one) => sum + (one.at - at) * (of(one) - value), 0);
  const under = all.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
  return under === 0 ? 0 : over / under * 60_000;
}

/** Bytes as people read them. */
export function mib(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MiB`;
}
