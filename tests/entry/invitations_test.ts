import { assert, assertEquals, assertMatch } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { FakeClock, turn } from "../helpers/fake_clock.ts";
import {
  byInvitation,
  codeOf,
  coming,
  elsewhere,
  inside,
  lasting,
  start,
  usedOf,
} from "../helpers/invited.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

Deno.test("hello from elsewhere needs an invitation, from this machine none", async () => {
  await using server = await start();
  assertEquals((await coming(server, { user: "Eve" })).code, "bad_invite");
  const invite = await codeOf(server);
  assertEquals((await coming(server, { user: "Alice", invite })).t, "ok");
  await server.connect("127.0.0.9").hello("Bob");
  await server.connect("::1").hello("Carol");
  await server.connect("::ffff:127.0.0.1").hello("Dave");
});

Deno.test("hello from elsewhere needs no invitation where the server is open to all", async () => {
  await using server = await TestServer.start({ entry: { ...byInvitation, isOpen: true } });
  assertEquals((await coming(server, { user: "Alice" })).t, "ok");
  assertEquals((await coming(server, { user: "Bob", invite: "wrong" })).t, "ok");
});

Deno.test("hello may be tried again with an invitation after it was refused without", async () => {
  await using server = await start();
  const peer = server.connect(elsewhere);
  assertEquals(await peer.refused({ t: "hello", v: 1, user: "Alice" }), "bad_invite");
  await peer.hello("Alice", { invite: await codeOf(server) });
});

Deno.test("a stranger is answered alike whatever they say that they are", async () => {
  await using server = await start();
  await server.join("Alice", "den");
  const names = ["Alice", "ALICE", "Nobody", "-", "", "x".repeat(900)];
  const answers = await Promise.all(names.map(async (user) => {
    const answer = await coming(server, { user });
    return JSON.stringify({ ...answer, re: 0 });
  }));
  assertEquals(new Set(answers).size, 1);
  const peer = server.connect(elsewhere);
  for (const t of ["rooms", "users"]) assertEquals(await peer.refused({ t }), "hello_first");
  for (const room of ["den", "nowhere"]) {
    assertEquals(await peer.refused({ t: "join", room }), "hello_first");
  }
});

Deno.test("an invitation that isn't good is answered like none at all, whatever it was", async () => {
  const clock = new FakeClock();
  await using server = await start({ clock });
  const { core } = server;
  const late = await core.invitations.make({ role: "guest", until: clock.now() + 1000 });
  const once = await core.invitations.make({ role: "guest", uses: 1 });
  const withdrawn = await core.invitations.make({ role: "guest" });
  await core.invitations.withdraw(withdrawn.invitation.id);
  assertEquals((await coming(server, { user: "Alice", invite: once.code })).t, "ok");
  await clock.tick(1000);
  const none = await coming(server, { user: "Eve" });
  assertEquals(none.code, "bad_invite");
  const bad = [late.code, once.code, withdrawn.code, "k7mp2x-wd34fg-hj56mn", "x", "", "\u202e"];
  for (const invite of bad) {
    const answer = await coming(server, { user: "Eve", invite });
    assertEquals({ ...answer, re: none.re }, none, invite);
  }
});

Deno.test("a code is good however it is typed", async () => {
  await using server = await start();
  const code = await codeOf(server);
  const typed = [code.toUpperCase(), code.replaceAll("-", ""), ` ${code.replaceAll("-", " ")} `];
  for (const [index, invite] of typed.entries()) {
    assertEquals((await coming(server, { user: `p${index}`, invite })).t, "ok", invite);
  }
});

Deno.test("a token brings its user back without an invitation, also with a bad one", async () => {
  const backend = openMemory();
  const tokens: unknown[] = [];
  {
    await using server = await start({ backend: lasting(backend) });
    tokens.push((await coming(server, { user: "Alice", invite: await codeOf(server) })).token);
  }
  await using server = await start({ backend });
  for (const more of [{}, { invite: "wrong" }]) {
    assertEquals((await coming(server, { token: tokens[0], ...more })).user, "Alice");
  }
  assertEquals((await coming(server, { token: "made up" })).code, "bad_login");
});

