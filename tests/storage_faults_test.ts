import { assert, assertEquals } from "@std/assert";
import { type Fault, openMemory } from "../lib/backend/memory.ts";
import type { LogEvent } from "../lib/events.ts";
import type { Uid } from "../lib/names.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

const stranger = { user: "Zoe", uid: "zoe" as Uid };

function said(seq: number, text: string): LogEvent {
  return { t: "said", text, seq, at: 1, ...stranger };
}

async function begin(faults: Fault[]) {
  const server = await TestServer.start({ backend: openMemory({ faults }) });
  const alice = await server.join("Alice");
  const bob = await server.join("Bob");
  return { server, alice, bob };
}

function say(peer: Peer, text: string, more: object = {}) {
  return peer.ask({ t: "say", room: "lobby", text, ...more });
}

async function textsOf(peer: Peer): Promise<unknown[]> {
  const { events } = await peer.ok({ t: "history", room: "lobby" });
  return (events as { seq: number; text: string }[]).map(({ seq, text }) => [seq, text]);
}

Deno.test("what another node appended first comes first, and the command is decided again", async () => {
  const faults: Fault[] = [];
  const { server, alice, bob } = await begin(faults);
  await using _ = server;
  faults.push({ is: "raced", events: [said(1, "first")] });
  assertEquals((await say(alice, "second")).seq, 2);
  assertEquals((await bob.next("said")).text, "first");
  assertEquals((await bob.next("said")).text, "second");
  assertEquals(await textsOf(bob), [[1, "first"], [2, "second"]]);
});

Deno.test("a decision that no longer holds after a conflict is refused, its neighbours aren't", async () => {
  const faults: Fault[] = [];
  const { server, alice } = await begin(faults);
  await using _ = server;
  await alice.ok({ t: "say", room: "lobby", text: "one" });
  const gone: LogEvent = {
    t: "deleted",
    target: 1,
    seq: 2,
    at: 1,
    user: "Alice",
    uid: alice.uid as Uid,
  };
  faults.push({ is: "raced", events: [gone] });
  const answers = await Promise.all([
    alice.ask({ t: "edit", room: "lobby", seq: 1, text: "uno" }),
    say(alice, "two"),
  ]);
  assertEquals(answers.map(({ code, seq }) => code ?? seq), ["no_such_message", 3]);
});

Deno.test("a full disk refuses everything decided and not committed, and keeps nothing of it", async () => {
  const faults: Fault[] = [{ is: "failed", code: "disk_full" }];
  const { server, alice, bob } = await begin(faults);
  await using _ = server;
  const answers = await Promise.all([say(alice, "one", { cid: "c1" }), say(bob, "two")]);
  assertEquals(answers.map(({ code }) => code), ["disk_full", "disk_full"]);
  assertEquals(await textsOf(bob), []);
  assertEquals(await bob.seen("said"), []);
  assertEquals((await say(alice, "one", { cid: "c1" })).seq, 1);
});

Deno.test("what was decided while a failing commit ran is dropped with it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const faults: Fault[] = [];
  const { server, alice, bob } = await begin(faults);
  await using _ = server;
  const eve = await server.join("Eve");
  faults.push({ is: "held", until: promise }, { is: "failed", code: "disk_full" });
  const held = say(alice, "held");
  await eve.ok({ t: "users" });
  const later = say(bob, "later");
  await eve.ok({ t: "users" });
  resolve();
  assertEquals([(await held).code, (await later).code], ["disk_full", "disk_full"]);
  assertEquals(await textsOf(eve), []);
});

Deno.test("after another storage error the log is read again before anything is decided", async () => {
  const faults: Fault[] = [{ is: "failed", code: "internal", kept: true }];
  const { server, alice, bob } = await begin(faults);
  await using _ = server;
  const first = await say(alice, "kept after all", { cid: "c1" });
  assertEquals(first.code, "internal");
  // It is in the log, so that everybody hears it, and a repeat finds it.
  assertEquals((await bob.next("said")).text, "kept after all");
  assertEquals((await retried(alice, "kept after all", "c1")).seq, 1);
  assertEquals((await retried(bob, "next", "c2")).seq, 2);
});

/** Repeats while the storage is away, as clients do. */
async function retried(peer: Peer, text: string, cid: string) {
  for (;;) {
    const answer = await say(peer, text, { cid });
    if (answer.code !== "unavailable") return answer;
    assert(answer.retry_ms !== undefined);
  }
}

Deno.test("an error that kept nothing loses nothing that was acknowledged", async () => {
  const faults: Fault[] = [];
  const { server, alice } = await begin(faults);
  await using _ = server;
  assertEquals((await say(alice, "one")).seq, 1);
  faults.push({ is: "failed", code: "internal" });
  assertEquals((await say(alice, "two")).code, "internal");
  assertEquals((await retried(alice, "three", "c3")).seq, 2);
  assertEquals(await textsOf(alice), [[1, "one"], [2, "three"]]);
});

Deno.test("ok waits for the commit, and so do those who hear it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const faults: Fault[] = [{ is: "held", until: promise }];
  const { server, alice, bob } = await begin(faults);
  await using _ = server;
  let answered = false;
  const answer = say(alice, "hi").then((ok) => {
    answered = true;
    return ok;
  });
  assertEquals(await bob.seen("said"), []);
  await bob.ok({ t: "users" });
  assertEquals(answered, false);
  resolve();
  assertEquals((await answer).seq, 1);
});

Deno.test("commands of one connection don't wait for each other's commit", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const faults: Fault[] = [{ is: "held", until: promise }];
  const { server, alice } = await begin(faults);
  await using _ = server;
  const first = say(alice, "one");
  const second = say(alice, "two");
  const search = await alice.ok({ t: "search", text: "nothing" });
  assertEquals(search.hits, []);
  resolve();
  assertEquals([(await first).seq, (await second).seq], [1, 2]);
});
