/** How often a password may be guessed. */

import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../lib/wire/fields.ts";
import { limits } from "../lib/limits.ts";
import { FakeClock } from "./helpers/fake_clock.ts";
import { TestServer } from "./helpers/peer.ts";

const password = "correct horse";
const { most: mostByName, forgivenMs } = limits.wrongPasswordsByName;
const { most: mostByAddress } = limits.wrongPasswordsByAddress;

/** A server with accounts, and one try after another, each by a connection of its own. */
class Scene implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly server: TestServer;

  private constructor(server: TestServer, clock: FakeClock) {
    this.server = server;
    this.clock = clock;
  }

  static async start(...accounts: readonly string[]): Promise<Scene> {
    const clock = new FakeClock();
    const scene = new Scene(
      await TestServer.start({ clock, alone: "each node counts for itself" }),
      clock,
    );
    for (const user of accounts) {
      const peer = await scene.server.join(user);
      await peer.ok({ t: "register", password });
      peer.close();
    }
    return scene;
  }

  get hashes(): number {
    return this.server.core.credentials.counts.hashes;
  }

  /** What hello is answered; what is said late comes at once. */
  async hello(user: string, password: string, remote: string): Promise<JsonObject> {
    const peer = this.server.connect(remote);
    const answer = peer.ask({ t: "hello", v: 1, user, password });
    const before = this.server.core.credentials.counts.slowed;
    for (let turn = 0; turn < 3; turn++) await this.clock.tick(0);
    if (this.server.core.credentials.counts.slowed > before) {
      await this.clock.tick(limits.wrongPasswordMs);
    }
    const { re: _re, ...rest } = await answer;
    peer.close();
    return rest;
  }

  async wrong(user: string, remote: string, times: number): Promise<void> {
    for (let time = 0; time < times; time++) await this.hello(user, `wrong ${time}...`, remote);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }
}

Deno.test("beyond the bound even the right password is refused, from that address only", async () => {
  await using scene = await Scene.start("Alice");
  await scene.wrong("Alice", "10.0.0.1", mostByName);
  const before = scene.hashes;
  const refused = await scene.hello("Alice", password, "10.0.0.1");
  assertEquals([refused.code, Number(refused.retry_ms) > 0], ["slow_down", true]);
  assertEquals(scene.hashes, before);
  assertEquals((await scene.hello("Alice", password, "10.0.0.2")).t, "ok");
});

Deno.test("who waits as long as they are told gets in", async () => {
  await using scene = await Scene.start("Alice");
  await scene.wrong("Alice", "10.0.0.1", mostByName);
  const { retry_ms } = await scene.hello("Alice", password, "10.0.0.1");
  assert(Number(retry_ms) <= forgivenMs);
  await scene.clock.leap(Number(retry_ms));
  assertEquals((await scene.hello("Alice", password, "10.0.0.1")).t, "ok");
});

Deno.test("right passwords count for nothing, and are refused never", async () => {
  await using scene = await Scene.start("Alice");
  for (let time = 0; time < mostByAddress + 5; time++) {
    assertEquals((await scene.hello("Alice", password, "10.0.0.1")).t, "ok");
  }
});

Deno.test("many tries at once are no way around the bound", async () => {
  await using scene = await Scene.start("Alice");
  const before = scene.hashes;
  const tries = Array.from({ length: 50 }, (_, time) => {
    const hello = { t: "hello", v: 1, user: "Alice", password: `a wrong one ${time}` };
    return scene.server.connect("10.0.0.1").ask(hello);
  });
  for (let turn = 0; turn < 100; turn++) await scene.clock.tick(100);
  const codes = (await Promise.all(tries)).map(({ code }) => code);
  assertEquals(codes.filter((code) => code === "bad_login").length, mostByName);
  assertEquals(scene.hashes - before, mostByName);
});

Deno.test("a device that is known is never slowed, wherever it comes from", async () => {
  await using scene = await Scene.start("Alice");
  const phone = scene.server.connect("10.0.0.1");
  await phone.hello("Alice", { password });
  await scene.wrong("Alice", "10.0.0.1", mostByName + 1);
  assertEquals((await scene.hello("Alice", password, "10.0.0.1")).code, "slow_down");
  await scene.server.connect("10.0.0.1").ok({ t: "hello", v: 1, token: phone.token });
});

