import { assertEquals } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { limits } from "../../lib/limits.ts";
import { Logins } from "../../lib/entry/logins.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

Deno.test("of logins that have ended so many are remembered, and for so long", async () => {
  const clock = new FakeClock();
  const logins = new Logins({ accounts: openMemory().accounts, clock });
  for (let n = 0; n <= limits.loginsEndedMax; n++) logins.end([`${n}`]);
  assertEquals(logins.ended, limits.loginsEndedMax);
  assertEquals(logins.whyOver("0"), undefined);
  assertEquals(logins.whyOver(`${limits.loginsEndedMax}`)?.code, "revoked");
  await clock.leap(11 * 60_000);
  logins.check();
  assertEquals(logins.ended, 0);
});
