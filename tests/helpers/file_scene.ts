/** Files of users around a real server, each at a machine of their own: a folder in the server's. */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { clientCommand, type Ran, runProgram } from "./client_program.ts";
import { hashOf } from "./file_peer.ts";
import type { Relay } from "./relay.ts";
import type { RealClient, Scene } from "./scene.ts";
import { visibleFiles } from "./whole_files.ts";

/** The folder of the machine that a user sits at. */
export function home(scene: Scene, user: string): string {
  return join(scene.server.folder, user);
}

/** Makes a file on a user's machine; its path. */
export async function make(
  scene: Scene,
  user: string,
  name: string,
  bytes: Uint8Array,
): Promise<string> {
  const path = join(home(scene, user), name);
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeFile(path, bytes);
  return path;
}

/** The bytes that have come to a user under a name. */
export function received(scene: Scene, user: string, name: string): Promise<Uint8Array> {
  return Deno.readFile(join(home(scene, user), "received", name));
}

/** Requires that those are the right ones. */
export async function requireReceived(
  scene: Scene,
  user: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  assertEquals(hashOf(await received(scene, user, name)), hashOf(bytes), `${name} at ${user}`);
}

/** What lies in the server's folder for all to see, as paths in it. */
export function library(scene: Scene): string[] {
  const folder = join(scene.server.folder, "files");
  return visibleFiles(folder).map((path) => path.slice(folder.length + 1)).toSorted();
}

/** A client on a line between it and the server, once it is in the lobby. */
export async function enterOver(scene: Scene, relay: Relay, user: string): Promise<RealClient> {
  const client = scene.run(
    clientCommand({ folder: home(scene, user), port: relay.port }, "--user", user),
  );
  await client.sees("── #lobby ──");
  return client;
}

/** The same for one thing done from a script. */
export function script(
  scene: Scene,
  user: string,
  ...words: readonly string[]
): Promise<Ran> {
  const port = scene.server.portFor(user);
  return runProgram(clientCommand({ folder: home(scene, user), port }, ...words, "--user", user));
}
