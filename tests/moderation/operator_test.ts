import { assert, assertEquals, assertRejects } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { ChatError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Operator } from "../../lib/moderation/operator.ts";
import { Cluster } from "../helpers/cluster.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, share } from "../helpers/file_peer.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

const password = "correct horse";

/** A server and whoever runs it. */
async function withOperator(run: (server: TestServer, operator: Operator) => Promise<void>) {
  await using server = await TestServer.start();
  await run(server, new Operator(server.core));
}

/** Somebody with an account. */
async function account(server: TestServer, user: string): Promise<Peer> {
  const peer = await server.join(user);
  await peer.ok({ t: "register", password });
  return peer;
}

async function code(doing: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => doing, ChatError)).code;
}

/** What a list has, as an array of objects. */
function objects(list: unknown): readonly JsonObject[] {
  assert(Array.isArray(list));
  return list;
}

Deno.test("list has users with role, when they were here and what they keep, and rooms", () =>
  withOperator(async (server, operator) => {
    const alice = await account(server, "alice");
    const bob = await server.join("bob", "dev");
    await share(alice, counted(100));
    await share(bob, counted(10));
    const { users, rooms, guestBytes } = await operator.run("list", {});
    const shown = objects(users).map(({ user, role, online, logins, bytes, at }) => {
      assert(Number(at) > 0);
      return [user, role, online, logins, bytes];
    });
    assertEquals(shown, [["alice", "member", true, 1, 100], ["bob", "guest", true, 1, undefined]]);
    assertEquals(guestBytes, 10);
    assertEquals(objects(rooms).map(({ room, members }) => [room, members]), [
      ["lobby", 0],
      ["dev", 1],
    ]);
  }));

Deno.test("revoke ends all logins of a user, or one", () =>
  withOperator(async (server, operator) => {
    const alice = await account(server, "alice");
    const other = server.connect();
    await other.ok({ t: "hello", v: 1, user: "alice", password, agent: "phone" });
    const { logins } = await operator.run("logins", { user: "ALICE" });
    assertEquals(objects(logins).length, 2);
    const phone = objects(logins).find(({ agent }) => agent === "phone");
    assertEquals(await operator.run("revoke", { user: "alice", login: phone?.login }), {
      ended: 1,
    });
    assertEquals((await other.next("refused")).code, "revoked");
    await other.end();
    await alice.ok({ t: "ping" });
    assertEquals(await operator.run("revoke", { user: "alice" }), { ended: 1 });
    await alice.end();
    const again = server.connect();
    assertEquals(await again.refused({ t: "hello", v: 1, token: alice.token }), "bad_login");
    assertEquals(await code(operator.run("revoke", { user: "alice", login: "x" })), "bad_login");
  }));

Deno.test("reset gives another password, made or given, and ends every login", () =>
  withOperator(async (server, operator) => {
    const alice = await account(server, "alice");
    const made = await operator.run("reset", { user: "alice" });
    await alice.end();
    const again = server.connect();
    assertEquals(await again.refused({ t: "hello", v: 1, user: "alice", password }), "bad_login");
    await again.ok({ t: "hello", v: 1, user: "alice", password: made.password });
    const given = await operator.run("reset", { user: "alice", password: "battery staple" });
    assertEquals(given.password, "battery staple");
    await again.end();
    const third = server.connect();
    await third.ok({ t: "hello", v: 1, user: "alice", password: "battery staple" });
    assertEquals(
      await code(operator.run("reset", { user: "alice", password: "x" })),
      "bad_message",
    );
  }));

