/** What every implementation's search must find, and must not. */

import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { limits } from "../../lib/limits.ts";
import { roomId } from "../../lib/names.ts";
import {
  bob,
  event,
  found,
  keep,
  keepSaid,
  type Open,
  other,
  pair,
  room,
  said,
  timeOf,
} from "./scene.ts";

const texts = [
  "The Quick brown fox",
  "jumps over it, ok?",
  "我们明天去北京吧",
  "ﬁne ＦＵＬＬ width",
  "party 🎉 time 👩‍👩‍👧",
  'say "hello" AND NOT goodbye* (x OR y) col:on',
  "東京タワー and カラオケ",
  "100% of O'Brien's back\\slash",
  "안녕하세요 여러분",
  "ÜBER straße",
];

/** What is looked for, and which of the texts have it. */
const searches: readonly (readonly [words: string, ...indexes: number[]])[] = [
  ["quick", 0],
  ["FOX brown", 0],
  ["quick jumps"],
  ["row", 0],
  ["quickly"],
  ["ok", 1],
  ["o", 0, 1, 5, 7],
  ["北京", 2],
  ["我们", 2],
  ["京我"],
  ["天去北京", 2],
  ["北京 明天", 2],
  ["吧", 2],
  ["fine", 3],
  ["full WIDTH", 3],
  ["🎉", 4],
  ["👩‍👩‍👧", 4],
  ["time 🎉", 4],
  ['"hello"', 5],
  ["AND", 5, 6],
  ["goodbye*", 5],
  ["(x", 5],
  ["col:on", 5],
  ["quick*"],
  ["NEAR(quick"],
  ["京タ", 6],
  ["タワ and", 6],
  ["100%", 7],
  ["%", 7],
  ["O'Brien", 7],
  ["back\\slash", 7],
  ["안녕", 8],
  ["여러분", 8],
  ["über", 9],
  ["STRASSE"],
  ["straße", 9],
];

/** Registers what a search must find, and must not. */
export function searchContract(name: string, open: Open): void {
  finding(name, open);
  changes(name, open);
  paging(name, open);
}

function finding(name: string, open: Open): void {
  Deno.test(`${name}: find() takes words of every writing, operators as plain text`, async (t) => {
    await using backend = await open();
    await keep(backend, texts.map((text, index) => said(index + 1, text)));
    for (const [words, ...indexes] of searches) {
      await t.step(words, async () => {
        const expected = indexes.map((index) => texts[index]).toReversed();
        assertEquals(await found(backend, words), expected);
      });
    }
  });

  Deno.test(`${name}: find() without a word finds nothing`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 1 });
    assertEquals(await found(backend, " \n "), []);
  });

  Deno.test(`${name}: find() gives the newest first, across conversations`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "word one")]);
    await keep(backend, [said(1, "word two")], other);
    await keep(backend, [said(2, "word three")]);
    assertEquals(await found(backend, "word"), ["word three", "word two", "word one"]);
  });

  Deno.test(`${name}: find() looks only where it is told to`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "word one")]);
    await keep(backend, [said(1, "word two")], other);
    await keep(backend, [said(1, "word three")], pair);
    assertEquals(await found(backend, "word", [other]), ["word two"]);
    assertEquals(await found(backend, "word", [roomId("nowhere")]), []);
    assertEquals(await found(backend, "word", []), []);
  });
}

function changes(name: string, open: Open): void {
  Deno.test(`${name}: find() gives messages as they stand`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "a word", { by: bob, cid: "c1" })]);
    await keep(backend, [
      event(2, { t: "edited", target: 1, text: "the word" }),
      event(3, { t: "reacted", target: 1, emoji: "👍", on: true }),
    ]);
    const { hits } = await backend.search.find({
      text: "word",
      conversations: new Set([room]),
      limit: 10,
      bytes: limits.listBytesMax,
    });
    const change = {
      t: "said",
      text: "the word",
      edited: timeOf(2),
      reactions: { "👍": ["Alice"] },
    } as const;
    assertEquals(hits, [{ conversation: room, event: event(1, change, { by: bob, cid: "c1" }) }]);
  });

  Deno.test(`${name}: find() knows an edited message by its new text only`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "mistaken words")]);
    assertEquals(await found(backend, "mistaken"), ["mistaken words"]);
    await keep(backend, [event(2, { t: "edited", target: 1, text: "corrected words 北京" })]);
    assertEquals(await found(backend, "mistaken"), []);
    assertEquals(await found(backend, "corrected"), ["corrected words 北京"]);
    assertEquals(await found(backend, "北京"), ["corrected words 北京"]);
  });

  Deno.test(`${name}: find() doesn't find a deleted message`, async () => {
    await using backend = await open();
    await keep(backend, [said(1, "regretted words"), said(2, "other words")]);
    assertEquals(await found(backend, "words"), ["other words", "regretted words"]);
    await keep(backend, [event(3, { t: "deleted", target: 1 })]);
    assertEquals(await found(backend, "words"), ["other words"]);
  });

  Deno.test(`${name}: find() doesn't find what was forgotten`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 3 });
    assertEquals((await found(backend, "message")).length, 3);
    await backend.log.forget(timeOf(3));
    assertEquals(await found(backend, "message"), ["message 3"]);
  });
}

function paging(name: string, open: Open): void {
  Deno.test(`${name}: find() goes on page by page from its cursor`, async () => {
    await using backend = await open();
    await keepSaid(backend, { count: 7 });
    const pages: number[][] = [];
    let before: string | undefined;
    do {
      const page = await backend.search.find({
        text: "message",
        conversations: new Set([room]),
        limit: 3,
        bytes: limits.listBytesMax,
        before,
      });
      pages.push(page.hits.map(({ event }) => event.seq));
      before = page.more ? page.cursor : undefined;
    } while (before !== undefined);
    assertEquals(pages, [[7, 6, 5], [4, 3, 2], [1]]);
  });

  Deno.test(`${name}: find() ends a page when its bytes are used up`, async () => {
    await using backend = await open();
    const long = "word ".repeat(1000);
    await keep(backend, [1, 2, 3].map((seq) => said(seq, long)));
    const query = { text: "word", conversations: new Set([room]), limit: 10 };
    const page = await backend.search.find({ ...query, bytes: 8000 });
    assertEquals([page.hits.length, page.more], [2, true]);
    const large = await backend.search.find({ ...query, bytes: 1 });
    assertEquals([large.hits.length, large.more], [1, true]);
  });

  Deno.test(`${name}: find() refuses a cursor that is none`, async () => {
    await using backend = await open();
    const query = { text: "word", conversations: new Set([room]), limit: 10, bytes: 1000 };
    const error = await assertRejects(
      () => backend.search.find({ ...query, before: "yesterday" }),
      ChatError,
    );
    assertEquals(error.code, "bad_message");
  });
}
