import { assertEquals, assertNotEquals } from "@std/assert";
import { openMemory } from "../lib/backend/memory.ts";
import { limits } from "../lib/limits.ts";
import { FakeClock } from "./helpers/fake_clock.ts";
import { coming, elsewhere, inside, lasting, start, usedOf } from "./helpers/invited.ts";
import type { Peer } from "./helpers/peer.ts";

const password = "correct horse";

async function idOf(peer: Peer, index: number): Promise<unknown> {
  const { invites } = await peer.ok({ t: "invites" });
  return Array.isArray(invites) ? invites[index].invite : undefined;
}

Deno.test("a use is given back where the user can't be kept, also for after a restart", async () => {
  const backend = lasting(openMemory());
  let isFull = false;
  const { accounts } = backend;
  const failing = new Proxy(accounts, {
    get: (_, name: keyof typeof accounts) => (...args: never[]) => {
      if (name === "save" && isFull) return Promise.reject(new Error("The disk is on fire"));
      return Reflect.apply(accounts[name], accounts, args);
    },
  });
  let invite: unknown;
  {
    await using server = await start({ backend: { ...backend, accounts: failing } });
    const owner = await inside(server, "Owner", "owner");
    invite = (await owner.ok({ t: "invite", uses: 1, role: "moderator" })).code;
    isFull = true;
    assertEquals((await coming(server, { user: "Alice", invite })).code, "internal");
    isFull = false;
    assertEquals(await usedOf(owner), [0]);
  }
  assertEquals(await backend.records.all("pass"), []);
  await using server = await start({ backend });
  assertEquals((await coming(server, { user: "Alice", invite })).t, "ok");
});

Deno.test("who is in already keeps what they had where an invitation can't be kept for them", async () => {
  const backend = openMemory();
  await using server = await start({ backend });
  const owner = await inside(server, "Owner", "owner");
  await owner.ok({ t: "join", room: "tea" });
  await owner.ok({ t: "lock", room: "tea", key: "kettle" });
  const { code: first } = await owner.ok({ t: "invite", role: "moderator" });
  const { code: second } = await owner.ok({ t: "invite", room: "tea", uses: 1 });
  const alice = server.connect(elsewhere);
  await alice.hello("Alice", { invite: first });
  const put = backend.records.put.bind(backend.records);
  backend.records.put = () => Promise.reject(new Error("The disk is on fire"));
  const again = { t: "hello", v: 1, token: alice.token, invite: second };
  assertEquals(await server.connect(elsewhere).refused(again), "internal");
  assertEquals(await owner.refused({ t: "uninvite", invite: await idOf(owner, 1) }), "internal");
  backend.records.put = put;
  assertEquals(await usedOf(owner), [1, 0]);
  assertEquals((await server.connect(elsewhere).ok(again)).invited, "tea");
  assertEquals((await alice.ok({ t: "register", password })).role, "moderator");
  assertEquals((await backend.records.all("pass")).map(({ value }) => value), [
    { role: "guest", rooms: ["tea"] },
  ]);
  await alice.ok({ t: "join", room: "tea" });
  assertEquals(await backend.records.all("pass"), []);
});

Deno.test("how often an invitation was used outlives a restart", async () => {
  const backend = openMemory();
  let invite: unknown;
  {
    await using server = await start({ backend: lasting(backend) });
    invite = (await (await inside(server, "Owner", "owner")).ok({ t: "invite", uses: 3 })).code;
    for (const user of ["a", "b"]) {
      assertEquals((await coming(server, { user, invite })).t, "ok");
    }
  }
  await using server = await start({ backend });
  assertEquals((await coming(server, { user: "c", invite })).t, "ok");
  assertEquals((await coming(server, { user: "d", invite })).code, "bad_invite");
});

Deno.test("invitations are listed oldest first, and the oldest of the server's goes, after a restart too", async () => {
  const backend = openMemory();
  const all = backend.records.all.bind(backend.records);
  // What keeps records gives them back in any order.
  backend.records.all = async (kind) => (await all(kind)).toReversed();
  const clock = new FakeClock();
  const codes: unknown[] = [];
  for (let n = 0; n <= limits.invitesPerUserMax; n++) {
    await using server = await start({ backend: lasting(backend), clock });
    codes.push(await server.core.invitations.ofServer({ anew: true }));
    await clock.leap(1000);
  }
  await using server = await start({ backend: lasting(backend), clock });
  const ats = server.core.invitations.all().map(({ at }) => at);
  assertEquals(ats, ats.toSorted((one, other) => one - other));
  assertEquals(await server.core.invitations.find(String(codes[0])), undefined);
  assertNotEquals(await server.core.invitations.find(String(codes[1])), undefined);
});
