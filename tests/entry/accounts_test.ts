import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { ScryptPasswords } from "../../lib/backend/scrypt.ts";
import { limits } from "../../lib/limits.ts";
import { forGood } from "../../lib/moderation/rules.ts";
import { FakeClock, turn } from "../helpers/fake_clock.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

const password = "correct horse";

/** Passwords that are made when a test wants it, one after the other. */
class SlowPasswords extends ScryptPasswords {
  #asked = Promise.withResolvers<() => void>();

  constructor() {
    super({ ln: 2, r: 1, p: 1 });
  }

  /** Lets the next one be made, which is asked for or will be. */
  async goOn(): Promise<void> {
    const make = await this.#asked.promise;
    this.#asked = Promise.withResolvers();
    make();
  }

  override async hash(password: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asked.resolve(resolve);
    await promise;
    return await super.hash(password);
  }
}

/** Somebody whose name is theirs. */
async function account(server: TestServer, user: string): Promise<Peer> {
  const peer = await server.join(user);
  await peer.ok({ t: "register", password });
  return peer;
}

async function logins(peer: Peer): Promise<{ login: string; agent: string; here?: boolean }[]> {
  return (await peer.ok({ t: "logins" })).logins as Awaited<ReturnType<typeof logins>>;
}

Deno.test("register makes a guest a member who stays the same user", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "physics");
  await alice.ok({ t: "say", room: "physics", text: "mine" });
  assertEquals((await alice.ok({ t: "register", password })).role, "member");
  const bob = await server.join("Bob");
  const users = (await bob.ok({ t: "users" })).users as { user: string; role: string }[];
  assertEquals(users.map(({ user, role }) => [user, role]), [["Alice", "member"], [
    "Bob",
    "guest",
  ]]);
  await alice.ok({ t: "edit", room: "physics", seq: 2, text: "still mine" });
});

Deno.test("register is refused where the password is too short or the name is theirs", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  assertEquals(await alice.refused({ t: "register", password: "1234567" }), "bad_message");
  await alice.ok({ t: "register", password });
  assertEquals(await alice.refused({ t: "register", password }), "not_allowed");
});

Deno.test("of two registrations at once one makes the account", async () => {
  await using server = await TestServer.start();
  const one = await server.join("Alice");
  const two = server.connect();
  await two.ok({ t: "hello", v: 1, token: one.token });
  const passwords = ["the first one", "the second one"];
  const answers = await Promise.all(
    [one, two].map((peer, at) => peer.ask({ t: "register", password: passwords[at] })),
  );
  // Which one is chance where they are on different nodes.
  assertEquals(answers.map(({ t }) => t).toSorted(), ["ok", "refused"]);
  const made = answers.findIndex(({ t }) => t === "ok");
  const three = server.connect();
  await three.ok({ t: "hello", v: 1, user: "Alice", password: passwords[made] });
});

Deno.test("an account keeps its name and its rooms, however long nobody is there", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice", "physics");
  await alice.ok({ t: "register", password });
  alice.close();
  await clock.leap(limits.guestGraceMs * 3);
  const bob = await server.join("Bob");
  const answer = await bob.ask({ t: "members", room: "physics" });
  assertEquals((answer.members as { user: string }[]).map(({ user }) => user), ["Alice"]);
  const other = await server.connect().ask({ t: "hello", v: 1, user: "ALICE" });
  assertEquals([other.code, other.account], ["name_taken", true]);
});

Deno.test("a guest's name that is taken says nothing of an account", async () => {
  await using server = await TestServer.start();
  await server.join("Alice");
  const other = await server.connect().ask({ t: "hello", v: 1, user: "Alice" });
  assertEquals([other.code, other.account], ["name_taken", undefined]);
});

Deno.test("hello with the password brings an account to another device", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const phone = server.connect();
  const answer = await phone.hello("alice", { password, agent: "phone" });
  assertEquals([answer.user, answer.uid, answer.role], ["Alice", alice.uid, "member"]);
  assertNotEquals(phone.token, alice.token);
  const again = server.connect();
  assertEquals((await again.ok({ t: "hello", v: 1, token: phone.token })).uid, alice.uid);
});

Deno.test("a password is the same, whichever keyboard it was typed on", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await alice.ok({ t: "register", password: "zu\u0308richberg" });
  await server.connect().hello("Alice", { password: "zürichberg" });
});

Deno.test("hello with a wrong password tells no name: an account's, a guest's or none", async () => {
  await using server = await TestServer.start();
  await account(server, "Alice");
  await server.join("Bob");
  const answers = ["Alice", "Bob", "Carol"].map(async (user) => {
    const { re: _re, ...answer } = await server.connect()
      .ask({ t: "hello", v: 1, user, password: "a wrong one" });
    return answer;
  });
  const [first, ...others] = await Promise.all(answers);
  assertEquals(first.code, "bad_login");
  for (const other of others) assertEquals(other, first);
});

