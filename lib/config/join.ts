/** What a server prints once it listens: where, how to join, and what opens it to others. */

import { type Config, flagFor } from "./options.ts";
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
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

/** The lines, the first one `Listening on HOST:PORT`. */
export function joinLines({ config, port, webPort, place, client, addresses }: Joinable): string[] {
  const { host } = config;
  const lines = [`Listening on ${written(host)}:${port}`];
  if (isLoopback(host)) {
    lines.push(`Join here:      ${joinLine(client, isUsual(host) ? undefined : host, port)}`);
    if (webPort !== undefined) lines.push(`In a browser:   ${pageUrl(host, webPort)}`);
    lines.push(`Open to others: ${openLine({ ...config, host: "0.0.0.0" }, port, place)}`);
    return lines;
  }
  const everywhere = host === "0.0.0.0" || host === "::";
  const hosts = everywhere ? addresses : [host];
  for (const address of hosts.length > 0 ? hosts : ["ADDRESS-OF-THIS-MACHINE"]) {
    lines.push(`Join: ${joinLine(client, address, port)}`);
    if (webPort !== undefined) lines.push(`In a browser: ${pageUrl(address, webPort)}`);
  }
  return lines;
}

/** An address as it stands before a port. */
function written(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function pageUrl(host: string, port: number): string {
  return `http://${written(host)}${port === 80 ? "" : `:${port}`}/`;
}

function isUsual(host: string): boolean {
  return host === "127.0.0.1" || host === "localhost";
}

function joinLine(client: string, host: string | undefined, port: number): string {
  const to = host === undefined ? [] : ["--host", host];
  const at = port === 5000 ? [] : ["--port", String(port)];
  return [client, "--user NAME", ...to, ...at].join(" ");
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
  const others = config.said.filter((name) => !["host", "port", "open"].includes(name));
  const preset = config.preset === undefined ? [] : [`--preset=${config.preset}`];
  const at = config.port === 5000 ? [] : [`--port=${port}`];
  const said = others.map((name) => flagFor(name, values));
  return ["--host=0.0.0.0", "--open", ...at, ...preset, ...said];
}
