import { assert, assertEquals } from "@std/assert";
import { Announcing } from "../../web/alerts/announcing.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function begin() {
  const clock = new FakeClock();
  const told: string[] = [];
  const announcing = new Announcing({ clock, say: (sentence) => told.push(sentence) });
  const says = (...sentences: readonly string[]) =>
    announcing.take(sentences.map((sentence) => ({ who: sentence.split(":")[0], sentence })));
  return { clock, told, announcing, says };
}

Deno.test("take() has one or two messages read as they are", async () => {
  const { clock, told, says } = begin();
  says("Bob: hello");
  assertEquals(told, []);
  await clock.tick(1000);
  assertEquals(told, ["Bob: hello"]);
  says("Bob: one");
  says("Cathy: two");
  await clock.tick(10_000);
  assertEquals(told, ["Bob: hello", "Bob: one. Cathy: two"]);
});

Deno.test("take() counts what comes faster than it can be read", async () => {
  const { clock, told, says } = begin();
  says("Bob: 1", "Bob: 2", "Cathy: 3");
  await clock.tick(1000);
  assertEquals(told, ["3 new messages from Bob and Cathy"]);
  says("Bob: 1", "Cathy: 2", "Dan: 3", "Eve: 4");
  await clock.tick(60_000);
  assertEquals(told.at(-1), "4 new messages from Bob, Cathy and others");
});

Deno.test("ten messages a second are told of a few times a minute", async () => {
  const { clock, told, says } = begin();
  for (let at = 0; at < 60_000; at += 500) {
    says(...Array.from({ length: 5 }, (_, each) => `P${each}: ${at}`));
    await clock.tick(500);
  }
  assert(told.length >= 2 && told.length <= 4, told.join("\n"));
  assert(told.join().length < 300);
});

Deno.test("forget() tells nothing of what was gathered", async () => {
  const { clock, told, says, announcing } = begin();
  says("Bob: hello");
  announcing.forget();
  await clock.tick(60_000);
  assertEquals(told, []);
  says("Cathy: hi");
  await clock.tick(60_000);
  assertEquals(told, ["Cathy: hi"]);
});
