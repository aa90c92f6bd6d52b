import { assertEquals } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import type { TransferId } from "../../lib/names.ts";
import type { NodeId } from "../../lib/nodes.ts";
import { Claims } from "../../lib/sharing/claims.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

Deno.test("a claim counts when it is known here what came of the transfer before", async () => {
  const clock = new FakeClock();
  let isLevel = false;
  const nodes = {
    id: "one" as NodeId,
    pass() {},
    caughtUp: () => Promise.resolve(isLevel),
  };
  const { records } = openMemory();
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown) => void troubles.push(error);
  const claims = await Claims.load({ records, nodes, clock, onTrouble });
  const transfer = "t1" as TransferId;
  const claimed = claims.claim(transfer);
  await clock.tick(5000);
  assertEquals(claims.holds(transfer), false);
  isLevel = true;
  await clock.tick(1000);
  await claimed;
  assertEquals([claims.holds(transfer), troubles], [true, []]);
});
