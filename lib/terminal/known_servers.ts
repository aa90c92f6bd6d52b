/**
 * How servers were known that spoke TLS: a line for each, in a file of its user's own. Whoever is in
 * it is never spoken to without TLS again.
 */

import { dirname } from "@std/path";
import { UsageError } from "./usage_error.ts";

/** How a server is known. */
export type Known =
  /** By the SHA-256 of its public key. */
  | { readonly is: "key"; readonly sha256: Uint8Array }
  /** By its name, for which somebody vouches who is trusted. */
  | { readonly is: "name" };

/** The file; what others write into it meanwhile stays. */
export class KnownServers {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * How the server at `host:port` is known; `undefined`: it isn't.
   *
   * @throws {UsageError} where it can't be told: going on as if it weren't would be what somebody
   * between both wants.
   */
  find(server: string): Known | undefined {
    const line = this.#lines().find((line) => line.startsWith(`${server} `));
    return line === undefined ? undefined : this.#parse(line);
  }

  /** Keeps how a server is known, in the place of how it was. */
  remember(server: string, known: Known): void {
    Deno.mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    using lock = Deno.openSync(`${this.path}.lock`, { create: true, write: true, mode: 0o600 });
    lock.lockSync(true);
    const others = this.#lines().filter((line) => !line.startsWith(`${server} `));
    const how = known.is === "name" ? "name" : `sha256:${known.sha256.toHex()}`;
    const unfinished = `${this.path}.new`;
    const text = [...others, `${server} ${how}`].map((line) => `${line}\n`).join("");
    Deno.writeTextFileSync(unfinished, text, { mode: 0o600 });
    Deno.renameSync(unfinished, this.path);
  }

  #lines(): readonly string[] {
    try {
      return Deno.readTextFileSync(this.path).split("\n").filter((line) => line !== "");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      // Nothing can ever have been kept there.
      if (error instanceof Deno.errors.NotADirectory) return [];
      const why = error instanceof Error ? error.message : String(error);
      throw new UsageError(`Cannot read which servers are known in "${this.path}": ${why}`);
    }
  }

  #parse(line: string): Known {
    if (/ name$/.test(line)) return { is: "name" };
    const [, hex] = / sha256:([0-9a-f]{64})$/.exec(line) ?? [];
    if (hex !== undefined) return { is: "key", sha256: Uint8Array.fromHex(hex) };
    throw new UsageError(
      `Cannot tell how this server is known: remove the line "${line}" from "${this.path}", and ` +
        "join with the address that the server prints",
    );
  }
}
