/** How every implementation reads logs, rooms and counts. */

import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { lobby, pairId } from "../../lib/names.ts";
import { noRules } from "../../lib/moderation/rules.ts";
import {
  alice,
  bob,
  carol,
  event,
  keep,
  keepSaid,
  type Open,
  other,
  pair,
  read,
  room,
  said,
  seqs,
  timeOf,
} from "./scene.ts";

/** Registers what reading, forgetting and counting must do. */
export function pagesContract(name: string, open: Open): void {
  reading(name, open);
  forgetting(name, open);
  opening(name, open);
  counting(name, open);
}

function reading(name: string, open: Open): void {
  Deno.test(`${name}: read() after a seq gives every event, oldest first`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 4 });
    await keep(backend, [event(5, { t: "deleted", target: 1 }), said(6)]);
    const page = await read(backend, { after: 2, limit: 3 });
    assertEquals(seqs(page), [3, 4, 5]);
    assertEquals([page.more, page.seq, page.first], [true, 6, 1]);
    const rest = await read(backend, { after: 5, limit: 3 });
    assertEquals([seqs(rest), rest.more], [[6], false]);
    assertEquals((await read(backend, { after: 6, limit: 3 })).events, []);
  });

  Deno.test(`${name}: read() before a seq gives what is shown, and counts only that`, async () => {
    await using backend = await open();
    await keep(backend, [event(1, { t: "joined" }), said(2), said(3)]);
    await keep(backend, [
      event(4, { t: "reacted", target: 2, emoji: "👍", on: true }),
      event(5, { t: "edited", target: 2, text: "new" }),
      event(6, { t: "deleted", target: 3 }),
      event(7, { t: "retitled", topic: "Waves" }),
      event(8, { t: "left" }),
    ]);
    const page = await read(backend, { before: 8, limit: 3 });
    assertEquals([seqs(page), page.more, page.seq], [[2, 3, 7], true, 8]);
    const start = await read(backend, { before: 2, limit: 3 });
    assertEquals([seqs(start), start.more], [[1], false]);
    const newest = await read(backend, { before: 9, limit: 2 });
    assertEquals(seqs(newest), [7, 8]);
  });

  Deno.test(`${name}: read() ends a page when its bytes are used up`, async () => {
    await using backend = await open();
    const long = "x".repeat(limits.textBytesMax);
    await keep(backend, [1, 2, 3, 4].map((seq) => said(seq, long)));
    const bytes = limits.textBytesMax * 2.5;
    const after = await backend.log.read(room, { after: 0, limit: 10, bytes });
    assertEquals([seqs(after), after.more], [[1, 2], true]);
    const before = await backend.log.read(room, { before: 5, limit: 10, bytes });
    assertEquals([seqs(before), before.more], [[3, 4], true]);
  });

  Deno.test(`${name}: read() gives one event however large it is`, async () => {
    await using backend = await open();
    await keep(backend, [said(1), said(2, "x".repeat(1000))]);
    const page = await backend.log.read(room, { before: 3, limit: 10, bytes: 10 });
    assertEquals([seqs(page), page.more], [[2], true]);
  });

  Deno.test(`${name}: read() of what never began is empty`, async () => {
    await using backend = await open();
    const page = await read(backend, { after: 0, limit: 10 });
    assertEquals(page, { events: [], more: false, seq: 0, first: 1 });
  });
}

