import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { lobby } from "../../lib/names.ts";
import { alice, all, keep, keepSaid, room, said, user } from "../contract/scene.ts";
import { DataFolder } from "./folder.ts";

Deno.test("what was kept is there when the folder is opened again", async () => {
  await using folder = new DataFolder();
  let id: string;
  {
    await using backend = await folder.open();
    id = backend.id;
    await keepSaid(backend, { count: 3 });
    await backend.accounts.save([user(alice)]);
    await backend.accounts.mark(alice.uid, { conversation: room, seq: 2 });
  }
  await using backend = await folder.open();
  assertEquals(backend.id, id);
  assertEquals(await all(backend), [said(1), said(2), said(3)]);
  assertEquals(await backend.accounts.holders(), [user(alice)]);
  assertEquals(await backend.accounts.marks(alice.uid), [{ conversation: room, seq: 2 }]);
  await keep(backend, [said(4)]);
});

Deno.test("each store has an id of its own", async () => {
  await using one = new DataFolder();
  await using other = new DataFolder();
  await using first = await one.open();
  await using second = await other.open();
  assert(first.id !== second.id);
});

Deno.test("closing finishes what is queued, and leaves nothing beside the databases", async () => {
  await using folder = new DataFolder();
  const backend = await folder.open();
  const kept = keepSaid(backend, { count: 10 });
  await backend[Symbol.asyncDispose]();
  await kept;
  assertEquals(folder.names(), ["lock", "parley.db", "search.db"]);
  await using again = await folder.open();
  assertEquals((await all(again)).length, 10);
});

Deno.test("a folder that is in use is refused with a sentence that names the process", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  const error = await assertRejects(() => folder.open(), Error);
  assertEquals(
    error.message,
    `Cannot use "${folder.path}": another Parley server (process ${Deno.pid}) is using it; ` +
      "stop that one or name another folder with --data",
  );
  await keepSaid(backend, { count: 1 });
});

Deno.test("a folder is free again after it was closed, or couldn't be opened", async () => {
  await using folder = new DataFolder();
  await Deno.mkdir(`${folder.path}/parley.db`, { recursive: true });
  await assertRejects(() => folder.open(), Error, `Cannot use "${folder.path}"`);
  await Deno.remove(`${folder.path}/parley.db`);
  await (await folder.open())[Symbol.asyncDispose]();
  await (await folder.open())[Symbol.asyncDispose]();
});

Deno.test("a database of a newer version is refused with a sentence", async () => {
  await using folder = new DataFolder();
  await (await folder.open())[Symbol.asyncDispose]();
  using database = folder.database();
  database.exec("PRAGMA user_version = 99");
  const error = await assertRejects(() => folder.open(), Error);
  assertMatch(error.message, /^Cannot use ".*": it was written by a newer Parley/);
});

Deno.test("a file that is no database is refused with a sentence", async () => {
  await using folder = new DataFolder();
  await Deno.mkdir(folder.path);
  await Deno.writeTextFile(`${folder.path}/parley.db`, "not a database at all ".repeat(100));
  const error = await assertRejects(() => folder.open(), Error);
  assertEquals(error.message, `Cannot use "${folder.path}": file is not a database`);
});

Deno.test({
  name: "nobody else may read the folder or what is in it",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = new DataFolder();
    await using backend = await folder.open();
    await keepSaid(backend, { count: 1 });
    await backend.erased();
    const modes = [".", ...folder.names()].map((name) => {
      const { mode } = Deno.statSync(`${folder.path}/${name}`);
      return [name, ((mode ?? 0) & 0o777).toString(8)];
    });
    assertEquals(modes.filter(([name, mode]) => mode !== (name === "." ? "700" : "600")), []);
  },
});

Deno.test("a store needs to read its program, and nothing else but its folder", async () => {
  await using folder = new DataFolder();
  const url = (path: string) => new URL(path, import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      `--allow-read=${url("../../lib")},${folder.path}`,
      `--allow-write=${folder.path}`,
      url("./open_store.ts"),
      folder.path,
    ],
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(code, 0);
  await using backend = await folder.open();
  assertEquals((await all(backend, lobby)).length, 1);
});
