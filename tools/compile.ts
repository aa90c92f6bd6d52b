/** `deno task compile`: makes the programs that run without Deno, with their permissions in them. */

import { join } from "@std/path";
import project from "../deno.json" with { type: "json" };

/** What goes into one program. */
export interface Program {
  readonly output: string;
  readonly entry: string;
  readonly permissions: PermissionSet;
  /** How its task sets up the engine, and whether Deno may ask for more while it runs. */
  readonly flags: readonly string[];
  /** What no import leads to: modules that run in Workers, and the page as it was built. */
  readonly include: readonly string[];
}

/** A set of permissions in deno.json. */
export interface PermissionSet {
  readonly [kind: string]: boolean | readonly string[];
}

/** The project's programs. */
export async function programs(root: string): Promise<readonly Program[]> {
  const { server, admin, client } = project.permissions;
  const inWorkers = await workers(join(root, "lib"));
  return [
    {
      output: "dist/parley-server",
      entry: "server.ts",
      permissions: withoutSource(server),
      flags: taskFlags(project.tasks.server.command),
      include: [...inWorkers, ...await page(root)],
    },
    {
      output: "dist/parley-admin",
      entry: "admin.ts",
      permissions: withoutSource(admin),
      flags: taskFlags(project.tasks.admin.command),
      include: inWorkers,
    },
    {
      output: "dist/parley",
      entry: "client.ts",
      permissions: client,
      flags: taskFlags(project.tasks.client.command),
      include: [],
    },
  ];
}

function taskFlags(command: string): readonly string[] {
  return command.split(" ").filter((word) => /^--(no-prompt$|v8-flags=)/.test(word));
}

/** A program holds its own source and the page, which no grant needs to name. */
function withoutSource(set: PermissionSet & { readonly read: readonly string[] }): PermissionSet {
  return { ...set, read: set.read.filter((path) => !["./lib", "./web/dist"].includes(path)) };
}

/** The modules that a `new Worker(new URL("…", import.meta.url))` somewhere in `folder` names. */
async function workers(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await workers(path));
    if (!entry.isFile || !entry.name.endsWith(".ts")) continue;
    const text = await Deno.readTextFile(path);
    for (const [, worker] of text.matchAll(/new URL\(\s*"(\.[^"]+\.ts)",\s*import\.meta\.url/g)) {
      found.push(join(folder, worker));
    }
  }
  return [...new Set(found)].toSorted();
}

/** The folder of the page, where it was built. */
async function page(root: string): Promise<readonly string[]> {
  const folder = join(root, "web", "dist");
  try {
    await Deno.lstat(folder);
    return [folder];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * The arguments of `deno` that make a program. Plain flags and not `-P`, which would write this
 * machine's absolute paths into it: what it may read and write lies where it is started.
 */
export function compileArgs(program: Program): readonly string[] {
  const grants = Object.entries(program.permissions).map(([kind, what]) =>
    typeof what === "boolean" ? `--allow-${kind}` : `--allow-${kind}=${what.join(",")}`
  );
  const include = program.include.map((path) => `--include=${path}`);
  return [
    "compile",
    "--exclude-unused-npm",
    ...program.flags,
    ...grants,
    ...include,
    `--output=${program.output}`,
    program.entry,
  ];
}

async function main(): Promise<void> {
  const root = join(import.meta.dirname ?? ".", "..");
  await deno(root, ["run", "-q", "-A", "tools/web.ts"]);
  for (const program of await programs(root)) await deno(root, compileArgs(program));
}

/** Runs Deno, and ends with it where it fails. */
async function deno(root: string, args: readonly string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd: root });
  const { success, code } = await command.spawn().status;
  if (!success) Deno.exit(code);
}

if (import.meta.main) await main();