Deno.test("of many who come at once, exactly as many get in as the invitation is for", async () => {
  await using server = await start();
  const owner = await inside(server, "Owner", "owner");
  const { code: invite } = await owner.ok({ t: "invite", uses: 10 });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => coming(server, { user: `p${index}`, invite })),
  );
  assertEquals(answers.filter(({ t }) => t === "ok").length, 10);
  assertEquals(answers.filter(({ code }) => code === "bad_invite").length, 40);
  assertEquals(server.core.people.size, 11);
});

Deno.test("who doesn't get in with a good invitation uses none of it", async () => {
  await using server = await start();
  const owner = await inside(server, "Owner", "owner");
  const { code: invite } = await owner.ok({ t: "invite", uses: 1 });
  const peer = server.connect(elsewhere);
  for (const [user, code] of [["owner", "name_taken"], ["-", "name_invalid"]]) {
    assertEquals(await peer.refused({ t: "hello", v: 1, user, invite }), code);
  }
  assertEquals(await usedOf(owner), [0]);
  await peer.hello("Alice", { invite });
  assertEquals((await coming(server, { user: "Bob", invite })).code, "bad_invite");
});

Deno.test("only what a code comes to is kept, not the code", async () => {
  const backend = openMemory();
  await using server = await start({ backend });
  const code = await codeOf(server);
  const kept = JSON.stringify(await backend.records.all("invitation"));
  for (const spelled of [code, code.replaceAll("-", "")]) assert(!kept.includes(spelled));
});

Deno.test("those who guess are answered ever later, and a right code at once", async () => {
  const clock = new FakeClock();
  const alone = "each node counts for itself";
  const server = await start({ clock, bounds: { flood: true }, alone });
  const answers: JsonObject[] = [];
  for (let count = 0; count < 40; count++) {
    const from = `2001:db8:1:2::${count}`;
    const guess = coming(server, { user: "Eve", invite: "k7mp2x-wd34fg-hj56mn" }, from);
    void guess.then((answer) => answers.push(answer));
  }
  // Then all have been looked at, and the others wait.
  while (answers.length < 20) await turn();
  const codes = () => answers.map(({ code }) => code).sort();
  const few = Array.from({ length: 2 }, () => "bad_invite");
  const refused = Array.from({ length: 18 }, () => "slow_down");
  assertEquals(codes(), [...few, ...refused]);
  const invite = await codeOf(server);
  assertEquals((await coming(server, { user: "Alice", invite })).t, "ok");
  await clock.tick(5000);
  assertEquals(answers.length, 25);
  const closed = server[Symbol.asyncDispose]();
  await clock.tick(60_000);
  await closed;
});

Deno.test("invite answers what people are handed, once", async () => {
  await using server = await start({ clock: new FakeClock() });
  const owner = await inside(server, "Owner", "owner");
  const { code, url, address, invite } = await owner.ok({ t: "invite" });
  assertMatch(String(code), /^\w{6}-\w{6}-\w{6}$/);
  assertEquals([url, address], [`http://test/#invite=${code}`, `parley://test/${code}`]);
  const listed = await owner.ok({ t: "invites" });
  assert(!JSON.stringify(listed).includes(String(code)));
  assert(Array.isArray(listed.invites));
  const { at, until, ...rest } = listed.invites[0];
  assertEquals(until - at, limits.inviteSecondsUsual * 1000);
  assertEquals(rest, { invite, user: "Owner", uid: owner.uid, role: "guest", used: 0 });
});

Deno.test("invite is for accounts, for roles that one may give, and for a year at most", async () => {
  await using server = await start();
  const guest = await server.join("Guest");
  assertEquals(await guest.refused({ t: "invite" }), "login_required");
  assertEquals(await guest.refused({ t: "invites" }), "login_required");
  const member = await inside(server, "Member");
  const owner = await inside(server, "Owner", "owner");
  await member.ok({ t: "invite", role: "member" });
  assertEquals(await member.refused({ t: "invite", role: "moderator" }), "not_allowed");
  assertEquals(await member.refused({ t: "invite", role: "owner" }), "not_allowed");
  assertEquals(await owner.refused({ t: "invite", role: "owner" }), "not_allowed");
  await owner.ok({ t: "invite", role: "moderator", seconds: limits.inviteSecondsMax });
  const tooLong = { t: "invite", seconds: limits.inviteSecondsMax + 1 };
  assertEquals(await owner.refused(tooLong), "bad_message");
});

