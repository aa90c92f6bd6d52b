/** The web port with all that is on it. */

import type { Core } from "../core.ts";
import { dropRoute } from "./drop_route.ts";
import { fileRoutes } from "./file_routes.ts";
import { listenHttp } from "./http.ts";
import { pageRoutes } from "./page.ts";
import type { Route } from "./route.ts";
import { sayRoute } from "./say_route.ts";
import { sessionRoutes } from "./session_route.ts";
import { statusRoutes } from "./status_routes.ts";
import type { Listening } from "./tcp.ts";
import type { Tls } from "./tls_files.ts";
import { tusRoutes } from "./tus.ts";
import { WebCounts } from "./web_counts.ts";

/** Where and as what the web port is. */
export interface WebOptions {
  readonly hostname: string;
  readonly port: number;
  /** What the server is called, beside its addresses and localhost. */
  readonly names: readonly string[];
  /** The folder with the page as it was built. */
  readonly page: string;
  /** Addresses of proxies that are believed when they say whom they speak for. */
  readonly proxies?: readonly string[];
  /** Missing where nothing is encrypted. */
  readonly tls?: Tls;
}

/**
 * Serves the page, files and chat to browsers.
 *
 * @throws {Error} a sentence for whoever started the server: the address can't be had.
 */
export async function listenWeb(core: Core, options: WebOptions): Promise<Listening> {
  const { hostname, port, names, page, proxies, tls } = options;
  const counts = new WebCounts();
  const routes = [
    ...await pageRoutes(page),
    ...coreRoutes({ counts, isTls: tls !== undefined }),
  ];
  return await listenHttp(core, {
    hostname,
    port,
    names,
    routes,
    counts,
    ...proxies && { proxies },
    ...tls && { tls },
  });
}

/** Every route but the page's own files. */
export function coreRoutes(
  { counts, isTls = false }: {
    readonly counts: WebCounts;
    readonly isTls?: boolean;
  },
): readonly Route[] {
  return [
    ...sessionRoutes(isTls),
    ...statusRoutes(counts),
    ...fileRoutes,
    sayRoute,
    dropRoute,
    ...tusRoutes,
  ];
}
