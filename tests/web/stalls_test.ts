import { signal } from "@preact/signals";
import { assertEquals } from "@std/assert";
import type { LinkStatus } from "../../lib/client/link.ts";
import { stalledText } from "../../lib/client/stalled_text.ts";
import { answerFields } from "../../lib/wire/answer_fields.ts";
import { checkFields } from "../../lib/wire/fields.ts";
import { watchStalls } from "../../web/stalls.ts";
import { FakeClock, turn } from "../helpers/fake_clock.ts";
import { ScriptedServer, welcome } from "../helpers/scripted_server.ts";

/** At the latest, until it is looked for the first time. */
const lookMs = 20_000;

function statusOf(isStalled: boolean): LinkStatus {
  const hello = checkFields(answerFields.hello, welcome());
  if (!hello) throw new Error("That is no answer to hello");
  return { is: "online", hello, isStalled };
}

/** A page that is connected, and the nodes behind its address. */
function watched() {
  const there = new ScriptedServer();
  const clock = new FakeClock();
  const status = signal(statusOf(false));
  const told: string[] = [];
  let reconnected = 0;
  const stop = watchStalls({
    talking: { status, chat: { reconnect: () => void reconnected++ } },
    notices: { tell: (text) => void told.push(text) },
    dial: there.dial,
    clock,
    random: () => 0.5,
    hello: () => ({ v: 1, user: "alice", token: "token-1" }),
  });
  return { there, clock, status, stop, told, reconnected: () => reconnected };
}

Deno.test("a page connects anew when its address leads to a node that keeps everything", async () => {
  const { there, clock, status, stop, reconnected } = watched();
  status.value = statusOf(true);
  await clock.tick(lookMs);
  const first = await there.accept();
  const hello = await first.accept("hello", welcome({ stalled: true }));
  assertEquals([hello.token, hello.quiet], ["token-1", true]);
  await turn();
  assertEquals(reconnected(), 0);
  await clock.tick(2 * lookMs);
  await (await there.accept()).accept("hello", welcome());
  await turn();
  assertEquals(reconnected(), 1);
  stop();
  assertEquals(clock.waiting, 0);
});

Deno.test("a page says once that nothing can be kept, through lost connections, and when it is over", () => {
  const { status, told, stop } = watched();
  const lost: LinkStatus = { is: "waiting", until: 0, attempt: 1, reason: "It is lost" };
  for (const next of [statusOf(true), lost, statusOf(true), lost, statusOf(false)]) {
    status.value = next;
  }
  assertEquals(told, [stalledText(true), stalledText(false)]);
  stop();
});

Deno.test("a page whose server keeps things doesn't look for another one", async () => {
  const { there, clock, status, reconnected } = watched();
  await clock.tick(lookMs);
  status.value = statusOf(true);
  await clock.tick(1000);
  status.value = statusOf(false);
  await clock.tick(lookMs);
  assertEquals([there.dialled, reconnected(), clock.waiting], [0, 0, 0]);
});
