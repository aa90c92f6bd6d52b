import { assertEquals, assertRejects } from "@std/assert";
import { Conversation } from "../../lib/conversation.ts";
import { ChatError } from "../../lib/errors.ts";
import type { LogEvent } from "../../lib/events.ts";
import { roomId, type Uid } from "../../lib/names.ts";
import { emptyRoom } from "../../lib/rooms.ts";
import { type Append, type Appended, contentDigest, type Log, repeatKey } from "../../lib/store.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { turn } from "../helpers/fake_clock.ts";

const alice = { user: "Alice", uid: "alice" as Uid };
const bob = { user: "Bob", uid: "bob" as Uid };
const committed: Appended = { outcome: "committed" };

/** A conversation whose appends end when a test says so, and what it tells. */
function begin() {
  const appends: (Append & { end(appended: Appended): void })[] = [];
  const told: LogEvent[] = [];
  const log: Partial<Log> = {
    append: (append) =>
      new Promise((resolve) => appends.push({ ...append, end: (appended) => resolve(appended) })),
    repeat: () => Promise.resolve(undefined),
    read: (_id, range) => {
      const after = "after" in range ? range.after : 0;
      const events = [joined(bob, 1), said(1 + 1, "one"), said(3, "two")].slice(after);
      return Promise.resolve({ events, more: false, seq: 3, first: 1 });
    },
  };
  const conversation = new Conversation(emptyRoom(roomId("tea"), "tea"), {
    log: log as Log,
    clock: systemClock(),
    membersMax: 10,
    roleOf: () => "guest",
    onAppending: () => {},
    onCommitted: (_conversation, events) => told.push(...events),
    onTrouble: (error) => {
      throw error;
    },
  });
  const learn = (...events: readonly LogEvent[]) =>
    conversation.learn({ name: "Tea", after: events[0].seq - 1, events });
  return { conversation, appends, told, learn };
}

function joined({ user, uid }: typeof alice, seq: number): LogEvent {
  return { t: "joined", seq, at: seq, user, uid };
}

function said(seq: number, text: string, cid?: string): LogEvent {
  return { t: "said", text, seq, at: seq, ...bob, ...cid !== undefined && { cid } };
}

function say(text: string, cid?: string) {
  return { by: bob, change: { t: "said", text }, ...cid !== undefined && { cid } } as const;
}

const seqs = (events: readonly LogEvent[]) => events.map(({ seq }) => seq);

Deno.test("what another node has appended is told, and decides what comes after it", async () => {
  const { conversation, told, learn } = begin();
  await assertRejects(() => conversation.decide(say("too early")), ChatError);
  learn(joined(bob, 1), said(2, "one"));
  assertEquals(seqs(told), [1, 2]);
  assertEquals([conversation.room.seq, conversation.room.name], [2, "Tea"]);
  learn(joined(bob, 1), said(2, "one"));
  assertEquals(seqs(told), [1, 2]);
});

Deno.test("what comes before its turn waits for what is settled here", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one"));
  await turn();
  learn(said(3, "two"));
  assertEquals(seqs(told), [1]);
  appends[0].end(committed);
  assertEquals((await own).seq, 2);
  await turn();
  assertEquals(told.map((event) => [event.seq, "text" in event && event.text]), [
    [1, false],
    [2, "one"],
    [3, "two"],
  ]);
});

Deno.test("messages that others' messages have overtaken come behind them", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = [conversation.decide(say("one")), conversation.decide(say("two", "c2"))];
  await turn();
  const next = conversation.decide(say("three"));
  learn(said(2, "first"), said(3, "second"));
  await turn();
  assertEquals(appends.map(({ after, mayMove }) => [after, mayMove]), [[1, true]]);
  assertEquals([seqs(told), conversation.decided.seq], [[1, 2, 3], 6]);
  appends[0].end({ outcome: "committed", after: 3 });
  assertEquals((await Promise.all(own)).map(({ seq }) => seq), [4, 5]);
  await turn();
  assertEquals(appends.map(({ after, events }) => [after, ...seqs(events)]), [[1, 2, 3], [5, 6]]);
  appends[1].end(committed);
  assertEquals((await next).seq, 6);
  assertEquals(seqs(told), [1, 2, 3, 4, 5, 6]);
  assertEquals(told[4].cid, "c2");
});

Deno.test("what is answered before that is learnt which it came behind is told in its order", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one"));
  await turn();
  const next = conversation.decide(say("two"));
  appends[0].end({ outcome: "committed", after: 2 });
  assertEquals((await own).seq, 3);
  assertEquals(seqs(told), [1]);
  learn(said(2, "first"));
  assertEquals(seqs(told), [1, 2, 3]);
  await turn();
  appends.at(-1)?.end(committed);
  assertEquals((await next).seq, 4);
});

