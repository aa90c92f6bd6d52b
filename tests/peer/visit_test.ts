import { assert, assertEquals, assertRejects } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { ChatError } from "../../lib/errors.ts";
import { limits } from "../../lib/limits.ts";
import { type Comer, Visit } from "../../lib/peer/visit.ts";
import type { Login } from "../../lib/store.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { TestServer } from "../helpers/peer.ts";

const remote = "127.0.0.1";

/** The code of the refusal that somebody's coming is answered with. */
async function refusedTo(server: TestServer, comer: Partial<Comer>): Promise<string> {
  const coming = () => Visit.begin(server.core, { remote, ...comer });
  return (await assertRejects(coming, ChatError)).code;
}

Deno.test("a visit is its user's for as long as it lasts", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice");
  const { token, uid } = alice;
  alice.close();
  await clock.tick(limits.presenceGatherMs);
  const { people } = server.core;
  assertEquals(people.online, 0);
  const visit = await Visit.begin(server.core, { remote, token });
  assertEquals([visit.uid, people.online], [uid, 1]);
  // Longer than anything that is gone is waited for.
  await clock.leap(limits.guestGraceMs * 2);
  assertEquals(people.holder("Alice")?.uid, uid);
  await visit[Symbol.asyncDispose]();
  assertEquals([people.online, people.holder("Alice")?.uid], [0, uid]);
  await clock.tick(limits.guestGraceMs + 20_000);
  assertEquals(people.holder("Alice"), undefined);
});

Deno.test("a visit of a moment is told to nobody, a longer one is", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice");
  await clock.tick(limits.presenceGatherMs);
  {
    await using _visit = await Visit.begin(server.core, { remote, user: "ci" });
  }
  await clock.tick(limits.presenceGatherMs);
  const moves = async () => (await alice.seen("came")).flatMap(({ users }) => users);
  assertEquals(await moves(), ["Alice"]);
  await using _visit = await Visit.begin(server.core, { remote, user: "cron" });
  await clock.tick(limits.presenceGatherMs);
  assertEquals(await moves(), ["Alice", "cron"]);
});

Deno.test("a visit is refused to who isn't known, and where the server is full", async () => {
  await using server = await TestServer.start({ bounds: { connectionsPerAddressMax: 2 } });
  const alice = await server.join("Alice");
  assertEquals(await refusedTo(server, {}), "login_required");
  assertEquals(await refusedTo(server, { token: "nobody" }), "bad_login");
  assertEquals(await refusedTo(server, { user: "alice" }), "name_taken");
  assertEquals(await refusedTo(server, { user: "-" }), "name_invalid");
  {
    await using _visit = await Visit.begin(server.core, { remote, token: alice.token });
    assertEquals(await refusedTo(server, { token: alice.token }), "server_full");
  }
  await using _again = await Visit.begin(server.core, { remote, token: alice.token });
});

Deno.test("guests of one request are bounded by their address", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { flood: true },
    alone: "each node counts for itself",
  });
  let came = 0;
  const coming = Array.from({ length: 40 }, async (_, index) => {
    const visit = await Visit.begin(server.core, { remote, user: `ci${index}` });
    came++;
    await visit[Symbol.asyncDispose]();
  });
  let isOver = false;
  const all = Promise.allSettled(coming).finally(() => isOver = true);
  await clock.tick(0);
  assertEquals(came, 6);
  // Whoever comes in late takes time to go as well.
  while (!isOver) await clock.tick(100);
  const refused = (await all).filter(({ status }) => status === "rejected");
  assertEquals([came, refused.length], [26, 14]);
});

Deno.test("a stopping server ends visits, and waits until they are gone", async () => {
  const clock = new FakeClock();
  const server = await TestServer.start({ clock });
  const alice = await server.join("Alice");
  const visit = await Visit.begin(server.core, { remote, token: alice.token });
  const waiting = assertRejects(() => visit.granted(limits.webQueuedMs), ChatError);
  alice.close();
  let isClosed = false;
  const closing = server[Symbol.asyncDispose]().then(() => isClosed = true);
  await clock.tick(0);
  assertEquals((await waiting).code, "closing");
  const say = () => visit.run("say", { room: "lobby", text: "x" });
  assertEquals((await assertRejects(say, ChatError)).code, "closing");
  assert(!isClosed);
  await visit[Symbol.asyncDispose]();
  await clock.tick(limits.drainMs);
  await closing;
});

Deno.test("who is put out while a request of theirs is under way leaves the room it was for", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const ci = await server.join("ci");
  const visit = await Visit.begin(server.core, { remote, token: ci.token });
  await visit.enter("tea");
  await alice.event(({ t, user }) => t === "joined" && user === "ci");
  const out = server.core.endUser(visit.uid, new ChatError("revoked", "Out"));
  assertEquals(
    (await assertRejects(() => visit.run("leave", { room: "tea" }), ChatError)).code,
    "revoked",
  );
  await visit[Symbol.asyncDispose]();
  await out;
  await alice.event(({ t, user }) => t === "left" && user === "ci");
});

Deno.test("what waits until it may be done isn't done for who was put out meanwhile", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({
    clock,
    bounds: { flood: true },
    alone: "each node counts for itself",
  });
  const ci = await server.join("ci");
  const visit = await Visit.begin(server.core, { remote, token: ci.token });
  const say = (text: string) => visit.run("say", { room: "lobby", text });
  for (let n = 0; n < limits.floodBurst; n++) await say(`${n}`);
  const late = assertRejects(() => say("late"), ChatError);
  const out = server.core.endUser(visit.uid, new ChatError("revoked", "Out"));
  await clock.leap(1000);
  assertEquals((await late).code, "revoked");
  await visit[Symbol.asyncDispose]();
  await clock.tick(2 * limits.putOutMs);
  await out;
  assertEquals(server.core.hub.lobby.room.seq, limits.floodBurst);
});

Deno.test("visits keep when a token was used, but not each time, nor as another device", async () => {
  const clock = new FakeClock();
  const backend = openMemory();
  const saved: Login[] = [];
  for (const name of ["saveLogin", "useLogin"] as const) {
    const save = backend.accounts[name].bind(backend.accounts);
    const kept = (login: Login) => {
      saved.push(login);
      return save(login);
    };
    Object.assign(backend.accounts, { [name]: kept });
  }
  await using server = await TestServer.start({ clock, backend });
  const alice = server.connect();
  await alice.hello("Alice", { agent: "the page" });
  for (const pass of [0, 30_000, 40_000, 10_000]) {
    await clock.leap(pass);
    await using _visit = await Visit.begin(server.core, { remote, token: alice.token });
  }
  assertEquals(saved.map(({ agent }) => agent), ["the page", "the page"]);
});
