import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { cp } from "node:fs/promises";
import { backup, type BackupOptions, unfinishedPath } from "../../lib/admin/backup.ts";
import { manifestName } from "../../lib/admin/manifest.ts";
import { restore } from "../../lib/admin/restore.ts";
import { takeLock } from "../../lib/backend/folder_lock.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { foldersIn, type KeptFolders, withServer } from "../helpers/kept_server.ts";
import { folderTest, inFolder } from "../helpers/own_folder.ts";
import type { TestServer } from "../helpers/peer.ts";
import { canMount, SmallDisk } from "../helpers/tmpfs.ts";
import { leftovers } from "../helpers/whole_files.ts";

const bytes = counted(5000);

/** A backup of these folders into `backup` beside them. */
function backedUp(folder: string, folders: KeptFolders, more: Partial<BackupOptions> = {}) {
  const to = join(folder, "backup");
  return backup({ ...folders, to, version: "1.2.3", now: () => 4, ...more });
}

/** Makes a server with a message and two files, and its backup; where it may be restored to. */
async function madeBackup(folder: string): Promise<KeptFolders> {
  const folders = foldersIn(folder);
  await withServer(folders, async (server) => {
    const alice = await server.join("alice");
    await alice.ok({ t: "say", room: "lobby", text: "hello" });
    for (const name of ["a.txt", "b.txt"]) await share(alice, bytes, { name });
  });
  await backedUp(folder, folders);
  return foldersIn(folder, "restored");
}

let example: Promise<string> | undefined;
Deno.test.afterAll(async () => {
  if (example) await Deno.remove(await example, { recursive: true });
});

/** Puts a copy of what was made once for all tests into a folder, or of a folder in it. */
async function copyOfExample(folder: string, part = ""): Promise<void> {
  const made = await (example ??= (async () => {
    const there = await Deno.makeTempDir({ prefix: "parley-test-" });
    await madeBackup(there);
    return there;
  })());
  await cp(join(made, part), join(folder, part), { recursive: true, preserveTimestamps: true });
}

/** The same as {@linkcode madeBackup}, but for who may read it. */
async function smallBackup(folder: string): Promise<KeptFolders> {
  await copyOfExample(folder);
  return foldersIn(folder, "restored");
}

/** The folders of the server alone, which doesn't run. */
async function smallServer(folder: string): Promise<KeptFolders> {
  await copyOfExample(folder, "server");
  return foldersIn(folder);
}

/** That `run` fails with a sentence that has these words, and leaves nothing in these folders. */
async function refuses(
  run: () => Promise<unknown>,
  words: string,
  { data, files }: KeptFolders,
): Promise<void> {
  const { message } = await assertRejects(run, Error);
  assertStringIncludes(message, words);
  for (const path of [data, files]) {
    const names = await Array.fromAsync(Deno.readDir(path)).catch(() => []);
    assertEquals(names.map(({ name }) => name).filter((name) => name !== "lock"), []);
  }
}

/** What a file has by its id. */
async function bytesIn(server: TestServer, user: string, file: unknown): Promise<Uint8Array> {
  return (await fetchAll(await server.join(user), 1, { file })).bytes;
}

