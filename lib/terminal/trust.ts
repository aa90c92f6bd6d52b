/** Whether a server that speaks TLS is the one that its user means. */

import { join } from "@std/path";
import { writeAddress } from "../chat_address.ts";
import { type Shown, type TlsTrust } from "../client/tls.ts";
import { ChatError } from "../errors.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { addressText } from "./address_text.ts";
import { type Known, KnownServers } from "./known_servers.ts";
import type { Machine } from "./machine.ts";
import { type Common } from "./options.ts";
import { UsageError } from "./usage_error.ts";
import { typedPath } from "./typed_path.ts";

/** What it takes to decide. */
export type TrustWanted = Pick<
  Common,
  "host" | "port" | "state" | "isTls" | "fingerprint" | "ca"
>;

/** What of the machine it is decided on. */
export type TrustMachine = Pick<Machine, "complain" | "mayUse" | "lineThatMay" | "standing">;

/**
 * How the server that is wanted has to prove itself; `undefined` where nobody has ever said that it
 * speaks TLS.
 *
 * @throws {UsageError} where what is known can't be read.
 */
export function trustFor(
  wanted: TrustWanted,
  machine: TrustMachine,
): Trust | undefined {
  const servers = new KnownServers(join(wanted.state, "known_servers"));
  const before = servers.find(nameOf(wanted));
  if (!wanted.isTls && before === undefined) return undefined;
  const ca = wanted.ca === undefined ? undefined : textOf(wanted.ca, machine);
  return new Trust({ wanted, servers, before, ca, complain: machine.complain });
}

interface TrustOptions {
  readonly wanted: TrustWanted;
  readonly servers: KnownServers;
  readonly before: Known | undefined;
  readonly ca: string | undefined;
  complain(sentence: string): void;
}

/** It isn't the server that is meant: the sentence is for its user. */
export class TrustError extends Error {
  override readonly name = "TrustError";
}

/** Looks at each connection's key, and remembers the first one that is right. */
export class Trust implements TlsTrust {
  readonly ca?: string;
  readonly #options: TrustOptions;
  #known: Known | undefined;
  /** Whether the server was there in this run. */
  #wasRight = false;
  /** What was complained of since it was right last. */
  #complaint: string | undefined;

  constructor(options: TrustOptions) {
    this.#options = options;
    this.#known = options.before;
    if (options.ca !== undefined) this.ca = options.ca;
  }

  check({ sha256, doubt }: Shown): void {
    const { wanted } = this.#options;
    const shown = fingerprintOf(sha256);
    const where = addressText(wanted);
    const known = this.#wasRight || wanted.fingerprint === undefined ? this.#known : undefined;
    if (known?.is === "key") {
      if (known.sha256.toHex() !== sha256.toHex()) {
        throw this.#refusal(
          `Cannot trust the server at ${where}: its key is not the one that it had before. Somebody ` +
            "may be between you and it; nothing was said to them. Ask whoever runs the server: if " +
            `its key was changed and has the fingerprint ${shown} now, join with ${
              this.#with(shown)
            }`,
        );
      }
    } else if (wanted.fingerprint !== undefined) {
      if (shown !== wanted.fingerprint) {
        throw this.#refusal(
          `Cannot trust the server at ${where}: the fingerprint of its key is ${shown}, and the ` +
            `address says ${wanted.fingerprint}. Somebody may be between you and it; nothing was ` +
            "said to them. Ask whoever runs the server for the address that it prints now",
        );
      }
    } else if (doubt !== undefined) {
      throw this.#refusal(
        `Cannot know whether this is the server at ${where}: its certificate is its own work, or ` +
          `for another name (${doubt}). Compare: where it prints the fingerprint ${shown}, join with ` +
          this.#with(shown),
      );
    }
    this.#wasRight = true;
    this.#complaint = undefined;
    const isByKey = known?.is === "key" || wanted.fingerprint !== undefined;
    this.#remember(isByKey ? { is: "key", sha256 } : { is: "name" });
  }

  /** What came wasn't TLS. */
  notTls(): Error {
    const { wanted } = this.#options;
    const where = addressText(wanted);
    const why = this.#known === undefined
      ? `without TLS its address begins with parley://`
      : "it did before, so that somebody may be between you and it; where whoever runs it has turned " +
        `TLS off, remove its line from "${this.#options.servers.path}"`;
    return this.#refusal(
      `Cannot talk to ${where}: what answers there doesn't speak TLS, and nothing was said to it; ${why}`,
    );
  }

  /** The handshake went wrong. */
  unproven(): Error {
    return this.#refusal(
      `Cannot trust the server at ${
        addressText(this.#options.wanted)
      }: it did not prove that it has ` +
        "the key of the certificate that it shows. Somebody may be between you and it, and was told " +
        "nothing",
    );
  }

  /**
   * At first it ends the run. Later what was said waits for the server to come back, and whoever
   * waits is told once why it doesn't.
   */
  #refusal(sentence: string): Error {
    if (!this.#wasRight) return new ChatError("not_allowed", sentence);
    if (sentence !== this.#complaint) this.#options.complain(sentence);
    this.#complaint = sentence;
    return new TrustError(sentence);
  }

  #with(fingerprint: string): string {
    const { host, port } = this.#options.wanted;
    return writeAddress({ host, port, isTls: true, fingerprint });
  }

  #remember(known: Known): void {
    const { wanted, servers, before, complain } = this.#options;
    if (this.#known !== undefined && isSame(this.#known, known)) return;
    if (before !== undefined && this.#known === before) {
      complain(`The server at ${addressText(wanted)} is known by another key from now on`);
    }
    this.#known = known;
    try {
      servers.remember(nameOf(wanted), known);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      const why = error instanceof Error ? error.message : String(error);
      complain(`Cannot remember the server's key in "${servers.path}": ${why}`);
    }
  }
}

function nameOf(wanted: TrustWanted): string {
  return addressText(wanted).toLowerCase();
}

function isSame(one: Known, other: Known): boolean {
  if (one.is === "name" || other.is === "name") return one.is === other.is;
  return one.sha256.toHex() === other.sha256.toHex();
}

function textOf(typed: string, machine: TrustMachine): string {
  const path = typedPath(typed, machine.standing);
  if (!machine.mayUse(path, ["read"])) {
    const line = machine.lineThatMay({ read: [path], write: [] });
    throw new UsageError(
      `Cannot read "${path}": Deno was not told that this client may; this line tells it\n\n  ${line}\n`,
    );
  }
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const why = isMissing ? "there is no such file" : String(error);
    throw new UsageError(`Cannot read "${path}": ${why}`);
  }
}
