/** An hour in minutes: five people do what people do, and all of them see the same at the end. */

import { assert, assertEquals } from "@std/assert";
import { pageTest as test } from "../helpers/browser.ts";
import { Chance } from "../helpers/chance.ts";
import { Hour } from "../helpers/hour.ts";
import type { Held } from "../helpers/hour_page.ts";
import { wrongIn } from "../helpers/hour_views.ts";
import { barrierMs, wholeTestMs } from "../helpers/patience.ts";
import { size } from "../helpers/size.ts";
import { slope } from "../helpers/views.ts";

/** Things done altogether; a server is killed after every so many. */
const steps = size(60, 800);
const crashEach = 40;
/** Between two measurements of what the pages hold. */
const measureEach = size(15, 40);
/** A message that is kept, with its row's height and texts, comes to a few KiB. */
const slopeMostKiB = 12;
const mostHeld: Held = { heapKiB: 60 * 1024, nodes: 3000, listeners: 1500 };

test("five people see the same after an hour of everything, and no page grows", async (scene) => {
  const chance = Chance.ofRun("An hour at the page");
  await scene.startWeb(["--preset", "bench"]);
  await using hour = new Hour(scene, chance);
  await hour.begin();
  let crashAt = hour.steps + crashEach / 2;
  let measureAt = hour.steps;
  while (hour.steps < steps) {
    if (hour.steps >= crashAt) {
      await hour.crash();
      crashAt += crashEach;
    }
    if (hour.steps >= measureAt) {
      for (const [at, held] of (await hour.held()).entries()) requireBounded(hour, at, held);
      measureAt += measureEach;
    }
    await hour.round();
  }
  await hour.held();
  await requireEqual(() => wrongIn(hour, scene.server));
  console.log(`${hour.steps} steps: ${[...hour.done].map((each) => each.join(" ")).join(", ")}`);
  for (const { name, heap, reloads } of hour.pages) {
    const grown = slope(heap);
    const kib = heap.map(({ value }) => Math.round(value)).join(" ");
    console.log(`${name}: heap ${kib} KiB, ${grown.toFixed(1)} KiB a step`);
    // A short run is mostly what is loaded for the first time; whoever reloads begins again.
    if (steps > 300 && !reloads) assert(grown < slopeMostKiB, `${name}'s page grows`);
  }
}, { wholeMs: size(wholeTestMs, 1_800_000) });

function requireBounded({ pages }: Hour, at: number, held: Held): void {
  for (const what of ["heapKiB", "nodes", "listeners"] as const) {
    assert(held[what] < mostHeld[what], `${pages[at].name}'s page has ${held[what]} ${what}`);
  }
}

/** Looks until nothing is wrong any more, as long as something may be on its way. */
async function requireEqual(look: () => Promise<string[]>): Promise<void> {
  const end = Date.now() + barrierMs;
  for (;;) {
    const wrong = await look();
    if (wrong.length === 0 || Date.now() > end) return assertEquals(wrong, []);
  }
}
