import { assertEquals, assertMatch } from "@std/assert";
import { sayRoute } from "../../lib/net/say_route.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { type Asking, WebScene } from "../helpers/web_scene.ts";

const post = (body: BodyInit, more: Asking = {}): Asking => ({ method: "POST", body, ...more });

Deno.test("POST /say says it as the user of the token", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice");
  const bob = await scene.server.join("Bob");
  const { status, json } = await scene.ask(
    "/say/lobby",
    post("the build is done\n", { as: alice }),
  );
  const said = await bob.next("said");
  assertEquals([status, json.seq], [200, said.seq]);
  assertEquals([said.text, said.user, said.uid], ["the build is done", "Alice", alice.uid]);
});

Deno.test("POST /say whispers, and keeps lines", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice");
  const bob = await scene.server.join("Bob");
  const path = `/say/@Bob?with=${bob.uid}`;
  assertEquals((await scene.ask(path, post("one\r\n\ntwo\r\n", { as: alice }))).status, 200);
  const said = await bob.next("said");
  assertEquals([said.text, said.room], ["one\n\ntwo", "@Alice"]);
});

Deno.test("POST /say under one cid says it once", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice");
  const say = () => scene.ask("/say/lobby?cid=build-7", post("done", { as: alice }));
  const first = await say();
  assertEquals((await say()).json, first.json);
  const other = post("failed", { as: alice });
  assertEquals(await scene.refused(400, "/say/lobby?cid=build-7", other), "bad_message");
});

Deno.test("POST /say by a guest of one request leaves the name free behind it", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice");
  for (const text of ["one", "two"]) {
    assertEquals((await scene.ask("/say/lobby?user=ci", post(text))).status, 200);
    assertEquals((await alice.next("said")).user, "ci");
  }
  const headers = { authorization: `Basic ${btoa("cron:")}` };
  assertEquals((await scene.ask("/say/lobby", post("three", { headers }))).status, 200);
  assertEquals((await alice.next("said")).user, "cron");
  assertEquals(await scene.refused(409, "/say/lobby?user=ALICE", post("x")), "name_taken");
  assertEquals(scene.server.core.people.size, 1);
  assertEquals(scene.server.peerCount, 1);
});

Deno.test("POST /say enters a room for what it says, and leaves it again", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice", "dev");
  const bob = await scene.server.join("Bob");
  for (
    const [path, asking, user] of [
      ["/say/dev", { as: bob }, "Bob"],
      ["/say/dev?user=ci", {}, "ci"],
    ] as const
  ) {
    assertEquals((await scene.ask(path, post("done", asking))).status, 200);
    const of = (t: string) => alice.event((event) => event.t === t && event.user === user);
    assertEquals([(await of("said")).text, (await of("left")).room], ["done", "dev"]);
  }
  // Who is in it stays.
  assertEquals((await scene.ask("/say/dev", post("done", { as: alice }))).status, 200);
  const { members } = await alice.ok({ t: "members", room: "dev" });
  assertEquals(members, [{ user: "Alice", uid: alice.uid, online: true, role: "owner" }]);
});

Deno.test("POST /say takes the token as the password of Basic, too", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice");
  const headers = { authorization: `Basic ${btoa(`:${alice.token}`)}` };
  assertEquals((await scene.ask("/say/lobby", post("hello", { headers }))).status, 200);
  assertEquals((await alice.next("said")).uid, alice.uid);
});

Deno.test("POST /say is refused as the wire refuses it", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice");
  const as = (body: BodyInit) => post(body, { as: alice });
  assertEquals(await scene.refused(401, "/say/lobby", post("x")), "login_required");
  const stranger = post("x", { headers: { authorization: "Bearer nobody" } });
  assertEquals(await scene.refused(401, "/say/lobby", stranger), "bad_login");
  assertEquals(await scene.refused(404, "/say/nowhere", as("x")), "no_such_room");
  assertEquals(await scene.refused(404, "/say/@Nobody", as("x")), "no_such_user");
  assertEquals(await scene.refused(403, "/say/@Alice", as("x")), "not_allowed");
  assertEquals(await scene.refused(400, "/say/lobby", as("")), "bad_message");
  assertEquals(await scene.refused(400, "/say/lobby", as("a\u0007")), "bad_message");
  assertEquals(await scene.refused(400, "/say/lobby", as(Uint8Array.of(255))), "bad_message");
  assertEquals(await scene.refused(413, "/say/lobby", as("x".repeat(16_387))), "too_long");
  assertEquals(await scene.refused(413, "/say/lobby", as("x".repeat(9_000_000))), "too_long");
  assertEquals((await scene.ask("/say/lobby", as("x".repeat(16_384)))).status, 200);
  assertEquals(await scene.refused(405, "/say/lobby", { as: alice }), "unknown_command");
});

Deno.test("POST /say is slowed like a connection, and refused where many wait", async () => {
  const clock = new FakeClock();
  await using scene = await WebScene.start([sayRoute], {
    clock,
    bounds: { flood: true },
    alone: "each node counts for itself",
  });
  const alice = await scene.server.join("Alice");
  const statuses: number[] = [];
  const many = Array.from({ length: 50 }, async (_, index) => {
    const { status, headers } = await scene.ask("/say/lobby", post(`${index}`, { as: alice }));
    statuses.push(status);
    if (status === 429) assertMatch(headers.get("retry-after") ?? "", /^\d+$/);
  });
  while (statuses.length < 30) await alice.ok({ t: "ping" });
  const count = (wanted: number) => statuses.filter((status) => status === wanted).length;
  assertEquals([count(200), count(429)], [20, 10]);
  await clock.tick(2000);
  await Promise.all(many);
  assertEquals([count(200), count(429)], [40, 10]);
});

Deno.test("POST /say is refused to who is muted in a room or banned from it", async () => {
  await using scene = await WebScene.start([sayRoute]);
  const alice = await scene.server.join("Alice", "dev");
  const bob = await scene.server.join("Bob", "dev");
  await alice.ok({ t: "mute", room: "dev", user: "Bob" });
  assertEquals(await scene.refused(403, "/say/dev", post("hi", { as: bob })), "muted");
  await alice.ok({ t: "ban", room: "dev", user: "Bob" });
  assertEquals(await scene.refused(403, "/say/dev", post("hi", { as: bob })), "banned");
  await alice.ok({ t: "lock", room: "dev", key: "k" });
  // To those outside it is as if it weren't there.
  assertEquals(await scene.refused(404, "/say/dev?user=ci", post("hi")), "no_such_room");
});
