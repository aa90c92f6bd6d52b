import { assert, assertEquals } from "@std/assert";
import { pad, shorten, shortenMiddle, width, wrap } from "../../lib/terminal/wrap.ts";

Deno.test("width() counts columns, not characters", () => {
  assertEquals(["a", "你", "😀", "👨‍👩‍👧", "e\u0301", "❤️", "⏎", "\x1b[31mred\x1b[39m"].map(width), [
    1,
    2,
    2,
    2,
    1,
    2,
    1,
    3,
  ]);
});

const wraps: readonly [string, string, number, readonly string[]][] = [
  ["a short line", "one two", 10, ["one two"]],
  ["a line as long as the screen", "1234567890", 10, ["1234567890"]],
  ["between words", "one two three four", 9, ["one two", "three", "four"]],
  ["a word longer than a line", "a 12345678901234 b", 6, ["a", "123456", "789012", "34 b"]],
  ["newlines", "one\n\n  two", 10, ["one", "", "  two"]],
  ["Chinese", "你好世界和平", 5, ["你好", "世界", "和平"]],
  ["Chinese with punctuation that begins no line", "你好，世界。", 6, ["你好，", "世界。"]],
  ["Chinese and Latin", "use Deno来写", 8, ["use Deno", "来写"]],
  ["emoji whole", "👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 5, ["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧"]],
  ["spaces at a cut", "one      two", 5, ["one", "two"]],
];

for (const [what, text, columns, lines] of wraps) {
  Deno.test(`wrap() cuts ${what}`, () => assertEquals(wrap(text, columns), lines));
}

Deno.test("wrap() keeps every line within the columns, and every word", () => {
  const text =
    "Lorem 你好 ipsum 😀😀 dolor-sit-amet, https://example.org/a/very/long/path/indeed 世界。 end";
  for (let columns = 2; columns < 90; columns++) {
    const lines = wrap(text, columns);
    assert(lines.every((line) => width(line) <= columns), `${columns}: ${lines.join("|")}`);
    assertEquals(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
  }
});

Deno.test("shorten() ends what is too long with an ellipsis, wide characters whole", () => {
  assertEquals(shorten("short", 10), "short");
  assertEquals(shorten("one two three", 8), "one two…");
  assertEquals(shorten("你好世界", 6), "你好…");
  assertEquals(width(shorten("你好世界", 5)) <= 5, true);
});

Deno.test("pad() fills up columns, not characters", () => assertEquals(pad("你", 4), "你  "));

Deno.test("shortenMiddle() keeps both ends, in at most so many columns", () => {
  assertEquals(shortenMiddle("photos/a.txt", 12), "photos/a.txt");
  assertEquals(shortenMiddle("my photos/summer/a.txt", 12), "my ph…/a.txt");
  for (let columns = 4; columns < 30; columns++) {
    assert(width(shortenMiddle("照片/二〇二六年/🍜 soup.txt", columns)) <= columns);
  }
});
