/** The page's model around the real core. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Fault } from "../../lib/backend/memory.ts";
import { nameKey } from "../../lib/names.ts";
import { PageWorld, textsOf } from "./page_world.ts";

Deno.test("a visit begins in the lobby, and what is said there is seen and told to others", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.model.submit("hello");
  await bob.until((model) => textsOf(model).includes("hello"));
  await alice.until(({ here }) => here.value?.outgoing.length === 0);
  assertEquals(alice.texts, ["hello"]);
});

Deno.test("a reload comes back as the same user, to the same room, with the draft", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.join("dev");
  await alice.until(({ here }) => here.value?.key === "dev");
  const uid = alice.model.me.value?.uid;
  alice.model.write("half a senten");
  await alice.reload();
  await alice.until(({ here }) => here.value?.key === "dev");
  assertEquals(alice.model.me.value?.uid, uid);
  assertEquals(alice.model.draft.value.text, "half a senten");
});

Deno.test("what was said without a connection survives a reload and is said once", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  await world.crash();
  alice.model.submit("into the dark");
  await alice.until(({ here }) => here.value?.outgoing.length === 1);
  await alice.close();
  await world.restart();
  alice.open();
  await alice.until((model) => textsOf(model).includes("into the dark"));
  bob.model.reconnect();
  await bob.until((model) => textsOf(model).includes("into the dark"));
  await alice.reload();
  await alice.until((model) => textsOf(model).length > 0);
  assertEquals([alice.texts, bob.texts], [["into the dark"], ["into the dark"]]);
  assertEquals(alice.keep.names("out."), []);
});

Deno.test("what failed stays failed over a reload, and may be tried again", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  await alice.until(({ here }) => here.value !== undefined);
  const full: Fault = { is: "failed", code: "disk_full" };
  world.faults.push(full);
  alice.model.submit("one");
  await alice.until(({ here }) => here.value?.outgoing.at(0)?.state === "failed");
  await alice.reload();
  await alice.until(({ here }) => here.value?.outgoing.at(0)?.state === "failed");
  const { error } = alice.model.here.value!.outgoing[0];
  world.faults.push(full);
  alice.model.submit("/retry");
  // That it is being sent may be over before the next drawing; it is another refusal, then.
  await alice.until(({ here }) => {
    const again = here.value?.outgoing.at(0);
    return again?.state === "failed" && again.error !== error;
  });
  alice.model.submit("/drop");
  await alice.until(({ here }) => here.value?.outgoing.length === 0);
  assertEquals(alice.keep.names("out."), []);
});

Deno.test("what comes while nobody looks is unread, and the line stands before it", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  bob.model.submit("first");
  await alice.until((model) => textsOf(model).includes("first"));
  alice.look(false);
  bob.model.submit("second");
  await alice.until(({ rows }) => rows.value[0].unread === 1);
  const { readSeq = 0, messages = [] } = alice.model.here.value ?? {};
  assertEquals(messages.filter(({ seq }) => seq > readSeq).length, 1);
  alice.look(true);
  await alice.until(({ rows }) => rows.value[0].unread === 0);
});

Deno.test("edits, deletions and reactions are seen as they are now", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("teh");
  await alice.until(({ here }) => here.value?.messages.length === 1);
  assert(alice.model.editLast());
  assertEquals(alice.model.draft.value.text, "teh");
  alice.model.submit("the");
  await alice.until((model) => textsOf(model).includes("the"));
  alice.model.react(alice.model.here.value!.messages[0], "👍");
  await alice.until(({ here }) => {
    const [message] = here.value?.messages ?? [];
    return message.t === "said" && message.reactions?.["👍"]?.[0] === "alice";
  });
  alice.model.react(alice.model.here.value!.messages[0], "👍");
  await alice.until(({ here }) => {
    const [message] = here.value?.messages ?? [];
    return message.t === "said" && message.reactions?.["👍"] === undefined;
  });
  alice.model.remove(alice.model.here.value!.messages[0]);
  await alice.until((model) => textsOf(model).length === 0);
});

Deno.test("submit() puts emoji for their names, and says what begins with two slashes", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("hi :wave: :nosuchthing:");
  await alice.until((model) => textsOf(model).includes("hi 👋 :nosuchthing:"));
  alice.model.submit("//not a command");
  await alice.until((model) => textsOf(model).includes("/not a command"));
});

Deno.test("submit() does what a command says", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.model.submit("/join dev");
  await alice.until(({ here }) => here.value?.key === "dev");
  assertEquals(alice.hash, "#/room/dev");
  alice.model.submit("/topic what we do");
  await alice.until(({ here }) => here.value?.topic === "what we do");
  alice.model.submit("/whisper bob psst");
  await bob.until(({ rows }) =>
    rows.value.some(({ unread, with: other }) => other && unread === 1)
  );
  alice.model.submit("/leave");
  await alice.until(({ here }) => here.value?.key === "lobby");
  alice.model.submit("/search psst");
  await alice.until(({ search }) => search.value.hits.length === 1);
  assertEquals(alice.model.route.value, { is: "search" });
});

Deno.test("/clear puts what was said out of sight, and /history or a way to it shows it again", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  for (const text of ["one", "two"]) alice.model.submit(text);
  await alice.until((model) => textsOf(model).length === 2);
  alice.model.submit("/clear");
  await alice.until(({ here }) => here.value?.isCleared === true);
  assertEquals(alice.texts, []);
  alice.model.submit("/history");
  await alice.until((model) => textsOf(model).length === 2);
  assertEquals(alice.model.here.value?.isCleared, false);
  alice.model.submit("/clear");
  await alice.until((model) => textsOf(model).length === 0);
  alice.model.submit("/show #1");
  await alice.until((model) => textsOf(model).length === 2);
  assertEquals(alice.model.route.value, { is: "chat", key: "lobby", seq: 1 });
});

Deno.test("a command that can't be done is told, and comes back to be mended", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("/jion dev");
  await alice.until(({ notices }) => notices.value.length === 1);
  assertMatch(alice.model.notices.value[0].text, /did you mean \/join/);
  await alice.until(({ draft }) => draft.value.text === "/jion dev");
});

Deno.test("older() reads back to the first message", async () => {
  await using world = await PageWorld.start();
  const bob = await world.visit("bob");
  const all = Array.from({ length: 500 }, (_, index) => `message ${index}`);
  for (const text of all) bob.model.submit(text);
  await bob.until(({ here }) => here.value?.outgoing.length === 0);
  const alice = await world.visit("alice");
  await alice.until(({ here }) => (here.value?.messages.length ?? 0) > 0);
  while (alice.model.here.value?.older) await alice.model.older();
  assertEquals(alice.texts, all);
});

Deno.test("show() reads back to a message, and quoted() finds one that isn't known", async () => {
  await using world = await PageWorld.start();
  const bob = await world.visit("bob");
  for (let at = 1; at <= 400; at++) bob.model.submit(`message ${at}`);
  await bob.until(({ here }) => here.value?.outgoing.length === 0);
  const alice = await world.visit("alice");
  const quoted = alice.model.quoted(2);
  await alice.until(() => quoted.value?.seq === 2);
  assertEquals(alice.model.here.value?.messages.some(({ seq }) => seq === 2), false);
  alice.model.show({ room: "lobby", seq: 3 });
  await alice.until(({ here }) => here.value?.messages.some(({ seq }) => seq === 3) ?? false);
  assertEquals(alice.hash, "#/room/lobby/3");
});

Deno.test("quoted() reads a message of another conversation, and says nothing where there is none", async () => {
  await using world = await PageWorld.start();
  const bob = await world.visit("bob");
  bob.model.submit("/join Kitchen");
  await bob.until(({ here }) => here.value?.key === "kitchen");
  bob.model.submit("the soup");
  await bob.until(({ here }) => here.value?.messages.some(({ t }) => t === "said") ?? false);
  const seq = bob.model.here.value?.messages.at(-1)?.seq ?? 0;
  const alice = await world.visit("alice");
  const [known, unknown] = [alice.model.quoted(seq, "kitchen"), alice.model.quoted(1, "nowhere")];
  await alice.until(() => known.value?.seq === seq);
  assertEquals(known.value?.user, "bob");
  // What is asked behind it is answered behind it.
  alice.model.submit("hello");
  await alice.until(({ here }) => here.value?.messages.some(({ t }) => t === "said") ?? false);
  assertEquals(unknown.value, undefined);
  assertEquals(alice.model.notices.value, []);
});

Deno.test("ignore() hides what somebody says, and shows it again", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  bob.model.submit("noise");
  await alice.until((model) => textsOf(model).includes("noise"));
  const { user, uid } = bob.model.me.value!;
  alice.model.ignore({ user, uid });
  await alice.until((model) => textsOf(model).length === 0);
  alice.model.ignore({ user, uid });
  await alice.until((model) => textsOf(model).includes("noise"));
});

Deno.test("a name that is taken ends the page with the reason", async () => {
  await using world = await PageWorld.start();
  await world.visit("alice");
  const other = world.window("alice");
  other.open();
  await other.until(({ status }) => status.value.is === "ended");
  assert(other.over !== "left");
  assertEquals(other.over?.code, "name_taken");
});

Deno.test("signOut() forgets who it was", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.signOut();
  assertEquals([alice.over, alice.keep.get("login")], ["left", undefined]);
});

Deno.test("what somebody becomes is known at their page at once, and told to them", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  await alice.model.register("correct horse");
  await alice.until(({ me }) => me.value?.role === "member");
  await bob.until(({ users }) => users.value.get(nameKey("alice"))?.role === "member");
  assertEquals(alice.model.notices.value.at(-1)?.text, "You are a member of this server now");
  assertEquals(bob.model.notices.value, []);
});

Deno.test("/bans leads to who is banned", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("/bans");
  await alice.until(({ route }) => route.value.is === "bans");
  assertEquals(alice.hash, "#/bans");
});
