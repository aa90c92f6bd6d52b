import { assert, assertEquals, assertRejects } from "@std/assert";
import { Ways } from "../../lib/client/ways.ts";
import { turn } from "../helpers/fake_clock.ts";
import { say, Scene } from "../helpers/link_scene.ts";
import { ScriptedServer, welcome } from "../helpers/scripted_server.ts";

/** Ways to servers by their names; the last of those that may be taken is. */
function waysTo(typed: readonly string[], servers: Record<string, ScriptedServer> = {}): Ways {
  return new Ways({
    typed,
    random: () => 0.999,
    dialTo: (address) => servers[address]?.dial ?? (address.includes("!") ? undefined : nobody),
  });
}

function nobody(): Promise<never> {
  return Promise.reject(new Error("Nobody answers"));
}

Deno.test("Ways go to each address once before they wait, those first that the server told", () => {
  const ways = waysTo(["a", "b"]);
  ways.well(["c", "d"]);
  const taken: string[] = [];
  while (ways.turn()) taken.push(ways.current);
  assertEquals(taken, ["d", "c", "b"]);
});

Deno.test("Ways go on through all addresses, one for each time that is waited", () => {
  const ways = waysTo(["a", "b", "c"]);
  assertEquals([ways.turn(), ways.turn(), ways.turn()], [true, true, false]);
  const taken = new Set([ways.current]);
  for (let time = 0; time < 6; time++) {
    ways.turn();
    taken.add(ways.current);
  }
  assertEquals([...taken].sort(), ["a", "b", "c"]);
});

Deno.test("Ways stay where there is one address only", () => {
  const ways = waysTo(["a"]);
  assertEquals([ways.turn(), ways.current], [false, "a"]);
});

Deno.test("what a server tells takes the place of what was told before", () => {
  const ways = waysTo(["a"]);
  ways.well(["b"]);
  ways.learn(["c"]);
  assert(ways.turn());
  assertEquals(ways.current, "c");
  assert(!ways.turn());
  assertEquals(ways.current, "a");
});

Deno.test("what can't be meant for an address isn't taken, and no more than twenty are", async () => {
  const ways = waysTo(["a"]);
  ways.well(["no!"]);
  assert(!ways.turn());
  ways.well(Array.from({ length: 100 }, (_, index) => `n${index}`));
  let turns = 0;
  while (ways.turn()) turns++;
  assertEquals(turns, 20);
  await assertRejects(ways.dial, Error, "Nobody answers");
});

Deno.test("a link moves at once where its server closes and says where else it is", async () => {
  const [one, other] = [new ScriptedServer(), new ScriptedServer()];
  const ways = waysTo(["one"], { one, other });
  await using scene = new Scene({ dial: Object.assign(() => ways.dial(), { elsewhere: ways }) });
  const first = await one.accept();
  await first.accept("hello", welcome());
  await turn();
  const said = scene.link.send("say", say("on its way"));
  await first.take("say");
  await first.send(
    { t: "closing", reason: "the server is stopping", addresses: ["other"] },
    { t: "refused", code: "closing", message: "The server is stopping", retry_ms: 60_000 },
  );
  first.cut();
  await turn();
  assert(scene.waitMs < 500, `It waits ${scene.waitMs} ms`);
  await scene.clock.tick(500);
  const second = await other.accept();
  await second.accept("hello", welcome());
  const again = await second.take("say");
  await second.ok(again, { seq: 1, at: 1 });
  assertEquals((await said).seq, 1);
});

Deno.test("a link that is refused for what it says isn't better off elsewhere", async () => {
  const [one, other] = [new ScriptedServer(), new ScriptedServer()];
  const ways = waysTo(["one", "other"], { one, other });
  await using scene = new Scene({ dial: Object.assign(() => ways.dial(), { elsewhere: ways }) });
  const peer = await one.accept();
  await peer.refuse(await peer.take("hello"), "slow_down", { retry_ms: 5000 });
  await turn();
  assert(scene.waitMs >= 5000);
  assertEquals(ways.current, "one");
});
