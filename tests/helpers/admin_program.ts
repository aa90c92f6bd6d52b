/** `deno task admin` as people run it, with what its set of permissions grants and no more. */

import { fromFileUrl } from "@std/path";
import { admin } from "../../lib/admin/program.ts";
import { here } from "../../lib/config/here.ts";
import { systemClock } from "../../lib/system_clock.ts";
import project from "../../deno.json" with { type: "json" };

const root = fromFileUrl(new URL("../../", import.meta.url));

/** What it did. */
export interface AdminRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Which folders it may use in the place of `data/`, `shared_files/` and `backups/`. */
export interface AdminOptions {
  readonly folders?: readonly string[];
  /** What it reads from its input. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs it to its end. */
export async function runAdmin(
  args: readonly string[],
  { folders = [], input = "", env = {} }: AdminOptions = {},
): Promise<AdminRun> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", ...grants(folders), "admin.ts", ...args],
    cwd: root,
    env: { INIT_CWD: root, NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  // It may end without having read anything.
  await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await process.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

/** The same in this process, which may do anything: for whatever isn't about what it may do. */
export async function adminHere(args: readonly string[], { input = "" } = {}): Promise<AdminRun> {
  const out: string[] = [];
  const err: string[] = [];
  const env = { get: () => undefined, names: () => [] };
  const code = await admin({ ...here(project, "admin"), args, env }, {
    clock: systemClock(),
    readLine: () => Promise.resolve(input.split("\n")[0]),
    print: (...lines) => out.push(...lines),
    warn: (line) => err.push(line),
  });
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
  return { code, out: text(out), err: text(err) };
}

function grants(folders: readonly string[]): readonly string[] {
  if (folders.length === 0) return ["-P=admin"];
  // A flag takes the place of what the set has of its kind.
  const { read, write } = project.permissions.admin;
  const reads = [...read.filter((path) => !write.includes(path)), ...folders];
  return ["-P=admin", `--allow-read=${reads.join(",")}`, `--allow-write=${folders.join(",")}`];
}
