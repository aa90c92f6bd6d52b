import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../../lib/wire/fields.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";

/** Files have to rest for two seconds before they are told. */

/** The lobby's folder of a server. */
async function lobbyOf(server: RealServer): Promise<string> {
  const folder = join(server.folder, "files", "lobby");
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** What the lobby lists, by path, when it is as many files as expected. */
async function listed(peer: Peer, texts: Readonly<Record<string, number>>): Promise<void> {
  for (;;) {
    const { files } = await peer.ok({ t: "files", room: "lobby" });
    const found = (files as JsonObject[]).map(({ folder, name, size }) =>
      [[folder, name].filter((part) => part !== undefined).join("/"), size] as const
    );
    try {
      assertEquals(Object.fromEntries(found), texts);
      assertEquals(found.length, Object.keys(texts).length);
      return;
    } catch (error) {
      // Not all that was done has been told yet.
      await peer.event(({ t }) => t === "shared" || t === "removed").catch(() => {
        throw error;
      });
    }
  }
}

Deno.test("what the owner puts, alters and takes in a room's folder is told to who is there", async () => {
  await using server = await RealServer.start({ permissions: "task", args: ["--name", "Lab"] });
  const folder = await lobbyOf(server);
  const alice = await server.join("Alice");
  await Deno.mkdir(join(folder, "week 1"));
  await Deno.writeTextFile(join(folder, "week 1", "notes.txt"), "text");
  const shared = await alice.event(({ t }) => t === "shared");
  assertEquals([shared.user, shared.room], ["Lab", "lobby"]);
  await listed(alice, { "week 1/notes.txt": 4 });
  await Deno.writeTextFile(join(folder, "week 1", "notes.txt"), "another text");
  await alice.event(({ t }) => t === "removed");
  await listed(alice, { "week 1/notes.txt": 12 });
  await Deno.remove(join(folder, "week 1"), { recursive: true });
  await listed(alice, {});
});

Deno.test("what the owner did while the server didn't run is told at its start", async () => {
  await using server = await RealServer.start({ permissions: "task" });
  const folder = await lobbyOf(server);
  const alice = await server.join("Alice");
  for (const name of ["kept.txt", "altered.txt", "taken.txt"]) {
    await Deno.writeTextFile(join(folder, name), "text");
  }
  await listed(alice, { "kept.txt": 4, "altered.txt": 4, "taken.txt": 4 });
  await server.stop("SIGTERM");
  await Deno.writeTextFile(join(folder, "altered.txt"), "TEXT and more");
  await Deno.writeTextFile(join(folder, "new.txt"), "new");
  await Deno.remove(join(folder, "taken.txt"));
  await server.start();
  const again = await server.join("Bob");
  await listed(again, { "kept.txt": 4, "altered.txt": 13, "new.txt": 3 });
  const { events } = await again.ok({ t: "history", room: "lobby", after: 0 });
  const kinds = (events as JsonObject[]).map(({ t }) => t);
  assertEquals(kinds.filter((t) => t === "shared").length, 5);
  assertEquals(kinds.filter((t) => t === "removed").length, 2);
});

Deno.test({
  name: "a symbolic link in a room's folder is left alone, and told once in the log",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await RealServer.start({ permissions: "task" });
    const folder = await lobbyOf(server);
    await Deno.symlink("/etc/hostname", join(folder, "link.txt"));
    const alice = await server.join("Alice");
    for (const name of ["one.txt", "two.txt"]) {
      await Deno.writeTextFile(join(folder, name), "text");
      await alice.event(({ t, file }) => t === "shared" && (file as JsonObject).name === name);
    }
    await listed(alice, { "one.txt": 4, "two.txt": 4 });
    const told = server.lines.filter((line) => line.includes("link.txt"));
    assertEquals(told.length, 1);
    assert(told[0].includes("it is a symbolic link"), told[0]);
  },
});
