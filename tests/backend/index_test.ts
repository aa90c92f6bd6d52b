import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { SqliteBackend } from "../../lib/backend/sqlite.ts";
import { event, found, keep, keepSaid, other, room, said, timeOf } from "../contract/scene.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { DataFolder } from "./folder.ts";

keepThreads();

async function begin(folder: DataFolder): Promise<void> {
  await using backend = await folder.open();
  await keep(backend, [said(1, "the first word"), said(2, "北京"), said(3, "another word")]);
  await backend.erased();
}

/** What is found before and after everything is indexed. */
async function findsAll(backend: SqliteBackend): Promise<void> {
  for (const _ of ["before", "after"]) {
    assertEquals(await found(backend, "word"), ["another word", "the first word"]);
    assertEquals(await found(backend, "北京"), ["北京"]);
    await backend.erased();
    assertEquals(await backend.search.lag(), 0);
  }
}

const damages: Record<string, (path: string) => void | Promise<void>> = {
  "is missing": (path) => Deno.removeSync(path),
  "is empty": (path) => Deno.truncateSync(path, 0),
  "is no database": (path) => Deno.writeTextFileSync(path, "rubbish ".repeat(1000)),
  "has a hole": (path) => {
    using file = Deno.openSync(path, { write: true });
    file.seekSync(8192, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(Deno.statSync(path).size - 8192).fill(7));
  },
  "is another store's": async (path) => {
    await using folder = new DataFolder();
    {
      await using backend = await folder.open();
      await keep(backend, [said(1, "something"), said(2, "else"), said(3, "altogether")]);
      await backend.erased();
    }
    await Deno.copyFile(`${folder.path}/search.db`, path);
  },
  "is ahead of the log": (path) => {
    using db = new DatabaseSync(path);
    db.exec("UPDATE meta SET value = 1000 WHERE key = 'position'");
  },
  "has an older layout": (path) => {
    using db = new DatabaseSync(path);
    db.exec("UPDATE meta SET value = '0' WHERE key = 'layout'");
  },
};

for (const [what, damage] of Object.entries(damages)) {
  Deno.test(`an index that ${what} is made again from the log`, async () => {
    await using folder = new DataFolder();
    await begin(folder);
    await damage(`${folder.path}/search.db`);
    await using backend = await folder.open();
    await findsAll(backend);
    // Also what is new.
    await keep(backend, [said(4, "something later")]);
    await backend.erased();
    assertEquals(await found(backend, "something"), ["something later"]);
  });
}

Deno.test("the index goes on where it was when the folder is opened again", async () => {
  await using folder = new DataFolder();
  await begin(folder);
  await using backend = await folder.open();
  assertEquals(await backend.search.lag(), 0);
  await keep(backend, [said(4, "a new word")]);
  assertEquals((await found(backend, "word"))[0], "a new word");
});

Deno.test("an edit that isn't indexed yet is found among what is, in its place", async () => {
  await using folder = new DataFolder();
  await begin(folder);
  using database = folder.database();
  await using backend = await folder.open();
  await keep(backend, [event(4, { t: "edited", target: 2, text: "an edited word" })]);
  assertEquals(await found(backend, "word"), ["another word", "an edited word", "the first word"]);
  assertEquals(await found(backend, "北京"), []);
  database.close();
});

Deno.test("lag() tells how many events the index is behind", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  await backend.erased();
  assertEquals(await backend.search.lag(), 0);
});

Deno.test("numbers of events aren't used again when all are forgotten", async () => {
  await using folder = new DataFolder();
  {
    await using backend = await folder.open();
    await keepSaid(backend, { count: 2500 });
    await keepSaid(backend, { from: 2501, count: 1 });
    await backend.erased();
    await backend.log.forget(timeOf(3000));
  }
  await using backend = await folder.open();
  await keep(backend, [said(1, "a word")], other);
  await backend.erased();
  assertEquals(await found(backend, "message"), []);
  assertEquals(await found(backend, "word"), ["a word"]);
  using database = folder.database();
  assertEquals(database.prepare("SELECT n FROM event").get()?.n, 2502);
});

Deno.test("what is forgotten a slice at a time is forgotten whole", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  await keepSaid(backend, { count: 2500 });
  await keep(backend, [said(1), said(2)], other);
  await backend.log.forget(timeOf(2400));
  assertEquals((await backend.log.open(room))?.first, 2400);
  assertEquals((await backend.log.open(other))?.first, 3);
});
