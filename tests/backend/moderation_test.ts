import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "@std/assert";
import { AuditReads, AuditWrites } from "../../lib/backend/sqlite/audit.ts";
import { migrate } from "../../lib/backend/sqlite/schema.ts";
import { limits } from "../../lib/limits.ts";
import { apply, emptyRoom } from "../../lib/rooms.ts";
import { moderated, rulesThen } from "../contract/moderation.ts";
import { alice, all, bob, event, keep, room } from "../contract/scene.ts";
import { TestServer } from "../helpers/peer.ts";
import { DataFolder } from "./folder.ts";

Deno.test("rules and the trail are there when the file is opened again", async () => {
  await using folder = new DataFolder();
  {
    await using backend = await folder.open();
    await keep(backend, moderated);
  }
  await using backend = await folder.open();
  assertEquals((await backend.log.open(room))?.rules, rulesThen);
  assertEquals(await all(backend), moderated);
  assertEquals((await backend.audit.read({ limit: 100 })).entries.length, 8);
  const by = { by: alice.user, by_uid: alice.uid };
  const unmuted = event(12, { t: "unmuted", ...by }, { by: bob });
  await keep(backend, [unmuted]);
  const applied = emptyRoom(room, "Physics");
  for (const one of [...moderated, unmuted]) apply(applied, one);
  assertEquals((await backend.log.open(room))?.rules, applied.rules);
});

Deno.test("bans and mutes hold when the server is started again on the same file", async () => {
  await using folder = new DataFolder();
  const tokens: string[] = [];
  {
    await using server = await TestServer.start({ backend: await folder.open() });
    const alice = await server.join("Alice", "tea");
    const bob = await server.join("Bob", "tea");
    const eve = await server.join("Eve");
    tokens.push(bob.token, eve.token);
    for (const known of server.core.people.sorted()) {
      if (known.uid === alice.uid) known.role = "moderator";
    }
    await alice.ok({ t: "mute", room: "tea", user: "Bob" });
    await alice.ok({ t: "ban", user: "Eve", reason: "spam" });
    await alice.ok({ t: "ban", address: "192.0.2.9", seconds: 3600 });
  }
  await using server = await TestServer.start({ backend: await folder.open() });
  const bob = server.connect();
  await bob.ok({ t: "hello", v: 1, token: tokens[0] });
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "hi" }), "muted");
  const eve = await server.connect().ask({ t: "hello", v: 1, token: tokens[1] });
  assertEquals([eve.code, eve.message], ["banned", "You are banned from this server: spam"]);
  assertEquals((await server.connect("192.0.2.9").next("refused")).code, "banned");
  await server.connect("192.0.2.10").hello("Fay");
});

Deno.test("the trail keeps the newest entries, and no more than its bound", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db);
  const writes = new AuditWrites(db);
  const entry = { did: "banned", by: "Alice", by_uid: alice.uid, address: "192.0.2.1" } as const;
  db.exec("BEGIN");
  for (let at = 0; at < limits.auditMax + 10; at++) writes.add({ ...entry, at });
  db.exec("COMMIT");
  const row = db.prepare("SELECT count(*) AS n FROM audit").get();
  assertEquals(row?.n, limits.auditMax);
  const { entries } = new AuditReads(db).read({ limit: 1 });
  assertEquals(entries[0].at, limits.auditMax + 9);
});