folderTest(
  "a backup becomes a server with rooms, private conversations, users and files",
  async (folder) => {
    const from = foldersIn(folder);
    const to = foldersIn(folder, "restored");
    const before = await withServer(from, async (server) => {
      const alice = await server.join("alice", "dev");
      const bob = await server.join("bob", "dev");
      await alice.ok({ t: "say", room: "dev", text: "to all" });
      await alice.ok({ t: "say", room: "@bob", text: "to you" });
      const shared = await share(alice, bytes, { room: "dev", name: "a.txt", folder: "x/y" });
      const secret = await share(alice, counted(10), { room: "@bob", name: "a.txt" });
      const removed = await share(bob, counted(20), { name: "gone.txt" });
      await bob.ok({ t: "remove", file: removed.file });
      const { transfer } = await offer(bob, bytes, { name: "half.txt", cid: "half" });
      await sendParts(bob, transfer, bytes, { to: 1000 });
      await bob.next("stored");
      const manifest = await backedUp(folder, from);
      assertEquals(manifest.files, { count: 2, bytes: 5010 });
      assertEquals([manifest.version, manifest.at, manifest.missing], ["1.2.3", 4, []]);
      assertEquals(manifest.server, server.core.backend.id);
      return { id: server.core.backend.id, token: bob.token, shared, secret, transfer };
    });
    await restore({ from: join(folder, "backup"), ...to });
    assertEquals(leftovers(to.files).length, 1, "the private file");
    await withServer(to, async (server) => {
      assert(server.core.backend.id !== before.id);
      const bob = server.connect();
      await bob.hello("bob", { token: before.token });
      for (const [room, text] of [["dev", "to all"], ["@alice", "to you"]]) {
        const { events } = await bob.ok({ t: "history", room });
        assert(Array.isArray(events) && events.some((event) => event.text === text), room);
        const { hits } = await bob.ok({ t: "search", text, room });
        assertEquals(Array.isArray(hits) && hits.length, 1, room);
      }
      for (const file of [before.shared, before.secret]) {
        const fetched = await fetchAll(bob, Number(file.size), { file: file.file });
        assertEquals(hashOf(fetched.bytes), file.sha256);
      }
      assertEquals(
        await bob.refused({ t: "resume", transfer: before.transfer }),
        "no_such_transfer",
      );
      const again = await offer(bob, bytes, { name: "half.txt", cid: "half" });
      assertEquals(again.offset, 0);
    });
  },
);

folderTest("a file that is removed while a backup is made isn't missed", async (folder) => {
  const folders = foldersIn(folder);
  await withServer(folders, async (server) => {
    const alice = await server.join("alice");
    const files = [await share(alice, bytes, { name: "a.txt" })];
    let snapshots = 0;
    const manifest = await backedUp(folder, folders, {
      onSnapshot: async () => {
        if (snapshots++ > 2) return;
        await alice.ok({ t: "remove", file: files.pop()?.file });
        files.push(await share(alice, counted(100 + snapshots), { name: "a.txt" }));
      },
    });
    assertEquals([snapshots, manifest.missing, manifest.files.count], [4, [], 1]);
  });
});

folderTest(
  "a backup that never catches up with removals ends, and says what it lacks",
  async (folder) => {
    const folders = foldersIn(folder);
    await withServer(folders, async (server) => {
      const alice = await server.join("alice");
      let file = await share(alice, bytes, { name: "0.txt" });
      let snapshots = 0;
      const manifest = await backedUp(folder, folders, {
        onSnapshot: async () => {
          await alice.ok({ t: "remove", file: file.file });
          file = await share(alice, bytes, { name: `${++snapshots}.txt` });
        },
      });
      assertEquals([snapshots, manifest.missing], [10, ["lobby/9.txt"]]);
    });
  },
);

for (
  const [what, harm] of [
    ["altered", (path: string) => Deno.writeTextFile(path, "other", { append: true })],
    ["taken away", (path: string) => Deno.remove(path)],
    ["a symbolic link to its bytes", async (path: string) => {
      await Deno.rename(path, `${path}.elsewhere`);
      await Deno.symlink(`${path}.elsewhere`, path);
    }],
  ] as const
) {
  folderTest(
    `a file that is ${what} is said to be missing, the others are copied`,
    async (folder) => {
      const folders = await smallServer(folder);
      await harm(join(folders.files, "lobby", "a.txt"));
      let snapshots = 0;
      const manifest = await backedUp(folder, folders, {
        onSnapshot: () => Promise.resolve(void snapshots++),
      });
      assertEquals([snapshots, manifest.missing], [2, ["lobby/a.txt"]]);
      const to = foldersIn(folder, "restored");
      await restore({ from: join(folder, "backup"), ...to });
      const names = (await Array.fromAsync(Deno.readDir(join(to.files, "lobby")))).map(({ name }) =>
        name
      );
      assertEquals(names, ["b.txt"]);
    },
  );
}

