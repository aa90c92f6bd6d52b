import { assert, assertEquals } from "@std/assert";
import { emojiFrom, emojiGroups, findEmoji } from "../../web/text/emoji_table.ts";
import { type KnownWords, suggest } from "../../web/text/suggest.ts";
import { clockTime, dayAndTime, dayText, shortTime } from "../../web/text/times.ts";

const known: KnownWords = {
  users: ["Bob", "Anna", "annabel"],
  rooms: ["lobby", "dev", "devops"],
  files: ["notes.txt"],
  emoji: emojiFrom,
};

function inserted(text: string, caret = text.length): readonly string[] {
  return suggest(text, caret, known)?.all.map(({ insert }) => insert) ?? [];
}

Deno.test("suggest() completes people behind an @, those that begin so first", () => {
  assertEquals(inserted("hi @an"), ["@Anna ", "@annabel "]);
  assertEquals(inserted("hi @B"), ["@Bob ", "@annabel "]);
  assertEquals(inserted("hi @"), ["@Bob ", "@Anna ", "@annabel "]);
});

Deno.test("suggest() takes the word before the cursor", () => {
  const found = suggest("@an and more", 3, known);
  assertEquals([found?.from, found?.to, found?.all.length], [0, 3, 2]);
});

Deno.test("suggest() completes rooms behind a #", () => {
  assertEquals(inserted("see #dev"), ["#dev ", "#devops "]);
});

Deno.test("suggest() leaves words and whole names alone", () => {
  assertEquals(inserted("hello an"), []);
  assertEquals(inserted("mail a@b"), []);
  assertEquals(inserted("@Bob"), []);
  assertEquals(inserted("//whi"), []);
});

Deno.test("suggest() completes commands by any of their names, and says how they are written", () => {
  assertEquals(inserted("/whis"), ["/whisper "]);
  assertEquals(inserted("/dm"), ["/whisper "]);
  assertEquals(suggest("/whis", 5, known)?.all[0].label, "/whisper USER [TEXT]");
  assert(inserted("/").length > 4);
});

Deno.test("suggest() completes what a command takes", () => {
  assertEquals(inserted("/whisper an"), ["Anna ", "annabel "]);
  assertEquals(inserted("/join de"), ["dev ", "devops "]);
  assertEquals(inserted("/download no"), ["notes.txt "]);
  assertEquals(inserted("/help whis"), ["whisper"]);
  assertEquals(inserted("/whisper Bob @an"), ["@Anna ", "@annabel "]);
});

Deno.test("suggest() completes emoji by their short names", () => {
  assert(inserted("nice :thumbsu").includes("👍 "));
  assertEquals(inserted("nice :t"), []);
  assertEquals(inserted("10:30"), []);
});

Deno.test("findEmoji() looks into names, tags and descriptions", () => {
  const found = (word: string) => findEmoji(word, 40).map(({ emoji }) => emoji);
  assertEquals(found(":tada:")[0], "🎉");
  assert(found("hooray").includes("🎉"));
  assertEquals(found("nothingiscalledso"), []);
  assert(found("a").length <= 40);
});

Deno.test("emojiGroups has every emoji once", () => {
  const all = emojiGroups.flatMap((group) => group.all.map(({ emoji }) => emoji));
  assert(all.length > 1800);
  assertEquals(new Set(all).size, all.length);
});

Deno.test("dayText() and shortTime() say today and yesterday by the calendar", () => {
  const now = new Date(2026, 2, 30, 0, 5).getTime();
  assertEquals(dayText(now - 60_000, now), "Today");
  assertEquals(dayText(now - 10 * 60_000, now), "Yesterday");
  assert(dayText(now - 400 * 86_400_000, now).includes("2025"));
  assert(!dayText(now - 3 * 86_400_000, now).includes("2026"));
  assert(shortTime(now - 60_000, now).includes("04"));
  assert(!shortTime(now - 10 * 60_000, now).includes(":"));
  assertEquals(dayAndTime(now - 60_000, now), shortTime(now - 60_000, now));
  const tomorrow = now + 86_400_000;
  assertEquals(dayAndTime(tomorrow, now), `${shortTime(tomorrow, now)}, ${clockTime(tomorrow)}`);
});
