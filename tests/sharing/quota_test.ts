import { assertEquals, assertThrows } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import type { Uid } from "../../lib/names.ts";
import { type Owner, Quota } from "../../lib/sharing/quota.ts";
import { Chance } from "../helpers/chance.ts";

const bounds = { accountQuotaBytes: 100, guestQuotaBytes: 150 };
const none = { accounts: new Map(), guests: 0 };
const [alice, bob] = ["a", "b"].map((uid) => ({ uid: uid as Uid, isGuest: false }));
const [gina, gus] = ["g", "h"].map((uid) => ({ uid: uid as Uid, isGuest: true }));

function refusal(run: () => unknown): string {
  return assertThrows(run, ChatError).code;
}

Deno.test("reserve() takes up to the quota of each account, and no byte beyond", () => {
  const quota = new Quota(bounds, none);
  quota.reserve(alice, 100);
  assertEquals(refusal(() => quota.reserve(alice, 1)), "quota");
  quota.reserve(alice, 0);
  quota.reserve(bob, 100);
  assertEquals([quota.used(alice), quota.used(bob)], [100, 100]);
});

Deno.test("reserve() counts all guests together", () => {
  const quota = new Quota(bounds, none);
  quota.reserve(gina, 100);
  assertEquals(refusal(() => quota.reserve(gus, 51)), "quota");
  quota.reserve(gus, 50);
  assertEquals(quota.used(gina), 150);
});

Deno.test("Quota begins with what is there, also where that is too much", () => {
  const quota = new Quota(bounds, { accounts: new Map([[alice.uid, 250]]), guests: 20 });
  assertEquals(refusal(() => quota.reserve(alice, 1)), "quota");
  quota.free(alice, 200);
  quota.reserve(alice, 50);
  assertEquals([quota.used(alice), quota.used(gus)], [100, 20]);
});

Deno.test("Quota does what a plain list does, whatever happens", () => {
  const chance = Chance.ofRun("quota");
  const owners: readonly Owner[] = [alice, bob, gina, gus];
  for (let run = 0; run < 100; run++) {
    const quota = new Quota(bounds, none);
    let kept: { owner: Owner; bytes: number }[] = [];
    const sum = ({ uid, isGuest }: Owner) =>
      kept.filter(({ owner }) => isGuest ? owner.isGuest : owner.uid === uid)
        .reduce((bytes, one) => bytes + one.bytes, 0);
    for (let step = 0; step < 50; step++) {
      const gone = chance.once(3) && kept.length > 0 ? chance.pick(kept) : undefined;
      if (gone) {
        quota.free(gone.owner, gone.bytes);
        kept = kept.filter((one) => one !== gone);
        continue;
      }
      const [owner, bytes] = [chance.pick(owners), chance.below(60)];
      const fits = sum(owner) + bytes <= (owner.isGuest ? 150 : 100);
      if (fits) {
        quota.reserve(owner, bytes);
        kept.push({ owner, bytes });
      } else assertEquals(refusal(() => quota.reserve(owner, bytes)), "quota");
      for (const each of owners) assertEquals(quota.used(each), sum(each));
    }
  }
});
