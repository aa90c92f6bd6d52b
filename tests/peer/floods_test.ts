import { assert, assertEquals, assertThrows } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { type Asker, Floods } from "../../lib/peer/floods.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { defaultBounds, limits } from "../../lib/limits.ts";
import { FakeClock, turn } from "../helpers/fake_clock.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

const second = 1000;

/** How many are answered once whatever is due was done. */
async function answered(answers: readonly Promise<JsonObject>[]): Promise<number> {
  let count = 0;
  for (const answer of answers) void answer.then(() => count++);
  for (let turns = 0; turns < 20; turns++) await turn();
  return count;
}

function ask(peer: Peer, count: number): readonly Promise<JsonObject>[] {
  return Array.from({ length: count }, () => peer.ask({ t: "users" }));
}

Deno.test("all connections of a user take from one bucket, those that move files from another", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { flood: true },
    alone: "each node counts for itself",
  });
  const one = await server.join("Alice");
  const other = server.connect();
  await other.hello("Alice", { token: one.token });
  const files = server.connect();
  await files.hello("Alice", { token: one.token, quiet: true });
  const bob = await server.join("Bob");

  const asked = [...ask(one, 15), ...ask(other, 15)];
  assertEquals(await answered(asked), limits.floodBurst);
  assertEquals(await answered(ask(files, limits.floodBurst)), limits.floodBurst);
  assertEquals(await answered(ask(bob, limits.floodBurst)), limits.floodBurst);
  await clock.tick(second);
  assertEquals(await answered(asked), 30);
});

Deno.test("from one address only so many rooms are made, whoever makes them", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { flood: true },
    alone: "each node counts for itself",
  });
  const makes = async (remote: string, user: string, count: number) => {
    const peer = server.connect(remote);
    await peer.hello(user);
    const codes = new Set<unknown>();
    for (let made = 0; made < count; made++) {
      const answer = peer.ask({ t: "join", room: `${user}-${made}` });
      await clock.tick(400);
      const { t, code } = await answer;
      codes.add(code ?? t);
    }
    peer.close();
    return [...codes];
  };
  const { most, forgivenMs } = limits.roomsMadeByAddress;
  const users = most / limits.roomsMadePerHour;
  for (let user = 0; user < users; user++) {
    assertEquals(await makes("2001:db8::1", `user${user}`, limits.roomsMadePerHour), ["ok"]);
  }
  // What time has forgiven meanwhile may be made again, and no more.
  const forgiven = Math.ceil(most * 400 / forgivenMs) + 1;
  const codes = await makes("2001:db8::2", "another", forgiven);
  assert(codes.includes("slow_down"), String(codes));
  assertEquals(await makes("2001:db8:0:1::1", "elsewhere", 1), ["ok"]);
});

/** Who was served, in order, where Alice asks five times for something and then Bob twice. */
async function servedBy(
  asking: (floods: Floods, asker: Asker, work: () => Promise<string>) => Promise<unknown>,
): Promise<readonly string[]> {
  const floods = new Floods(new FakeClock(), defaultBounds);
  await using server = await TestServer.start();
  await server.join("Alice");
  await server.join("Bob");
  const done: string[] = [];
  const waiting: (() => void)[] = [];
  const ask = (user: string, remote: string) => {
    const known = server.core.people.holder(user);
    assert(known);
    return asking(floods, { known, remote }, async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      done.push(user);
      return user;
    });
  };
  const all = [
    ...Array.from({ length: 5 }, () => ask("Alice", "192.0.2.1")),
    ...Array.from({ length: 2 }, () => ask("Bob", "192.0.2.2")),
  ];
  while (done.length < all.length) {
    await turn();
    waiting.shift()?.();
  }
  await Promise.all(all);
  return done;
}

Deno.test("who searches much waits behind themselves, and others don't", async () => {
  const served = await servedBy((floods, asker, work) => floods.search(asker, work));
  assertEquals(served, ["Alice", "Bob", "Alice", "Bob", "Alice", "Alice", "Alice"]);
});

Deno.test("who tries many keys of rooms waits behind themselves, and others don't", async () => {
  const served = await servedBy((floods, asker, work) => floods.key(asker, work));
  assertEquals(served, ["Alice", "Bob", "Alice", "Bob", "Alice", "Alice", "Alice"]);
});

Deno.test("nothing of that is bounded where floods aren't", async () => {
  const floods = new Floods(new FakeClock(), { ...defaultBounds, flood: false });
  await using server = await TestServer.start();
  await server.join("Alice");
  const known = server.core.people.holder("Alice");
  assert(known);
  assertEquals(floods.bucketOf(known, { quiet: false }), undefined);
  for (let made = 0; made < 1000; made++) floods.countRoom({ known, remote: "192.0.2.1" });
});

Deno.test("guests offer only so many files from one address, accounts as many as they may have", async () => {
  const clock = new FakeClock();
  const floods = new Floods(clock, defaultBounds);
  await using server = await TestServer.start();
  await server.join("Alice");
  const known = server.core.people.holder("Alice");
  assert(known);
  const { most, forgivenMs } = limits.offeredByAddress;
  for (let offered = 0; offered < most; offered++) {
    floods.countOffer({ known, remote: "192.0.2.1" });
  }
  const refusal = assertThrows(() => floods.countOffer({ known, remote: "192.0.2.1" }), ChatError);
  assertEquals(refusal.code, "slow_down");
  floods.countOffer({ known, remote: "192.0.2.2" });
  await clock.tick(forgivenMs);
  floods.countOffer({ known, remote: "192.0.2.1" });
  known.role = "member";
  for (let offered = 0; offered < most; offered++) {
    floods.countOffer({ known, remote: "192.0.2.1" });
  }
});
