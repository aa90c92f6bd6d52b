import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "@std/assert";
import { migrate, migrations, versionOf } from "../../lib/backend/sqlite/schema.ts";

const steps = [
  "CREATE TABLE a (x); INSERT INTO a VALUES (1)",
  "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1",
  "CREATE TABLE b AS SELECT y FROM a",
];

Deno.test("migrate() brings an empty file to the newest version", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db);
  assertEquals(versionOf(db), migrations.length);
  assertEquals(db.prepare("SELECT count(*) AS n FROM event").get()?.n, 0);
});

for (const from of [0, 1, 2, 3]) {
  Deno.test(`migrate() brings a file of version ${from} to the newest one, with its rows`, () => {
    using db = new DatabaseSync(":memory:");
    migrate(db, steps.slice(0, from));
    assertEquals(versionOf(db), from);
    migrate(db, steps);
    assertEquals(versionOf(db), 3);
    assertEquals(db.prepare("SELECT y FROM b").get()?.y, 2);
  });
}

Deno.test("migrate() leaves a table of cids as it is that an early file has already", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db, migrations.slice(0, 2));
  db.exec(`
    DROP INDEX event_cid; ALTER TABLE event DROP COLUMN digest;
    CREATE TABLE filed (hash INTEGER, n INTEGER, PRIMARY KEY (hash, n)) WITHOUT ROWID;
    INSERT INTO filed VALUES (7, 1);
  `);
  migrate(db);
  assertEquals(versionOf(db), migrations.length);
  assertEquals(db.prepare("SELECT hash, n FROM filed").all().map(({ hash, n }) => [hash, n]), [
    [7, 1],
  ]);
});

Deno.test("a step that fails leaves the version before it, whole", () => {
  using db = new DatabaseSync(":memory:");
  const failing = [steps[0], "CREATE TABLE c (x); INSERT INTO nowhere VALUES (1)"];
  assertThrows(() => migrate(db, failing), Error, "nowhere");
  assertEquals(versionOf(db), 1);
  assertThrows(() => db.prepare("SELECT * FROM c"), Error, "no such table");
  migrate(db, steps);
});

Deno.test("migrate() refuses a file of a newer version, and leaves it alone", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db, steps);
  assertThrows(
    () => migrate(db, steps.slice(0, 2)),
    Error,
    "newer Parley (version 3 of its layout",
  );
  assertEquals(versionOf(db), 3);
});
