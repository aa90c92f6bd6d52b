import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import type { NameKey } from "../../lib/names.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { ChatScene, page, saids } from "../helpers/chat_scene.ts";
import { turn } from "../helpers/fake_clock.ts";
import { lobbyRow, said } from "../helpers/scripted_server.ts";

Deno.test("say() shows its message once: outgoing, then as the room has it, then delivered", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const cid = scene.chat.say("lobby", "hi");
  assertEquals(scene.view("lobby").outgoing.map(({ text, state }) => [text, state]), [
    ["hi", "sending"],
  ]);
  const command = await peer.take("say");
  assertEquals(command.cid, cid);
  assertMatch(cid, /^[0-9a-z]{8}-[\w-]{16}$/);
  await peer.send(said(1, { user: "alice", uid: "u1", cid, text: "hi" }));
  await turn();
  assertEquals(scene.view("lobby").outgoing, []);
  await peer.ok(command, { seq: 1, at: 1 });
  await turn();
  assertEquals(scene.told("lobby"), ["begun", "said 1 live", "delivered 1"]);
  assertEquals(scene.all("event")[0].own, true);
});

Deno.test("say() isn't doubled where the answer to it was lost", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  const cid = scene.chat.say("lobby", "hi");
  await first.take("say");
  const mine = said(1, { user: "alice", uid: "u1", cid, text: "hi" });
  const peer = await scene.again(first, { rooms: [lobbyRow(1)] });
  const asked = await peer.take("history");
  const repeated = await peer.take("say");
  assertEquals(repeated.cid, cid);
  await peer.ok(repeated, { seq: 1, at: 1 });
  await turn();
  assertEquals(scene.all("delivered"), []);
  await peer.ok(asked, page(1, [mine]));
  await turn();
  assertEquals(scene.told("lobby"), ["begun", "said 1 read", "delivered 1"]);
  assertEquals([scene.view("lobby").outgoing, scene.view("lobby").messages.length], [[], 1]);
});

Deno.test("say() that is refused stays until it is tried again, under the same cid", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const cid = scene.chat.say("lobby", "hi");
  await peer.refuse(await peer.take("say"), "disk_full");
  await turn();
  const [failed] = scene.all("failed");
  assertEquals([failed.cid, failed.text, failed.error.code], [cid, "hi", "disk_full"]);
  assertEquals(scene.view("lobby").outgoing[0].state, "failed");
  scene.chat.retry("lobby", cid);
  assertEquals(scene.view("lobby").outgoing[0].state, "sending");
  const command = await peer.take("say");
  assertEquals(command.cid, cid);
  await peer.send(said(1, { uid: "u1", cid }));
  await peer.ok(command, { seq: 1, at: 1 });
  await turn();
  assertEquals(scene.told("lobby").slice(2), ["said 1 live", "delivered 1"]);
});

Deno.test("an answer to what was taken back meanwhile is said without it", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1, { uid: "u2" }));
  await turn();
  scene.chat.say("lobby", "hi", { quote: 1 });
  const asked = await peer.take("say");
  assertEquals(asked.quote, 1);
  await peer.refuse(asked, "no_such_message");
  const again = await peer.take("say");
  assertEquals([again.text, again.cid, again.quote], ["hi", asked.cid, undefined]);
  await peer.ok(again, { seq: 2, at: 1 });
  await turn();
  assertEquals(scene.all("failed"), []);
});

Deno.test("drop() gives a failed message up", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const cid = scene.chat.say("lobby", "hi");
  await peer.refuse(await peer.take("say"), "muted");
  await turn();
  scene.chat.drop("lobby", cid);
  assertEquals(scene.view("lobby").outgoing, []);
});

Deno.test("say() is refused where one isn't", async () => {
  await using scene = new ChatScene();
  await scene.accept();
  assertThrows(() => scene.chat.say("dev", "hi"), ChatError, "join it first");
});

Deno.test("what another device of the same user says is own", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1, { user: "alice", uid: "u1", cid: "elsewhere" }));
  await turn();
  assertEquals(scene.all("event").map(({ own }) => own), [true]);
});

Deno.test("a room that the server doesn't list is joined again before what was kept", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  const joining = scene.chat.join("dev");
  await first.accept("join", { room: "dev", topic: "", members: 1, seq: 0 });
  await joining;
  const said2 = { room: "dev", uid: "u1", user: "alice" };
  scene.clear();
  scene.chat.say("dev", "kept");
  await first.take("say");
  const peer = await scene.again(first);
  await peer.accept("join", { room: "dev", topic: "new", members: 1, seq: 2 });
  const kept = await peer.take("say");
  assertEquals([kept.room, kept.text], ["dev", "kept"]);
  const left = { t: "left", at: 1, seq: 1, reason: "gone", ...said2 };
  await peer.accept("history", page(2, [left, { t: "joined", at: 1, seq: 2, ...said2 }]));
  await turn();
  assertEquals(scene.told("dev"), ["left 1 read", "joined 2 read"]);
  assertEquals([scene.view("dev").joined, scene.view("dev").topic], [true, "new"]);
});

