import { assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, hashOf, offer, sendParts } from "../helpers/file_peer.ts";
import { TestServer } from "../helpers/peer.ts";

const hourMs = 3_600_000;

Deno.test("who waits sees the place, and sends when it is granted", async () => {
  await using server = await TestServer.start({
    bounds: { uploadsMax: 1 },
    alone: "nodes share the places, and there is one",
  });
  const [alice, bob, carol] = await Promise.all(
    ["Alice", "Bob", "Carol"].map((name) => server.join(name)),
  );
  const bytes = counted(1000);
  const first = await offer(alice, bytes);
  const second = await offer(bob, bytes);
  const third = await offer(carol, bytes);
  assertEquals([first.place, second.place, third.place], [0, 1, 2]);
  await bob.part(second.transfer, 0, bytes);
  const { code, transfer } = await bob.next("refused");
  assertEquals([code, transfer], ["not_granted", second.transfer]);
  await sendParts(alice, first.transfer, bytes);
  await alice.ok({ t: "finish", transfer: first.transfer });
  assertEquals(await bob.next("granted"), {
    t: "granted",
    transfer: second.transfer,
    offset: 0,
  });
  assertEquals(await carol.next("queued"), { t: "queued", transfer: third.transfer, place: 1 });
  assertEquals((await bob.ok({ t: "resume", transfer: second.transfer })).place, 0);
  await sendParts(bob, second.transfer, bytes);
  await bob.ok({ t: "cancel", transfer: second.transfer });
  await carol.next("granted");
  await sendParts(carol, third.transfer, bytes);
  await carol.ok({ t: "finish", transfer: third.transfer, sha256: hashOf(bytes) });
});

Deno.test("a place is given up ten seconds after its connection, and found again behind", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { uploadsMax: 1 },
    alone: "nodes share the places, and there is one",
  });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const bytes = counted(1000);
  const first = await offer(alice, bytes);
  await sendParts(alice, first.transfer, bytes, { to: 300 });
  await alice.next("stored");
  const second = await offer(bob, bytes);
  const { token } = alice;
  alice.close();
  await clock.tick(limits.placeLostMs - 1000);
  assertEquals(await bob.seen("granted"), []);
  await clock.tick(2000);
  await bob.next("granted");
  const again = server.connect();
  await again.ok({ t: "hello", v: 1, token, quiet: true });
  const { offset, place } = await again.ok({ t: "resume", transfer: first.transfer });
  assertEquals([offset, place], [300, 1]);
  await bob.ok({ t: "cancel", transfer: second.transfer });
  assertEquals(await again.next("granted"), {
    t: "granted",
    transfer: first.transfer,
    offset: 300,
  });
  await sendParts(again, first.transfer, bytes, { from: 300 });
  await again.ok({ t: "finish", transfer: first.transfer, sha256: hashOf(bytes) });
});

Deno.test("a place is given up by thirty seconds without a byte", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { uploadsMax: 1 },
    alone: "nodes share the places, and there is one",
  });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const { transfer } = await offer(alice, counted(10));
  await offer(bob, counted(10));
  await clock.tick(limits.placeSilentMs + 1000);
  await bob.next("granted");
  await alice.part(transfer, 0, counted(10));
  assertEquals((await alice.next("refused")).code, "not_granted");
});

Deno.test("a part that comes slowly keeps its place while its bytes come", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { uploadsMax: 1 },
    alone: "nodes share the places, and there is one",
  });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const bytes = counted(5000);
  const { transfer } = await offer(alice, bytes);
  await alice.raw(`${JSON.stringify({ t: "part", transfer, offset: 0, bytes: 5000 })}\n`);
  for (let at = 0; at < 5000; at += 1700) {
    await alice.raw(bytes.subarray(at, at + 1700));
    await clock.tick(limits.placeSilentMs - 2000);
  }
  await offer(bob, counted(10));
  assertEquals(await bob.seen("granted"), []);
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("what nobody goes on with is dropped after a day, counted from when it was used", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice");
  const { transfer } = await offer(alice, counted(10));
  alice.close();
  const back = async () => {
    const peer = server.connect();
    await peer.ok({ t: "hello", v: 1, token: alice.token });
    return peer;
  };
  for (let day = 0; day < 2; day++) {
    for (let hour = 0; hour < 23; hour++) await clock.leap(hourMs);
    const peer = await back();
    await peer.ok({ t: "resume", transfer });
    peer.close();
  }
  for (let hour = 0; hour < 26; hour++) await clock.leap(hourMs);
  assertEquals(await (await back()).refused({ t: "resume", transfer }), "no_such_transfer");
});