/** Alice logs in, and her password is found to be right only when `run` is under way. */
async function whileLoggingIn(run: (operator: Operator) => Promise<unknown>) {
  const backend = openMemory();
  const server = await TestServer.start({ backend });
  await account(server, "alice");
  const uid = server.core.people.holder("alice")?.uid;
  assert(uid);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const credential = backend.accounts.credential.bind(backend.accounts);
  backend.accounts.credential = async (uid) => {
    const kept = await credential(uid);
    onAsked();
    await held;
    return kept;
  };
  const late = server.connect();
  const answered = late.ask({ t: "hello", v: 1, user: "alice", password });
  await asked;
  const done = run(new Operator(server.core));
  // Everything else of the operator's that could be done before is done by then.
  await server.core.credentials.made(password);
  release();
  await Promise.all([answered, done]);
  const kept = () => backend.accounts.logins(uid);
  return { late, server, kept, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const meanwhile = {
  "their password is reset": ["reset", {}],
  "they are removed": ["remove", { messages: false }],
} as const;

for (const [what, [name, fields]] of Object.entries(meanwhile)) {
  Deno.test(`who is logging in while ${what} doesn't stay`, async () => {
    await using scene = await whileLoggingIn((operator) =>
      operator.run(name, { user: "alice", ...fields })
    );
    const { late, server, kept } = scene;
    assertEquals(await kept(), []);
    await late.end();
    assertEquals(server.core.people.online, 0);
  });
}

Deno.test("a guest who is removed before they are quite in isn't there without a name", async () => {
  const backend = openMemory();
  await using server = await TestServer.start({ backend });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const saveLogin = backend.accounts.saveLogin.bind(backend.accounts);
  backend.accounts.saveLogin = async (login) => {
    onAsked();
    await held;
    await saveLogin(login);
  };
  const bob = server.connect();
  const answered = bob.ask({ t: "hello", v: 1, user: "bob" });
  await asked;
  await new Operator(server.core).run("remove", { user: "bob", messages: false });
  release();
  await answered;
  assertEquals((await bob.next("refused")).code, "revoked");
  await bob.end();
});

Deno.test("a guest has no password to be reset", () =>
  withOperator(async (server, operator) => {
    await server.join("bob");
    assertEquals(await code(operator.run("reset", { user: "bob" })), "not_allowed");
  }));

Deno.test("nobody is found by a name that nobody has", () =>
  withOperator(async (_server, operator) => {
    for (const name of ["logins", "revoke", "reset"]) {
      assertEquals(await code(operator.run(name, { user: "nobody" })), "no_such_user", name);
    }
    const remove = operator.run("remove", { user: "nobody", messages: true });
    assertEquals(await code(remove), "no_such_user");
  }));

Deno.test("remove puts a user out and gives up the name; what they wrote stays", () =>
  withOperator(async (server, operator) => {
    const alice = await account(server, "alice");
    const bob = await server.join("bob", "dev");
    await alice.ok({ t: "join", room: "dev" });
    await alice.ok({ t: "say", room: "dev", text: "hello" });
    const { code: invite } = await alice.ok({ t: "invite" });
    const { uid } = alice;
    const gone = { messages: 0, files: 0 };
    assertEquals(await operator.run("remove", { user: "alice", messages: false }), gone);
    await alice.end();
    const left = await bob.next("left");
    assertEquals([left.user, left.room], ["alice", "dev"]);
    const { events } = await bob.ok({ t: "history", room: "dev" });
    assert(objects(events).some(({ text }) => text === "hello"));
    const again = server.connect();
    assertEquals(await again.refused({ t: "hello", v: 1, user: "alice", password }), "bad_login");
    const newcomer = await server.join("alice");
    assert(newcomer.uid !== uid);
    assertEquals(await server.core.invitations.find(String(invite)), undefined);
  }));

Deno.test("remove with messages takes what they said and shared, wherever, and nothing else", () =>
  withOperator(async (server, operator) => {
    const alice = await server.join("alice", "dev", "left");
    const bob = await server.join("bob", "dev");
    for (const room of ["lobby", "dev", "left", "@bob"]) {
      await alice.ok({ t: "say", room, text: `in ${room}` });
      await share(alice, counted(10), { room, name: "a.txt" });
    }
    await alice.ok({ t: "leave", room: "left" });
    await bob.ok({ t: "say", room: "dev", text: "by bob" });
    await bob.ok({ t: "say", room: "@alice", text: "to alice" });
    const mine = await share(bob, counted(20), { room: "dev", name: "b.txt" });
    const taken = await operator.run("remove", { user: "alice", messages: true });
    assertEquals(taken, { messages: 4, files: 4 });
    const texts: unknown[] = [];
    await bob.ok({ t: "join", room: "left" });
    for (const room of ["lobby", "dev", "left"]) {
      const { events } = await bob.ok({ t: "history", room });
      texts.push(...objects(events).filter(({ t }) => t === "said").map(({ text }) => text));
    }
    // Nobody was there any more to hear of the third.
    assertEquals((await bob.seen("deleted")).map(({ room, user }) => [room, user]), [
      ["lobby", "admin"],
      ["dev", "admin"],
      ["@alice", "alice"],
    ]);
    assertEquals(texts.filter((text) => text !== undefined), ["by bob"]);
    const priv = await bob.ok({ t: "history", room: "@alice", with: alice.uid });
    assertEquals(
      objects(priv.events).filter(({ t }) => t === "said").map(({ text }) => text),
      [undefined, "to alice"],
    );
    const { files } = await bob.ok({ t: "files" });
    assertEquals(objects(files).map(({ file }) => file), [mine.file]);
  }));

Deno.test("role and audit are those of the owner's commands", () =>
  withOperator(async (server, operator) => {
    const alice = await account(server, "alice");
    assertEquals(await operator.run("role", { user: "alice", role: "moderator" }), {});
    assertEquals((await alice.ok({ t: "users" })).users, [
      { user: "alice", uid: alice.uid, online: true, role: "moderator" },
    ]);
    const { entries } = await operator.run("audit", {});
    assert(Array.isArray(entries));
  }));

Deno.test("the operator bans, and invites to a room without being in it", () =>
  withOperator(async (server, operator) => {
    const bob = await server.join("bob", "dev");
    assertEquals(await operator.run("ban", { user: "bob", reason: "spam" }), {});
    assertEquals((await bob.next("refused")).code, "banned");
    await server.join("carol", "dev");
    await operator.run("ban", { user: "carol", room: "dev" });
    const inRoom = await operator.run("bans", { room: "dev" });
    assertEquals(objects(inRoom.bans).map(({ user }) => user), ["carol"]);
    assertEquals(await operator.run("unban", { user: "bob" }), {});
    assertEquals(await operator.run("bans", {}), { bans: [], more: false });
    await server.join("dora", "dev");
    const { invite } = await operator.run("invite", { room: "dev" });
    const [made] = objects(
      (await account(server, "ada").then(async (ada) => {
        await operator.run("role", { user: "ada", role: "owner" });
        return await ada.ok({ t: "invites" });
      })).invites,
    );
    assertEquals([made.invite, made.room, made.user], [invite, "dev", "admin"]);
  }));

Deno.test("what the operator does to users is in the trail that the owner reads", () =>
  withOperator(async (server, operator) => {
    const ada = await account(server, "ada");
    await operator.run("role", { user: "ada", role: "owner" });
    await account(server, "bob");
    await operator.run("revoke", { user: "bob" });
    // Nothing was ended.
    await operator.run("revoke", { user: "bob" });
    await operator.run("reset", { user: "bob" });
    await operator.run("ban", { address: "192.0.2.7", seconds: 60 });
    await operator.run("remove", { user: "bob", messages: false });
    const { entries } = await ada.ok({ t: "audit" });
    assertEquals(objects(entries).map(({ by, did, user, address }) => [by, did, user ?? address]), [
      ["admin", "removed_user", "bob"],
      ["admin", "banned", "192.0.2.7"],
      ["admin", "reset_password", "bob"],
      ["admin", "ended_logins", "bob"],
      ["admin", "appointed", "ada"],
    ]);
  }));

Deno.test("the operator does nothing that isn't in the table", () =>
  withOperator(async (_server, operator) => {
    for (const name of ["say", "hello", "toString", 1, undefined]) {
      assertEquals(await code(operator.run(name, {})), "unknown_command", String(name));
    }
    assertEquals(await code(operator.run("logins", {})), "bad_message");
  }));

Deno.test("while nothing can be kept, what would be is refused for good, and lists are shown", async () => {
  await using cluster = await Cluster.start(2);
  await cluster.join(0, "bob");
  await cluster.level();
  const operator = new Operator(cluster.servers[1].core);
  cluster.node(1).cut();
  for (const name of ["ban", "remove", "reset"] as const) {
    const fields = { user: "bob", ...name === "remove" && { messages: false } };
    const why = "nothing is kept now, as the test says so; try again";
    const { code } = await assertRejects(() => operator.run(name, fields), ChatError, why);
    assertEquals(code, "unavailable");
  }
  assertEquals(objects((await operator.run("list", {})).users).length, 1);
  await cluster.node(1).mend();
  await cluster.level();
  assertEquals((await operator.run("bans", {})).bans, []);
});

Deno.test("what is to be kept when nothing can be any more isn't waited for, and may be done", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  await cluster.join(0, "bob");
  await cluster.level();
  const operator = new Operator(cluster.servers[1].core);
  const banned = operator.run("ban", { user: "bob" });
  cluster.node(1).cut();
  const refused = assertRejects(() => banned, ChatError, "it may still be done");
  await clock.tick(3000);
  assertEquals((await refused).code, "unavailable");
  await cluster.node(1).mend();
  await cluster.level();
  assertEquals(objects((await operator.run("bans", {})).bans).map(({ user }) => user), ["bob"]);
});
