import { assert, assertEquals } from "@std/assert";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { TestServer } from "../helpers/peer.ts";

Deno.test("a file that one peer sends is what another one fetches", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const bytes = counted(700_000);
  const { transfer, offset, place } = await offer(alice, bytes, { name: "b.bin", cid: "c-1" });
  assertEquals([offset, place], [0, 0]);
  await sendParts(alice, transfer, bytes);
  const { file, seq, at } = await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  const shared = await bob.next("shared");
  assertEquals(shared.file, file);
  assertEquals([shared.seq, shared.at, shared.user, shared.cid], [seq, at, "Alice", undefined]);
  assertEquals((await alice.next("shared")).cid, "c-1");
  const { name, size, sha256, mime, user, uid, room } = shared.file as Record<string, unknown>;
  assertEquals([name, size, sha256], ["b.bin", bytes.length, hashOf(bytes)]);
  assertEquals([mime, user, uid, room], ["application/octet-stream", "Alice", alice.uid, "lobby"]);
  const fetched = await fetchAll(bob, 900, { file: (shared.file as { file: string }).file });
  assertEquals(fetched.answer.length, bytes.length);
  assertEquals(fetched.bytes, bytes);
  assertEquals(fetched.parts.length, 3);
  assertEquals(fetched.end, { t: "fetched", re: 900, file: fetched.parts[0].file, sha256 });
});

Deno.test("stored is told each MiB, and when all that came is written", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const bytes = counted(2_500_000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes, { size: 300_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === bytes.length);
});

Deno.test("an empty file is shared and fetched", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const { file } = await share(alice, new Uint8Array());
  const fetched = await fetchAll(alice, 900, { file });
  assertEquals([fetched.bytes.length, fetched.parts.length, fetched.end.t], [0, 0, "fetched"]);
  assert(fetched.end.sha256);
});