Deno.test("invite is refused to who has as many that are good as one may", async () => {
  const clock = new FakeClock();
  await using server = await start({ clock });
  const member = await inside(server, "Member");
  for (let count = 0; count < limits.invitesPerUserMax; count++) await member.ok({ t: "invite" });
  assertEquals(await member.refused({ t: "invite" }), "not_allowed");
  const { invites: [first] } = await member.ok({ t: "invites" }) as { invites: JsonObject[] };
  await member.ok({ t: "uninvite", invite: first.invite });
  await member.ok({ t: "invite", seconds: 1 });
  assertEquals(await member.refused({ t: "invite" }), "not_allowed");
  await clock.tick(1000);
  await member.ok({ t: "invite" });
});

Deno.test("invites are seen and withdrawn by who made them, and by the owner", async () => {
  await using server = await start();
  const [alice, bob] = [await inside(server, "Alice"), await inside(server, "Bob")];
  const owner = await inside(server, "Owner", "owner");
  await server.core.invitations.ofServer({ anew: false });
  const { invite, code } = await alice.ok({ t: "invite" });
  const listed = async (peer: Peer) => {
    const { invites } = await peer.ok({ t: "invites" });
    return Array.isArray(invites) ? invites.map(({ user }) => user) : [];
  };
  assertEquals(await listed(alice), ["Alice"]);
  assertEquals(await listed(bob), []);
  assertEquals(await listed(owner), [undefined, "Alice"]);
  const unknown = await bob.ask({ t: "uninvite", invite: "nothing", id: 1 });
  assertEquals(await bob.ask({ t: "uninvite", invite, id: 1 }), unknown);
  assertEquals(unknown.code, "bad_invite");
  await owner.ok({ t: "uninvite", invite });
  assertEquals(await listed(alice), []);
  assertEquals((await coming(server, { user: "Eve", invite: code })).code, "bad_invite");
});

Deno.test("who is banned from the server takes their invitations along", async () => {
  await using server = await start();
  const [alice, bob] = [await inside(server, "Alice"), await inside(server, "Bob")];
  const owner = await inside(server, "Owner", "owner");
  const codes = await Promise.all([alice, bob].map(async (peer) => {
    return (await peer.ok({ t: "invite" })).code;
  }));
  await owner.ok({ t: "ban", user: "Alice" });
  assertEquals((await coming(server, { user: "Eve", invite: codes[0] })).code, "bad_invite");
  assertEquals((await coming(server, { user: "Eve", invite: codes[1] })).t, "ok");
});

Deno.test("who is put out of a room takes their invitations to it along, and no others", async () => {
  await using server = await start();
  const owner = await inside(server, "Owner", "owner");
  const bob = await inside(server, "Bob");
  for (const peer of [owner, bob]) {
    for (const room of ["tea", "den"]) await peer.ok({ t: "join", room });
  }
  for (const room of ["tea", "den"]) await owner.ok({ t: "lock", room, key: "kettle" });
  const [tea, den] = await Promise.all(["tea", "den"].map(async (room) => {
    return (await bob.ok({ t: "invite", room })).code;
  }));
  const own = (await owner.ok({ t: "invite", room: "tea" })).code;
  await owner.ok({ t: "kick", room: "tea", user: "Bob" });
  assertEquals(await bob.refused({ t: "join", room: "tea", key: tea }), "room_locked");
  assertEquals((await coming(server, { user: "Eve", invite: tea })).code, "bad_invite");
  assertEquals((await coming(server, { user: "Carol", invite: den })).invited, "den");
  assertEquals((await bob.ok({ t: "join", room: "tea", key: own })).room, "tea");
});

Deno.test("invites come in pages, oldest first", async () => {
  await using server = await start();
  const alice = await inside(server, "Alice");
  const made: unknown[] = [];
  for (let count = 0; count < 5; count++) made.push((await alice.ok({ t: "invite" })).invite);
  const seen: unknown[] = [];
  for (let more: unknown = true; more;) {
    const after = seen.at(-1);
    const page = await alice.ok({ t: "invites", limit: 2, ...after !== undefined && { after } });
    assert(Array.isArray(page.invites));
    seen.push(...page.invites.map(({ invite }) => invite));
    more = page.more;
  }
  assertEquals(seen, made);
});

