/**
 * Where a request comes from that a proxy has passed on. A proxy says so in `X-Forwarded-For`, and
 * so may anybody: it is believed only where it comes from an address that was named with `--proxy`.
 */

import { canonicalAddress, isLoopback, plainAddress } from "../addresses.ts";
import { ChatError } from "../errors.ts";

/** The proxies that are believed. */
export class Proxies {
  readonly #addresses: ReadonlySet<string>;

  /** `addresses`: those of IPv4, and of IPv6 without brackets. This machine's own is no other. */
  constructor(addresses: readonly string[]) {
    this.#addresses = new Set(addresses.map((address) => canonicalAddress(address) ?? address));
  }

  /** Whether it is one of them. */
  has(address: string): boolean {
    return this.#addresses.has(canonicalAddress(address) ?? address);
  }

  /**
   * Why a request isn't taken that comes from this machine, and from somewhere else before: whoever
   * is here may more than others, and would be taken for that.
   */
  refusalOf(
    address: string,
    headers: Readonly<Record<string, string | undefined>>,
  ): ChatError | undefined {
    if (!isLoopback(address) || this.has(address) || !isPassedOn(headers)) return undefined;
    const how = `if that is yours, start the server with --proxy=${plainAddress(address)}`;
    return new ChatError("not_allowed", `Cannot take that from a proxy that isn't known: ${how}`);
  }

  /**
   * Whom the peer at `address` speaks for: each proxy writes the address that it has seen behind
   * those that it was told, so that the last one which isn't a proxy's is true, and those before it
   * are what somebody says. Where that is no address, it is the proxy that is meant; but whoever
   * comes through one is never taken for somebody on this machine: what is local to a proxy may not
   * be to us.
   */
  clientOf(address: string, forwardedFor: string | undefined): string {
    let client = plainAddress(address);
    const told = forwardedFor?.split(",") ?? [];
    while (this.has(client) && told.length > 0) {
      const before = canonicalAddress(withoutPort(told.pop()?.trim() ?? ""));
      if (before === undefined) break;
      client = before;
    }
    return this.has(address) && isLoopback(client) ? unknownAddress : client;
  }
}

/** Where somebody is of whom nobody says where they are. */
export const unknownAddress = "unknown";

/** What proxies add. */
const tellTales = ["x-forwarded-for", "forwarded", "x-real-ip", "via"] as const;

/** Whether a proxy has passed on what carries these headers, by their names in lower case. */
export function isPassedOn(headers: Readonly<Record<string, string | undefined>>): boolean {
  return tellTales.some((name) => headers[name] !== undefined);
}

/** Some proxies write the port, too: `203.0.113.7:4711`, `[2001:db8::7]:4711`. */
function withoutPort(text: string): string {
  const [, bracketed] = /^\[(.*)\](?::\d{1,5})?$/.exec(text) ?? [];
  return bracketed ?? text.replace(/^([\d.]+):\d{1,5}$/, "$1");
}