folderTest(
  "a restored file isn't newer than its sharing, or it would look altered",
  async (folder) => {
    const to = await smallBackup(folder);
    await restore({ from: join(folder, "backup"), ...to });
    const was = await Deno.stat(join(foldersIn(folder).files, "lobby", "a.txt"));
    const is = await Deno.stat(join(to.files, "lobby", "a.txt"));
    assertEquals(is.mtime, was.mtime);
  },
);

folderTest("only its owner can read a backup and what is restored from it", async (folder) => {
  const to = await madeBackup(folder);
  await restore({ from: join(folder, "backup"), ...to });
  const modes = new Map<string, number>();
  for (const path of ["backup", "backup/parley.db", "backup/manifest.json"]) {
    modes.set(path, (await Deno.stat(join(folder, path))).mode ?? 0);
  }
  modes.set("restored", (await Deno.stat(join(to.data, "parley.db"))).mode ?? 0);
  for (const [path, mode] of modes) assertEquals(mode & 0o077, 0, path);
});

folderTest(
  "what a server shows to be comes along, and is checked like the rest",
  async (folder) => {
    const from = await smallServer(folder);
    for (const name of ["tls.key", "tls.crt"]) {
      await Deno.writeTextFile(
        join(from.data, name),
        name,
      );
    }
    await backedUp(folder, from);
    const to = foldersIn(folder, "restored");
    await restore({ from: join(folder, "backup"), ...to });
    assertEquals(await Deno.readTextFile(join(to.data, "tls.key")), "tls.key");
    assertEquals(((await Deno.stat(join(to.data, "tls.key"))).mode ?? 0) & 0o777, 0o600);
    await Deno.writeTextFile(join(folder, "backup", "tls.key"), "other");
    const again = foldersIn(folder, "again");
    await refuses(
      () => restore({ from: join(folder, "backup"), ...again }),
      '"tls.key" isn\'t what it was',
      again,
    );
  },
);

folderTest("a manifest can't name a file elsewhere", async (folder) => {
  const to = await smallBackup(folder);
  const path = join(folder, "backup", manifestName);
  const text = await Deno.readTextFile(path);
  const elsewhere = { name: "../../x", bytes: 0, sha256: "0".repeat(64) };
  await Deno.writeTextFile(path, JSON.stringify({ ...JSON.parse(text), beside: [elsewhere] }));
  await refuses(() => restore({ from: join(folder, "backup"), ...to }), 'names "../../x"', to);
});

folderTest("a backup isn't made over what is there", async (folder) => {
  await smallBackup(folder);
  const { message } = await assertRejects(() => backedUp(folder, foldersIn(folder)), Error);
  assertStringIncludes(message, "something is in it");
});

folderTest("there is no backup of a folder that no server has used", async (folder) => {
  const { message } = await assertRejects(() => backedUp(folder, foldersIn(folder)), Error);
  assertStringIncludes(message, "no server has kept anything there");
});

folderTest(
  "what a backup that was stopped has left is taken away by the next one",
  async (folder) => {
    const folders = await smallServer(folder);
    const left = unfinishedPath(join(folder, "backup"));
    await Deno.mkdir(join(left, "files", "lobby"), { recursive: true });
    await Deno.writeTextFile(join(left, "files", "lobby", "x"), "half");
    await backedUp(folder, folders);
    const files = await Array.fromAsync(Deno.readDir(join(folder, "backup", "files", "lobby")));
    assertEquals(files.map(({ name }) => name).toSorted(), ["a.txt", "b.txt"]);
  },
);

Deno.test({
  name: "a full disk is told of, and nothing is left on it, where a backup or what it becomes goes",
  ignore: !canMount(),
  fn: () =>
    inFolder(async (folder) => {
      const folders = foldersIn(folder);
      await withServer(folders, async (server) => {
        const alice = await server.join("alice");
        await share(alice, counted(1_000_000), { name: "a.txt" });
      });
      await backedUp(folder, folders);
      await using disk = await SmallDisk.mount(600_000);
      const to = join(disk.path, "backup");
      const { message } = await assertRejects(() => backedUp(folder, folders, { to }), Error);
      assertMatch(message, /^Cannot back up to .*No space left on device/);
      const left = await Array.fromAsync(Deno.readDir(unfinishedPath(to)));
      assertEquals(left.map(({ name }) => name), ["lock"]);
      await Deno.remove(unfinishedPath(to), { recursive: true });
      const small = foldersIn(disk.path);
      const from = join(folder, "backup");
      await refuses(() => restore({ from, ...small }), "No space left on device", small);
    }),
});

