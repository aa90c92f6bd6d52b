/** Dials for people: what went wrong is said in their words. */

import type { Dial } from "../client/link.ts";
import { type Address, tcpDial } from "../client/tcp.ts";
import type { Clock } from "../clock.ts";

/** `host:port` as people write it. */
export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Dials `address` each time. */
export function dialFor(address: Address, clock: Clock): Dial {
  const dial = tcpDial(address, clock);
  return async () => {
    try {
      return await dial();
    } catch (error) {
      throw new Error(dialSentence(error, address));
    }
  };
}

/** Why a server can't be reached, as a sentence without a full stop. */
function dialSentence(error: unknown, address: Address): string {
  const where = addressText(address);
  if (error instanceof Deno.errors.ConnectionRefused) return `No server answers at ${where}`;
  if (error instanceof Deno.errors.TimedOut) return `${where} doesn't answer`;
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno was not told that it may reach ${where}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/lookup address|not known|resolve/i.test(message)) {
    return `There is no host "${address.host}"`;
  }
  return `Cannot reach ${where}: ${message.replace(/ \(os error \d+\)$/, "")}`;
}
