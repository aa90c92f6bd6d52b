import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { backoffMs, backoffMsMax, retryMsMax } from "../../lib/client/backoff.ts";
import { answerMs, pingMs } from "../../lib/client/exchange.ts";
import { ChatError } from "../../lib/errors.ts";
import { turn } from "../helpers/fake_clock.ts";
import { said, ScriptedServer, welcome } from "../helpers/scripted_server.ts";
import { say, Scene } from "../helpers/link_scene.ts";

Deno.test("backoffMs() stays under a ceiling that doubles from 0.5 to 30 s", () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((attempt) => backoffMs(attempt, 0.999999));
  assertEquals(ceilings, [499, 999, 1999, 3999, 7999, 15999, 29999, 29999, 29999]);
  assertEquals(backoffMs(7, 0), 0);
  assertEquals(backoffMs(7, 0.5), backoffMsMax / 2);
});

Deno.test("a link dials for ever, each time after a longer wait, and says why", async () => {
  const dial = () => Promise.reject(new Error("Connection refused"));
  let dialled = 0;
  await using scene = new Scene({ dial: () => (dialled++, dial()) });
  await turn();
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 9; attempt++) {
    waits.push(scene.waitMs);
    await scene.clock.tick(scene.waitMs);
  }
  assertEquals(waits, [500, 1000, 2000, 4000, 8000, 15000, 15000, 15000, 15000]);
  assertEquals(dialled, 10);
  assert(scene.status.is === "waiting");
  assertEquals(scene.status.reason, "Connection refused");
});

Deno.test("a link begins with short waits again after a connection that was well", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  await scene.clock.tick(10_000);
  peer.cut();
  await turn();
  assertEquals(scene.waitMs, 250);
});

Deno.test("a link waits longer each time that a server takes its hello and ends", async () => {
  await using scene = new Scene();
  const waits: number[] = [];
  for (let time = 0; time < 4; time++) {
    (await scene.online()).cut();
    await turn();
    waits.push(scene.waitMs);
    await scene.clock.tick(scene.waitMs);
  }
  assertEquals(waits, [500, 1000, 2000, 4000]);
});

Deno.test("a link waits at least as long as a refusal asks, within reason", async () => {
  await using scene = new Scene();
  const first = await scene.server.accept();
  await first.refuse(await first.take("hello"), "server_full", { retry_ms: 60_000 });
  await turn();
  assertGreaterOrEqual(scene.waitMs, 60_000);
  await scene.clock.tick(scene.waitMs);
  const second = await scene.server.accept();
  await second.refuse(await second.take("hello"), "unavailable", { retry_ms: 2 ** 52 });
  await turn();
  assert(scene.waitMs <= retryMsMax + backoffMsMax);
});

for (const code of ["name_taken", "name_invalid", "bad_version", "bad_login", "banned"] as const) {
  Deno.test(`a link ends where its first hello is refused with ${code}`, async () => {
    await using scene = new Scene();
    const peer = await scene.server.accept();
    await peer.refuse(await peer.take("hello"), code);
    await turn();
    assert(scene.status.is === "ended");
    assertEquals(scene.status.error?.code, code);
    assertEquals(scene.server.dialled, 1);
    await assertRejects(() => scene.link.send("say", say("late")), ChatError);
  });
}

Deno.test("later hellos carry the token of the first", async () => {
  await using scene = new Scene();
  (await scene.online()).cut();
  await scene.clock.tick(1000);
  const hello = await (await scene.server.accept()).take("hello");
  assertEquals([hello.user, hello.token], ["alice", "token-1"]);
});

Deno.test("a name that is taken is tried again once a hello has succeeded", async () => {
  await using scene = new Scene();
  (await scene.online()).cut();
  await scene.clock.tick(1000);
  const peer = await scene.server.accept();
  await peer.refuse(await peer.take("hello"), "name_taken");
  await turn();
  assertEquals(scene.status.is, "waiting");
});

Deno.test("a link whose token is no longer known comes back as somebody new", async () => {
  await using scene = new Scene();
  (await scene.online()).cut();
  await scene.clock.tick(1000);
  const peer = await scene.server.accept();
  await peer.refuse(await peer.take("hello"), "bad_login");
  await scene.clock.tick(2000);
  const hello = await (await scene.server.accept()).take("hello");
  assertEquals([hello.user, hello.token], ["alice", undefined]);
});

Deno.test("a link ends when its login is revoked", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  await peer.send({ t: "refused", code: "revoked", message: "Logged out elsewhere" });
  await turn();
  assert(scene.status.is === "ended");
  assertEquals(scene.status.error?.message, "Logged out elsewhere");
});

Deno.test("a link whose account's token is no longer known ends, and comes as nobody else", async () => {
  await using scene = new Scene();
  (await scene.online({ role: "member" })).cut();
  await turn();
  await scene.clock.tick(scene.waitMs);
  const peer = await scene.server.accept();
  await peer.refuse(await peer.take("hello"), "bad_login");
  await turn();
  assert(scene.status.is === "ended");
  assertEquals(scene.status.error?.code, "bad_login");
});

const secrets = { v: 1, user: "alice", password: "open sesame", invite: "K7PQ" } as const;

