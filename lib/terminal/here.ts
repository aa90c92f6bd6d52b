/** The machine as this process has it. */

import type { Clock } from "../clock.ts";
import { agentOf } from "./agent.ts";
import type { Machine } from "./machine.ts";
import { UsageError } from "./usage_error.ts";
import { SecretLine } from "./secret_line.ts";
import type { Standing } from "./typed_path.ts";
import { wrap } from "./wrap.ts";

/** What the client's task grants. */
export interface Granted {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/** This process's machine. */
export function here(
  options: {
    readonly clock: Clock;
    readonly version: string;
    readonly color: boolean;
    readonly granted: Granted;
  },
): Machine {
  const isTerminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  return {
    clock: options.clock,
    random: Math.random,
    agent: agentOf(options.version, Deno.build),
    attended: isTerminal && variable("TERM") !== "dumb",
    asks: isTerminal,
    color: options.color && !Deno.noColor,
    get input() {
      return Deno.stdin.readable;
    },
    output: Deno.stdout,
    standing: standing(),
    mayUse: (path, kinds) => kinds.every((name) => mayUse(name, path, isTerminal)),
    lineThatMay: (more) => lineThatMay(more, options.granted),
    ...Deno.stderr.isTerminal() && variable("TERM") !== "dumb" ? { progress: { columns } } : {},
    say: (text) => sayTo(Deno.stderr, text),
    complain,
    ...passwordVariable(),
    ask: (question) => prompt(question) ?? undefined,
    askSecret,
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
export function requireGranted(folder: string, granted: Granted): void {
  const kinds = ["read", "write"] as const;
  const missing = kinds.filter((name) =>
    Deno.permissions.querySync({ name, path: folder }).state !== "granted"
  );
  if (missing.length === 0) return;
  const line = lineThatMay({
    read: missing.includes("read") ? [folder] : [],
    write: missing.includes("write") ? [folder] : [],
  }, granted);
  throw new UsageError(
    `Cannot keep a login in "${folder}": Deno was not told that this client may; this line tells ` +
      `it\n\n  ${line}\n`,
  );
}

/** The line that starts this client again so that it may read and write more. */
function lineThatMay(more: Granted, granted: Granted): string {
  // A flag takes the place of what the set says of its kind, so that it has to say that, too.
  const grants = (["read", "write"] as const).filter((kind) => more[kind].length > 0)
    .map((kind) => `--allow-${kind}=${[...granted[kind], ...more[kind]].join(",")}`);
  const args = Deno.args[0] === "--" ? Deno.args.slice(1) : Deno.args;
  const words = ["run", "-q", "--no-prompt", "-P=client", ...grants, "client.ts", ...args];
  const stood = variable("INIT_CWD");
  const isElsewhere = stood !== undefined && stood !== Deno.cwd();
  const line = [denoCommand(), ...words.map(quote)].join(" ");
  // Paths among the arguments begin where the user stood.
  return isElsewhere ? `cd ${quote(Deno.cwd())} && INIT_CWD=${quote(stood)} ${line}` : line;
}

function mayUse(name: "read" | "write", path: string, asks: boolean): boolean {
  if (Deno.permissions.querySync({ name, path }).state === "granted") return true;
  return asks && Deno.permissions.requestSync({ name, path }).state === "granted";
}

function passwordVariable(): { readonly password?: string } {
  const password = variable("PARLEY_PASSWORD");
  return password === undefined || password === "" ? {} : { password };
}

/** Reads a line of the terminal that isn't shown. */
function askSecret(question: string): string | undefined {
  sayTo(Deno.stdout, `${question} `);
  Deno.stdin.setRaw(true);
  try {
    const line = new SecretLine();
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(256);
    for (;;) {
      const count = Deno.stdin.readSync(buffer);
      if (count === null) return undefined;
      const typed = line.press(decoder.decode(buffer.subarray(0, count), { stream: true }));
      if (typed.is === "entered") return typed.text;
      if (typed.is === "given_up") return undefined;
    }
  } finally {
    Deno.stdin.setRaw(false);
    sayTo(Deno.stdout, "\n");
  }
}

function sayTo(output: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
}

/** Between words: a terminal itself cuts where its line ends. */
function complain(sentence: string): void {
  const lines = Deno.stderr.isTerminal() ? wrap(sentence, columns()) : [sentence];
  console.error(lines.join("\n"));
}

function columns(): number {
  return Deno.consoleSize().columns || 80;
}

function standing(): Standing {
  const home = variable("HOME") ?? variable("USERPROFILE");
  const folder = variable("INIT_CWD") ?? Deno.cwd();
  return home === undefined ? { folder } : { folder, home };
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
