import { DatabaseSync } from "node:sqlite";
import { assertEquals, assertThrows } from "@std/assert";
import { Standing } from "../../lib/backend/sqlite/standing.ts";
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

Deno.test("events of an older file are paged as before, without what isn't shown", () => {
  using db = new DatabaseSync(":memory:");
  const before = migrations.findIndex((step) => String(step).includes("DROP INDEX event_shown"));
  migrate(db, migrations.slice(0, before));
  const add = db.prepare(
    `INSERT INTO event (conversation, seq, at, kind, shown, uid, user, text, target, detail)
     VALUES (1, ?, 0, ?, ?, 'u', 'alice', ?, ?, ?)`,
  );
  add.run(1, "said", 1, "one", null, null);
  add.run(2, "reacted", 0, null, 1, '{"emoji":"+","on":true}');
  add.run(3, "said", 1, "three", null, null);
  migrate(db);
  const page = new Standing(db).page({ id: 1, first: 1 }, { before: 4, limit: 2, bytes: 1000 });
  assertEquals(page.events.map(({ seq }) => seq), [1, 3]);
  assertEquals(page.more, false);
  assertThrows(() => add.run(3, "said", 1, "again", null, null), Error, "UNIQUE");
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
