/** Dials for people: what went wrong is said in their words. */

import type { Dial } from "../client/link.ts";
import { type Address, tcpDial } from "../client/tcp.ts";
import { NotTlsError, tlsDial, UnprovenError } from "../client/tls.ts";
import { ChatError } from "../errors.ts";
import { addressText } from "./address_text.ts";
import type { Machine } from "./machine.ts";
import { TrustError, trustFor, type TrustMachine, type TrustWanted } from "./trust.ts";

/**
 * Dials the server that is wanted each time; where it was ever said to speak TLS, only so.
 *
 * @throws {UsageError} where it can't be found out how the server is known.
 */
export function dialFor(wanted: TrustWanted, machine: TrustMachine & Pick<Machine, "clock">): Dial {
  const { clock } = machine;
  const trust = trustFor(wanted, machine);
  const dial = trust ? tlsDial(wanted, trust, clock) : tcpDial(wanted, clock);
  return async () => {
    try {
      return await dial();
    } catch (error) {
      if (error instanceof NotTlsError && trust) throw trust.notTls();
      if (error instanceof UnprovenError && trust) throw trust.unproven();
      if (error instanceof ChatError || error instanceof TrustError) throw error;
      throw new Error(dialSentence(error, wanted));
    }
  };
}

/** Why a server can't be reached, as a sentence without a full stop. */
function dialSentence(error: unknown, address: Address): string {
  const where = addressText(address);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof Deno.errors.ConnectionRefused || code === "ECONNREFUSED") {
    return `No server answers at ${where}`;
  }
  if (error instanceof Deno.errors.TimedOut || code === "ETIMEDOUT") {
    return `${where} doesn't answer`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno was not told that it may reach ${where}`;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (code === "ENOTFOUND" || /lookup address|not known|resolve/i.test(message)) {
    return `There is no host "${address.host}"`;
  }
  return `Cannot reach ${where}: ${message.replace(/ \(os error \d+\)$/, "")}`;
}