Deno.test("a link says its password and its invitation until they have let it in", async () => {
  await using scene = new Scene({ hello: secrets });
  const first = await scene.server.accept();
  const { password, invite, token } = await first.accept("hello", welcome());
  assertEquals([password, invite, token], ["open sesame", "K7PQ", undefined]);
  first.cut();
  await turn();
  await scene.clock.tick(scene.waitMs);
  const later = await (await scene.server.accept()).accept("hello", welcome());
  assertEquals([later.password, later.invite, later.token], [undefined, undefined, "token-1"]);
});

Deno.test("a password waits for a server that isn't there yet", async () => {
  const server = new ScriptedServer();
  server.broken = new Error("Connection refused");
  await using scene = new Scene({ hello: secrets, dial: server.dial });
  await turn();
  assert(scene.status.is === "waiting");
  server.broken = undefined;
  await scene.clock.tick(scene.waitMs);
  const { password } = await (await server.accept()).accept("hello", welcome());
  assertEquals(password, secrets.password);
});

for (const code of ["slow_down", "unavailable", "bad_login", "closing"] as const) {
  Deno.test(`a password that is refused with ${code} isn't said again`, async () => {
    await using scene = new Scene({ hello: secrets });
    const peer = await scene.server.accept();
    await peer.refuse(await peer.take("hello"), code, { retry_ms: 1000 });
    await turn();
    assert(scene.status.is === "ended");
    assertEquals([scene.status.error?.code, scene.status.error?.retryMs], [code, 1000]);
    assertEquals(scene.server.dialled, 1);
  });
}

Deno.test("a password isn't said again where the connection is lost over it", async () => {
  await using scene = new Scene({ hello: secrets });
  const peer = await scene.server.accept();
  await peer.take("hello");
  peer.cut();
  await turn();
  assert(scene.status.is === "ended");
  assertMatch(scene.status.error?.message ?? "", /^Cannot log in: the connection was lost/);
});

Deno.test("a link says something before the server takes it for gone", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  for (let time = 0; time < 5; time++) {
    await scene.clock.tick(pingMs);
    await peer.accept("ping");
  }
  assertEquals(scene.status.is, "online");
});

Deno.test("a connection on which nothing answers a ping is lost", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  await scene.clock.tick(pingMs);
  await peer.take("ping");
  await scene.clock.tick(answerMs - 1000);
  assertEquals(scene.status.is, "online");
  await scene.clock.tick(6000);
  const waiting = scene.statuses.find(({ is }) => is === "waiting");
  assert(waiting?.is === "waiting");
  assertEquals(waiting.reason, "The server has stopped answering");
  assertEquals(await peer.next(), undefined);
});

Deno.test("a connection on which anything comes is alive", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  scene.link.send("users", {}).catch(() => {});
  for (let time = 0; time < 10; time++) {
    await scene.clock.tick(answerMs / 2);
    await peer.send({ t: "came", users: ["bob"] });
  }
  assertEquals(scene.status.is, "online");
});

Deno.test("a server that doesn't answer a dial in time is tried again", async () => {
  await using scene = new Scene({ dial: () => new Promise(() => {}) });
  await scene.clock.tick(16_000);
  const waiting = scene.statuses.find(({ is }) => is === "waiting");
  assert(waiting?.is === "waiting");
  assertEquals(waiting.reason, "The server doesn't answer");
});

Deno.test("a link says that it has come to the port for browsers", async () => {
  await using scene = new Scene();
  await scene.server.accept().then((peer) => peer.raw("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await turn();
  assert(scene.status.is === "waiting");
  assertMatch(scene.status.reason, /^That port is for browsers/);
});

Deno.test("close() lets what was sent be answered, says quit and ends", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const sent = scene.link.send("say", say("last"));
  const closed = scene.link.close();
  const last = await peer.take("say");
  const quit = await peer.take("quit");
  await peer.ok(last, { seq: 1, at: 1 });
  await peer.ok(quit);
  await closed;
  assertEquals((await sent).seq, 1);
  assertEquals(scene.status, { is: "ended" });
  assertEquals(await peer.next(), undefined);
  assertEquals(scene.clock.waiting, 0);
});

Deno.test("close() cuts a server that doesn't answer quit", async () => {
  await using scene = new Scene();
  const peer = await scene.online();
  const closed = scene.link.close();
  await peer.take("quit");
  await scene.clock.tick(2000);
  await closed;
  assertEquals(scene.status, { is: "ended" });
});

Deno.test("close() while it waits ends at once and refuses what was kept", async () => {
  await using scene = new Scene();
  scene.server.broken = new Error("Connection refused");
  (await scene.online()).cut();
  await turn();
  assertEquals(scene.status.is, "waiting");
  const refused = assertRejects(() => scene.link.send("say", say("x")), ChatError, "closed");
  await scene.link.close();
  await refused;
  assertEquals(scene.clock.waiting, 0);
});

Deno.test("reconnect() dials at once", async () => {
  await using scene = new Scene();
  scene.chance = 0.999;
  (await scene.online()).cut();
  await turn();
  assertEquals(scene.status.is, "waiting");
  scene.link.reconnect();
  await scene.online();
  assertEquals(scene.status.is, "online");
});

Deno.test("what comes with the answer to hello is told after it", async () => {
  const told: string[] = [];
  await using scene = new Scene({
    onStatus: ({ is }) => told.push(is),
    onEvent: ({ t }) => told.push(t),
  });
  const peer = await scene.server.accept();
  const hello = await peer.take("hello");
  await peer.send({ t: "ok", re: hello.id, ...welcome() }, said(1), said(2));
  await turn();
  assertEquals(told, ["connecting", "online", "said", "said"]);
});
