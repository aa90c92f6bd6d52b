import { assertEquals, assertNotEquals } from "@std/assert";
import type { SqliteBackend } from "../../lib/backend/sqlite.ts";
import { limits } from "../../lib/limits.ts";
import { append, event, keep, keepSaid, room, said, timeOf } from "../contract/scene.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { DataFolder } from "./folder.ts";

keepThreads();

const secret = "the vault's combination is";

async function isErased(folder: DataFolder, backend: SqliteBackend): Promise<void> {
  await backend.erased();
  assertEquals(folder.filesWith(secret), []);
}

Deno.test("the text of a deleted message is in no file, while the store is open", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  await keepSaid(backend, { count: 50 });
  await keep(backend, [said(51, `${secret} 1234`)]);
  assertNotEquals(folder.filesWith(secret), []);
  await keep(backend, [event(52, { t: "deleted", target: 51 })]);
  await isErased(folder, backend);
});

Deno.test("the text of a deleted message is gone after it was indexed", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  await keep(backend, [said(1, `${secret} 1234`), said(2)]);
  await backend.erased();
  assertEquals(folder.filesWith(secret).some((name) => name.startsWith("search.db")), true);
  await keep(backend, [event(3, { t: "deleted", target: 1 })]);
  await isErased(folder, backend);
});

Deno.test("all texts of a message that was edited are gone", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  await keep(backend, [said(1, `${secret} 1234`)]);
  await backend.erased();
  await keep(backend, [event(2, { t: "edited", target: 1, text: `${secret} 12345` })]);
  await backend.erased();
  await keep(backend, [event(3, { t: "edited", target: 1, text: "something else" })]);
  await keep(backend, [event(4, { t: "deleted", target: 1 })]);
  await isErased(folder, backend);
});

Deno.test("texts too long for one page of the file are gone", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  const long = `${secret} `.repeat(500).slice(0, limits.textBytesMax);
  await keep(backend, [said(1, long), said(2)]);
  await backend.erased();
  await keep(backend, [event(3, { t: "deleted", target: 1 })]);
  await isErased(folder, backend);
});

Deno.test("texts are gone wherever rows have moved in the files", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  const count = 300;
  // Other lengths each time make rows move between pages.
  const text = (seq: number, round: number) => `${secret} ${"x".repeat((seq * 37 * round) % 900)}`;
  await keep(backend, Array.from({ length: count }, (_, i) => said(i + 1, text(i + 1, 1))));
  await backend.erased();
  let seq = count;
  for (const round of [2, 3]) {
    const edits = Array.from({ length: count }, (_, index) => {
      const target = (index * 7) % count + 1;
      return event(++seq, { t: "edited", target, text: text(target, round) });
    });
    await keep(backend, edits);
    await backend.erased();
  }
  const targets = Array.from({ length: count }, (_, index) => (index * 11) % count + 1);
  await keep(backend, targets.map((target) => event(++seq, { t: "deleted", target })));
  await isErased(folder, backend);
});

Deno.test("the texts of what is forgotten are gone", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  const events = Array.from({ length: 50 }, (_, index) => said(index + 1, `${secret} ${index}`));
  await keep(backend, [...events, said(51, "stays")]);
  await backend.erased();
  await backend.log.forget(timeOf(51));
  await isErased(folder, backend);
});

Deno.test("a reader that holds the files delays the erasing, and nothing else", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  await keep(backend, [said(1, secret)]);
  using database = folder.database();
  database.exec("BEGIN");
  database.prepare("SELECT count(*) FROM event").get();
  await keep(backend, [event(2, { t: "deleted", target: 1 })]);
  await keep(backend, [said(3)]);
  assertEquals((await backend.log.append(append([said(4)], room))).outcome, "committed");
  assertNotEquals(folder.filesWith(secret), []);
  database.exec("COMMIT");
  await isErased(folder, backend);
});
