/** What every implementation's `append` and `repeat` must do. */

import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { lobby, roomId } from "../../lib/names.ts";
import { contentDigest, movedMax, repeatKey } from "../../lib/store.ts";
import {
  alice,
  all,
  append,
  bob,
  event,
  keep,
  keepSaid,
  type Open,
  outcomes,
  read,
  report,
  room,
  said,
  seqs,
  timeOf,
} from "./scene.ts";

/** Registers what `append` and `repeat` must do. */
export function appendContract(name: string, open: Open): void {
  appending(name, open);
  files(name, open);
  conflicts(name, open);
  moving(name, open);
  neighbours(name, open);
  unstorables(name, open);
  repeats(name, open);
}

function appending(name: string, open: Open): void {
  Deno.test(`${name}: append() keeps events that follow the log`, async () => {
    await using backend = await open();
    await keep(backend, [event(1, { t: "joined" }), said(2, "hello\n\tworld 👋")]);
    await keep(backend, [said(3, "again", { by: bob, cid: "c3" })]);
    assertEquals(await all(backend), [
      event(1, { t: "joined" }),
      said(2, "hello\n\tworld 👋"),
      said(3, "again", { by: bob, cid: "c3" }),
    ]);
  });

  Deno.test(`${name}: append() keeps each kind of event whole`, async () => {
    await using backend = await open();
    const events = [
      event(1, { t: "joined" }),
      event(2, { t: "retitled", topic: "Waves — 波" }),
      event(3, { t: "said", text: "first" }),
      event(4, { t: "said", text: "second", quote: 3 }),
      event(5, { t: "reacted", target: 9, emoji: "👍", on: true }),
      event(6, { t: "edited", target: 4, text: "2nd" }),
      event(7, { t: "left", reason: "dinner" }),
      event(8, { t: "left" }),
      event(9, { t: "retitled", topic: "" }),
      event(10, { t: "shared", file: report }),
      event(11, { t: "shared", file: { ...report, folder: "a/b — ü", size: 2 ** 40 } }),
      event(12, { t: "taken", file: report.file }, { by: bob }),
      event(13, { t: "declined", file: report.file }, { by: bob }),
      event(14, { t: "removed", file: report.file }),
    ];
    await keep(backend, events);
    const edited = { ...events[3], text: "2nd", edited: timeOf(6) };
    assertEquals(await all(backend), [...events.slice(0, 3), edited, ...events.slice(4)]);
  });
}

function files(name: string, open: Open): void {
  Deno.test(`${name}: read() before a seq gives what happens to files`, async () => {
    await using backend = await open();
    await keep(backend, [
      event(1, { t: "shared", file: report }),
      event(2, { t: "taken", file: report.file }, { by: bob }),
      event(3, { t: "declined", file: report.file }, { by: bob }),
      event(4, { t: "removed", file: report.file }),
    ]);
    assertEquals(seqs(await read(backend, { before: 9, limit: 9 })), [1, 2, 3, 4]);
  });

  Deno.test(`${name}: repeat() tells one shared file from another`, async () => {
    await using backend = await open();
    const shared = event(1, { t: "shared", file: report }, { cid: "c1" });
    await keep(backend, [shared]);
    const { digest } = await backend.log.repeat(room, alice.uid, "c1") ?? {};
    assertEquals(digest, contentDigest(shared));
    const other = event(1, { t: "shared", file: { ...report, size: 6 } });
    assert(digest !== contentDigest(other));
  });
}

