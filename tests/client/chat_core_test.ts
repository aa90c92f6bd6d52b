/** The client library against the real core, over streams in memory that break. */

import { assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { ChatOptions } from "../../lib/client/chat_options.ts";
import { type Connection, streamConnection } from "../../lib/wire/connection.ts";
import { streamPair } from "../../lib/wire/stream_pair.ts";
import { Core } from "../../lib/core.ts";
import { defaultBounds, limits } from "../../lib/limits.ts";
import { silentJournal } from "../../lib/log.ts";
import { serve } from "../../lib/peer/session.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { size } from "../helpers/size.ts";
import { WatchedChat } from "../helpers/watched_chat.ts";
import { quickPasswords } from "../helpers/quick_passwords.ts";

const clock = systemClock();

/** One backend, with a core that can be stopped and started again. */
class World implements AsyncDisposable {
  backend = openMemory();
  readonly blobs = new MemoryBlobs();
  #core: Core | undefined;
  #chats: WatchedChat[] = [];
  readonly #cuts = new Set<() => void>();
  readonly #sessions: Promise<void>[] = [];

  async start(): Promise<void> {
    this.#core = await Core.start({
      backend: this.backend,
      blobs: this.blobs,
      bounds: { ...defaultBounds, flood: false },
      clock,
      journal: silentJournal(),
      name: "Test",
      version: "0",
      passwords: quickPasswords,
    });
  }

  /** Ends the server as a crash does: nobody is told. */
  async crash(): Promise<void> {
    const core = this.#core;
    this.#core = undefined;
    this.cutAll();
    await core?.close("crashed");
    await Promise.all(this.#sessions.splice(0));
  }

  /** Ends one connection, or all of them. */
  cutOne(chance: number): void {
    [...this.#cuts][Math.floor(chance * this.#cuts.size)]?.();
  }

  cutAll(): void {
    for (const cut of [...this.#cuts]) cut();
  }

  chat(user: string, options: Partial<ChatOptions> = {}): WatchedChat {
    const chat = new WatchedChat({
      dial: () => this.#dial(),
      clock,
      hello: { v: 1, user },
      random: () => 0.002,
      ...options,
    });
    this.#chats.push(chat);
    return chat;
  }

  #dial(): Promise<Connection> {
    const core = this.#core;
    if (!core) return Promise.reject(new Error("Connection refused"));
    const [here, there] = streamPair();
    const now = () => clock.now();
    const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
    const peer = streamConnection(there, { remote: "127.0.0.1", bounds, now });
    this.#sessions.push(serve(core, peer));
    const cut = () => {
      this.#cuts.delete(cut);
      here.close();
    };
    this.#cuts.add(cut);
    const out = { lineBytesMax: limits.lineBytesOutMax, keepsBody: () => false };
    return Promise.resolve(streamConnection(here, { remote: "server", bounds: out, now }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#chats.map(({ chat }) => chat.close()));
    await this.crash();
    await this.backend[Symbol.asyncDispose]();
  }
}

/** Chance that can be repeated (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function texts(chat: WatchedChat, key: string): unknown[] {
  return chat.all("event").filter(({ conversation, event }) =>
    conversation.key === key && event.t === "said"
  ).map(({ event }) => "text" in event ? event.text : undefined);
}

Deno.test("whisper() opens the conversation on both sides", async () => {
  await using world = new World();
  await world.start();
  const [alice, bob] = [world.chat("Alice"), world.chat("Bob")];
  await Promise.all([alice.online(), bob.online()]);
  await alice.chat.whisper("bob", "psst");
  const heard = await bob.first("event", ({ event }) => event.t === "said");
  assertEquals(heard.conversation.room, "@Alice");
  bob.chat.say(heard.conversation.key, "what?");
  const answer = await alice.first("event", ({ own }) => !own);
  assertEquals(answer.conversation.room, "@Bob");
  assertEquals(alice.view(answer.conversation.key).messages.length, 2);
});

Deno.test("whisper() to nobody is refused", async () => {
  await using world = new World();
  await world.start();
  const alice = world.chat("Alice");
  await alice.online();
  const code = await alice.chat.whisper("nobody", "psst").catch((error) => error.code);
  assertEquals(code, "no_such_user");
});

Deno.test("a room joined on one device is there on the other", async () => {
  await using world = new World();
  await world.start();
  const one = world.chat("Alice");
  await one.online();
  const { status } = one.chat.state;
  const token = status.is === "online" ? status.hello.token : "";
  const two = world.chat("Alice", { hello: { v: 1, token } });
  await two.online();
  await one.chat.join("dev");
  await one.chat.topic("dev", "building");
  const begun = await two.first("begun", ({ conversation }) => conversation.key === "dev");
  await two.first("event", ({ event }) => event.t === "retitled");
  assertEquals(begun.conversation.topic, "building");
  two.chat.say("dev", "from two");
  await one.first("event", ({ event, own }) => own && event.t === "said");
  await one.chat.leave("dev");
  await two.first("ended", ({ conversation }) => conversation.key === "dev");
});

Deno.test("members() lists a room, and joined and left keep the list", async () => {
  await using world = new World();
  await world.start();
  const [alice, bob] = [world.chat("Alice"), world.chat("Bob")];
  await Promise.all([alice.online(), bob.online()]);
  await alice.chat.join("dev");
  await alice.chat.members("dev");
  await bob.chat.join("dev");
  await alice.first("event", ({ event, own }) => event.t === "joined" && !own);
  const names = () => [...alice.view("dev").members?.values() ?? []].map(({ user }) => user);
  assertEquals(names(), ["Alice", "Bob"]);
  await bob.chat.leave("dev");
  await alice.first("event", ({ event, own }) => event.t === "left" && !own);
  assertEquals(names(), ["Alice"]);
});

Deno.test("who is here is known after connecting and kept", async () => {
  await using world = new World();
  await world.start();
  const alice = world.chat("Alice", { presence: true });
  await alice.online();
  const bob = world.chat("Bob");
  await alice.first("passing", ({ event }) => event.t === "came" && event.users.includes("Bob"));
  const user = () => [...alice.chat.state.users.values()].find(({ user }) => user === "Bob");
  assertEquals(user()?.online, true);
  await bob.chat.away("lunch");
  await alice.first("passing", ({ event }) => event.t === "gone_away");
  assertEquals(user()?.away, "lunch");
  await bob.chat.close();
  await alice.first("passing", ({ event }) => event.t === "went");
  assertEquals(user()?.online, false);
});

Deno.test("search() finds what was said", async () => {
  await using world = new World();
  await world.start();
  const alice = world.chat("Alice");
  await alice.online();
  alice.chat.say("lobby", "the quick brown fox");
  await alice.first("delivered");
  const { hits } = await alice.chat.search({ text: "quick" });
  assertEquals(hits.map(({ seq, room }) => [seq, room]), [[1, "lobby"]]);
});

Deno.test("wiped data at the same address is another server", async () => {
  await using world = new World();
  await world.start();
  const alice = world.chat("Alice");
  await alice.online();
  alice.chat.say("lobby", "before");
  await alice.first("delivered");
  await alice.chat.join("dev");
  const uid = alice.chat.state.me?.uid;
  await world.crash();
  alice.chat.say("dev", "after");
  await world.backend[Symbol.asyncDispose]();
  world.backend = openMemory();
  await world.start();
  await alice.first("new_server");
  await alice.first("delivered", ({ conversation }) => conversation.key === "dev");
  assertNotEquals(alice.chat.state.me?.uid, uid);
  assertEquals(alice.view("lobby").messages, []);
  assertEquals(texts(alice, "dev"), ["after"]);
});

const seed = Math.floor(Math.random() * 2 ** 31);
Deno.test(`everything said is shown to all once, in order, through cuts and crashes (seed ${seed})`, async () => {
  await using world = new World();
  await world.start();
  const chance = seeded(seed);
  const messages = size(150, 2000);
  const names = ["a", "b", "c", "d", "e", "f"];
  const chats = names.map((name) => world.chat(name, { messagesMax: 100 }));
  await Promise.all(chats.map((chat) => chat.online()));
  await Promise.all(chats.map(({ chat }) => chat.join("dev")));

  const talking = chats.slice(0, 4).map(async (chat, speaker) => {
    for (let index = 0; index < messages; index++) {
      const key = index % 2 === 0 ? "lobby" : "dev";
      chat.chat.say(key, `${speaker} ${index}`);
      if (chance() < 0.03) world.cutOne(chance());
      if (speaker === 0 && index % 50 === 25) {
        await world.crash();
        await world.start();
      }
      while (chat.view(key).outgoing.length > 40 * chance()) {
        await chat.next("delivered");
      }
    }
  });
  await Promise.all(talking);

  const total = 4 * messages;
  for (const chat of chats.slice(0, 4)) {
    while (chat.all("delivered").length < messages) await chat.next("delivered");
  }
  for (const key of ["lobby", "dev"]) {
    const last = Math.max(...chats.map((chat) => chat.view(key).seq));
    await Promise.all(chats.map((chat) => chat.reached(key, last)));
    for (const [index, chat] of chats.entries()) {
      const shown = texts(chat, key);
      assertEquals(shown.length, total / 2, `${names[index]} in ${key}`);
      assertEquals(new Set(shown).size, shown.length);
      for (let speaker = 0; speaker < 4; speaker++) {
        const own = shown.filter((text) => String(text).startsWith(`${speaker} `));
        const sorted = own.toSorted((one, other) =>
          Number(String(one).slice(2)) - Number(String(other).slice(2))
        );
        assertEquals(own, sorted);
      }
      const seqs = chat.all("event").filter(({ conversation }) => conversation.key === key)
        .map(({ event }) => event.seq);
      assertEquals(seqs, seqs.toSorted((one, other) => one - other));
      assertEquals(chat.view(key).outgoing, []);
    }
    assertEquals(new Set(chats.map((chat) => texts(chat, key).join())).size, 1);
  }
  assertEquals(chats.flatMap((chat) => chat.all("failed")), []);
  const filled = chats.flatMap((chat) => chat.all("event")).filter(({ live }) => !live);
  assertGreater(filled.length, 10, "Nothing was ever missed: the test has shown little");
});
