import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { ChatError } from "../../lib/errors.ts";
import type { SharedFile } from "../../lib/events.ts";
import type { FileId } from "../../lib/names.ts";
import { Received } from "../../lib/terminal/received.ts";
import { folderTest } from "../helpers/own_folder.ts";
import { digestOf, sharedFile, someBytes } from "../helpers/transfer_scene.ts";

const bytes = someBytes(1000);

async function receive(received: Received, file: SharedFile): Promise<string> {
  const sink = received.sink(file, "s1");
  await sink.open();
  await sink.write(bytes);
  const path = await sink.finish();
  await sink.close();
  return path;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).toSorted();
}

folderTest("a file gets its name when it is whole, and nothing else stays", async (folder) => {
  const received = new Received(folder, "alice");
  const sink = received.sink(sharedFile(bytes), "s1");
  assertEquals(await sink.open(), 0);
  await sink.write(bytes.subarray(0, 400));
  assertEquals(namesIn(folder).filter((name) => !name.startsWith(".")), []);
  await sink.write(bytes.subarray(400));
  assertEquals(sink.sha256(), digestOf(bytes));
  assertEquals(await sink.finish(), join(folder, "notes.txt"));
  assertEquals(namesIn(folder), ["notes.txt"]);
  assertEquals(await Deno.readFile(join(folder, "notes.txt")), bytes);
});

folderTest("a name that is taken is never written over", async (folder) => {
  const received = new Received(folder, "alice");
  Deno.writeTextFileSync(join(folder, "notes.txt"), "mine");
  const paths = [await receive(received, sharedFile(bytes))];
  paths.push(await receive(received, sharedFile(bytes, { name: "NOTES.txt" })));
  assertEquals(paths, [join(folder, "notes (2).txt"), join(folder, "NOTES (3).txt")]);
  assertEquals(Deno.readTextFileSync(join(folder, "notes.txt")), "mine");
});

folderTest(
  "where a file can't have two names it is moved, and overwrites nothing",
  async (folder) => {
    const received = new Received(folder, "alice", { isLinking: false });
    Deno.writeTextFileSync(join(folder, "notes.txt"), "mine");
    assertEquals(await receive(received, sharedFile(bytes)), join(folder, "notes (2).txt"));
    assertEquals(await Deno.readFile(join(folder, "notes (2).txt")), bytes);
    assertEquals(namesIn(folder), ["notes (2).txt", "notes.txt"]);
    assertEquals(Deno.readTextFileSync(join(folder, "notes.txt")), "mine");
  },
);

const names: readonly [string, string | undefined, string][] = [
  ["../../etc/passwd", undefined, "_.._etc_passwd"],
  ["/etc/passwd", undefined, "_etc_passwd"],
  [".bashrc", undefined, "bashrc"],
  ["CON", undefined, "_CON"],
  ["a\u202efdp.exe", undefined, "afdp.exe"],
  ["", undefined, "file"],
  ["a.txt", "one/two", "one/two/a.txt"],
  ["a.txt", "../up", "a.txt"],
  ["a.txt", "/abs", "a.txt"],
];

for (const [name, inside, path] of names) {
  folderTest(`${JSON.stringify([inside, name])} is received as ${path}`, async (folder) => {
    const file = sharedFile(bytes, { name, ...inside === undefined ? {} : { folder: inside } });
    assertEquals(await receive(new Received(folder, "alice"), file), join(folder, path));
  });
}

folderTest("files of one folder are received at once", async (folder) => {
  const received = new Received(folder, "alice");
  const names = Array.from({ length: 20 }, (_, index) => `${index}.txt`);
  await Promise.all(names.map((name) => {
    return receive(received, sharedFile(bytes, { file: name as FileId, name, folder: "a/b/c" }));
  }));
  assertEquals(namesIn(join(folder, "a", "b", "c")), names.toSorted());
});

folderTest("a symbolic link in the place of a folder isn't followed", async (folder) => {
  const outside = join(folder, "outside");
  const inside = join(folder, "in");
  Deno.mkdirSync(outside);
  Deno.mkdirSync(inside);
  Deno.symlinkSync(outside, join(inside, "docs"));
  const file = sharedFile(bytes, { folder: "docs" });
  await assertRejects(() => receive(new Received(inside, "alice"), file), ChatError, "no folder");
  assertEquals(namesIn(outside), []);
});

folderTest("what came before a crash is taken up and hashed", async (folder) => {
  const first = new Received(folder, "alice").sink(sharedFile(bytes), "s1");
  await first.open();
  await first.write(bytes.subarray(0, 300));
  await first.close();
  const second = new Received(folder, "alice").sink(sharedFile(bytes), "s1");
  assertEquals(await second.open(), 300);
  await second.write(bytes.subarray(300));
  assertEquals(second.sha256(), digestOf(bytes));
  await second.finish();
});

folderTest("two clients don't write into one part file", async (folder) => {
  const first = new Received(folder, "alice").sink(sharedFile(bytes), "s1");
  await first.open();
  const second = new Received(folder, "alice").sink(sharedFile(bytes), "s1");
  await assertRejects(() => second.open(), ChatError, "Another client");
  await first.drop();
  assertEquals(namesIn(folder), []);
});

folderTest("what was dropped takes nothing any more", async (folder) => {
  const sink = new Received(folder, "alice").sink(sharedFile(bytes), "s1");
  await sink.open();
  const writing = sink.write(bytes);
  await sink.drop();
  await writing;
  await sink.write(bytes);
  assertEquals(namesIn(folder), []);
});

folderTest(
  "orphans are swept, but not what is gone on with nor what is others'",
  async (folder) => {
    const alice = new Received(folder, "alice");
    const leave = async (received: Received, id: string) => {
      const file = sharedFile(bytes, { file: id as FileId });
      const sink = received.sink(file, "s1");
      await sink.open();
      await sink.write(bytes);
      await sink.close();
      return file;
    };
    const wanted = await leave(alice, "f1");
    await leave(alice, "f2");
    await leave(new Received(folder, "bob"), "f3");
    Deno.writeTextFileSync(join(folder, "mine.txt"), "mine");
    await alice.sweep([wanted], "s1", Date.now());
    assertEquals(namesIn(folder).length, 3);
    await alice.sweep([wanted], "s1", Date.now() + 8 * 24 * 3_600_000);
    assertEquals(namesIn(folder).length, 2);
    assert(namesIn(folder).includes("mine.txt"));
  },
);