Deno.test("a room that can't be joined again ends, and says why", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept({
    rooms: [lobbyRow(0), { ...lobbyRow(0), room: "dev" }],
  });
  const peer = await scene.again(first);
  await peer.refuse(await peer.take("join"), "room_full");
  await turn();
  const [ended] = scene.all("ended");
  assertEquals([ended.conversation.key, ended.error?.code], ["dev", "room_full"]);
  assertEquals(scene.chat.state.conversations.has("dev"), false);
});

Deno.test("join() shows what happened before its answer once", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const joining = scene.chat.join("Dev");
  const command = await peer.take("join");
  const mine = { t: "joined", room: "dev", seq: 3, at: 1, user: "alice", uid: "u1" };
  await peer.send(mine);
  await peer.ok(command, { room: "dev", topic: "t", members: 2, seq: 3 });
  await peer.send(said(4, { room: "dev" }));
  const asked = await peer.take("history");
  await peer.ok(asked, page(4, [said(2, { room: "dev" }), mine]));
  const view = await joining;
  await turn();
  assertEquals([view.key, view.topic], ["dev", "t"]);
  assertEquals(scene.told("dev"), ["begun", "said 2 read", "joined 3 read", "said 4 live"]);
});

Deno.test("join() that is refused leaves nothing behind", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const refused = assertRejects(() => scene.chat.join("dev"), ChatError, "room_full");
  await peer.refuse(await peer.take("join"), "room_full");
  await refused;
  assertEquals(scene.told("dev"), []);
});

Deno.test("another server drops what was known, and gets what wasn't sent to rooms", async () => {
  await using scene = new ChatScene();
  const rooms = [lobbyRow(0), { ...lobbyRow(0), room: "dev" }, {
    ...lobbyRow(0),
    room: "@bob",
    with: "u2",
  }];
  const first = await scene.accept({ rooms });
  await first.send(...saids(1, 3));
  await turn();
  const cid = scene.chat.say("dev", "for the room");
  scene.chat.say("@u2", "for bob");
  const edited = assertRejects(() => scene.chat.edit("lobby", 1, "x"), ChatError, "begun anew");
  scene.clear();
  const server = { id: "s2", name: "", version: "0", at: 1, features: [], addresses: [] };
  const peer = await scene.again(first, { server, uid: "u9", rooms: [lobbyRow(1)] });
  await edited;
  assertEquals(scene.all("failed").map(({ text }) => text), ["for bob"]);
  assertEquals(scene.all("new_server").length, 1);
  assertEquals([...scene.chat.state.conversations.keys()], ["lobby", "dev"]);
  await peer.accept("history", page(1, [said(1, { text: "of the other" })]));
  await peer.accept("join", { room: "dev", topic: "", members: 1, seq: 0 });
  const kept = await peer.take("say");
  assertEquals([kept.room, kept.cid], ["dev", cid]);
  assertEquals(scene.view("dev").outgoing.map(({ text }) => text), ["for the room"]);
  await peer.send(said(1, { room: "dev", uid: "u9", cid }));
  await peer.ok(kept, { seq: 1, at: 1 });
  await turn();
  assertEquals(scene.told("dev").slice(-2), ["said 1 live", "delivered 1"]);
  assertEquals(scene.view("lobby").messages.map((event) => "text" in event && event.text), [
    "of the other",
  ]);
});

Deno.test("a private conversation begins when somebody writes", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(said(1, { room: "@bob", with: "u2" }));
  await turn();
  assertEquals(scene.told("@u2"), ["begun", "said 1 live"]);
  assertEquals([scene.view("@u2").room, scene.view("@u2").unread], ["@bob", 1]);
});

Deno.test("a private conversation with nothing new is read when it is looked at", async () => {
  await using scene = new ChatScene();
  const row = { ...lobbyRow(2), room: "@bob", with: "u2", read: 2 };
  const peer = await scene.accept({ rooms: [row] });
  scene.chat.focus("@u2");
  const asked = await peer.take("history");
  assertEquals([asked.room, asked.with, asked.before], ["@bob", "u2", 3]);
  const place = { room: "@bob", with: "u2" };
  await peer.ok(asked, page(2, [said(1, place), said(2, place)]));
  await turn();
  assertEquals(scene.told("@u2"), ["begun", "said 1 read", "said 2 read"]);
});

