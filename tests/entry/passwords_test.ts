import { assertEquals, assertThrows } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { passwordOf } from "../../lib/entry/passwords.ts";

Deno.test("passwordOf() takes 8 to 1,000 characters, whatever they are", () => {
  for (const password of ["12345678", "a".repeat(1000), "🐋".repeat(8), "   \u0000\n    "]) {
    assertEquals(passwordOf(password), password);
  }
});

Deno.test("passwordOf() refuses what is too short or too long, and says so", () => {
  const refusals = {
    "1234567": "too short",
    "🐋🐋🐋🐋": "too short",
    [`${"a".repeat(1001)}`]: "too long",
  };
  for (const [password, why] of Object.entries(refusals)) {
    const error = assertThrows(() => passwordOf(password), ChatError, why);
    assertEquals(error.code, "bad_message");
  }
});

Deno.test("passwordOf() counts and compares characters in one form (NFKC)", () => {
  assertEquals(passwordOf("ｐａｓｓｗｏｒｄ"), "password");
  assertEquals(passwordOf("a\u0308".repeat(8)), "ä".repeat(8));
  // Sixteen that are eight.
  assertThrows(() => passwordOf("a\u0308".repeat(7)), ChatError, "too short");
});
