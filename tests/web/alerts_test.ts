/** Who is told of what while they look elsewhere, around the real core. */

import { assertEquals, assertMatch } from "@std/assert";
import { PageWorld, type Window } from "./page_world.ts";
import type { Channel } from "../../web/tabs.ts";

/** Alice, who looks elsewhere, and Bob. */
async function both(world: PageWorld): Promise<{ alice: Window; bob: Window }> {
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.look(false);
  return { alice, bob };
}

/** What is told of a message has been told by then: the next one that calls is. */
async function titlesAfter(alice: Window, bob: Window): Promise<readonly string[]> {
  bob.model.whisper("alice", "the end");
  await alice.alerts.until(({ titles }) => titles.includes("bob"));
  return alice.alerts.titles.filter((title) => title !== "bob");
}

Deno.test("what names one is told, what doesn't isn't, and what is read is taken away", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  bob.model.submit("hello everybody");
  bob.model.submit("and you, alice: `code`");
  await alice.alerts.until(({ open }) => open.size === 1);
  const [shown] = alice.alerts.open.values();
  assertEquals([shown.title, shown.body], ["bob in #lobby", "and you, alice: [code]"]);
  assertEquals(await titlesAfter(alice, bob), ["bob in #lobby"]);
  assertEquals(alice.alerts.marks, { unread: 3, calling: 2 });
  assertEquals(alice.alerts.sounds, 0);
  alice.look(true);
  await alice.alerts.until(({ open }) => open.size === 1);
  shown.click();
  assertMatch(alice.hash, /^#\/room\/lobby\/\d+$/);
});

Deno.test("nothing is told of what somebody looks at, nor while they aren't to be disturbed", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  alice.look(true);
  bob.model.submit("alice, while you look");
  await alice.until(({ here }) => here.value?.messages.length === 1);
  alice.look(false);
  alice.model.set("quiet", "on");
  bob.model.submit("alice, while you rest");
  await alice.until(({ rows }) => rows.value[0].mentions === 1);
  alice.model.set("quiet", "off");
  assertEquals(await titlesAfter(alice, bob), []);
  // What isn't told is there to be seen.
  assertEquals(alice.alerts.marks.calling, 2);
});

Deno.test("each conversation has its own choice, which a command sets and a reload keeps", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  alice.model.submit("/notify all");
  await alice.until(({ levels }) => levels.value.get("lobby") === "all");
  bob.model.submit("hello everybody");
  await alice.alerts.until(({ titles }) => titles.includes("bob in #lobby"));
  await alice.reload();
  await alice.until(({ levels }) => levels.value.get("lobby") === "all");
  alice.model.setLevel("lobby", "none");
  alice.look(false);
  bob.model.submit("alice, alice");
  await alice.until(({ here }) => here.value?.messages.length === 2);
  assertEquals(await titlesAfter(alice, bob), ["bob in #lobby"]);
  assertEquals(alice.alerts.marks, { unread: 1, calling: 1 });
  assertEquals(alice.title, "(1) #lobby · Parley");
  alice.model.setLevel("lobby", undefined);
  await alice.until(({ levels }) => levels.value.size === 0);
  assertEquals(alice.keep.names("levels"), []);
});

Deno.test("ignored people are never told of, and a tone is heard only where it was chosen", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  const carl = await world.visit("carl");
  alice.model.submit("/ignore carl");
  await alice.until(({ ignored }) => ignored.value.size === 1);
  alice.model.set("sound", "on");
  carl.model.submit("alice!");
  await alice.until(({ users }) => users.value.size === 3);
  assertEquals(await titlesAfter(alice, bob), []);
  assertEquals(alice.alerts.sounds, 1);
});

Deno.test("where the browser shows no notifications there are marks and tones", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  alice.alerts.notifying = "insecure";
  alice.model.set("sound", "on");
  bob.model.submit("alice?");
  await alice.alerts.until(({ sounds }) => sounds === 1);
  assertEquals([alice.alerts.titles, alice.alerts.marks], [[], { unread: 1, calling: 1 }]);
  assertEquals(alice.model.notices.value, []);
});

Deno.test("permission is offered once, after the first message that calls", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  alice.alerts.notifying = "asks";
  alice.look(false);
  assertEquals(alice.model.notices.value, []);
  bob.model.submit("alice?");
  await alice.until(({ notices }) => notices.value.length === 1);
  alice.model.notices.value[0].offer?.accept();
  await alice.until(({ notifying }) => notifying.value === "shows");
  assertEquals(alice.model.notices.value, []);
  alice.alerts.notifying = "asks";
  alice.model.set("sound", "on");
  bob.model.submit("alice, again?");
  await alice.alerts.until(({ sounds }) => sounds === 1);
  assertEquals(alice.model.notices.value, []);
});

Deno.test("what came while there was no connection is told in one sentence", async () => {
  await using world = await PageWorld.start();
  const { alice, bob } = await both(world);
  const pause = alice.cutOff();
  for (const text of ["alice 1", "nothing", "alice 2"]) bob.model.submit(text);
  await bob.until(({ here }) => here.value?.messages.length === 3);
  pause();
  await alice.alerts.until(({ titles }) => titles.length === 1);
  const [shown] = alice.alerts.open.values();
  assertEquals([shown.title, shown.body], ["2 messages while you were away", "#lobby 2"]);
  assertEquals(await titlesAfter(alice, bob), ["2 messages while you were away"]);
  alice.look(true);
  await alice.alerts.until(({ open }) => !open.values().some(({ title }) => /away/.test(title)));
});

Deno.test("of two tabs one speaks, and neither where one of them looks", async () => {
  await using world = await PageWorld.start();
  const bob = await world.visit("bob");
  const one = world.window("alice");
  one.tabs = (about) => hub(about ?? "");
  one.open();
  await one.until((model) => model.here.value !== undefined);
  const two = one.anotherTab();
  two.open();
  await two.until((model) => model.here.value !== undefined);
  for (const tab of [one, two]) tab.look(false);
  bob.model.submit("alice?");
  const titles = () => [...one.alerts.titles, ...two.alerts.titles];
  await Promise.any([one, two].map((tab) => tab.alerts.until(({ titles }) => titles.length > 0)));
  // What the one that doesn't speak has in sight isn't told by the other.
  const [speaks, other] = one.alerts.titles.length > 0 ? [one, two] : [two, one];
  other.look(true);
  await speaks.alerts.until(({ open }) => open.size === 0);
  bob.model.submit("alice, you look there");
  await speaks.until(({ rows }) => rows.value[0].mentions === 1);
  bob.model.whisper("alice", "the end");
  await Promise.any(
    [one, two].map((tab) => tab.alerts.until((alerts) => alerts.titles.includes("bob"))),
  );
  assertEquals(titles().toSorted(), ["bob", "bob in #lobby"]);
});

const listeners = new Map<string, Channel[]>();

/** A channel to the other tabs, as a browser has it. */
function hub(about: string): Channel {
  const all = listeners.get(about) ?? [];
  listeners.set(about, all);
  const own: Channel = {
    onmessage: null,
    postMessage(data) {
      for (const other of all) {
        if (other === own) continue;
        queueMicrotask(() => other.onmessage?.(new MessageEvent("message", { data })));
      }
    },
  };
  all.push(own);
  return own;
}