function conflicts(name: string, open: Open): void {
  Deno.test(`${name}: append() is in conflict when the log is further on`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 3 });
    const appended = await backend.log.append(append([said(2, "mine")]));
    assertEquals(appended, {
      outcome: "conflict",
      events: [said(2), said(3)],
      repeats: new Map(),
    });
    assertEquals((await all(backend)).length, 3);
  });

  Deno.test(`${name}: append() is in conflict when the log isn't that far`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 1 });
    const appended = await backend.log.append(append([said(5)]));
    assertEquals(appended, { outcome: "conflict", events: [], repeats: new Map() });
    const unbegun = await backend.log.append(append([said(2)], lobby));
    assertEquals(unbegun, { outcome: "conflict", events: [], repeats: new Map() });
    assertEquals(await backend.log.open(lobby), undefined);
  });

  Deno.test(`${name}: a conflict tells of at most a page of events`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: limits.pageMax + 1 });
    const appended = await backend.log.append(append([said(1)]));
    assert(appended.outcome === "conflict");
    assertEquals(appended.events.length, limits.pageMax);
    assertEquals(appended.events[0].seq, 1);
  });

  Deno.test(`${name}: append() is in conflict when a cid was used, and keeps nothing`, async () => {
    await using backend = await open();
    const first = said(1, "once", { cid: "c1" });
    await keep(backend, [first]);
    const appended = await backend.log.append(
      append([said(2, "new", { cid: "c2" }), said(3, "once", { cid: "c1" })]),
    );
    const repeat = { seq: 1, at: timeOf(1), digest: contentDigest(first) };
    assertEquals(appended, {
      outcome: "conflict",
      events: [],
      repeats: new Map([[repeatKey(alice.uid, "c1"), repeat]]),
    });
    assertEquals(await all(backend), [first]);
  });

  Deno.test(`${name}: a conflict tells of a used cid and of new events at once`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "once", { cid: "c1" }), said(2)]);
    const appended = await backend.log.append(append([said(2, "once", { cid: "c1" })]));
    assert(appended.outcome === "conflict");
    assertEquals(appended.events, [said(2)]);
    assertEquals([...appended.repeats.keys()], [repeatKey(alice.uid, "c1")]);
  });

  Deno.test(`${name}: a cid is its user's and its conversation's own`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "one", { cid: "c1" })]);
    await keep(backend, [said(2, "one", { cid: "c1", by: bob })]);
    await keep(backend, [said(1, "one", { cid: "c1" })], lobby);
    assertEquals((await all(backend)).length, 2);
  });
}

function moving(name: string, open: Open): void {
  const mayMove = true;

  Deno.test(`${name}: append() keeps what may move behind what others said meanwhile`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 3 });
    const two = append([said(2, "mine", { by: bob, cid: "c1" }), said(3, "too", { by: bob })]);
    const appended = await backend.log.append({ ...two, mayMove });
    assertEquals(appended, { outcome: "committed", after: 3 });
    const [, , , ...moved] = await all(backend);
    const { at } = two.events[1];
    assertEquals(moved, [
      said(4, "mine", { by: bob, at: two.events[0].at, cid: "c1" }),
      said(5, "too", { by: bob, at }),
    ]);
    assertEquals((await backend.log.repeat(room, bob.uid, "c1"))?.seq, 4);
    await keep(backend, [said(6)]);
  });

  Deno.test(`${name}: what may move and needn't is kept where it is`, async () => {
    await using backend = await open();
    const appended = await backend.log.append({ ...append([said(1)]), mayMove });
    assertEquals(appended, { outcome: "committed" });
  });

  const inTheWay = {
    "something else than messages": [event(2, { t: "left" })],
    "a message and an edit of it": [said(2), event(3, { t: "edited", target: 2, text: "new" })],
    "the same cid": [said(2, "mine", { cid: "c1" })],
  };
  Deno.test(`${name}: append() doesn't move behind what isn't only messages, or its own cid`, async (t) => {
    await using backend = await open();
    for (const [what, events] of Object.entries(inTheWay)) {
      await t.step(what, async () => {
        const there = roomId(what);
        await keep(backend, [said(1), ...events], there);
        const mine = { ...append([said(2, "mine", { cid: "c1" })], there), mayMove } as const;
        assertEquals(outcomes([await backend.log.append(mine)]), ["conflict"]);
        assertEquals((await all(backend, there)).length, 1 + events.length);
      });
    }
  });

  Deno.test(`${name}: append() doesn't move to where there is nothing`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 1 });
    const ahead = await backend.log.append({ ...append([said(3)]), mayMove });
    const unbegun = await backend.log.append({ ...append([said(2)], lobby), mayMove });
    assertEquals(outcomes([ahead, unbegun]), ["conflict", "conflict"]);
  });

  Deno.test(`${name}: append() doesn't move behind too many`, async () => {
    await using backend = await open();
    for (let from = 1; from <= movedMax; from += 1000) {
      await keepSaid(backend, { from, count: 1000 });
    }
    const first = await backend.log.append({ ...append([said(1, "first")]), mayMove });
    assertEquals(first, { outcome: "committed", after: movedMax });
    const second = await backend.log.append({ ...append([said(1, "second")]), mayMove });
    assertEquals(outcomes([second]), ["conflict"]);
  });
}

