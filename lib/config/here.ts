/** The sources of a config, as they are in this process. */

import { resolve, SEPARATOR } from "@std/path";
import type { Environment, Sources } from "../config.ts";
import { denoRunLine, type Need, type Permissions, type Program, quote } from "./reach.ts";

/** What a program knows from deno.json. */
export interface Project {
  readonly version: string;
  readonly permissions: Readonly<Record<Program, Permissions>>;
}

/** What is around a server, to tell people how to join it. */
export interface Surroundings {
  /** What starts a client. */
  readonly client: string;
  /** This machine's addresses on its networks; none where Deno doesn't grant to ask. */
  addresses(): readonly string[];
}

/** Where this process reads its config from. */
export function here(project: Project, program: Program = "server"): Sources & Surroundings {
  const set = project.permissions[program];
  const stood = allowed(() => Deno.env.get("INIT_CWD"));
  const folder = stood === undefined || stood === Deno.cwd() ? undefined : Deno.cwd();
  const start = Deno.build.standalone ? `parley-${program}` : `${denoCommand()} task ${program}`;
  return {
    args: Deno.args,
    env: environment,
    readFile: (path) => {
      try {
        return Deno.readTextFileSync(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    version: project.version,
    client: Deno.build.standalone ? "parley" : `${denoCommand()} task client`,
    addresses: () => allowed(networkAddresses) ?? [],
    place: {
      program,
      start,
      granted,
      grantsAlways: (need) => Deno.build.standalone || isIn(set, need),
      line: (args) => [start, ...args.map(quote)].join(" "),
      widerLine: (needs, args) =>
        denoRunLine(needs, args, {
          deno: denoCommand(),
          program,
          set,
          ...folder === undefined ? {} : { folder },
        }),
    },
  };
}

const environment: Environment = {
  get: (name) => Deno.env.get(name),
  names: () => allowed(() => Object.keys(Deno.env.toObject())),
};

/** How people on this machine call Deno. */
function denoCommand(): string {
  return Deno.execPath().includes("_npx") ? "npx -y deno" : "deno";
}

function granted({ kind, what }: Need): boolean {
  const descriptor: Deno.PermissionDescriptor = kind === "net"
    ? { name: "net", host: what }
    : { name: kind, path: what };
  return Deno.permissions.querySync(descriptor).state === "granted";
}

/** Ports are all granted where their address is. */
function isIn(set: Permissions, { kind, what }: Need): boolean {
  if (kind === "net") return set.net.includes(what.replace(/:\d+$/, ""));
  const wanted = resolve(what);
  return set[kind].some((path) =>
    wanted === resolve(path) || wanted.startsWith(`${resolve(path)}${SEPARATOR}`)
  );
}

function networkAddresses(): readonly string[] {
  const inUse = Deno.networkInterfaces().filter(({ family, address }) =>
    family === "IPv4" && !address.startsWith("127.")
  );
  return inUse.map(({ address }) => address);
}

/** What `read` gives, or `undefined` where Deno doesn't grant it. */
function allowed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
