import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { ScryptPasswords, usualWork } from "../../lib/backend/scrypt.ts";

const little = { ln: 4, r: 8, p: 1 };

Deno.test("verify() knows the password that a text was made of, and no other", async () => {
  const passwords = new ScryptPasswords(little);
  const kept = await passwords.hash("correct horse");
  assert(await passwords.verify("correct horse", kept));
  assert(!await passwords.verify("correct horsf", kept));
  assert(!await passwords.verify("", kept));
});

Deno.test("hash() differs each time, and says with how much work it was made", async () => {
  const passwords = new ScryptPasswords(little);
  const [one, other] = [await passwords.hash("the same"), await passwords.hash("the same")];
  assertNotEquals(one, other);
  assertMatch(one, /^\$scrypt\$ln=4,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
});

Deno.test("verify() agrees with what other programs wrote", async () => {
  // RFC 7914, 12: scrypt of "pleaseletmein" with the salt "SodiumChloride", its first 32 bytes.
  const salt = new TextEncoder().encode("SodiumChloride").toBase64({ omitPadding: true });
  const key = Uint8Array.fromHex(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2",
  ).toBase64({ omitPadding: true });
  const kept = `$scrypt$ln=14,r=8,p=1$${salt}$${key}`;
  assert(await new ScryptPasswords().verify("pleaseletmein", kept));
});

Deno.test("isWeak() is said of what was made with less work than today", async () => {
  const before = new ScryptPasswords(little);
  const kept = await before.hash("correct horse");
  assert(!before.isWeak(kept));
  for (const more of [{ ln: 5 }, { r: 9 }, { p: 2 }]) {
    const today = new ScryptPasswords({ ...little, ...more });
    assert(today.isWeak(kept), JSON.stringify(more));
    assert(await today.verify("correct horse", kept));
  }
});

Deno.test("no password fits the decoy, which is as much work as any", async () => {
  const passwords = new ScryptPasswords(little);
  assert(!await passwords.verify("", passwords.decoy));
  assert(!passwords.isWeak(passwords.decoy));
  assertMatch(new ScryptPasswords().decoy, /^\$scrypt\$ln=15,r=8,p=3\$/);
});

Deno.test("verify() rejects what no hash is, and one that would take all memory", async () => {
  const passwords = new ScryptPasswords(little);
  const kept = await passwords.hash("correct horse");
  for (const wrong of ["", "correct horse", "$scrypt$ln=4$a$b", kept.replace("ln=4", "ln=30")]) {
    await assertRejects(() => passwords.verify("correct horse", wrong), Error);
  }
});

Deno.test("half of the processors are left to others, but one is always there", () => {
  const atOnce = [1, 2, 3, 8].map((count) => new ScryptPasswords(usualWork, count).atOnce);
  assertEquals(atOnce, [1, 1, 1, 4]);
});
