import { assertEquals } from "@std/assert";
import { openMemory } from "../lib/backend/memory.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

const password = "correct horse";

async function account(server: TestServer, user: string): Promise<Peer> {
  const peer = await server.join(user);
  await peer.ok({ t: "register", password });
  return peer;
}

async function roleOf(peer: Peer, user: string): Promise<unknown> {
  const { users } = await peer.ok({ t: "users" });
  return (users as { user: string; role: string }[]).find((one) => one.user === user)?.role;
}

Deno.test("the name of the owner is kept for who comes from the machine itself", async () => {
  await using server = await TestServer.start({ owner: "Ada" });
  const stranger = server.connect("10.0.0.7");
  assertEquals(await stranger.refused({ t: "hello", v: 1, user: "ada" }), "name_taken");
  const ada = await server.join("Ada");
  assertEquals((await ada.ok({ t: "register", password })).role, "owner");
  assertEquals((await server.connect("10.0.0.7").hello("Ada", { password })).role, "owner");
});

Deno.test("nobody who is new is called what events call whoever runs the server, but the owner", async () => {
  for (const owner of ["Ada", "Admin"]) {
    await using server = await TestServer.start({ owner });
    const stranger = server.connect("10.0.0.7");
    for (const user of ["admin", "ADMIN", "ａｄｍｉｎ"]) {
      assertEquals(await stranger.refused({ t: "hello", v: 1, user }), "name_taken");
    }
    const ada = await server.join(owner);
    assertEquals((await ada.ok({ t: "register", password })).role, "owner");
  }
});

Deno.test("the owner's code is good once, from anywhere", async () => {
  await using server = await TestServer.start({ owner: "Ada" });
  const invite = server.core.ownership.offered?.code;
  const stranger = server.connect("10.0.0.7");
  const wrong = { t: "hello", v: 1, user: "Ada", invite: "234567-234567-234567" };
  assertEquals(await stranger.refused(wrong), "name_taken");
  await stranger.hello("Ada", { invite });
  assertEquals((await stranger.ok({ t: "register", password })).role, "owner");
  assertEquals(server.core.ownership.offered, undefined);
});

Deno.test("who had the name of the owner before as a guest is not the owner", async () => {
  const backend = openMemory();
  const token = await (async () => {
    await using server = await TestServer.start({ backend });
    return (await server.join("Ada")).token;
  })();
  await using server = await TestServer.start({ backend, owner: "Ada" });
  const squatter = server.connect("10.0.0.7");
  assertEquals(await squatter.refused({ t: "hello", v: 1, token }), "name_taken");
  await squatter.ok({ t: "hello", v: 1, token, user: "Eve" });
  assertEquals((await squatter.ok({ t: "register", password })).role, "member");
  const ada = await server.join("Ada");
  assertEquals((await ada.ok({ t: "register", password })).role, "owner");
});

Deno.test("an account of that name is the owner's once it comes with the code", async () => {
  const backend = openMemory();
  await (async () => {
    await using server = await TestServer.start({ backend });
    await account(server, "Ada");
  })();
  await using server = await TestServer.start({ backend, owner: "Ada" });
  assertEquals((await server.connect("10.0.0.7").hello("Ada", { password })).role, "member");
  const invite = server.core.ownership.offered?.code;
  const came = await server.connect("10.0.0.7").hello("Ada", { password, invite });
  assertEquals(came.role, "owner");
});

Deno.test("role is given by the owner, to accounts, and kept", async () => {
  const backend = openMemory();
  await (async () => {
    await using server = await TestServer.start({ backend, owner: "Ada" });
    const ada = await account(server, "Ada");
    const bob = await account(server, "Bob");
    const guest = await server.join("Guest");
    const give = { t: "role", user: "bob", role: "moderator" };
    for (const peer of [bob, guest]) assertEquals(await peer.refused(give), "not_allowed");
    await ada.ok(give);
    assertEquals(await roleOf(guest, "Bob"), "moderator");
    assertEquals(await ada.refused({ ...give, user: "Guest" }), "not_allowed");
    assertEquals(await ada.refused({ ...give, user: "Nobody" }), "no_such_user");
    assertEquals(await ada.refused({ ...give, role: "guest" }), "not_allowed");
    assertEquals(await bob.refused({ ...give, user: "Guest" }), "not_allowed");
  })();
  await using server = await TestServer.start({ backend });
  assertEquals(await roleOf(await server.join("Carol"), "Bob"), "moderator");
});

Deno.test("what somebody becomes is told at once, to them and to those who hear of them", async () => {
  await using server = await TestServer.start({ owner: "Ada" });
  const ada = await account(server, "Ada");
  const bob = await server.join("Bob");
  const { uid } = bob;
  await bob.ok({ t: "register", password });
  const isBob = (event: JsonObject) => event.t === "role_given" && event.uid === uid;
  assertEquals(await ada.event(isBob), { t: "role_given", user: "Bob", uid, role: "member" });
  await bob.event(isBob);
  const give = { t: "role", user: "Bob", role: "moderator" };
  for (const _ of ["given", "given again"]) await ada.ok(give);
  const given = { ...give, t: "role_given", uid, by: "Ada", by_uid: ada.uid };
  for (const peer of [ada, bob]) {
    await peer.ok({ t: "ping" });
    assertEquals(peer.events.filter(isBob), [given]);
  }
});

Deno.test("the last owner stays one", async () => {
  await using server = await TestServer.start({ owner: "Ada" });
  const ada = await account(server, "Ada");
  const bob = await account(server, "Bob");
  const step = { t: "role", user: "Ada", role: "member" };
  assertEquals(await ada.refused(step), "not_allowed");
  await ada.ok({ t: "role", user: "Bob", role: "owner" });
  await ada.ok(step);
  assertEquals(await ada.refused({ ...step, user: "Bob" }), "not_allowed");
  assertEquals(await roleOf(bob, "Ada"), "member");
});
