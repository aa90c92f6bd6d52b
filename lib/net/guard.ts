/**
 * Who may talk to the web port: requests that were meant for this server, and pages only where they
 * are its own. A name that somebody else owns may point here (DNS rebinding), and every page in a
 * browser may send requests here.
 */

import { ChatError } from "../errors.ts";

/** What the guard looks at: headers by their names in lower case. */
export interface Guarded {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Whether it carries the page's cookie, which the browser adds by itself. */
  readonly byCookie: boolean;
  /** Whether it came over TLS: what a page without it sends may be somebody else's then. */
  readonly isTls?: boolean;
}

/** Why a request isn't taken. */
export interface Refusal {
  readonly status: 400 | 403 | 421;
  readonly error: ChatError;
}

const reading: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Why this request isn't taken; `undefined` where it is. `names`: what else the server is called. */
export function guard(request: Guarded, names: readonly string[]): Refusal | undefined {
  const { host, origin } = request.headers;
  const here = host === undefined ? undefined : hostOf(host);
  if (here === undefined) return refuse(400, "Cannot take that: it needs a Host header");
  if (!isOurs(here.hostname, names)) {
    const name = JSON.stringify(here.hostname.slice(0, 100));
    return refuse(
      421,
      `This server isn't called ${name}: use its IP address, or start it with --web-names=NAME`,
    );
  }
  if (origin !== undefined) {
    return isOrigin(origin, here.host, request.isTls)
      ? undefined
      : refuse(403, "Only the server's own page may");
  }
  if (reading.includes(request.method)) return undefined;
  const site = request.headers["sec-fetch-site"];
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (!request.byCookie && !isForeign) return undefined;
  return refuse(403, "Only the server's own page may: the Origin header has to say that it is");
}

/** An Origin header as a browser writes it: scheme, host and port, nothing else. */
function isOrigin(origin: string, host: string, isTls = false): boolean {
  // Behind a proxy that speaks TLS the page is https, while the request is not.
  const schemes = isTls ? ["https"] : ["http", "https"];
  return schemes.map((scheme) => `${scheme}://${host}`).some((own) =>
    URL.canParse(own) && origin === new URL(own).origin
  );
}

function hostOf(header: string): URL | undefined {
  // Anything but a name or address and a port would be another part of a URL.
  if (!/^[A-Za-z0-9._:[\]-]{1,270}$/.test(header)) return undefined;
  return URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : undefined;
}

/** `hostname` as `URL` gives it: in lower case, addresses in their usual form, IPv6 in brackets. */
function isOurs(hostname: string, names: readonly string[]): boolean {
  const name = hostname.replace(/\.$/, "");
  const isAddress = name.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(name);
  return isAddress || name === "localhost" || names.includes(name);
}

function refuse(status: Refusal["status"], message: string): Refusal {
  const code = status === 400 ? "bad_message" : "not_allowed";
  return { status, error: new ChatError(code, message) };
}
