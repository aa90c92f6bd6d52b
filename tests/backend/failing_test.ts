import { assert, assertEquals, assertIsError, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { lobby } from "../../lib/names.ts";
import { alice, all, append, keep, keepSaid, outcomes, said, user } from "../contract/scene.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { DataFolder } from "./folder.ts";

keepThreads();

/** Makes the database fail whenever `boom` is stored, however SQLite then ends the transaction. */
function plant(folder: DataFolder, how: "ROLLBACK" | "ABORT" | "FAIL"): void {
  using database = folder.database();
  database.exec(`
    CREATE TRIGGER boom BEFORE INSERT ON event WHEN new.text = 'boom'
    BEGIN SELECT RAISE(${how}, 'planted'); END
  `);
}

for (const how of ["ROLLBACK", "ABORT", "FAIL"] as const) {
  Deno.test(`a commit that fails with ${how} keeps nothing, and the next one works`, async () => {
    await using folder = new DataFolder();
    await using backend = await folder.open();
    await keepSaid(backend, { count: 1 });
    plant(folder, how);
    const [first, boom, login] = await Promise.allSettled([
      backend.log.append(append([said(2, "neighbour")])),
      backend.log.append(append([said(1, "boom")], lobby)),
      backend.accounts.save([user(alice)]),
    ]);
    for (const result of [first, boom]) {
      assert(result.status === "fulfilled" && result.value.outcome === "failed");
      assertEquals(result.value.error.code, "internal");
      assert(!result.value.error.message.includes("planted"));
      assertIsError(result.value.error.cause, Error, "planted");
    }
    assert(login.status === "rejected" && login.reason instanceof ChatError);
    assertEquals(login.reason.code, "internal");
    assertEquals(await backend.log.open(lobby), undefined);
    await keep(backend, [said(2, "after")]);
    assertEquals(await all(backend), [said(1), said(2, "after")]);
  });
}

Deno.test("a conflict beside a failing append doesn't hide the failure", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  plant(folder, "ROLLBACK");
  const appended = await Promise.all([
    backend.log.append(append([said(5)])),
    backend.log.append(append([said(1, "boom")], lobby)),
  ]);
  assertEquals(outcomes(appended), ["failed", "failed"]);
});

Deno.test("somebody else's lock on the file is a failure after two seconds", async () => {
  await using folder = new DataFolder();
  await using backend = await folder.open();
  using database = folder.database();
  database.exec("BEGIN IMMEDIATE");
  const appended = await backend.log.append(append([said(1)]));
  assert(appended.outcome === "failed");
  assertEquals(appended.error.code, "internal");
  database.exec("ROLLBACK");
  await keep(backend, [said(1)]);
});

Deno.test("a store that is closed refuses what comes", async () => {
  await using folder = new DataFolder();
  const backend = await folder.open();
  await backend[Symbol.asyncDispose]();
  const appended = await backend.log.append(append([said(1)]));
  assertEquals(appended.outcome, "failed");
  await assertRejects(() => backend.log.rooms(), Error, "closed");
});
