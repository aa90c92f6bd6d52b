import { assertEquals } from "@std/assert";
import { Cids } from "../../lib/backend/sqlite/cids.ts";
import { Forgetting } from "../../lib/backend/sqlite/forgetting.ts";
import { LogFeed } from "../../lib/backend/sqlite/log_feed.ts";
import { Places } from "../../lib/backend/sqlite/places.ts";
import { keep, keepSaid, other, said, timeOf } from "../contract/scene.ts";
import { DataFolder } from "./folder.ts";

Deno.test("the index is told of what is forgotten when all of it is, not at the first slice", async () => {
  await using folder = new DataFolder();
  {
    await using backend = await folder.open();
    await keepSaid(backend, { count: 1500 });
    await keep(backend, [said(1)], other);
  }
  using database = folder.database();
  using feed = new LogFeed(`${folder.path}/parley.db`);
  const forgetting = new Forgetting(database, {
    cids: new Cids(database),
    places: new Places(database),
  });
  const at = timeOf(1400);
  const told: number[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    database.exec("BEGIN IMMEDIATE");
    const done = forgetting.slice({ at, from, n: 1501 });
    database.exec("COMMIT");
    told.push(feed.forgotten());
    from = done !== 0 && done.is === "forgotten up to" ? done.from : undefined;
  }
  assertEquals(told, [0, at]);
});
