/** A request of node:http as routes get it. */

import type { IncomingMessage } from "node:http";
import type { Clock } from "../clock.ts";
import { paced } from "./pace.ts";
import { type Proxies, unknownAddress } from "./proxies.ts";
import type { WebRequest } from "./route.ts";
import { segmentsOf } from "./routing.ts";

/** What node:http doesn't know of a request. */
export interface Around {
  /** Called before the body is read: a peer that asked first whether to send it is told to. */
  onBody(): void;
  readonly lost: AbortSignal;
  cut(): void;
  readonly clock: Clock;
  readonly proxies: Proxies;
}

/** The request, or `undefined` where its path can't be decoded. */
export function webRequest(incoming: IncomingMessage, around: Around): WebRequest | undefined {
  const { method = "GET", url = "/" } = incoming;
  const path = segmentsOf(url);
  if (path === undefined) return undefined;
  const headers = headersOf(incoming);
  const search = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
  return {
    method,
    path,
    query: new URLSearchParams(search),
    headers,
    remote: remoteOf(incoming, around.proxies),
    ...tokenOf(headers),
    body: () => paced(bodyOf(incoming, around), around.clock),
    lost: around.lost,
    cut: () => around.cut(),
  };
}

/** Where a request comes from; a proxy that is known only passes it on. */
export function remoteOf(incoming: IncomingMessage, proxies: Proxies): string {
  const { "x-forwarded-for": told } = headersOf(incoming);
  return proxies.clientOf(incoming.socket.remoteAddress ?? unknownAddress, told);
}

/** The headers, those that came several times as one. */
export function headersOf({ headers }: IncomingMessage): WebRequest["headers"] {
  const entries = Object.entries(headers).map(([name, value]) =>
    [name, Array.isArray(value) ? value.join(", ") : value] as const
  );
  return Object.fromEntries(entries);
}

/**
 * What the page's cookie is called: all ports of an address share their cookies, and there may be a
 * server on each, so it has the port that the browser knows. Nodes behind one address have the same.
 */
export function cookieName({ host = "" }: WebRequest["headers"]): string {
  const [, port = "web"] = /:(\d+)$/.exec(host) ?? [];
  return `parley-${port}`;
}

/** Whose request it is: `Authorization` wins, since a page's own code chose it. */
export function tokenOf(headers: WebRequest["headers"]): Pick<WebRequest, "token" | "byCookie"> {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
  if (bearer !== undefined) return { token: bearer, byCookie: false };
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const begin = `${cookieName(headers)}=`;
  const token = pairs.find((pair) => pair.startsWith(begin))?.slice(begin.length);
  return token ? { token, byCookie: true } : { byCookie: false };
}

async function* bodyOf(incoming: IncomingMessage, around: Around): AsyncIterable<Uint8Array> {
  around.onBody();
  // The answer to a body that wasn't read to its end goes over the same socket.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
}