Deno.test("unread messages and those that name one are counted until the room is focused", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept({ rooms: [lobbyRow(0, { unread: 0 })] });
  await peer.send(said(1), said(2, { text: "hi @Alice" }), said(3, { uid: "u1" }));
  await turn();
  const view = scene.view("lobby");
  assertEquals([view.unread, view.mentions], [2, 1]);
  assertEquals(scene.all("event").map(({ mentions }) => mentions), [false, true, false]);
  scene.chat.focus("lobby");
  assertEquals([view.unread, view.mentions, view.readSeq], [0, 0, 3]);
  await peer.send(said(4));
  await scene.clock.tick(3000);
  assertEquals((await peer.take("read")).seq, 4);
  assertEquals(view.unread, 0);
});

Deno.test("what was read on another device isn't unread here", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  await peer.send(...saids(1, 3), { t: "seen", room: "lobby", user: "alice", seq: 2 });
  await turn();
  assertEquals([scene.view("lobby").unread, scene.view("lobby").readSeq], [1, 2]);
});

Deno.test("edits, reactions and deletions change the message that they are about", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept();
  const about = { room: "lobby", at: 9, user: "bob", uid: "u2", target: 1 };
  await peer.send(
    said(1),
    { ...about, t: "edited", seq: 2, text: "better" },
    { ...about, t: "reacted", seq: 3, emoji: "👍", on: true },
    { ...about, t: "reacted", seq: 4, emoji: "🎉", on: true },
    { ...about, t: "reacted", seq: 5, emoji: "🎉", on: false },
  );
  await turn();
  const [message] = scene.view("lobby").messages;
  assert(message.t === "said");
  assertEquals([message.text, message.edited], ["better", 9]);
  assertEquals(Object.entries(message.reactions ?? {}), [["👍", ["bob"]]]);
  await peer.send({ ...about, t: "deleted", seq: 6 });
  await turn();
  const [deleted] = scene.view("lobby").messages;
  assert(deleted.t === "said");
  assertEquals([deleted.text, deleted.deleted, deleted.reactions], [undefined, 9, undefined]);
  assertEquals(scene.all("changed").length, 5);
});

Deno.test("as another user of the same server nothing that was kept is said again", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  scene.chat.say("lobby", "may be stored");
  await first.take("say");
  const peer = await scene.again(first, { uid: "u9", rooms: [lobbyRow(0)] });
  await turn();
  assertEquals(scene.all("failed").map(({ text }) => text), ["may be stored"]);
  assertEquals(scene.all("new_server").length, 1);
  const alive = scene.chat.send("ping", {});
  await peer.accept("ping");
  await alive;
});

Deno.test("being away is said again on the next connection", async () => {
  await using scene = new ChatScene();
  const first = await scene.accept();
  const away = scene.chat.away("lunch");
  await first.accept("away");
  await away;
  const peer = await scene.again(first);
  assertEquals((await peer.take("away")).text, "lunch");
});

Deno.test("leave() ends the room, also on one's other devices", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept({ rooms: [lobbyRow(0), { ...lobbyRow(0), room: "dev" }] });
  await peer.send({ t: "left", room: "dev", seq: 1, at: 1, user: "alice", uid: "u1" });
  await turn();
  assertEquals(scene.told("dev"), ["begun", "left 1 live", "ended"]);
});

Deno.test("members() that come page by page know what was told in between", async () => {
  await using scene = new ChatScene();
  const peer = await scene.accept({
    rooms: [lobbyRow(0), { ...lobbyRow(0), room: "dev", seq: 0 }],
  });
  const person = (name: string, more: JsonObject = {}) => ({
    ...{ user: name, uid: `u-${name}`, online: true, role: "guest" },
    ...more,
  });
  let seq = 0;
  const told = (t: string, name: string, more: JsonObject = {}) => ({
    ...{ t, room: "dev", at: 1, seq: ++seq, user: name, uid: `u-${name}` },
    ...more,
  });
  await peer.send(told("joined", "early"));
  const listing = scene.chat.members("dev");
  const first = await peer.take("members");
  const page1 = ["alice", "bea", "dan", "flo"].map((name) => person(name));
  await peer.ok(first, { members: page1, more: true });
  const by = { by: "zoe", by_uid: "u-zoe" };
  const second = await peer.take("members");
  await peer.send(
    ...[told("joined", "ann"), told("left", "bea"), told("left", "dan"), told("joined", "dan")],
    told("appointed", "flo", { role: "moderator", ...by }),
    { t: "went", users: ["flo"] },
  );
  await peer.ok(second, { members: [person("zoe", { role: "owner" })], more: false });
  // In one go with the answer.
  await peer.send(told("joined", "yan"));
  await listing;
  const { members, rules } = scene.view("dev");
  assertEquals([...members?.values() ?? []].map(({ user }) => user).sort(), [
    ...["alice", "ann", "dan", "flo", "yan", "zoe"],
  ]);
  assertEquals(Object.fromEntries(rules.roles), { "u-flo": "moderator", "u-zoe": "owner" });
  const { users } = scene.chat.state;
  assertEquals(users.get("flo" as NameKey)?.online, false);
});