Deno.test("one who guesses at every name keeps none out who was there before", async () => {
  await using scene = await Scene.start("Alice", "Bob");
  assertEquals((await scene.hello("Alice", password, "10.0.0.1")).t, "ok");
  for (let name = 0; name < mostByAddress; name++) await scene.wrong(`n${name}`, "10.0.0.1", 1);
  assertEquals((await scene.hello("Bob", password, "10.0.0.1")).code, "slow_down");
  assertEquals((await scene.hello("Alice", password, "10.0.0.1")).t, "ok");
});

Deno.test("one who guesses at one name keeps out no other", async () => {
  await using scene = await Scene.start("Alice", "Bob");
  await scene.wrong("Alice", "10.0.0.1", mostByAddress * 2);
  assertEquals((await scene.hello("Bob", password, "10.0.0.1")).t, "ok");
});

Deno.test("beyond the bounds no name is told from another", async () => {
  await using scene = await Scene.start("Alice", "Bob");
  // Alice was there before: her password is looked at all the same.
  await scene.hello("Alice", password, "10.0.0.1");
  for (let name = 0; name < mostByAddress; name++) await scene.wrong(`n${name}`, "10.0.0.1", 1);
  const began = scene.clock.now();
  const answers: JsonObject[] = [];
  const times: number[] = [];
  for (const user of ["Alice", "Bob", "Carol"]) {
    const from = scene.clock.now();
    const { retry_ms: _retry, message, ...answer } = await scene.hello(
      user,
      "wrong one",
      "10.0.0.1",
    );
    answers.push({ ...answer, message: String(message).replace(/\d+/, "N") });
    times.push(scene.clock.now() - from);
  }
  for (const answer of answers) assertEquals(answer, answers[0]);
  assertEquals(times, Array(3).fill(limits.wrongPasswordMs));
  assertEquals(answers[0].code, "slow_down");
  assertEquals(scene.clock.now() - began, 3 * limits.wrongPasswordMs);
});

Deno.test("who has all addresses that begin alike has one bound for them", async () => {
  await using scene = await Scene.start("Alice");
  for (let host = 1; host <= mostByName; host++) {
    await scene.wrong("Alice", `2001:db8:1:2::${host}`, 1);
  }
  assertEquals((await scene.hello("Alice", password, "2001:db8:1:2:9::1")).code, "slow_down");
  assertEquals((await scene.hello("Alice", password, "2001:db8:1:3::1")).t, "ok");
});

Deno.test("the old password is guessed no more often than any, with whatever login", async () => {
  await using scene = await Scene.start("Alice");
  const thief = scene.server.connect("10.0.0.1");
  await thief.hello("Alice", { password });
  const change = { t: "password", old: "a wrong one", new: "the thief's own" };
  for (let time = 0; time < mostByName; time++) {
    assertEquals(await thief.refused(change), "bad_login");
  }
  const answer = thief.refused({ ...change, old: password });
  for (let turn = 0; turn < 3; turn++) await scene.clock.tick(limits.wrongPasswordMs);
  assertEquals(await answer, "slow_down");
});

Deno.test("so many names are registered from one address, then more slowly", async () => {
  const { most, forgivenMs } = limits.registeredByAddress;
  await using scene = await Scene.start();
  const peers = [];
  for (let index = 0; index <= most; index++) {
    const peer = scene.server.connect("10.0.0.1");
    await peer.hello(`n${index}`);
    peers.push(peer);
  }
  for (const peer of peers.slice(0, most)) await peer.ok({ t: "register", password });
  const last = peers[most];
  const answer = await last.ask({ t: "register", password });
  assertEquals([answer.code, answer.retry_ms], ["slow_down", forgivenMs]);
  await scene.clock.leap(forgivenMs);
  await last.ok({ t: "register", password });
});

Deno.test("who waits for a turn longer than for a hello isn't idle", async () => {
  await using scene = await Scene.start("Alice");
  const { credentials } = scene.server.core;
  const verified = credentials.verified.bind(credentials);
  const { promise: turn, resolve } = Promise.withResolvers<void>();
  credentials.verified = async (...args) => {
    await turn;
    return await verified(...args);
  };
  const alice = scene.server.connect();
  const answer = alice.ask({ t: "hello", v: 1, user: "Alice", password });
  await scene.clock.tick(limits.helloMs + 5000);
  resolve();
  assertEquals((await answer).t, "ok");
});
