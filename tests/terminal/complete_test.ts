import { assertEquals } from "@std/assert";
import { complete, type Known } from "../../lib/terminal/complete.ts";
import { emojiNames, emojiOf, withEmoji } from "../../lib/client/emoji.ts";

const known: Known = {
  rooms: ["dev", "design", "lobby"],
  users: ["Alice", "Bob", "bernd"],
  me: "Alice",
};

const lines: readonly [string, string, readonly string[]][] = [
  ["/jo", "/jo", ["/join "]],
  ["/WHI", "/WHI", ["/whisper "]],
  ["/ms", "/ms", ["/msg "]],
  ["/join de", "de", ["design ", "dev "]],
  ["/join #de", "#de", ["#design ", "#dev "]],
  ["/switch @b", "@b", ["@Bob ", "@bernd "]],
  ["/w b", "b", ["Bob ", "bernd "]],
  ["/w Bob hello a", "a", []],
  ["/help jo", "jo", ["join"]],
  ["/react ^ thumbsu", "thumbsu", ["👍 "]],
  ["@b", "@b", ["@Bob ", "@bernd "]],
  ["b", "b", ["@Bob ", "@bernd "]],
  ["hello b", "b", ["Bob ", "bernd "]],
  ["hello @Bo", "@Bo", ["@Bob "]],
  ["see #de", "#de", ["#design ", "#dev "]],
  ["hi :smile", ":smile", ["😄 "]],
  ["hi:smile", ":smile", ["😄 "]],
  ["Al", "Al", []],
  ["", "", []],
  ["/nosuch b", "b", []],
  ["x ", "", []],
];

for (const [line, word, replacements] of lines) {
  Deno.test(`Tab after ${JSON.stringify(line)} completes ${JSON.stringify(word)}`, () => {
    assertEquals(complete(line, known), { word, replacements });
  });
}

Deno.test("Tab lists the short names that begin so", () => {
  const { replacements } = complete(":smi", known);
  assertEquals(replacements.slice(0, 3), [":smile:", ":smirk:", ":smiley:"]);
});

Deno.test("withEmoji() turns known short names into emoji and leaves the rest", () => {
  assertEquals(withEmoji(":smile: at 10:30:45 :nosuch: :+1:"), "😄 at 10:30:45 :nosuch: 👍");
});

Deno.test("emojiOf() takes names with and without colons", () => {
  assertEquals([":heart:", "heart", "toString", "nosuch"].map(emojiOf), [
    "❤️",
    "❤️",
    undefined,
    undefined,
  ]);
});

Deno.test("emojiNames() finds at most as many as asked for", () => {
  assertEquals(emojiNames("s", 5).length, 5);
});