Deno.test("each try is one scrypt run, whether there is such a name or not", async () => {
  await using server = await TestServer.start();
  await account(server, "Alice");
  const hashes = () => {
    return server.cores.reduce((sum, { credentials }) => sum + credentials.counts.hashes, 0);
  };
  for (const user of ["Alice", "Carol"]) {
    const before = hashes();
    const hello = { t: "hello", v: 1, user, password: "a wrong one" };
    assertEquals(await server.connect().refused(hello), "bad_login");
    assertEquals(hashes(), before + 1, user);
  }
});

Deno.test("a password that was kept with less work is kept with today's once it is known", async () => {
  const backend = openMemory();
  const uid = await (async () => {
    await using server = await TestServer.start({ backend });
    return (await account(server, "Alice")).uid;
  })();
  const passwords = new ScryptPasswords({ ln: 3, r: 1, p: 1 });
  await using server = await TestServer.start({ backend, passwords });
  const [known] = server.core.people.sorted();
  assertEquals([known.uid as string, known.role], [uid, "member"]);
  const kept = () => backend.accounts.credential(known.uid);
  assert(passwords.isWeak(await kept() ?? ""));
  await server.connect().hello("Alice", { password });
  assert(!passwords.isWeak(await kept() ?? ""));
  await server.connect().hello("Alice", { password });
});

Deno.test("password changes it, and every other login ends at once", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const phone = server.connect();
  await phone.hello("Alice", { password });
  const page = server.connect();
  await page.ok({ t: "hello", v: 1, token: phone.token, quiet: true });
  const old = "a wrong one";
  assertEquals(await alice.refused({ t: "password", old, new: "battery staple" }), "bad_login");
  assertEquals(await alice.refused({ t: "password", old: password, new: "short" }), "bad_message");
  await alice.ok({ t: "password", old: password, new: "battery staple" });
  for (const peer of [phone, page]) {
    assertEquals((await peer.next("refused")).code, "revoked");
    await peer.end();
  }
  const again = server.connect();
  assertEquals(await again.refused({ t: "hello", v: 1, token: phone.token }), "bad_login");
  assertEquals(await again.refused({ t: "hello", v: 1, user: "Alice", password }), "bad_login");
  await again.hello("Alice", { password: "battery staple" });
  await alice.ok({ t: "ping" });
});

Deno.test("password is nothing for a guest", async () => {
  await using server = await TestServer.start();
  const bob = await server.join("Bob");
  const command = { t: "password", old: password, new: password };
  assertEquals(await bob.refused(command), "login_required");
});

Deno.test("logout is answered, then the connections of that login end", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const phone = server.connect();
  await phone.hello("Alice", { password });
  const other = server.connect();
  await other.ok({ t: "hello", v: 1, token: phone.token });
  await phone.ok({ t: "logout" });
  for (const peer of [phone, other]) {
    assertEquals((await peer.next("refused")).code, "revoked");
    await peer.end();
  }
  assertEquals(
    await server.connect().refused({ t: "hello", v: 1, token: phone.token }),
    "bad_login",
  );
  assertEquals((await logins(alice)).length, 1);
});

Deno.test("nothing is done that was sent behind a logout", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const bob = await server.join("Bob");
  await alice.raw(
    '{"t":"logout","id":"out"}\n{"t":"say","room":"lobby","text":"after","id":"say"}\n',
  );
  await alice.end();
  assertEquals(await bob.seen("said"), []);
});

Deno.test("logout of all ends every login", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const phone = server.connect();
  await phone.hello("Alice", { password });
  await phone.ok({ t: "logout", all: true });
  await Promise.all([alice.end(), phone.end()]);
  const fresh = server.connect();
  await fresh.hello("Alice", { password });
  assertEquals((await logins(fresh)).length, 1);
});

Deno.test("a guest who logs out gives up the name at once", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  await bob.ok({ t: "logout" });
  await bob.end();
  await alice.event(({ t, user }) => t === "left" && user === "Bob");
  while (server.core.people.holder("Bob")) await turn();
  const other = await server.join("Bob");
  assertNotEquals(other.uid, bob.uid);
});

Deno.test("logins are listed without what anybody could come in with", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = server.connect();
  await alice.hello("Alice", { agent: "terminal" });
  await alice.ok({ t: "register", password });
  await clock.leap(1000);
  const phone = server.connect();
  await phone.hello("Alice", { password, agent: "phone" });
  const listed = await logins(alice);
  assertEquals(listed.map(({ agent, here }) => [agent, here]), [
    ["phone", undefined],
    ["terminal", true],
  ]);
  for (const { login } of listed) {
    for (const peer of [alice, phone]) assert(!peer.token.includes(login));
    assertEquals(
      await server.connect().refused({ t: "hello", v: 1, token: login }),
      "bad_login",
    );
  }
});

