/** What a server prints once it listens: where, how to join, and what opens it to others. */

import { isLoopback } from "../addresses.ts";
import { usualPort, writeAddress, writtenHost } from "../chat_address.ts";
import { type Config, flagFor } from "./options.ts";
import { qrLines } from "./qr.ts";
import { needsOf, type Place } from "./reach.ts";

/** What {@linkcode joinLines} needs to know. */
export interface Joinable {
  readonly config: Config;
  /** As bound. */
  readonly port: number;
  /** The web page's, as bound; missing where there is none. */
  readonly webPort?: number;
  readonly place: Place;
  /** What starts a client, as its user would type it. */
  readonly client: string;
  /** This machine's addresses on its networks; empty where they aren't known. */
  readonly addresses: readonly string[];
  /** Missing where nothing is encrypted. */
  readonly tls?: JoinTls;
  /** The code of an invitation that was just made. */
  readonly invite?: string;
  /** The name that is kept for the owner, who hasn't come yet. */
  readonly owner?: { readonly name: string; readonly code: string };
  /** Whether what is printed is seen in colours. */
  readonly isColoured?: boolean;
}

/** What peers find out about a server that speaks TLS. */
export interface JoinTls {
  /** What its certificate is for. */
  readonly names: readonly string[];
  /** Of its key; missing where somebody vouches for the names. */
  readonly fingerprint?: string;
}

/** What a server's own certificate is for. */
export function ownNames(
  { host, webNames, addresses }: {
    readonly host: string;
    readonly webNames: readonly string[];
    readonly addresses: readonly string[];
  },
): readonly string[] {
  const isEverywhere = host === "0.0.0.0" || host === "::";
  const reached = isEverywhere ? addresses : [host];
  return ["localhost", "127.0.0.1", "::1", ...webNames, ...reached];
}

/** Whether people come from elsewhere who need an invitation. */
export function isByInvitation(
  { host, open, proxy }: Pick<Config, "host" | "open" | "proxy">,
): boolean {
  return !open && (!isLoopback(host) || proxy.length > 0);
}

/** The lines, the first one `Listening on HOST:PORT`. */
export function joinLines(joinable: Joinable): string[] {
  const { config, port, place, invite, owner } = joinable;
  const { host } = config;
  const lines = [`Listening on ${writtenHost(host)}:${port}`];
  if (isLoopback(host)) {
    lines.push(`Join here:      ${joinLine(joinable, isUsual(host) ? undefined : host)}`);
    lines.push(...pageUrls(joinable, host).map((url) => `In a browser:   ${url}`));
    lines.push(`Open to others: ${openLine({ ...config, host: "0.0.0.0" }, port, place)}`);
  } else {
    for (const address of hostsOf(joinable)) {
      lines.push(`Join: ${joinLine(joinable, address)}`);
      lines.push(...pageUrls(joinable, address).map((url) => `In a browser: ${url}`));
    }
  }
  if (config.nats.length > 0) lines.push(filesLine(config));
  if (owner) lines.push(ownerLine(owner));
  if (invite !== undefined) lines.push(...inviteLines(joinable, invite));
  else if (isByInvitation(config)) lines.push(needsInvitation);
  return lines;
}

const needsInvitation =
  "Who is new needs an invitation: the one that an earlier start printed, or one that /invite " +
  "makes; with --invite a start makes another one";

/** Where the files of several nodes are. */
function filesLine(config: Config): string {
  const [, room] = flagFor("natsFiles", { ...config, ...config.bounds }).split("=");
  return config.natsFiles > 0
    ? `Files: in NATS, up to ${room}${/\d$/.test(room) ? " bytes" : ""}`
    : `Files: in the folder ${JSON.stringify(config.files)}, which has to be the same on all nodes`;
}

function ownerLine({ name, code }: NonNullable<Joinable["owner"]>): string {
  const how = `from this machine, or from elsewhere with the invitation ${code}`;
  return `Owner: whoever comes as "${name}" ${how}, and then says /register`;
}