folderTest("two backups aren't written to one folder at once", async (folder) => {
  const folders = await smallServer(folder);
  const { message } = await assertRejects(
    () =>
      backedUp(folder, folders, { onSnapshot: async () => void await backedUp(folder, folders) }),
    Error,
  );
  assertStringIncludes(message, "another backup to");
});

folderTest("a backup that wasn't completed isn't restored", async (folder) => {
  const to = await smallBackup(folder);
  const from = join(folder, "backup");
  await Deno.remove(join(from, manifestName));
  await refuses(() => restore({ from, ...to }), "no backup is there that was completed", to);
});

folderTest("a manifest that isn't one, or is a newer one, isn't restored", async (folder) => {
  const to = await smallBackup(folder);
  const from = join(folder, "backup");
  const text = await Deno.readTextFile(join(from, manifestName));
  const write = (text: string) => Deno.writeTextFile(join(from, manifestName), text);
  await write(text.replace('"format": 1', '"format": 2'));
  await refuses(() => restore({ from, ...to }), "Parley 1.2.3 made it", to);
  await write(text.replace('"events"', '"event"'));
  await refuses(() => restore({ from, ...to }), "isn't one of Parley's", to);
});

folderTest("a backup whose database was altered isn't restored", async (folder) => {
  const to = await smallBackup(folder);
  const from = join(folder, "backup");
  using file = await Deno.open(join(from, "parley.db"), { read: true, write: true });
  await file.seek(-1, Deno.SeekMode.End);
  await file.write(new Uint8Array([1]));
  await refuses(() => restore({ from, ...to }), '"parley.db" isn\'t what it was', to);
});

folderTest("a backup with a file that was altered or is missing isn't restored", async (folder) => {
  const to = await smallBackup(folder);
  const from = join(folder, "backup");
  const path = join(from, "files", "lobby", "a.txt");
  await Deno.writeFile(path, bytes.toReversed());
  await refuses(() => restore({ from, ...to }), '"files/lobby/a.txt" isn\'t what it was', to);
  await Deno.remove(path);
  await refuses(() => restore({ from, ...to }), '"files/lobby/a.txt" isn\'t what it was', to);
});

folderTest("nothing is restored over what is there", async (folder) => {
  const to = await smallBackup(folder);
  const from = join(folder, "backup");
  for (const [name, option] of [["data", "--data"], ["files", "--files"]] as const) {
    await Deno.mkdir(to[name], { recursive: true });
    const path = join(to[name], "mine");
    await Deno.writeTextFile(path, "mine");
    const { message } = await assertRejects(() => restore({ from, ...to }), Error);
    assertStringIncludes(message, `name another folder with ${option}`);
    assertEquals(await Deno.readTextFile(path), "mine");
    await Deno.remove(path);
  }
});

folderTest("nothing is restored where a server runs", async (folder) => {
  const to = await smallBackup(folder);
  await Deno.mkdir(to.data, { recursive: true });
  using _lock = await takeLock(join(to.data, "lock"), { path: to.data, option: "--data" });
  const from = join(folder, "backup");
  await refuses(() => restore({ from, ...to }), "another Parley server", to);
});

folderTest("the server that was backed up goes on as the same one", async (folder) => {
  const folders = foldersIn(folder);
  const id = await withServer(folders, (server) => Promise.resolve(server.core.backend.id));
  await backedUp(folder, folders);
  await withServer(folders, async (server) => {
    assertEquals(server.core.backend.id, id);
    const alice = await server.join("alice");
    const { file } = await share(alice, bytes);
    assertEquals(await bytesIn(server, "bob", file), bytes);
  });
});
