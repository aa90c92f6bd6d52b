import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Operator } from "../../lib/moderation/operator.ts";
import { Cluster } from "../helpers/cluster.ts";
import type { Peer } from "../helpers/peer.ts";

/** Two nodes with the server's owner on the first one, and Bob on the second. */
async function begin() {
  const cluster = await Cluster.start(2, { owner: "Olga" });
  const olga = await cluster.join(0, "Olga", "tea");
  await olga.ok({ t: "register", password: "correct horse" });
  await cluster.level();
  const bob = await cluster.join(1, "Bob", "tea");
  await cluster.level();
  return { cluster, olga, bob };
}

async function refusal(peer: Peer): Promise<unknown[]> {
  const { code, message } = await peer.event(({ t }) => t === "refused");
  return [code, message];
}

Deno.test("who is put out of a room on one node is out of it on all", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  await olga.ok({ t: "kick", room: "tea", user: "bob", reason: "Noise" });
  const { user, by, reason } = await bob.next("kicked");
  assertEquals([user, by, reason], ["Bob", "Olga", "Noise"]);
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "hi" }), "not_allowed");
  await bob.ok({ t: "join", room: "tea" });
  await olga.ok({ t: "ban", room: "tea", user: "bob" });
  await bob.next("kicked");
  assertEquals(await bob.refused({ t: "join", room: "tea" }), "banned");
});

Deno.test("who gave a role is told on every node, of this role and of no other one", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  const given = (event: JsonObject) => event.t === "role_given" && event.uid === bob.uid;
  await bob.ok({ t: "register", password: "battery staple" });
  const { role, by } = await olga.event(given);
  assertEquals([role, by], ["member", undefined]);
  await bob.event(given);
  for (const role of ["moderator", "member"]) {
    await cluster.level();
    await olga.ok({ t: "role", user: "bob", role });
    const told = { t: "role_given", user: "Bob", uid: bob.uid, role, by: "Olga", by_uid: olga.uid };
    for (const peer of [olga, bob]) assertEquals(await peer.event(given), told);
  }
});

Deno.test("mutes, locks, slowness and roles of a room hold on all nodes", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  await olga.ok({ t: "mute", room: "tea", user: "bob" });
  await bob.next("muted");
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "hi" }), "muted");
  await olga.ok({ t: "unmute", room: "tea", user: "bob" });
  await olga.ok({ t: "lock", room: "tea", key: "sesame" });
  await bob.next("locked");
  const carol = await cluster.join(1, "Carol");
  assertEquals(await carol.refused({ t: "join", room: "tea" }), "room_locked");
  await carol.ok({ t: "join", room: "tea", key: "sesame" });
  await olga.ok({ t: "role", room: "tea", user: "bob", role: "moderator" });
  await bob.next("appointed");
  await bob.ok({ t: "kick", room: "tea", user: "carol" });
  await olga.event(({ t, user }) => t === "kicked" && user === "Carol");
});

Deno.test("who is banned from the server is out on every node, and comes in on none until unbanned", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  await olga.ok({ t: "ban", user: "bob", reason: "Spam" });
  assertEquals(await refusal(bob), ["banned", "You are banned from this server: Spam"]);
  await bob.end();
  await cluster.level();
  for (const server of cluster.servers) {
    const hello = { t: "hello", v: 1, token: bob.token };
    assertEquals(await server.connect().refused(hello), "banned");
  }
  await olga.ok({ t: "unban", user: "bob" });
  await cluster.level();
  const back = cluster.servers[1].connect();
  assertEquals((await back.hello("Bob", { token: bob.token })).uid, bob.uid);
});

Deno.test("an address is banned on every node, with whoever is there", async () => {
  const { cluster, olga } = await begin();
  await using _cluster = cluster;
  const eve = cluster.servers[1].connect("203.0.113.7");
  await eve.hello("Eve");
  await olga.ok({ t: "ban", address: "203.0.113.7" });
  assertEquals((await refusal(eve))[0], "banned");
  await cluster.level();
  const again = cluster.servers[1].connect("203.0.113.7");
  assertEquals((await refusal(again))[0], "banned");
});

