/** The page without a server, and over versions of itself. */

import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { PageHost } from "../../web/offline/newer.ts";
import { Newer } from "../../web/offline/newer.ts";
import { memoryKeep } from "../../web/offline/keep.ts";
import { isBusy } from "../../web/offline/offline.ts";
import { Notices } from "../../web/notices.ts";
import { FakeClock, turn } from "../helpers/fake_clock.ts";
import { PageWorld, textsOf } from "./page_world.ts";

Deno.test("a page without a server opens with what the last visit knew", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.model.join("dev");
  await alice.until(({ here }) => here.value?.key === "dev");
  alice.model.setTopic("what we do");
  await alice.until(({ here }) => here.value?.topic === "what we do");
  alice.model.go({ is: "chat", key: "lobby" });
  bob.model.submit("hello");
  await alice.until((model) => textsOf(model).includes("hello"));
  await alice.close();
  await world.crash();
  alice.open();
  await alice.until((model) => textsOf(model).includes("hello"));
  assertEquals(alice.model.me.value?.user, "alice");
  assertEquals(alice.model.server.value?.name, "Test");
  assertEquals(alice.model.rows.value.map(({ room }) => room), ["lobby", "dev"]);
  alice.model.go({ is: "chat", key: "dev" });
  await alice.until(({ here }) => here.value?.topic === "what we do");
  alice.model.write("a draft");
  assertEquals(alice.model.draft.value.text, "a draft");
});

Deno.test("what is said without a server, before and after a reload, is said once", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  bob.model.submit("from before");
  await alice.until((model) => textsOf(model).includes("from before"));
  await world.crash();
  alice.model.submit("one");
  await alice.reload();
  assertEquals(alice.texts, ["from before"]);
  alice.model.submit("two");
  assertEquals(alice.model.rows.value.length, 1);
  await alice.until(({ here }) => here.value?.outgoing.length === 2);
  await alice.reload();
  await alice.until(({ here }) => here.value?.outgoing.length === 2);
  await world.restart();
  bob.model.submit("from bob");
  for (const each of [alice, bob]) {
    each.model.reconnect();
    await each.until((model) => textsOf(model).length === 4);
    assertEquals(each.texts.toSorted(), ["from before", "from bob", "one", "two"]);
    assertEquals(each.texts.indexOf("one") + 1, each.texts.indexOf("two"));
  }
  await alice.until(({ here }) => here.value?.outgoing.length === 0);
  assertEquals(alice.keep.names("out."), []);
});

Deno.test("what was missed while the page was closed is read once, behind what it knew", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  for (const text of ["1", "2"]) bob.model.submit(text);
  await alice.until((model) => textsOf(model).length === 2);
  await alice.close();
  for (const text of ["3", "4"]) bob.model.submit(text);
  await bob.until(({ here }) => here.value?.outgoing.length === 0);
  await world.crash();
  alice.look(false);
  alice.open();
  await alice.until((model) => textsOf(model).length === 2);
  await world.restart();
  alice.model.reconnect();
  await alice.until((model) => textsOf(model).length === 4);
  assertEquals(alice.texts, ["1", "2", "3", "4"]);
  assertEquals(alice.model.rows.value[0].unread, 2);
});

Deno.test("whoever is ignored stays so over a reload, and what they said is no more seen", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  bob.model.submit("noise");
  await alice.until((model) => textsOf(model).includes("noise"));
  alice.model.ignore(bob.model.me.value!);
  alice.model.submit("calm");
  await alice.until((model) => textsOf(model).includes("calm"));
  await world.crash();
  await alice.reload();
  assertEquals(alice.texts, ["calm"]);
});

Deno.test("a message that is answered, or edited, is so after a reload", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("one");
  await alice.until(({ here }) => here.value?.messages.length === 1);
  const [message] = alice.model.here.value!.messages;
  alice.model.quote(message);
  alice.model.write("an answ");
  await alice.reload();
  const { text, quote } = alice.model.draft.value;
  assertEquals([text, quote?.seq], ["an answ", message.seq]);
  alice.model.edit(message);
  alice.model.write("one and a ha");
  await alice.reload();
  const { text: edited, editing } = alice.model.draft.value;
  assertEquals([edited, editing?.seq], ["one and a ha", message.seq]);
  alice.model.submit("one and a half");
  await alice.until((model) => textsOf(model)[0] === "one and a half");
  assertEquals(alice.keep.names("about."), []);
});

Deno.test("signing out leaves nothing of a user behind", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.model.submit("hello");
  await bob.until((model) => textsOf(model).includes("hello"));
  await alice.reload();
  alice.model.ignore(bob.model.me.value!);
  alice.model.write("a draft");
  assertEquals([...alice.chats.records.keys()], ["about", "in.lobby"]);
  alice.keep.set("settings", "{}");
  await world.crash();
  alice.model.submit("not sent");
  await alice.until(({ here }) => here.value?.outgoing.length === 1);
  alice.model.signOut();
  await alice.close();
  while (alice.chats.records.size > 0) await delay(5);
  assertEquals(alice.keep.names(""), ["settings"]);
});

