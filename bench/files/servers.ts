/** The servers that move files, each a process of its own that lives for one run. */

import { fromFileUrl } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { startNats } from "../../tests/helpers/nats_cluster.ts";
import { isInstalled } from "../../tools/programs.ts";
import { portOf, program, type Served, type Spawning } from "../spawning.ts";
import { startNginx } from "./nginx.ts";
import { installTus, startTus } from "./tus.ts";

/** Which servers there are. */
export const fileServers = [
  "parley",
  "bare",
  "hashed",
  "nginx",
  "tus",
  "node",
  "nats",
  "nats3",
] as const;
/** One of {@linkcode fileServers}. */
export type FileServer = typeof fileServers[number];

/** How a server is started, with a folder of its own. */
export type Start = (folder: string, spawning: Spawning) => Promise<Served>;

/** How to start a server, or why that can't be done here. */
export type Startable = { readonly start: Start } | { readonly why: string };

/** Finds out how to start a server; `tools` is a folder for what has to be installed for that. */
export async function startable(server: FileServer, tools: string): Promise<Startable> {
  switch (server) {
    case "parley":
      return { start: startParley };
    case "bare":
      return { start: (folder, spawning) => startBare(folder, spawning, []) };
    case "hashed":
      return { start: (folder, spawning) => startBare(folder, spawning, ["--hashed"]) };
    case "nginx":
      return await findNginx();
    case "tus": {
      const why = await installTus(tools);
      return why === undefined
        ? { start: (folder, spawning) => startTus(tools, folder, spawning) }
        : { why };
    }
    case "node":
    case "nats":
    case "nats3":
      return isInstalled("nats-server")
        ? { start: (folder, spawning) => startNode(server, folder, spawning) }
        : { why: "there is no nats-server: install it to see it here" };
    default:
      return server satisfies never;
  }
}

async function findNginx(): Promise<Startable> {
  // Where it is installed, but not for whoever isn't root.
  for (const path of ["nginx", "/usr/sbin/nginx"]) {
    try {
      await new Deno.Command(path, { args: ["-v"], stderr: "null" }).output();
      return { start: (folder, spawning) => startNginx(path, folder, spawning) };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { why: "there is no nginx: install it to see it here" };
}

/** A node whose files are in a folder, in one server of NATS, or in three. */
async function startNode(
  server: "node" | "nats" | "nats3",
  folder: string,
  spawning: Spawning,
): Promise<Served> {
  await using stack = new AsyncDisposableStack();
  const beside = (await startNats(server === "nats3" ? 3 : 1)).map((one) => stack.use(one));
  const order = [`--nats=${beside.map(({ url }) => url).join()}`];
  order.push(`--nats-replicas=${beside.length}`);
  if (server !== "node") order.push("--nats-files=8GiB");
  const served = await startParley(folder, spawning, order);
  stack.move();
  return { ...served, beside };
}

/** With the engine's flags that `deno task server` gives it. */
async function startParley(
  folder: string,
  spawning: Spawning,
  more: readonly string[] = [],
): Promise<Served> {
  const flags = project.tasks.server.command.split(" ").filter((word) =>
    word.startsWith("--v8-flags=")
  );
  const places = ["--data", `${folder}/data`, "--files", `${folder}/files`];
  const options = ["--port", "0", "--no-web", "--quiet", "--preset", "bench", ...places, ...more];
  return await startDeno([...flags, script("../../server.ts"), ...options], spawning);
}

async function startBare(
  folder: string,
  spawning: Spawning,
  more: readonly string[],
): Promise<Served> {
  return await startDeno([script("bare.ts"), `${folder}/file`, ...more], spawning);
}

async function startDeno(args: readonly string[], spawning: Spawning): Promise<Served> {
  const child = program(Deno.execPath(), ["run", "-q", "-A", ...args], spawning).spawn();
  return { port: await portOf(child.stdout, args.join(" ")), child };
}

function script(path: string): string {
  return fromFileUrl(new URL(path, import.meta.url));
}