Deno.test("an address isn't banned by somebody of a lower role than whoever is there, on any node", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  await bob.ok({ t: "register", password: "battery staple" });
  await olga.ok({ t: "role", user: "bob", role: "moderator" });
  const there = cluster.servers[0].connect("203.0.113.7");
  await there.hello("Olga", { token: olga.token });
  const ban = { t: "ban", address: "203.0.113.7" };
  assertEquals(await bob.refused(ban), "not_allowed");
  there.close();
  await there.end();
  await bob.ok(ban);
});

Deno.test("a login that is ended on one node ends what came with it on all, and nothing else", async () => {
  const { cluster, bob } = await begin();
  await using _cluster = cluster;
  await bob.ok({ t: "register", password: "battery staple" });
  const tokens = bob.token;
  const other = cluster.servers[0].connect();
  await other.hello("Bob", { password: "battery staple" });
  const same = cluster.servers[0].connect();
  await same.hello("Bob", { token: tokens });
  const { logins } = await other.ok({ t: "logins" });
  const there = (logins as JsonObject[]).find(({ here }) => !here);
  await other.ok({ t: "revoke", login: there?.login });
  for (const peer of [bob, same]) {
    assertEquals(await refusal(peer), ["revoked", "This login was ended on another device"]);
  }
  await cluster.level();
  await other.ok({ t: "ping" });
  const hello = { t: "hello", v: 1, token: tokens };
  for (const server of cluster.servers) {
    assertEquals(await server.connect().refused(hello), "bad_login");
  }
});

Deno.test("a login ends on a node that hears that it was dropped, and not why", async () => {
  const { cluster, bob } = await begin();
  await using _cluster = cluster;
  const { accounts } = cluster.servers[0].core.backend;
  const kept = await accounts.logins(bob.uid as Parameters<typeof accounts.logins>[0]);
  await accounts.dropLogins(kept.map(({ hash }) => hash));
  assertEquals(await refusal(bob), ["revoked", "This login was ended: log in again"]);
});

Deno.test("whoever runs the server removes a user from all nodes", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  await bob.ok({ t: "register", password: "battery staple" });
  const there = cluster.servers[0].connect();
  await there.hello("Bob", { password: "battery staple" });
  await bob.ok({ t: "say", room: "lobby", text: "unkind" });
  await cluster.level();
  const operator = new Operator(cluster.servers[0].core);
  await operator.run("remove", { user: "Bob", messages: true });
  for (const peer of [bob, there]) {
    assertEquals(await refusal(peer), ["revoked", "You were removed from this server"]);
  }
  await cluster.level();
  for (const { core } of cluster.servers) {
    assertEquals(core.people.holder("Bob"), undefined);
    assertEquals(core.hub.room("tea")?.room.members.size, 1);
    const { events } = await core.backend.log.read(core.hub.lobby.id, {
      before: 100,
      limit: 10,
      bytes: Infinity,
    });
    assert(events.every((event) => !("text" in event)));
  }
  assertEquals((await olga.ok({ t: "users" }) as { users: unknown[] }).users.length, 1);
});

Deno.test("what moderators did on any node is in one trail", async () => {
  const { cluster, olga, bob } = await begin();
  await using _cluster = cluster;
  await olga.ok({ t: "role", room: "tea", user: "bob", role: "moderator" });
  await bob.next("appointed");
  await bob.ok({ t: "slow", room: "tea", seconds: 5 });
  await olga.next("slowed");
  await olga.ok({ t: "ban", address: "203.0.113.7" });
  await cluster.level();
  const trails = await Promise.all(cluster.servers.map(async ({ core }) => {
    return (await core.backend.audit.read({ limit: 10 })).entries;
  }));
  assertEquals(trails[1], trails[0]);
  assertEquals(trails[0].map(({ did, by }) => [did, by]), [
    ["banned", "Olga"],
    ["slowed", "Bob"],
    ["appointed", "Olga"],
  ]);
});
