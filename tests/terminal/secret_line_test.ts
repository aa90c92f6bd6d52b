import { assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { SecretLine, type SecretTyped } from "../../lib/terminal/secret_line.ts";

const entered = (text: string, rest = ""): SecretTyped => ({ is: "entered", text, rest });

Deno.test("a secret is what was typed up to Enter, and what stands behind it isn't lost", () => {
  const line = new SecretLine();
  assertEquals(line.press("open "), { is: "more" });
  assertEquals(line.press("sésame 🗝\rnext"), entered("open sésame 🗝", "next"));
});

Deno.test("a secret is corrected like any line", () => {
  assertEquals(new SecretLine().press("wrong\x15ab🗝\x7f\x7fc\r"), entered("ac"));
  assertEquals(new SecretLine().press("\x7f\x7fa\n"), entered("a"));
});

Deno.test("keys that move the cursor are no part of a secret", () => {
  assertEquals(new SecretLine().press("a\x1b[D\x1b[1;5Cb\x1bOH\x1b[3~\tc\x1b\r"), { is: "more" });
  assertEquals(new SecretLine().press("a\x1b[D\x1b[1;5Cb\x1bOH\x1b[3~\tc\r"), entered("abc"));
});

Deno.test("Ctrl+C gives a secret up, Ctrl+D where nothing is typed", () => {
  assertEquals(new SecretLine().press("half\x03"), { is: "given_up" });
  assertEquals(new SecretLine().press("\x04"), { is: "given_up" });
  assertEquals(new SecretLine().press("a\x04b\r"), entered("ab"));
});

Deno.test("a secret is as long as a server takes it, whatever comes behind", () => {
  const longest = "a".repeat(limits.passwordTextMax);
  assertEquals(new SecretLine().press(`${longest}b\r`), entered(longest));
});
