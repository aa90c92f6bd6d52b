/** Dials for people: what went wrong is said in their words. */

import { isAddress, readAddress } from "../chat_address.ts";
import type { Dial } from "../client/link.ts";
import { type Address, tcpDial } from "../client/tcp.ts";
import { NotTlsError, tlsDial, UnprovenError } from "../client/tls.ts";
import { Ways } from "../client/ways.ts";
import { ChatError } from "../errors.ts";
import { addressText } from "./address_text.ts";
import type { Machine } from "./machine.ts";
import type { Place } from "./places.ts";
import { TrustError, trustFor, type TrustMachine, type TrustWanted } from "./trust.ts";

/** What it takes to dial. */
export type DialWanted = TrustWanted & Pick<Place, "others">;
type DialMachine = TrustMachine & Pick<Machine, "clock" | "random">;

/**
 * Dials the server that is wanted each time; where it was ever said to speak TLS, only so. Where it
 * isn't to be had at one of its addresses, the next dial is to another one.
 *
 * @throws {UsageError} where it can't be found out how the server is known.
 */
export function dialFor(wanted: DialWanted, machine: DialMachine): Dial {
  const first = dialOne(wanted, machine);
  const typed = [wanted, ...wanted.others].map(addressText);
  const elsewhere = new Ways({
    typed,
    random: () => machine.random(),
    dialTo(address) {
      if (address === typed[0]) return first.dial;
      const place = readAddress(isAddress(address) ? address : `parley://${address}`);
      if (typeof place === "string") return undefined;
      const isTyped = typed.includes(address);
      const { isTls, fingerprint } = isTyped ? wanted : place;
      // What was encrypted once is never sent in the clear, whatever a server says.
      if (first.isTls && !isTls) return undefined;
      const { fingerprint: _other, ...more } = wanted;
      const there = { ...more, ...place, isTls, ...fingerprint !== undefined && { fingerprint } };
      return () => dialOne(there, machine).dial();
    },
  });
  return Object.assign(() => elsewhere.dial(), { elsewhere });
}

/** Dials one address each time. */
function dialOne(
  wanted: TrustWanted,
  machine: DialMachine,
): { readonly dial: Dial; readonly isTls: boolean } {
  const { clock } = machine;
  const trust = trustFor(wanted, machine);
  const dial = trust ? tlsDial(wanted, trust, clock) : tcpDial(wanted, clock);
  return {
    isTls: trust !== undefined,
    dial: async () => {
      try {
        return await dial();
      } catch (error) {
        if (error instanceof NotTlsError && trust) throw trust.notTls();
        if (error instanceof UnprovenError && trust) throw trust.unproven();
        if (error instanceof ChatError || error instanceof TrustError) throw error;
        throw new Error(dialSentence(error, wanted));
      }
    },
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