Deno.test("a storage that doesn't keep it behind others' messages has it decided again", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one"));
  await turn();
  learn(said(2, "first"));
  appends[0].end({ outcome: "conflict", events: [said(2, "first")], repeats: new Map() });
  await turn();
  assertEquals(appends.map(({ after }) => after), [1, 2]);
  appends[1].end(committed);
  assertEquals((await own).seq, 3);
  assertEquals(seqs(told), [1, 2, 3]);
});

Deno.test("in a slow room nothing may move", async () => {
  const { conversation, appends, learn } = begin();
  learn(joined(alice, 1), joined(bob, 2), { t: "slowed", seconds: 1, seq: 3, at: 3, ...alice });
  const own = conversation.decide(say("one"));
  own.catch(() => {});
  await turn();
  assertEquals(appends.map(({ mayMove }) => mayMove), [undefined]);
  learn({ ...said(4, "elsewhere"), at: Date.now() });
  await assertRejects(() => own, ChatError, "one message each 1 s");
});

Deno.test("what waits under a cid that was used elsewhere doesn't move what is being appended", async () => {
  const { conversation, appends, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one", "c1"));
  await turn();
  const again = conversation.decide(say("two", "c2"));
  learn(said(2, "two", "c2"));
  await turn();
  assertEquals(appends.length, 1);
  appends[0].end({ outcome: "committed", after: 2 });
  assertEquals((await own).seq, 3);
  await turn();
  const digest = contentDigest(said(2, "two", "c2"));
  const repeats = new Map([[repeatKey(bob.uid, "c2"), { seq: 2, at: 2, digest }]]);
  appends[1].end({ outcome: "conflict", events: [], repeats });
  assertEquals((await again).seq, 2);
});

Deno.test("an append that another node's has overtaken goes on behind it at once", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one"));
  await turn();
  learn({ ...said(2, "first"), t: "retitled", topic: "Tea" });
  await turn();
  assertEquals(appends.map(({ after, events }) => [after, ...seqs(events)]), [[1, 2], [2, 3]]);
  // What the first one came to is known already; only the second one counts.
  appends[0].end({ outcome: "conflict", events: [said(2, "first")], repeats: new Map() });
  await turn();
  assertEquals(appends.length, 2);
  appends[1].end(committed);
  assertEquals((await own).seq, 3);
  assertEquals(seqs(told), [1, 2, 3]);
});

Deno.test("a conflict that is answered before it is learnt of is told once", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one"));
  await turn();
  appends[0].end({ outcome: "conflict", events: [said(2, "first")], repeats: new Map() });
  await turn();
  learn(said(2, "first"));
  await turn();
  assertEquals(appends.map(({ after }) => after), [1, 2]);
  appends[1].end(committed);
  assertEquals((await own).seq, 3);
  assertEquals(seqs(told), [1, 2, 3]);
});

Deno.test("what no longer holds is refused when another node's event makes it so", async () => {
  const { conversation, appends, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one"));
  own.catch(() => {});
  await turn();
  learn({ t: "left", seq: 2, at: 2, ...bob });
  await assertRejects(() => own, ChatError, "join it first");
  assertEquals(appends.length, 1);
});

Deno.test("what the same user did on another node under the same cid is answered, not done again", async () => {
  const { conversation, appends, told, learn } = begin();
  learn(joined(bob, 1));
  const own = conversation.decide(say("one", "c1"));
  await turn();
  learn(said(2, "one", "c1"));
  assertEquals((await own).seq, 2);
  await turn();
  assertEquals([appends.length, seqs(told)], [1, [1, 2]]);
});

Deno.test("a cid that was used long ago is known when the append that has it is answered", async () => {
  const { conversation, appends, learn } = begin();
  learn(joined(bob, 1), said(2, "old"));
  const own = conversation.decide(say("one", "c1"));
  await turn();
  const digest = contentDigest(said(1, "one", "c1"));
  const repeats = new Map([[repeatKey(bob.uid, "c1"), { seq: 1, at: 5, digest }]]);
  appends[0].end({ outcome: "conflict", events: [], repeats });
  assertEquals(await own, { seq: 1, at: 5 });
});

Deno.test("answers that wait for others' commits are given whatever is learnt meanwhile", async () => {
  const { conversation, told, learn } = begin();
  learn(joined(bob, 1));
  const again = conversation.decide({ by: bob, change: { t: "joined" } });
  await turn();
  learn(said(2, "one"));
  assertEquals((await again).seq >= 1, true);
  await turn();
  assertEquals(seqs(told), [1, 2]);
});

Deno.test("a gap that nothing here will fill is read from the log", async () => {
  const { told, learn } = begin();
  learn(joined(bob, 1));
  learn(said(3, "two"));
  await turn();
  assertEquals(seqs(told), [1, 2, 3]);
});
