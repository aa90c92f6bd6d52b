/** A server that dies without a warning, again and again, while many talk. */

import { assertEquals, assertGreater } from "@std/assert";
import { delay } from "@std/async/delay";
import { Crowd } from "./helpers/crowd.ts";
import { Chance } from "./helpers/chance.ts";
import { violations } from "./helpers/ledger.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";

/** Most of the machine's time goes into hearing: each of them is shown what all say. */
const clients = size(50, 200, 200);
const speakers = 10;
const kills = size(3, 50, 5);
/** Messages acknowledged between two kills: at least so many, and up to twice as many. */
const betweenKills = size(100, 600);

Deno.test(`what was acknowledged is there and shown once and in order after ${kills} kills`, async () => {
  const chance = Chance.ofRun("kill_test");
  // Dice of its own: how often clients roll isn't the same in each run.
  const waits = new Chance(chance.seed + 1);
  const random = () => waits.below(2 ** 32) / 2 ** 32;
  await using server = await RealServer.start({ args: ["--preset=bench", "--quiet"] });
  await using crowd = await Crowd.join({ ports: server.ports, clients, speakers, random });
  const inFlight: { readonly text: string; readonly killedAt: number }[] = [];
  crowd.talk();
  for (let kill = 1; kill <= kills; kill++) {
    await untilSomeMoment(crowd, chance);
    const pending = crowd.pending();
    const killedAt = Date.now();
    await server.kill();
    inFlight.push(...pending.map((text) => ({ text, killedAt })));
    await delay(chance.below(300));
    await server.start();
  }
  await crowd.said(crowd.acknowledged.length + betweenKills);
  await crowd.hush();
  const ledger = await crowd.ledger();

  const times = new Map(
    [...ledger.logs.values()].flat().map(({ text = "", at }) => [text, at] as const),
  );
  const stored = inFlight.filter(({ text, killedAt }) => (times.get(text) ?? Infinity) < killedAt);
  console.log(
    `${kills} kills: ${crowd.acknowledged.length} messages acknowledged, shown ` +
      `${crowd.shownCount} times by ${clients} clients; ${inFlight.length} in flight when the ` +
      `server died, ${stored.length} of them stored; ${crowd.repeats} sent again`,
  );
  assertEquals([...violations(ledger), ...crowd.wrongs].slice(0, 20), []);
  const said = [...ledger.logs.values()].flat().filter(({ text }) => text !== undefined);
  assertEquals(said.length, crowd.acknowledged.length);
  assertGreater(crowd.repeats, 0);
  assertEquals(ledger.logs.size, 2 + speakers);
});

/** Mostly in the middle of talk; now and then while clients come back from the kill before. */
async function untilSomeMoment(crowd: Crowd, chance: Chance): Promise<void> {
  if (chance.once(4)) return await delay(chance.below(1000));
  await crowd.said(crowd.acknowledged.length + betweenKills + chance.below(betweenKills));
  // Some lose their connection first: then the answer is lost, and the server still there.
  for (const speaker of crowd.speakers) {
    if (chance.once(10)) speaker.cut();
  }
  await delay(chance.below(50));
}
