/** How every implementation shows messages as they stand, and what deleting takes. */

import { assert, assertEquals } from "@std/assert";
import {
  alice,
  all,
  bob,
  carol,
  event,
  keep,
  type Open,
  other,
  pair,
  room,
  said,
  timeOf,
} from "./scene.ts";

/** Registers how messages stand after what came later. */
export function messagesContract(name: string, open: Open): void {
  revisions(name, open);
  reactions(name, open);
  ofOne(name, open);
}

function ofOne(name: string, open: Open): void {
  Deno.test(`${name}: said() is what one user said anywhere, and wasn't deleted, page by page`, async () => {
    await using backend = await open();
    await keep(backend, [said(1), said(2, "by bob", { by: bob }), said(3)]);
    await keep(backend, [said(1), event(2, { t: "retitled", topic: "x" })], other);
    await keep(backend, [said(1, "by bob", { by: bob }), said(2)], pair);
    await keep(backend, [event(4, { t: "edited", target: 1, text: "new" })]);
    await keep(backend, [event(5, { t: "deleted", target: 3 })]);
    const found: unknown[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const { messages, next } = await backend.log.said(alice.uid, { after, limit: 2 });
      assert(messages.length <= 2);
      found.push(...messages.map(({ conversation, seq }) => [conversation, seq]));
      after = next;
    }
    assertEquals(found, [[room, 1], [other, 1], [pair, 2]]);
    assertEquals((await backend.log.said(carol.uid, { limit: 2 })).messages, []);
  });
}

function revisions(name: string, open: Open): void {
  Deno.test(`${name}: an edited message has its newest text and when it got it`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "old"), event(2, { t: "edited", target: 1, text: "newer" })]);
    await keep(backend, [event(3, { t: "edited", target: 1, text: "newest" })]);
    assertEquals(await all(backend), [
      event(1, { t: "said", text: "newest", edited: timeOf(3) }),
      event(2, { t: "edited", target: 1, text: "newer" }),
      event(3, { t: "edited", target: 1, text: "newest" }),
    ]);
  });

  Deno.test(`${name}: a deleted message has no text in any of its events`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "old"), event(2, { t: "edited", target: 1, text: "new" })]);
    await keep(backend, [event(3, { t: "deleted", target: 1 }), said(4, "stays")]);
    assertEquals(await all(backend), [
      event(1, { t: "said", deleted: timeOf(3) }),
      event(2, { t: "edited", target: 1 }),
      event(3, { t: "deleted", target: 1 }),
      said(4, "stays"),
    ]);
  });

  Deno.test(`${name}: deleting takes only the message that is meant`, async () => {
    await using backend = await open();
    await keep(backend, [
      said(1, "goes"),
      said(2, "stays"),
      event(3, { t: "edited", target: 2, text: "stays too" }),
      event(4, { t: "reacted", target: 2, emoji: "👍", on: true }),
      event(5, { t: "deleted", target: 1 }),
    ]);
    const events = await all(backend);
    assertEquals(
      events[1],
      event(2, {
        t: "said",
        text: "stays too",
        edited: timeOf(3),
        reactions: { "👍": ["Alice"] },
      }),
    );
    assertEquals(events[2], event(3, { t: "edited", target: 2, text: "stays too" }));
  });

  Deno.test(`${name}: what comes after its deletion gives a message no text`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "old"), event(2, { t: "deleted", target: 1 })]);
    await keep(backend, [event(3, { t: "edited", target: 1, text: "late" })]);
    const events = await all(backend);
    assertEquals(events[0], event(1, { t: "said", deleted: timeOf(2) }));
    assertEquals(events[2], event(3, { t: "edited", target: 1 }));
  });
}

function reactions(name: string, open: Open): void {
  Deno.test(`${name}: reactions show by emoji who gave them, in their order`, async () => {
    await using backend = await open();
    const react = (seq: number, emoji: string, by: typeof alice, on = true) =>
      event(seq, { t: "reacted", target: 1, emoji, on }, { by });
    await keep(backend, [said(1, "nice")]);
    await keep(backend, [react(2, "🎉", bob), react(3, "👍", carol), react(4, "👍", alice)]);
    await keep(backend, [react(5, "🎉", alice), react(6, "🎉", bob, false), react(7, "❤️", bob)]);
    await keep(backend, [react(8, "❤️", bob, false)]);
    const [message] = await all(backend);
    assertEquals(
      message,
      event(1, {
        t: "said",
        text: "nice",
        reactions: { "👍": ["Carol", "Alice"], "🎉": ["Alice"] },
      }),
    );
  });

  Deno.test(`${name}: message() tells author, reactions and whether it is deleted`, async () => {
    await using backend = await open();
    await keep(backend, [
      said(1, "nice", { by: bob }),
      event(2, { t: "reacted", target: 1, emoji: "👍", on: true }),
    ]);
    const reactions = new Map([["👍", new Set([alice.uid])]]);
    assertEquals(await backend.log.message(room, 1), {
      seq: 1,
      author: bob.uid,
      deleted: false,
      reactions,
    });
    await keep(backend, [event(3, { t: "deleted", target: 1 }, { by: bob })]);
    assertEquals(await backend.log.message(room, 1), {
      seq: 1,
      author: bob.uid,
      deleted: true,
      reactions: new Map(),
    });
  });

  Deno.test(`${name}: message() knows only what was said`, async () => {
    await using backend = await open();
    await keep(backend, [event(1, { t: "joined" })]);
    assertEquals(await backend.log.message(room, 1), undefined);
    assertEquals(await backend.log.message(room, 2), undefined);
  });
}