Deno.test("revoke ends one login, and none of somebody else", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const phone = server.connect();
  await phone.hello("Alice", { password });
  const [{ login }] = (await logins(phone)).filter(({ here }) => here);
  const bob = await account(server, "Bob");
  assertEquals(await bob.refused({ t: "revoke", login }), "bad_login");
  await alice.ok({ t: "revoke", login });
  assertEquals((await phone.next("refused")).code, "revoked");
  await phone.end();
  assertEquals(await alice.refused({ t: "revoke", login }), "bad_login");
});

Deno.test("beyond so many logins the one used longest ago ends", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const first = await account(server, "Alice");
  for (let more = 0; more < limits.loginsMax; more++) {
    await clock.leap(10);
    const peer = server.connect();
    await peer.hello("Alice", { password });
    peer.close();
  }
  await first.end();
  const peer = server.connect();
  await peer.hello("Alice", { password });
  assertEquals((await logins(peer)).length, limits.loginsMax);
});

Deno.test("who is banned makes no login by their password, and ends none of theirs", async () => {
  await using server = await TestServer.start();
  const alice = await account(server, "Alice");
  const { accounts } = server.core.backend;
  const known = server.core.people.holder("Alice");
  assert(known);
  const { person, uid } = known;
  for (let more = 1; more < limits.loginsMax; more++) {
    await accounts.saveLogin({ hash: `${more}`, uid, agent: "", at: more });
  }
  await server.core.bans.add({ whom: { is: "user", user: person }, until: forGood });
  const peer = server.connect();
  assertEquals(await peer.refused({ t: "hello", v: 1, user: "Alice", password }), "banned");
  assertEquals((await accounts.logins(uid)).length, limits.loginsMax);
  await alice.ok({ t: "ping" });
});

Deno.test("who comes in with a login that is ended meanwhile doesn't stay", async () => {
  const backend = openMemory();
  await using server = await TestServer.start({ backend });
  const alice = await account(server, "Alice");
  const phone = server.connect();
  await phone.hello("Alice", { password });
  const [{ login }] = (await logins(phone)).filter(({ here }) => here);
  // What hello reads comes only when the login has ended.
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const { promise: reads, resolve: onRead } = Promise.withResolvers<void>();
  const marks = backend.accounts.marks.bind(backend.accounts);
  backend.accounts.marks = async (uid) => {
    onRead();
    await ended;
    return await marks(uid);
  };
  const late = server.connect();
  const answer = late.ask({ t: "hello", v: 1, token: phone.token });
  await reads;
  await alice.ok({ t: "revoke", login });
  resolve();
  await answer;
  assertEquals((await late.next("refused")).code, "revoked");
  await late.end();
  assertEquals(server.core.people.sorted()[0].listeners.size, 1);
});

Deno.test("what is sent behind register and password isn't held up by them", async () => {
  const passwords = new SlowPasswords();
  await using server = await TestServer.start({ passwords });
  const alice = await server.join("Alice");
  const registered = alice.ok({ t: "register", password });
  await alice.ok({ t: "say", room: "lobby", text: "meanwhile" });
  await passwords.goOn();
  await registered;
  const changed = alice.ok({ t: "password", old: password, new: "battery staple" });
  await alice.ok({ t: "say", room: "lobby", text: "meanwhile" });
  await passwords.goOn();
  await changed;
});

Deno.test("a guest who has left while their password waited for its turn gets no account", async () => {
  const clock = new FakeClock();
  const passwords = new SlowPasswords();
  await using server = await TestServer.start({ clock, passwords });
  const { credentials } = server.core;
  const registered = credentials.registered.bind(credentials);
  let over: Promise<unknown> | undefined;
  credentials.registered = (attempt, password, then) => {
    const registering = registered(attempt, password, then);
    over = registering.catch(() => {});
    return registering;
  };
  const alice = await server.join("Alice");
  void alice.ask({ t: "register", password });
  await alice.raw('{"t":"logout"}\n');
  await clock.tick(limits.drainMs);
  await alice.end();
  await clock.leap(10_000);
  await passwords.goOn();
  await over;
  const other = await server.join("Alice");
  assertEquals((await other.ok({ t: "users" })).users, [
    { user: "Alice", uid: other.uid, online: true, role: "guest" },
  ]);
  const holders = await server.core.backend.accounts.holders();
  assertEquals(holders.map(({ uid, role }) => [String(uid), role]), [[other.uid, "guest"]]);
});
