/** tus in Node, installed at the moment it is measured: the project doesn't depend on it. */

import { portOf, program, type Served, type Spawning } from "../spawning.ts";

const script = `
import { Server } from "@tus/server";
import { FileStore } from "@tus/file-store";
const datastore = new FileStore({ directory: process.argv[2] });
const server = new Server({ path: "/files", relativeLocation: true, datastore });
const listening = server.listen({ host: "127.0.0.1", port: 0 }, () => {
  console.log("Listening on 127.0.0.1:" + listening.address().port);
});
`;

/** Installs it into `tools`; why that can't be done, where it can't. */
export async function installTus(tools: string): Promise<string | undefined> {
  const args = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", tools];
  try {
    const npm = new Deno.Command("npm", {
      args: [...args, "@tus/server", "@tus/file-store"],
      stdout: "null",
      stderr: "null",
    });
    const { success } = await npm.output();
    if (!success) return "npm can't install @tus/server: look at the network";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return "there is no npm: install Node to see it here";
    }
    throw error;
  }
  await Deno.writeTextFile(`${tools}/server.mjs`, script);
  return undefined;
}

/** Starts it, once it is installed in `tools`. */
export async function startTus(
  tools: string,
  folder: string,
  spawning: Spawning,
): Promise<Served> {
  const child = program("node", [`${tools}/server.mjs`, folder], spawning).spawn();
  return { port: await portOf(child.stdout, "tus"), child };
}
