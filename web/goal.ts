/** Where the form of the first visit leads, another server's fields with it. Pure. */

import { type From, type Goal, type Wanted, wantedAt } from "./address.ts";

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