Deno.test("what is kept of somebody else isn't shown", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("mine");
  await alice.until((model) => textsOf(model).includes("mine"));
  await alice.close();
  assertEquals(alice.chats.records.has("in.lobby"), true);
  const carol = world.window("carol");
  for (const [name, record] of alice.chats.records) carol.chats.records.set(name, record);
  await world.crash();
  carol.open();
  await carol.until(({ status }) => status.value.is === "waiting");
  assertEquals([carol.model.rows.value, carol.model.me.value], [[], undefined]);
});

/** A page that watches for a newer version of itself. */
class Watching {
  readonly clock: FakeClock = new FakeClock();
  readonly keep = memoryKeep();
  readonly notices = new Notices(this.clock);
  served: string | undefined = "1";
  isSeen = true;
  isBusy = false;
  reloads = 0;
  updates = 0;
  readonly newer: Newer;
  #onSeen = () => {};

  constructor() {
    const host: PageHost = {
      mark: "1",
      served: () => Promise.resolve(this.served),
      update: () => void this.updates++,
      isBusy: () => false,
      reload: () => void this.reloads++,
    };
    const browser = {
      isSeen: () => this.isSeen,
      onSeen: (changed: () => void) => {
        this.#onSeen = changed;
        return () => {};
      },
    };
    const { clock, keep, notices } = this;
    this.newer = new Newer({ host, clock, browser, notices, keep, isBusy: () => this.isBusy });
  }

  async serve(served: string | undefined): Promise<void> {
    this.served = served;
    await this.newer.check();
    await turn();
  }

  look(isSeen: boolean): void {
    this.isSeen = isSeen;
    this.#onSeen();
  }

  get offers(): readonly string[] {
    return this.notices.list.peek().flatMap(({ offer }) => offer ? [offer.label] : []);
  }
}

Deno.test("a newer version is offered once, stays offered, and is taken by a button", async () => {
  const page = new Watching();
  await page.serve("1");
  await page.serve(undefined);
  assertEquals([page.offers, page.updates], [[], 0]);
  await page.serve("2");
  await page.serve("2");
  await page.clock.tick(60_000);
  assertEquals([page.offers, page.updates, page.reloads], [["Take it"], 1, 0]);
  page.notices.list.peek()[0].offer?.accept();
  assertEquals(page.reloads, 1);
});

Deno.test("a newer version is taken when nobody looks and nothing is under way, and once", async () => {
  const page = new Watching();
  page.isBusy = true;
  await page.serve("2");
  page.look(false);
  await page.clock.tick(30_000);
  assertEquals(page.reloads, 0);
  page.isBusy = false;
  page.look(true);
  await page.clock.tick(30_000);
  assertEquals(page.reloads, 0);
  page.look(false);
  await page.clock.tick(9_000);
  assertEquals(page.reloads, 0);
  await page.clock.tick(2_000);
  assertEquals(page.reloads, 1);
  // What came of it is the old one again, as from a proxy that keeps it.
  page.look(true);
  page.look(false);
  await page.clock.tick(60_000);
  assertEquals(page.reloads, 1);
  await page.serve("3");
  await page.clock.tick(11_000);
  assertEquals(page.reloads, 2);
});

Deno.test("a server that goes back to the version that is open takes its offer back", async () => {
  const page = new Watching();
  await page.serve("2");
  await page.serve("1");
  page.look(false);
  await page.clock.tick(60_000);
  assertEquals([page.offers, page.reloads], [[], 0]);
});

Deno.test("a page isn't loaded anew while something is written or sent, or without a server", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  alice.model.submit("one");
  await alice.until(({ here }) => here.value?.messages.length === 1);
  alice.chosen = [new File(["some bytes"], "a.txt")];
  alice.model.pick();
  await alice.until(({ transfers }) => transfers.value.at(0)?.standing.is === "done");
  const { status: { value: status }, transfers: { value: transfers } } = alice.model;
  const [message] = alice.model.here.value!.messages;
  const idle = { status, draft: { text: "" }, transfers };
  assertEquals(isBusy(idle), false);
  const moving = transfers.map((each) => ({ ...each, standing: { is: "waiting" as const } }));
  assertEquals(isBusy({ ...idle, transfers: moving }), true);
  const drafts = [{ text: "a" }, { text: "", quote: message }, { text: "", editing: message }];
  for (const draft of drafts) assertEquals(isBusy({ ...idle, draft }), true);
  assertEquals(isBusy({ ...idle, status: { is: "connecting", attempt: 2 } }), true);
});
