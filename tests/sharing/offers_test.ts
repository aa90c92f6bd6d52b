import { assertEquals, assertNotEquals } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { limits, presets } from "../../lib/limits.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { TestServer } from "../helpers/peer.ts";

const offered = { t: "offer", room: "lobby", name: "a.txt", size: 10 };

Deno.test("offer is refused by name, folder, type and size", async () => {
  const bounds = { ...presets.classroom, roomMembersMax: 15 };
  await using server = await TestServer.start({ bounds });
  const alice = await server.join("Alice");
  const codes: [object, string][] = [
    [{ name: " .. " }, "file_name"],
    [{ folder: "a/../b" }, "file_name"],
    [{ folder: "/etc" }, "file_name"],
    [{ name: "a.exe" }, "file_type"],
    [{ size: bounds.fileBytesMax + 1 }, "file_size"],
    [{ size: -1 }, "bad_message"],
    [{ size: 1.5 }, "bad_message"],
    [{ name: 7 }, "bad_message"],
    [{ mime: "a\r\nb: c" }, "bad_message"],
    [{ room: "nowhere" }, "no_such_room"],
    [{ room: "@nobody" }, "no_such_user"],
    [{ room: "@alice" }, "not_allowed"],
  ];
  for (const [fields, code] of codes) {
    assertEquals(await alice.refused({ ...offered, ...fields }), code, JSON.stringify(fields));
  }
});

Deno.test("offer to a room that one isn't in is refused", async () => {
  await using server = await TestServer.start();
  await server.join("Alice", "tea");
  const bob = await server.join("Bob");
  assertEquals(await bob.refused({ ...offered, room: "tea" }), "not_allowed");
});

Deno.test("offer is refused over the quota, which a cancelled transfer gives back", async () => {
  await using server = await TestServer.start({ bounds: { guestQuotaBytes: 100 } });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const { transfer } = await alice.ok({ ...offered, size: 60 });
  assertEquals(await bob.refused({ ...offered, size: 41 }), "quota");
  await alice.ok({ t: "cancel", transfer });
  await share(bob, counted(41));
  assertEquals(await alice.refused({ ...offered, size: 60 }), "quota");
});

Deno.test("offer is refused where a user has too many files on their way", async () => {
  await using server = await TestServer.start({ bounds: { uploadsMax: 1 } });
  const alice = await server.join("Alice");
  const all = Array.from({ length: limits.unfinishedMax }, () => alice.ok({ ...offered, size: 0 }));
  await Promise.all(all);
  assertEquals(await alice.refused(offered), "quota");
});

Deno.test("offer is refused where the disk has no room, counting what others still send", async () => {
  const blobs = new MemoryBlobs({ room: 1000 });
  await using server = await TestServer.start({ blobs, bounds: { diskFreeBytes: 100 } });
  const alice = await server.join("Alice");
  assertEquals(await alice.refused({ ...offered, size: 901 }), "disk_full");
  await alice.ok({ ...offered, size: 500 });
  assertEquals(await alice.refused({ ...offered, size: 401 }), "disk_full");
  await alice.ok({ ...offered, size: 400 });
});

Deno.test("a repeated offer gets its transfer as it stands", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const bytes = counted(1000);
  const first = await offer(alice, bytes, { cid: "c-1" });
  await sendParts(alice, first.transfer, bytes, { to: 400 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 400);
  const again = await offer(alice, bytes, { cid: "c-1" });
  assertEquals([again.transfer, again.offset, again.place], [first.transfer, 400, 0]);
  await sendParts(alice, first.transfer, bytes, { from: 400 });
  const finished = await alice.ok({ t: "finish", transfer: first.transfer });
  const done = await offer(alice, bytes, { cid: "c-1" });
  assertEquals([done.transfer, done.offset, done.place], [first.transfer, 1000, 0]);
  const { re: _one, ...one } = finished;
  const { re: _other, ...other } = await alice.ok({ t: "finish", transfer: first.transfer });
  assertEquals(other, one);
  assertEquals((await alice.seen("shared")).length, 1);
});

Deno.test("offers of one cid sent at once are one transfer", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const command = { ...offered, cid: "c-1" };
  const [one, other] = await Promise.all([alice.ok(command), alice.ok(command)]);
  assertEquals(one.transfer, other.transfer);
});

Deno.test("a cid that stood for something else is a bad message, either way", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await alice.ok({ ...offered, cid: "c-1" });
  assertEquals(await alice.refused({ ...offered, size: 11, cid: "c-1" }), "bad_message");
  await alice.ok({ t: "say", room: "lobby", text: "hi", cid: "c-2" });
  assertEquals(await alice.refused({ ...offered, cid: "c-2" }), "bad_message");
  const bytes = counted(10);
  const { transfer } = await offer(alice, bytes, { cid: "c-3" });
  await sendParts(alice, transfer, bytes);
  await alice.ok({ t: "say", room: "lobby", text: "hi", cid: "c-3" });
  assertEquals(await alice.refused({ t: "finish", transfer }), "bad_message");
  assertEquals(await alice.refused({ t: "resume", transfer }), "no_such_transfer");
  assertEquals((await alice.ok({ t: "files" })).files, []);
});

Deno.test("the same cid of another user or in another room is another transfer", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice", "tea"), await server.join("Bob")];
  const one = await alice.ok({ ...offered, cid: "c-1" });
  for (
    const other of [
      await bob.ok({ ...offered, cid: "c-1" }),
      await alice.ok({ ...offered, room: "tea", cid: "c-1" }),
    ]
  ) assertNotEquals(other.transfer, one.transfer);
});

Deno.test("a repeated offer is answered also where one may not offer any more", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  const { transfer } = await alice.ok({ ...offered, room: "tea", cid: "c-1" });
  await alice.ok({ t: "leave", room: "tea" });
  assertEquals((await alice.ok({ ...offered, room: "tea", cid: "c-1" })).transfer, transfer);
  const bytes = counted(10);
  await sendParts(alice, transfer, bytes);
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  assertEquals(((await bob.next("shared")).file as { size: number }).size, 10);
});

Deno.test("a file is shared also where everybody has left its room meanwhile", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "Tea");
  const { transfer } = await alice.ok({ ...offered, room: "tea" });
  await sendParts(alice, transfer, counted(10));
  await alice.ok({ t: "leave", room: "tea" });
  const { file, seq } = await alice.ok({ t: "finish", transfer });
  const bob = await server.join("Bob", "tea");
  const { files } = await bob.ok({ t: "files", room: "tea" });
  const [listed] = files as { file: string; room: string }[];
  assertEquals([listed.file, listed.room], [(file as { file: string }).file, "Tea"]);
  const { events } = await bob.ok({ t: "history", room: "tea", after: Number(seq) - 1, limit: 1 });
  assertEquals((events as { t: string }[])[0].t, "shared");
  assertEquals((await fetchAll(bob, 900, { file: listed.file })).bytes, counted(10));
});

Deno.test("a taken name never overwrites: the second file gets a number", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const names = [];
  for (const name of ["a.txt", "a.txt", "A.TXT", "a.txt"]) {
    names.push((await share(alice, counted(3), { name })).name);
  }
  assertEquals(names, ["a.txt", "a (2).txt", "A (3).TXT", "a (4).txt"]);
});
