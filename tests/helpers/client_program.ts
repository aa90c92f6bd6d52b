/** The terminal client as people start it, and as scripts do. */

import { fromFileUrl, join } from "@std/path";
import type { RealServer } from "./real_server.ts";

/** The project's folder. */
export const root = fromFileUrl(new URL("../../", import.meta.url));

/** What a run of the client can be for, but chatting. */
const oneShots = ["send", "history", "upload", "download", "files"];

/**
 * The words that start a client with its task's permissions, logins and received files in the
 * server's folder, where it may read everything.
 */
export function clientCommand(
  server: Pick<RealServer, "folder" | "port"> & Partial<Pick<RealServer, "portFor">>,
  ...args: readonly string[]
): string[] {
  const state = join(server.folder, "logins");
  const { folder } = server;
  const grants = ["-P=client", `--allow-read=${folder}`, `--allow-write=${folder}`];
  const received = ["--received", join(folder, "received")];
  const user = args[args.findIndex((arg) => arg === "--user" || arg === "-u") + 1] ?? "";
  const port = server.portFor?.(user) ?? server.port;
  const where = ["--state", state, ...received, "--port", String(port)];
  const words = args.slice(0, oneShots.includes(args[0]) ? 1 : 0);
  const others = args.slice(words.length);
  return [
    ...[Deno.execPath(), "run", "-q", "--no-prompt", ...grants, "client.ts"],
    ...[...words, ...where, ...others],
  ];
}

/** What a run of a program came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end with `input` piped in. */
export async function runProgram(
  [program, ...args]: readonly string[],
  input: string = "",
): Promise<Ran> {
  const process = new Deno.Command(program, {
    args,
    cwd: root,
    env: { INIT_CWD: root },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  // Whoever doesn't read its input closes it early.
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
