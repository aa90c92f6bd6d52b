/** The machine as this process has it. */

import type { Clock } from "../clock.ts";
import type { Machine } from "./machine.ts";
import { UsageError } from "./options.ts";

/** This process's machine. */
export function here(
  options: { readonly clock: Clock; readonly version: string; readonly color: boolean },
): Machine {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  return {
    clock: options.clock,
    random: Math.random,
    version: options.version,
    attended: isTerminal && variable("TERM") !== "dumb",
    asks: isTerminal,
    color: options.color && !Deno.noColor,
    get input() {
      return Deno.stdin.readable;
    },
    output: Deno.stdout,
    complain: (sentence) => console.error(sentence),
    ask: (question) => prompt(question) ?? undefined,
    onStop: (run) => {
      const signals: Deno.Signal[] = Deno.build.os === "windows"
        ? ["SIGINT"]
        : ["SIGINT", "SIGTERM"];
      for (const signal of signals) Deno.addSignalListener(signal, run);
      return () => {
        for (const signal of signals) Deno.removeSignalListener(signal, run);
      };
    },
  };
}

/** What starts the client, as its user would type it. */
export function startText(): string {
  return Deno.build.standalone ? "parley" : `${denoCommand()} task client`;
}

/**
 * Checks that Deno lets the client keep logins in `folder`.
 *
 * @throws {UsageError} with the line that starts a client which may.
 */
export function requireGranted(
  folder: string,
  granted: { readonly read: readonly string[]; readonly write: readonly string[] },
): void {
  const kinds = ["read", "write"] as const;
  const missing = kinds.filter((name) =>
    Deno.permissions.querySync({ name, path: folder }).state !== "granted"
  );
  if (missing.length === 0) return;
  // A flag takes the place of what the set says of its kind, so that it has to say that, too.
  const grants = missing.map((kind) => `--allow-${kind}=${[...granted[kind], folder].join(",")}`);
  const args = Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args;
  const words = ["run", "-q", "--no-prompt", "-P=client", ...grants, "client.ts", ...args];
  const stood = variable("INIT_CWD");
  const goThere = stood === undefined || stood === Deno.cwd() ? "" : `cd ${quote(Deno.cwd())} && `;
  throw new UsageError(
    `Cannot keep a login in "${folder}": Deno was not told that this client may; this line tells ` +
      `it\n\n  ${goThere}${[denoCommand(), ...words.map(quote)].join(" ")}\n`,
  );
}

/** How people on this machine call Deno. */
function denoCommand(): string {
  return Deno.execPath().includes("_npx") ? "npx -y deno" : "deno";
}

/** A variable of the environment, or `undefined` where Deno doesn't tell it. */
function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** A word as a POSIX shell takes it for itself. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
