import { assertEquals } from "@std/assert";
import { oneLine, PasteFilter, withNewlines } from "../../lib/terminal/paste.ts";

const begin = "\x1b[200~";
const end = "\x1b[201~";

Deno.test("PasteFilter hands keys on as they are", () => {
  assertEquals(new PasteFilter().push("hi\x1b[A\r"), [{ is: "keys", keys: "hi\x1b[A\r" }]);
});

Deno.test("PasteFilter tells a paste of several lines as one line", () => {
  assertEquals(new PasteFilter().push(`a${begin}one\rtwo\n\tthree\n${end}b`), [
    { is: "keys", keys: "a" },
    { is: "paste", text: "one⏎two⏎    three" },
    { is: "keys", keys: "b" },
  ]);
});

Deno.test("PasteFilter finds a paste wherever it is cut", () => {
  const whole = `${begin}one\ntwo${end}\r`;
  for (let at = 3; at < whole.length; at++) {
    const filter = new PasteFilter();
    const typed = [...filter.push(whole.slice(0, at)), ...filter.push(whole.slice(at))];
    assertEquals(typed, [{ is: "paste", text: "one⏎two" }, { is: "keys", keys: "\r" }], String(at));
  }
});

Deno.test("PasteFilter hands a lone escape on at once", () => {
  assertEquals(new PasteFilter().push("\x1b"), [{ is: "keys", keys: "\x1b" }]);
});

Deno.test("PasteFilter lets nothing pasted act", () => {
  assertEquals(new PasteFilter().push(`${begin}a\x1b[2Jb\x03c${end}`), [{
    is: "paste",
    text: "abc",
  }]);
});

Deno.test("PasteFilter keeps a bounded part of an endless paste", () => {
  const filter = new PasteFilter();
  filter.push(begin);
  for (let times = 0; times < 100; times++) filter.push("x".repeat(10_000));
  const [pasted] = filter.push(end);
  assertEquals(pasted.is === "paste" && pasted.text.length, 64 * 1024);
});

Deno.test("withNewlines() undoes oneLine()", () => {
  assertEquals(withNewlines(oneLine("a\n  b\nc")), "a\n  b\nc");
});