function neighbours(name: string, open: Open): void {
  Deno.test(`${name}: appends called together are treated in their order`, async () => {
    await using backend = await open();
    const appended = await Promise.all(
      Array.from({ length: 100 }, (_, index) => backend.log.append(append([said(index + 1)]))),
    );
    assertEquals(new Set(outcomes(appended)), new Set(["committed"]));
    assertEquals((await read(backend, { after: 0, limit: 200 })).seq, 100);
  });

  Deno.test(`${name}: a conflict leaves the appends called with it alone`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "once", { cid: "c1" })]);
    const appended = await Promise.all([
      backend.log.append(append([said(2, "two", { cid: "c2" })])),
      backend.log.append(append([said(3, "once", { cid: "c1" })])),
      backend.log.append(append([said(9)])),
      backend.log.append(append([said(3, "two", { cid: "c2" })])),
      backend.log.append(append([said(3, "three")])),
      backend.log.append(append([said(1)], lobby)),
    ]);
    assertEquals(outcomes(appended), [
      "committed",
      "conflict",
      "conflict",
      "conflict",
      "committed",
      "committed",
    ]);
    assertEquals((await all(backend)).length, 3);
  });
}

function unstorables(name: string, open: Open): void {
  const unstorable = {
    "half a character": [said(1, "\ud83d")],
    "a NUL": [said(1, "a\0b")],
    "a fraction": [said(1, "text", { at: 1.5 })],
    "an unsafe integer": [said(1, "text", { at: 2 ** 53 })],
    "a gap between its seqs": [said(1), said(3)],
    "one cid twice": [said(1, "a", { cid: "c" }), said(2, "b", { cid: "c" })],
    "half a character in a file's name": [
      event(1, { t: "shared", file: { ...report, name: "\ud83d" } }),
    ],
    "half a character in a name": [said(1, "text", { by: { ...alice, user: "\udc00" } })],
  };
  Deno.test(`${name}: append() refuses what can't be stored, and nothing else`, async (t) => {
    await using backend = await open();
    for (const [what, events] of Object.entries(unstorable)) {
      await t.step(what, async () => {
        const there = roomId(what);
        const [bad, good] = await Promise.all([
          backend.log.append(append(events, there)),
          backend.log.append(append([said(1, "good")], there)),
        ]);
        assert(bad.outcome === "failed");
        assertEquals(bad.error.code, "bad_message");
        assertEquals(good, { outcome: "committed" });
        assertEquals(await all(backend, there), [said(1, "good")]);
      });
    }
  });

  Deno.test(`${name}: append() refuses an append without events`, async () => {
    await using backend = await open();
    const bad = await backend.log.append({ ...append([said(1)]), events: [] });
    assert(bad.outcome === "failed");
    assertEquals(bad.error.code, "bad_message");
  });
}

function repeats(name: string, open: Open): void {
  Deno.test(`${name}: repeat() knows what was stored under a cid`, async () => {
    await using backend = await open();
    const topic = event(1, { t: "retitled", topic: "Waves" }, { cid: "c1" });
    await keep(backend, [topic]);
    assertEquals(await backend.log.repeat(room, alice.uid, "c1"), {
      seq: 1,
      at: timeOf(1),
      digest: contentDigest(topic),
    });
    assertEquals(await backend.log.repeat(room, bob.uid, "c1"), undefined);
    assertEquals(await backend.log.repeat(room, alice.uid, "c2"), undefined);
    assertEquals(await backend.log.repeat(lobby, alice.uid, "c1"), undefined);
  });

  Deno.test(`${name}: repeat() of what was deleted since has no digest`, async () => {
    await using backend = await open();
    await keep(backend, [
      said(1, "secret", { cid: "c1" }),
      event(2, { t: "edited", target: 1, text: "secret 2" }, { cid: "c2" }),
      event(3, { t: "deleted", target: 1 }, { cid: "c3" }),
    ]);
    assertEquals(await backend.log.repeat(room, alice.uid, "c1"), { seq: 1, at: timeOf(1) });
    assertEquals(await backend.log.repeat(room, alice.uid, "c2"), { seq: 2, at: timeOf(2) });
    assert((await backend.log.repeat(room, alice.uid, "c3"))?.digest !== undefined);
  });
}
