import { assert, assertEquals } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, fetchAll, offer, share } from "../helpers/file_peer.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

async function names(peer: Peer, more: JsonObject = {}): Promise<unknown[]> {
  const { files } = await peer.ok({ t: "files", ...more });
  return (files as JsonObject[]).map(({ name }) => name);
}

Deno.test("files lists the newest first, a page at a time", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  for (const name of ["a", "b", "c"]) await share(alice, counted(1), { name });
  await share(alice, counted(1), { name: "d", room: "tea" });
  assertEquals(await names(alice), ["d", "c", "b", "a"]);
  assertEquals(await names(alice, { room: "tea" }), ["d"]);
  const { files, more } = await alice.ok({ t: "files", limit: 3 });
  assertEquals(more, true);
  const after = (files as { file: string }[])[2].file;
  assertEquals(await names(alice, { limit: 3, after }), ["a"]);
  assertEquals(await alice.refused({ t: "files", after: "none" }), "no_such_file");
});

Deno.test("a room's files are for those in it", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice", "tea"), await server.join("Bob")];
  const { file } = await share(alice, counted(1), { room: "tea" });
  assertEquals(await bob.refused({ t: "files", room: "tea" }), "not_allowed");
  assertEquals(await names(bob), []);
  for (const t of ["fetch", "remove", "decline"]) {
    assertEquals(await bob.refused({ t, file }), "no_such_file", t);
  }
  assertEquals(await bob.refused({ t: "files", after: file }), "no_such_file");
  await bob.ok({ t: "join", room: "tea" });
  assertEquals((await fetchAll(bob, 900, { file })).bytes.length, 1);
});

Deno.test("remove is for whoever shared the file, and everybody hears of it", async () => {
  const blobs = new MemoryBlobs();
  await using server = await TestServer.start({ blobs, bounds: { guestQuotaBytes: 10 } });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const { file } = await share(alice, counted(10));
  assertEquals(await bob.refused({ t: "remove", file }), "not_allowed");
  assertEquals(await bob.refused({ t: "decline", file }), "not_allowed");
  const [one, other] = await Promise.all([
    alice.ask({ t: "remove", file }),
    alice.ask({ t: "remove", file }),
  ]);
  assertEquals([one.t, other.code], ["ok", "no_such_file"]);
  const removed = await bob.next("removed");
  assertEquals([removed.file, removed.seq], [file, one.seq]);
  assertEquals(await names(bob), []);
  assertEquals(await bob.refused({ t: "fetch", file }), "no_such_file");
  assertEquals(await Array.fromAsync(blobs.found("lobby" as never)), []);
  await share(bob, counted(10));
});

Deno.test("a file for one person waits for them, and its sender hears that it is taken", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const carol = await server.join("Carol");
  const { token } = bob;
  await bob.ok({ t: "quit" });
  await bob.end();
  const { file } = await share(alice, counted(1000), { room: "@bob" });
  const back = server.connect();
  await back.ok({ t: "hello", v: 1, token });
  const { files } = await back.ok({ t: "files" });
  const [listed] = files as JsonObject[];
  assertEquals([listed.file, listed.room, listed.with], [file, "@Alice", alice.uid]);
  await fetchAll(alice, 900, { file });
  await fetchAll(back, 900, { file, length: 999 });
  assertEquals(await alice.seen("taken"), []);
  await fetchAll(back, 901, { file, offset: 999 });
  const taken = await alice.next("taken");
  assertEquals([taken.file, taken.user, taken.room], [file, "Bob", "@Bob"]);
  await fetchAll(back, 902, { file });
  await back.ok({ t: "say", room: "@alice", text: "thanks" });
  await alice.next("said");
  assertEquals(await alice.seen("taken"), []);
  assertEquals(carol.events.filter(({ t }) => t === "shared" || t === "taken"), []);
});

