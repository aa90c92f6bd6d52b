import { assert, assertEquals } from "@std/assert";
import { isObject, type JsonObject } from "../lib/wire/fields.ts";
import { parseLine } from "../lib/wire/decode.ts";
import { FakeClock, turn } from "./helpers/fake_clock.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

/** One line of the example. */
interface Step {
  readonly who: string;
  /** `→` is sent, `←` has to come next, `×` is the end of the connection. */
  readonly sign: "→" | "←" | "×";
  readonly text: string;
}

/** The lines of the page's `wire` blocks; those that are set in belong to the one before. */
function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  for (const [, block] of markdown.matchAll(/^```wire\n([^]*?)^```$/gm)) {
    for (const line of block.split("\n")) {
      const [, who, sign, text] = /^(\w+) +([→←×]) (.*)$/.exec(line) ?? [];
      if (sign === "→" || sign === "←" || sign === "×") steps.push({ who, sign, text });
      else if (line !== "") steps.push(goneOn(steps.pop(), line));
    }
  }
  return steps;
}

function goneOn(step: Step | undefined, line: string): Step {
  assert(step && line.startsWith(" "), `Nothing is said to be done with "${line}"`);
  return { ...step, text: step.text + line.trim() };
}

const chosenByServer = ["uid", "with", "token", "id", "transfer", "file"];
const times = ["at", "edited", "deleted"];

/** Plays the example: what the page has for ids stands for what the server really chose. */
class Play {
  readonly #server: TestServer;
  readonly #clock: FakeClock;
  readonly #peers = new Map<string, Peer>();
  readonly #real = new Map<string, string>();

  constructor(server: TestServer, clock: FakeClock) {
    this.#server = server;
    this.#clock = clock;
  }

  async run({ who, sign, text }: Step): Promise<void> {
    if (sign === "→") return await this.#peer(who).raw(`${this.#withRealIds(text)}\n`);
    if (sign === "←") {
      const said = parseLine(text);
      assert(said, `It isn't JSON: ${text}`);
      const came = await this.#next(who, text);
      this.#learn(said, came);
      assertEquals(
        timeless(came),
        timeless(parseLine(this.#withRealIds(text))),
        `${who} ← ${text}`,
      );
      return;
    }
    this.#peer(who).close();
    assertEquals(this.#peer(who).events, [], `${who} got what the page doesn't have`);
    this.#peers.delete(who);
  }

  /** Nobody has got more than the page says. */
  async end(): Promise<void> {
    await this.#clock.tick(1000);
    for (const [who, { events }] of this.#peers) {
      assertEquals(events, [], `${who} got what the page doesn't have`);
    }
  }

  #peer(who: string): Peer {
    const peer = this.#peers.get(who) ?? this.#server.connect();
    this.#peers.set(who, peer);
    return peer;
  }

  /** What came next; time passes only where nothing comes without it. */
  async #next(who: string, text: string): Promise<JsonObject> {
    const { events } = this.#peer(who);
    for (let turns = 0; events.length === 0; turns++) {
      assert(turns < 200, `${who} never got ${text}`);
      await (turns % 20 === 19 ? this.#clock.tick(50) : turn());
    }
    return events.splice(0, 1)[0];
  }

  #withRealIds(text: string): string {
    return [...this.#real].reduce((line, [page, real]) => line.replaceAll(page, real), text);
  }

  /** Takes note of which id of the page is which real one. */
  #learn(said: unknown, came: unknown): void {
    if (Array.isArray(said) && Array.isArray(came)) {
      for (const [index, one] of said.entries()) this.#learn(one, came[index]);
    }
    if (!isObject(said) || !isObject(came)) return;
    for (const [key, page] of Object.entries(said)) {
      const real = came[key];
      if (!chosenByServer.includes(key) || isObject(page)) this.#learn(page, real);
      else if (typeof page === "string" && typeof real === "string" && !this.#real.has(page)) {
        this.#real.set(page, real);
      }
    }
  }
}

/** The same with every time replaced, at any depth. */
function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      times.includes(key) && Number.isSafeInteger(inner) ? "a time" : timeless(inner),
    ]),
  );
}

Deno.test("the example in docs/protocol.md is what a server does", async () => {
  const page = await Deno.readTextFile(new URL("../docs/protocol.md", import.meta.url));
  const steps = stepsOf(page);
  assert(steps.length > 40, "The page has lost its example");
  const clock = new FakeClock();
  const alone = "the example has every line in its order, and one server";
  const named = { name: "Parley", version: "0.1.0" };
  await using server = await TestServer.start({ clock, ...named, alone });
  const play = new Play(server, clock);
  for (const step of steps) await play.run(step);
  await play.end();
});
