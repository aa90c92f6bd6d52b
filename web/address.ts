/** Where a server's page is, as the form of the first visit asks for it. Pure. */

/** What is in the form. */
export interface Wanted {
  readonly user: string;
  readonly host: string;
  readonly port: string;
}

/** Where this page came from. */
export type From = Pick<Location, "protocol" | "hostname" | "port">;

/** The form as it is filled in at first: with the server that the page came from. */
export function wantedAt({ protocol, hostname, port }: From, user: string): Wanted {
  const usual = protocol === "https:" ? "443" : "80";
  return { user, host: hostname.replace(/^\[(.*)\]$/, "$1"), port: port === "" ? usual : port };
}

/** What the form comes to: a sentence about what is wrong, this server, or another one's address. */
export type Goal =
  | { readonly is: "wrong"; readonly sentence: string }
  | { readonly is: "here"; readonly user: string }
  | { readonly is: "elsewhere"; readonly address: string };

/** Reads the form. */
export function goalOf(wanted: Wanted, from: From): Goal {
  const user = wanted.user.trim();
  const host = wanted.host.trim().replace(/^\[(.*)\]$/, "$1");
  const port = Number(wanted.port.trim());
  if (user === "") return { is: "wrong", sentence: "Say who you are: a name is needed" };
  const isPort = /^\d+$/.test(wanted.port.trim()) && port >= 1 && port <= 65_535;
  if (!isPort) return { is: "wrong", sentence: "A port is a number from 1 to 65535" };
  const own = wantedAt(from, user);
  if (host.toLowerCase() === own.host.toLowerCase() && port === Number(own.port)) {
    return { is: "here", user };
  }
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const address = `${from.protocol}//${authority}/#/as/${encodeURIComponent(user)}`;
  // What a browser reads as another address than people do isn't gone to.
  if (/^[\p{L}\p{N}.:_-]+$/u.test(host) && URL.canParse(address)) {
    return { is: "elsewhere", address };
  }
  return { is: "wrong", sentence: `"${host}" is no address of a server` };
}
