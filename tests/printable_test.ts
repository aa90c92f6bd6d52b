import { assertEquals } from "@std/assert";
import { printable, printableLine } from "../lib/printable.ts";

const hostile: readonly [string, string, string][] = [
  ["colours", "\x1b[31mred\x1b[0m", "red"],
  ["a cleared screen", "a\x1b[2J\x1b[Hb", "ab"],
  ["a cursor that moves up", "a\x1b[12;4Hb\x1b[3A", "ab"],
  ["a title", "a\x1b]0;owned\x07b", "ab"],
  ["a title ended by ST", "a\x1b]2;owned\x1b\\b", "ab"],
  ["the clipboard", "\x1b]52;c;cm0gLXJmIC8=\x07x", "x"],
  ["a link whose text lies", "\x1b]8;;http://evil\x1b\\bank\x1b]8;;\x1b\\", "bank"],
  ["a device control string", "a\x1bP1$r0m\x1b\\b", "ab"],
  ["an application command", "a\x1b_G payload\x1b\\b", "ab"],
  ["a reset", "a\x1bcb", "ab"],
  ["another character set", "a\x1b(0b", "ab"],
  ["one-character CSI", "a\u009b31mb", "ab"],
  ["one-character OSC", "a\u009d0;owned\u009cb", "ab"],
  ["a sequence inside a sequence", "\x1b[\x1b[31m31mx", "31mx"],
  ["a title that never ends", "a\x1b]0;not ended", "a0;not ended"],
  ["a lone escape", "a\x1b", "a"],
  ["a bell, a backspace, a null", "a\x07\b\0b", "ab"],
  ["a return that overwrites", "pay 1\rpay 9", "pay 1\npay 9"],
  ["right to left override", "gnp.\u202eexe", "gnp.exe"],
  ["isolates and marks", "a\u2066b\u2069c\u200fd\u200ee\u061cf", "abcdef"],
  ["zero width spaces", "ad\u200bmin\u2060\ufeff", "admin"],
  ["separators of lines", "a\u2028b\u2029c\u0085d", "a\nb\nc\nd"],
  ["half a pair", "a\ud83db", "a\ufffdb"],
  ["marks piled high", `e${"\u0301".repeat(100)}x`, `e${"\u0301".repeat(6)}x`],
  ["tabs", "a\tb", "a    b"],
];

for (const [what, text, shown] of hostile) {
  Deno.test(`printable() makes ${what} harmless`, () => assertEquals(printable(text), shown));
}

Deno.test("printable() leaves what people write", () => {
  const text = "Grüße, 你好, مرحبا, שלום, हिन्दी 👨‍👩‍👧 👍🏽 ❤️ e\u0301\n  [31m is text, too";
  assertEquals(printable(text), text);
});

Deno.test("printable() leaves no control character of any text but newlines", () => {
  for (let code = 0; code < 0x110; code++) {
    const shown = printable(`a${String.fromCodePoint(code)}b`);
    // deno-lint-ignore no-control-regex -- control characters are what it looks for
    assertEquals(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(shown), false, String(code));
  }
});

Deno.test("printable() takes a long run of openings in no time", () => {
  const from = performance.now();
  printable("\x1b]".repeat(100_000));
  printable("\x1b[".repeat(100_000));
  assertEquals(performance.now() - from < 2000, true);
});

Deno.test("printableLine() leaves no newline", () => {
  assertEquals(printableLine(" a\nb\r\nc "), "a b c");
});