Deno.test("an empty file for one person is taken by whoever fetches it, once", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const { file } = await share(alice, counted(0), { room: "@bob" });
  await fetchAll(alice, 900, { file });
  await fetchAll(bob, 900, { file, offset: 0 });
  const taken = await alice.next("taken");
  assertEquals([taken.file, taken.user], [file, "Bob"]);
  await fetchAll(bob, 901, { file });
  await bob.ok({ t: "say", room: "@alice", text: "thanks" });
  await alice.next("said");
  assertEquals(await alice.seen("taken"), []);
});

Deno.test("a declined file is gone for both, and its bytes are freed", async () => {
  const blobs = new MemoryBlobs({ room: 5000 });
  await using server = await TestServer.start({ blobs, bounds: { diskFreeBytes: 0 } });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const { file } = await share(alice, counted(1000), { room: "@bob" });
  assertEquals(await alice.refused({ t: "decline", file }), "not_allowed");
  const { seq } = await bob.ok({ t: "decline", file });
  const declined = await alice.next("declined");
  assertEquals([declined.file, declined.seq, declined.user], [file, seq, "Bob"]);
  for (const peer of [alice, bob]) {
    assertEquals(await peer.refused({ t: "fetch", file }), "no_such_file");
    assertEquals(await names(peer), []);
  }
  assertEquals(await blobs.free(), 5000);
});

Deno.test("a private file shows in nothing to anybody else", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const eve = await server.join("Eve");
  const { transfer } = await offer(alice, counted(10), { room: "@bob", name: "secret.txt" });
  const { file } = await share(alice, counted(10), { room: "@bob", name: "plan.txt" });
  const missing = { file: "none", transfer: "none" };
  for (const t of ["fetch", "remove", "decline"]) {
    const [real, none] = [await eve.ask({ t, file }), await eve.ask({ t, file: missing.file })];
    assertEquals({ ...real, re: 0 }, { ...none, re: 0 }, t);
  }
  for (const t of ["resume", "finish", "cancel"]) {
    const real = await eve.ask({ t, transfer });
    const none = await eve.ask({ t, transfer: missing.transfer });
    assertEquals({ ...real, re: 0 }, { ...none, re: 0 }, t);
  }
  assertEquals(await eve.refused({ t: "files", after: file }), "no_such_file");
  assertEquals(await names(eve), []);
  for (const room of ["lobby", "@bob"]) {
    assertEquals((await share(eve, counted(3), { room, name: "plan.txt" })).name, "plan.txt");
  }
  assertEquals((await fetchAll(bob, 900, { file })).bytes.length, 10);
});

Deno.test("a guest who takes a gone guest's name sees nothing of theirs", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const { transfer } = await offer(alice, counted(10), { room: "@bob", cid: "c-1" });
  const { file } = await share(alice, counted(10), { room: "@bob" });
  const { file: own } = await share(bob, counted(10));
  const tokens = [alice, bob].map(({ token }) => token);
  for (const peer of [alice, bob]) peer.close();
  await clock.tick(1000);
  await clock.leap(limits.guestGraceMs + 60_000);
  await clock.tick(60_000);
  const [other, second] = [await server.join("Alice"), await server.join("Bob")];
  for (const peer of [other, second]) {
    assertEquals(await peer.refused({ t: "fetch", file }), "no_such_file");
    assertEquals(await names(peer), ["a.txt"]);
  }
  assertEquals(await second.refused({ t: "remove", file: own }), "not_allowed");
  assertEquals(await other.refused({ t: "resume", transfer }), "no_such_transfer");
  const back = server.connect();
  await back.ok({ t: "hello", v: 1, user: "Bobby", token: tokens[1] });
  assertEquals(await names(back), ["a.txt", "a.txt"]);
  const fetched = await fetchAll(back, 900, { file });
  assert(fetched.end.t === "fetched");
  const sender = server.connect();
  await sender.ok({ t: "hello", v: 1, user: "Alicia", token: tokens[0] });
  assertEquals((await sender.ok({ t: "resume", transfer })).size, 10);
});
