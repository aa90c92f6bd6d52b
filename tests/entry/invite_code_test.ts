import { assert, assertEquals, assertMatch } from "@std/assert";
import { inviteCode, plainCode } from "../../lib/entry/invite_code.ts";

Deno.test("inviteCode() is three groups of characters that nobody takes for one another", () => {
  for (let count = 0; count < 1000; count++) {
    assertMatch(inviteCode(), /^(?:[2-9a-hjkmnp-tv-z]{6}-){2}[2-9a-hjkmnp-tv-z]{6}$/);
  }
});

Deno.test("inviteCode() holds 88 bits: each place may be any of 30, about as often", () => {
  const counts = new Map<string, number>();
  const codes = Array.from({ length: 2000 }, () => inviteCode());
  for (const char of codes.join("").replaceAll("-", "")) {
    counts.set(char, (counts.get(char) ?? 0) + 1);
  }
  assertEquals(counts.size, 30);
  // 1,200 each; eight standard deviations are 272.
  for (const [char, count] of counts) assert(Math.abs(count - 1200) < 272, `${char}: ${count}`);
  assertEquals(new Set(codes).size, codes.length);
});

Deno.test("plainCode() takes a code as people type it", () => {
  const plain = "k7mp2xwd34fghj56mn";
  for (
    const typed of ["k7mp2x-wd34fg-hj56mn", "K7MP2XWD34FGHJ56MN", " k7mp2x wd34fg\thj56mn\n", plain]
  ) assertEquals(plainCode(typed), plain);
});

Deno.test("plainCode() is nothing for what can't be a code", () => {
  const wrong = [
    "",
    "k7mp2x",
    "k7mp2x-wd34fg-hj56m0",
    "k7mp2x-wd34fg-hj56mnn",
    "k7mp2x_wd34fg_hj56mn",
  ];
  assertEquals(wrong.map(plainCode), wrong.map(() => undefined));
});