/** A code that nobody can be told again, and the same to scan. */
function inviteLines(joinable: Joinable, code: string): string[] {
  const { url, address } = linksOf(joinable, code);
  return [
    `Invitation: ${code} (what is kept of it can't be read again: note it down)`,
    ...qrLines(url === "" ? address : url, { isColoured: joinable.isColoured ?? false }),
  ];
}

/** What somebody is handed who is invited: the page's link, where there is one, and an address. */
export function linksOf(
  joinable: Reachable,
  code: string,
): { readonly url: string; readonly address: string } {
  const [host] = hostsOf(joinable);
  const [url = ""] = pageUrls({ ...joinable, invite: code }, host);
  return { url, address: addressText({ ...joinable, invite: code }, host) };
}

/** Where clients reach a node of several. */
export function addressOfNode(
  reachable: Reachable,
): { readonly chat: string; readonly web?: string } {
  const { config } = reachable;
  const host = config.public === "" ? hostsOf(reachable)[0] : config.public;
  const [web] = pageUrls(reachable, host);
  return { chat: addressText(reachable, host), ...web !== undefined && { web } };
}

/** Where a server is reached, and what is to be known for that. */
export type Reachable = Pick<Joinable, "config" | "port" | "webPort" | "addresses" | "tls">;
type Inviting = Reachable & Pick<Joinable, "invite">;

/** What it is reached by; at least one. */
function hostsOf({ config: { host }, addresses, tls }: Reachable): readonly string[] {
  const isEverywhere = host === "0.0.0.0" || host === "::";
  // A certificate that others vouch for is for its names only.
  const named = tls !== undefined && tls.fingerprint === undefined
    ? tls.names.filter((name) => !name.startsWith("*"))
    : [];
  const hosts = named.length > 0 ? named : isEverywhere ? addresses : [host];
  return hosts.length > 0 ? hosts : ["ADDRESS-OF-THIS-MACHINE"];
}

/** The page's link, where there is a page. A code is behind the `#`: browsers send that to nobody. */
function pageUrls({ config, webPort, tls, invite }: Inviting, host: string): string[] {
  if (webPort === undefined) return [];
  const [scheme, usual] = tls === undefined ? ["http", 80] : ["https", 443];
  const here = `${scheme}://${writtenHost(host)}${webPort === usual ? "" : `:${webPort}`}/`;
  if (invite === undefined) return [here];
  // Whoever is invited comes through the proxy, which has the usual port and a certificate.
  const [name] = config.proxy.length === 0 ? [] : config.webNames;
  return [`${name === undefined ? here : `https://${name}/`}#invite=${invite}`];
}

function isUsual(host: string): boolean {
  return host === "127.0.0.1" || host === "localhost";
}

function joinLine(joinable: Joinable, host: string | undefined): string {
  const { client, port, tls, invite } = joinable;
  if (tls !== undefined || invite !== undefined) {
    const address = addressText(joinable, host ?? "127.0.0.1");
    return `${client} --user NAME ${address}`;
  }
  const to = host === undefined ? [] : ["--host", host];
  const at = port === usualPort ? [] : ["--port", String(port)];
  return [client, "--user NAME", ...to, ...at].join(" ");
}

function addressText({ port, tls, invite }: Inviting, host: string): string {
  return writeAddress({
    host,
    port,
    isTls: tls !== undefined,
    ...tls?.fingerprint !== undefined && { fingerprint: tls.fingerprint },
    ...invite !== undefined && { invite },
  });
}

/** What starts it again with the same folders, for others. */
function openLine(config: Config, port: number, place: Place): string {
  const missing = needsOf(config).filter((need) => !place.grantsAlways(need));
  const args = openArgs(config, port);
  return missing.length === 0 ? place.line(args) : place.widerLine(missing, args);
}

/** Everything that was set by hand, but for where it listens. */
function openArgs(config: Config, port: number): string[] {
  const values = { ...config, ...config.bounds };
  const others = config.said.filter((name) => !["host", "port", "invite"].includes(name));
  const preset = config.preset === undefined ? [] : [`--preset=${config.preset}`];
  const at = config.port === usualPort ? [] : [`--port=${port}`];
  const said = others.map((name) => flagFor(name, values));
  return ["--host=0.0.0.0", ...at, ...preset, ...said];
}