function forgetting(name: string, open: Open): void {
  Deno.test(`${name}: forget() drops what is older, and first tells it`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 5 });
    await backend.log.forget(timeOf(4));
    const page = await read(backend, { after: 0, limit: 10 });
    assertEquals([seqs(page), page.seq, page.first], [[4, 5], 5, 4]);
    assertEquals(await backend.log.message(room, 3), undefined);
    assertEquals((await backend.log.open(room))?.first, 4);
  });

  Deno.test(`${name}: a log that was forgotten whole goes on with its seq`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 3 });
    await backend.log.forget(timeOf(4));
    const page = await read(backend, { after: 0, limit: 10 });
    assertEquals(page, { events: [], more: false, seq: 3, first: 4 });
    await keep(backend, [said(4)]);
    assertEquals(seqs(await read(backend, { before: 9, limit: 10 })), [4]);
  });

  Deno.test(`${name}: forget() leaves no hole where the clock went back`, async () => {
    await using backend = await open();
    await keep(backend, [said(1), said(2, "later", { at: timeOf(9) }), said(3)]);
    await backend.log.forget(timeOf(5));
    assertEquals(seqs(await read(backend, { after: 0, limit: 10 })), [2, 3]);
  });
}

function opening(name: string, open: Open): void {
  Deno.test(`${name}: open() gives a room with its members and topic`, async () => {
    await using backend = await open();
    assertEquals(await backend.log.open(room), undefined);
    await keep(backend, [
      event(1, { t: "joined" }),
      event(2, { t: "joined" }, { by: bob }),
      event(3, { t: "retitled", topic: "Waves" }),
      event(4, { t: "left" }, { by: bob }),
    ]);
    assertEquals(await backend.log.open(room), {
      id: room,
      name: "Physics",
      topic: "Waves",
      seq: 4,
      first: 1,
      members: new Map([[alice.uid, alice]]),
      rules: { ...noRules, roles: new Map([[alice.uid, "owner" as const]]) },
    });
  });

  Deno.test(`${name}: rooms() lists rooms with members, and the lobby once begun`, async () => {
    await using backend = await open();
    await keep(backend, [event(1, { t: "joined" })]);
    await keep(backend, [event(1, { t: "joined" }), event(2, { t: "left" })], other);
    await keep(backend, [said(1)], pair);
    const ids = async () => (await backend.log.rooms()).map(({ id }) => id).sort();
    assertEquals(await ids(), [room]);
    await keep(backend, [said(1)], lobby);
    assertEquals(await ids(), [lobby, room]);
  });

  Deno.test(`${name}: what open() gave is not changed by what comes later`, async () => {
    await using backend = await open();
    await keep(backend, [event(1, { t: "joined" })]);
    const opened = await backend.log.open(room);
    await keep(backend, [event(2, { t: "joined" }, { by: bob })]);
    assert(opened !== undefined);
    assertEquals([opened.seq, opened.members.size], [1, 1]);
  });
}

function counting(name: string, open: Open): void {
  Deno.test(`${name}: pairs() lists a user's private conversations, newest first`, async () => {
    await using backend = await open();
    const withCarol = pairId(alice.uid, carol.uid);
    await keep(backend, [said(1)], pair);
    await keep(backend, [said(1)], withCarol);
    await keep(backend, [said(1)], pairId(bob.uid, carol.uid));
    await keep(backend, [said(2)], pair);
    await keep(backend, [said(1)]);
    const ids = async (limit: number) =>
      (await backend.log.pairs(alice.uid, limit)).map(({ id }) => id);
    assertEquals(await ids(10), [pair, withCarol]);
    assertEquals(await ids(1), [pair]);
  });

  Deno.test(`${name}: unread() counts what others said after a mark`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "a", { by: bob }), said(2), said(3, "b", { by: bob })]);
    await keep(backend, [event(4, { t: "joined" }, { by: bob }), said(5, "c", { by: carol })]);
    const marks = [
      { conversation: room, seq: 1 },
      { conversation: other, seq: 0 },
      { conversation: room, seq: 5 },
    ];
    assertEquals(await backend.log.unread(alice.uid, marks), [2, 0, 0]);
    assertEquals(await backend.log.unread(bob.uid, marks.slice(0, 1)), [2]);
  });

  Deno.test(`${name}: unread() stops counting at its bound`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: limits.unreadMax + 1, by: bob });
    const counts = await backend.log.unread(alice.uid, [{ conversation: room, seq: 0 }]);
    assertEquals(counts, [limits.unreadMax]);
  });
}