Deno.test("an invitation to a room is told to who comes by it, once", async () => {
  const backend = openMemory();
  let invite: unknown;
  let token: unknown;
  {
    await using server = await start({ backend: lasting(backend) });
    const owner = await inside(server, "Owner", "owner");
    assertEquals(await owner.refused({ t: "invite", room: "Den" }), "no_such_room");
    await owner.ok({ t: "join", room: "Den" });
    invite = (await owner.ok({ t: "invite", room: "den", uses: 2 })).code;
    const came = await coming(server, { user: "Alice", invite });
    assertEquals(came.invited, "Den");
    token = came.token;
    // They have it still, which takes no further use.
    assertEquals((await coming(server, { token, invite })).invited, undefined);
    assertEquals(await usedOf(owner), [1]);
    // Somebody who was in already.
    const bob = await server.join("Bob");
    assertEquals((await coming(server, { token: bob.token, invite })).invited, "Den");
    assertEquals((await coming(server, { user: "Eve", invite })).code, "bad_invite");
  }
  await using server = await start({ backend });
  const { people, invitations } = server.core;
  const alice = people.holder("Alice");
  assert(alice);
  const den = server.core.hub.room("den");
  assert(den);
  assertEquals(await invitations.mayJoin(alice, den.id), true);
  const peer = server.connect(elsewhere);
  await peer.ok({ t: "hello", v: 1, token });
  await peer.ok({ t: "join", room: "den" });
  await peer.ok({ t: "leave", room: "den" });
  assertEquals(await invitations.mayJoin(alice, den.id), false);
});

Deno.test("what somebody was invited to ends with their time here", async () => {
  const clock = new FakeClock();
  const backend = openMemory();
  await using server = await start({ clock, backend });
  const owner = await inside(server, "Owner", "owner");
  await owner.ok({ t: "join", room: "Den" });
  const { code: invite } = await owner.ok({ t: "invite", room: "Den", role: "moderator" });
  const peer = server.connect(elsewhere);
  await peer.hello("Alice", { invite });
  const { uid } = peer;
  const { invitations, people } = server.core;
  const known = people.holder("Alice");
  assert(known);
  assertEquals(invitations.roleOf(known.uid), "moderator");
  assertEquals((await backend.records.all("pass")).map(({ key }) => key), [uid]);
  peer.close();
  await clock.tick(limits.guestGraceMs + 20_000);
  assertEquals(invitations.roleOf(known.uid), "member");
  assertEquals(await backend.records.all("pass"), []);
});

Deno.test("the server's own invitation is made once, and anew when it is asked for", async () => {
  const backend = openMemory();
  let first: string | undefined;
  {
    await using server = await start({ backend: lasting(backend) });
    first = await server.core.invitations.ofServer({ anew: false });
    assertMatch(first ?? "", /^\w{6}-\w{6}-\w{6}$/);
  }
  await using server = await start({ backend });
  const { invitations } = server.core;
  assertEquals(await invitations.ofServer({ anew: false }), undefined);
  const second = await invitations.ofServer({ anew: true });
  for (const [user, invite] of [["Alice", first], ["Bob", second]]) {
    assertEquals((await coming(server, { user, invite })).t, "ok");
  }
});

Deno.test("the server makes itself new invitations for ever, and keeps the newest", async () => {
  await using server = await start();
  const { invitations } = server.core;
  for (let count = 0; count < limits.invitesPerUserMax + 5; count++) {
    await invitations.ofServer({ anew: true });
  }
  assertEquals(invitations.all().length, limits.invitesPerUserMax);
});

Deno.test("invitations that nobody can use any more are forgotten in the end", async () => {
  const clock = new FakeClock();
  const backend = openMemory();
  await using server = await start({ clock, backend });
  await server.core.invitations.make({ role: "guest", until: clock.now() + 1000 });
  const kept = await server.core.invitations.make({ role: "guest" });
  await clock.leap(60 * 60 * 1000);
  const records = await backend.records.all("invitation");
  assertEquals(records.map(({ key }) => key), [kept.invitation.id]);
});
