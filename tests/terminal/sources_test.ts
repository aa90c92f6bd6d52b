import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import type { KeptUpload } from "../../lib/client/transfer_state.ts";
import { ChatError } from "../../lib/errors.ts";
import { sourceKept, sourcesAt } from "../../lib/terminal/sources.ts";
import { TransferJournal } from "../../lib/terminal/transfer_journal.ts";
import { pathsFrom, typedPath } from "../../lib/terminal/typed_path.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { folderTest } from "../helpers/own_folder.ts";
import { sharedFile, someBytes } from "../helpers/transfer_scene.ts";

folderTest("a file is read from any place", async (folder) => {
  const path = join(folder, "a.bin");
  const bytes = someBytes(5000);
  Deno.writeFileSync(path, bytes);
  const [source] = await sourcesAt(path);
  const into = new Uint8Array(1000);
  for (const offset of [0, 1000, 4500, 200]) {
    const length = await source.read(into, offset);
    assertEquals(into.subarray(0, length), bytes.subarray(offset, offset + 1000));
  }
  assertEquals(await source.isSame(), true);
  Deno.writeFileSync(path, bytes.subarray(1));
  assertEquals(await source.isSame(), false);
  source.close();
  Deno.removeSync(path);
  const gone = '"a.bin" isn\'t there any more';
  assertEquals((await assertRejects(() => source.isSame(), ChatError)).message, gone);
  assertEquals((await assertRejects(() => source.read(into, 0), ChatError)).message, gone);
});

folderTest("of a folder every file is sent with its path, links left out", async (folder) => {
  const top = join(folder, "photos");
  Deno.mkdirSync(join(top, "summer"), { recursive: true });
  for (const name of ["b.jpg", "a.jpg", "summer/c.jpg"]) {
    Deno.writeTextFileSync(join(top, name), name);
  }
  Deno.symlinkSync("/etc/passwd", join(top, "link"));
  const sources = await sourcesAt(top);
  assertEquals(sources.map(({ name, folder }) => `${folder}/${name}`), [
    "photos/a.jpg",
    "photos/b.jpg",
    "photos/summer/c.jpg",
  ]);
});

folderTest("hidden files and folders in a folder are left out, and counted", async (folder) => {
  const top = join(folder, "work");
  Deno.mkdirSync(join(top, ".git"), { recursive: true });
  Deno.mkdirSync(join(top, "below"));
  for (const name of [".env", ".git/config", "below/.key", "below/a.txt"]) {
    Deno.writeTextFileSync(join(top, name), name);
  }
  const told: number[] = [];
  const names = async (path: string) =>
    (await sourcesAt(path, (hidden) => told.push(hidden))).map(({ name }) => name);
  assertEquals(await names(top), ["a.txt"]);
  assertEquals(told, [3]);
  assertEquals(await names(join(top, ".env")), [".env"]);
  Deno.removeSync(join(top, "below"), { recursive: true });
  await assertRejects(() => sourcesAt(top), ChatError, "no file in it that isn't hidden by a dot");
  assertEquals(told, [3]);
});

folderTest("what isn't there or holds nothing is told", async (folder) => {
  const nothing = join(folder, "nothing");
  await assertRejects(() => sourcesAt(nothing), ChatError, "it isn't there");
  Deno.mkdirSync(nothing);
  await assertRejects(() => sourcesAt(nothing), ChatError, "there is no file in it");
});

folderTest(
  "the journal keeps what is under way, and what a crash cut is passed over",
  async (folder) => {
    const path = join(folder, "journal.json");
    const clock = new FakeClock();
    const journal = new TransferJournal(path, clock);
    assertEquals(journal.read(), []);
    const file = join(folder, "a.txt");
    Deno.writeTextFileSync(file, "text");
    const [{ stamp }] = await sourcesAt(file);
    const upload: KeptUpload = {
      way: "up",
      origin: file,
      stamp,
      name: "a.txt",
      place: { room: "lobby" },
      cid: "c1",
    };
    const download = { way: "down", file: sharedFile(someBytes(3)) } as const;
    journal.keep([upload]);
    journal.keep([upload, download]);
    assertEquals(journal.read(), [upload, download]);
    const many = Array.from({ length: 101 }, () => download);
    journal.keep(many);
    assertEquals(journal.read(), [upload, download]);
    await clock.tick(1000);
    assertEquals(journal.read(), many);
    journal.keep([upload]);
    assertEquals((await sourceKept(upload))?.stamp, stamp);
    assertEquals(await sourceKept({ ...upload, origin: join(folder, "gone") }), undefined);
    Deno.writeTextFileSync(path, '{"v":1,"transfers":[{"way":"up"');
    assertEquals(journal.read(), []);
    Deno.writeTextFileSync(path, '{"v":1,"transfers":[{"way":"sideways"}]}');
    assertEquals(journal.read(), []);
  },
);

const typed: readonly [string, string][] = [
  ["notes.txt", "/desk/notes.txt"],
  ["./a/../notes.txt", "/desk/notes.txt"],
  ["/tmp/x", "/tmp/x"],
  ["~", "/home/me"],
  ["~/x y", "/home/me/x y"],
  ["~other", "/desk/~other"],
];

for (const [path, wanted] of typed) {
  Deno.test(`the path ${path} is ${wanted}`, () => {
    assertEquals(typedPath(path, { folder: "/desk", home: "/home/me" }), wanted);
  });
}

folderTest("paths that are typed go on with what is there", (folder) => {
  Deno.mkdirSync(join(folder, "photos"));
  for (const name of ["plan.txt", "notes.txt", ".hidden", "photos/a.jpg"]) {
    Deno.writeTextFileSync(join(folder, name), "");
  }
  const from = (path: string) => pathsFrom(path, { folder });
  assertEquals(from("p"), ["photos/", "plan.txt"]);
  assertEquals(from(""), ["notes.txt", "photos/", "plan.txt"]);
  assertEquals(from("."), [".hidden"]);
  assertEquals(from("photos/"), ["photos/a.jpg"]);
  assertEquals(from("nowhere/x"), []);
  assert(from(`${folder}/n`)[0].endsWith("/notes.txt"));
  return Promise.resolve();
});
