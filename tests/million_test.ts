import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { openSqlite } from "../lib/backend/sqlite.ts";
import type { LogEvent } from "../lib/events.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { limits } from "../lib/limits.ts";
import { lobby, type Uid } from "../lib/names.ts";
import { systemClock } from "../lib/system_clock.ts";
import { Chance } from "./helpers/chance.ts";
import { LoadClient, talk, type Times, timesOf, timesText } from "./helpers/load.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";

const count = size(50_000, 1_000_000, 50_000);
const startMax = 2000;
const historyMax = 20;
const searchMax = 100;
const sayMax = 20;
const perSecond = 1000;
const windowMs = size(1000, 10_000, 1000);
const windows = 3;
/** On a machine that others use as well. */
const windowsMax = windows * 4;
const searchEveryMs = 100;

const common = "weather";
const commonChinese = "天气";
const rare = "xylophone";
const rareChinese = "麒麟";
/** Where the rare words are. */
const rareSeqs = [7, Math.floor(count / 2), count - 7];

const words =
  ("about after again along always among another around away because before between both " +
    "bring build carry change city close come country different does done earth even every example " +
    "family father few follow food found friend give great group hand hard head help high home house")
    .split(" ");
const chinese = [
  ..."的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动",
];

/** What somebody says: a few words, now and then Chinese ones. */
function textOf(seq: number, chance: Chance): string {
  const said = Array.from({ length: 4 + chance.below(12) }, () => chance.pick(words));
  if (chance.once(3)) said.push(common);
  if (chance.once(4)) {
    const signs = Array.from({ length: 6 + chance.below(14) }, () => chance.pick(chinese)).join("");
    said.push(chance.once(3) ? `${signs}${commonChinese}${signs}` : signs);
  }
  if (rareSeqs.includes(seq)) said.push(rare, rareChinese);
  return `${said.join(" ")} ${seq}`;
}

/** Fills a new data folder, index included, in the way that a server does. */
async function fill(folder: string): Promise<void> {
  await using backend = await openSqlite(folder, systemClock());
  const chance = new Chance(1);
  const began = Date.now() - count;
  const batch = 5000;
  for (let after = 0; after < count; after += batch) {
    const events = Array.from({ length: Math.min(batch, count - after) }, (_, index): LogEvent => {
      const seq = after + 1 + index;
      const user = `user${chance.below(50)}`;
      const text = textOf(seq, chance);
      return { t: "said", text, seq, at: began + seq, user, uid: user as Uid, cid: `c${seq}` };
    });
    const appended = await backend.log.append({
      conversation: lobby,
      name: lobby,
      after,
      events,
    });
    assertEquals(appended.outcome, "committed");
  }
  // The index has all of it then, as when a server has run for a while.
  await backend.erased();
  assertEquals(await backend.search.lag(), 0);
}

async function timed<T>(times: number[], run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await run();
  times.push(performance.now() - began);
  return result;
}

/** Prints a figure; its median has to be within the bound. */
function judge(what: string, times: Times, bound: number): void {
  console.log(`${what}: ${timesText(times)}, bound ${bound} ms`);
  assert(times.median < bound, `${what} took ${times.median.toFixed(1)} ms, ${bound} is the bound`);
}

/** Starts a server on this folder, and again, three times in all; the last one runs. */
async function started(folder: string): Promise<{ server: RealServer; times: readonly number[] }> {
  const times: number[] = [];
  const args = ["--preset=bench", "--quiet", "--data", folder];
  const server = await timed(times, () => RealServer.start({ args, permissions: "all" }));
  while (times.length < 3) {
    await server.stop("SIGTERM");
    await timed(times, () => server.start());
  }
  return { server, times };
}

async function judgeHistory(client: LoadClient): Promise<void> {
  const middle = Math.floor(count / 2);
  const ranges: Record<string, JsonObject> = {
    "the newest": {},
    "before the middle": { before: middle },
    "before the start's end": { before: 60 },
    "after nothing": { after: 0 },
    "after the middle": { after: middle },
    "after nearly all": { after: count - 60 },
  };
  for (const [what, range] of Object.entries(ranges)) {
    for (const limit of [limits.pageUsual, limits.pageMax]) {
      const times: number[] = [];
      for (let tries = 0; tries < 15; tries++) {
        const ask = { t: "history", room: "lobby", limit, ...range };
        const { events } = await timed(times, () => client.ask(ask));
        assert((events as unknown[]).length >= Math.min(limit, 50));
      }
      judge(`history ${what}, ${limit}`, timesOf(times), historyMax);
    }
  }
}

/** Searches until there are enough hits or nothing is left, as somebody does who wants to see them. */
async function hits(client: LoadClient, text: string, enough: number): Promise<number[]> {
  const seqs: number[] = [];
  for (let from: JsonObject = {}; seqs.length < enough;) {
    // A search that takes long answers what it has so far.
    const limit = enough - seqs.length;
    const answer = await client.ask({ t: "search", text, room: "lobby", limit, ...from });
    seqs.push(...(answer.hits as { event: { seq: number } }[]).map(({ event }) => event.seq));
    if (answer.more !== true) break;
    from = { before: answer.cursor };
  }
  return seqs;
}

/** Searches as often as three people may until told to stop; the times of each kind. */
async function searchAll(client: LoadClient, isOver: () => boolean) {
  const times = new Map<string, number[]>();
  const kinds: [string, number][] = [[common, 50], [rare, 3], [commonChinese, 50], [
    rareChinese,
    3,
  ]];
  while (!isOver()) {
    for (const [text, enough] of kinds) {
      const some = times.get(text) ?? [];
      times.set(text, some);
      const seqs = await timed(some, () => hits(client, text, enough));
      assertEquals(seqs.length, enough, text);
      if (enough === 3) assertEquals(seqs, rareSeqs.toReversed());
      assert(seqs.every((seq, index) => index === 0 || seq < seqs[index - 1]), "newest first");
      await delay(searchEveryMs);
    }
  }
  return times;
}

Deno.test(`a room with ${count} messages is quick to start, to read and to search`, async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  await using _ = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  const filled: number[] = [];
  await timed(filled, () => fill(folder));
  console.log(`${count} messages stored and indexed in ${(filled[0] / 1000).toFixed(1)} s`);
  const { server, times } = await started(folder);
  await using _server = server;
  judge("start", timesOf(times), startMax);
  const reader = await LoadClient.join(server.port, "reader");
  await judgeHistory(reader);
  const speakers: LoadClient[] = [];
  for (let number = 0; number < 5; number++) {
    speakers.push(await LoadClient.join(server.port, `speaker${number}`));
  }
  const pace = { room: "lobby", perSecond, ms: windowMs };
  const before = await talk(speakers, pace);
  console.log(`saying, nobody searches: ${timesText(before.acknowledged)}`);
  const p99s: number[] = [];
  const found = new Map<string, number[]>();
  // Others may be busy on this machine; what searching does doesn't go away by trying again.
  const bound = Math.max(sayMax, before.acknowledged.p99);
  const swift = () => p99s.filter((p99) => p99 <= bound).length;
  while (swift() < windows && p99s.length < windowsMax) {
    let over = false;
    const searching = searchAll(reader, () => over);
    const { acknowledged } = await talk(speakers, pace);
    over = true;
    console.log(`saying while somebody searches: ${timesText(acknowledged)}`);
    p99s.push(acknowledged.p99);
    for (const [text, times] of await searching) {
      found.set(text, [...found.get(text) ?? [], ...times]);
    }
  }
  for (const [text, times] of found) judge(`search "${text}"`, timesOf(times), searchMax);
  const said = p99s.map((p99) => p99.toFixed(1)).join(", ");
  assert(swift() >= windows, `The p99s of saying rose to ${said} ms, ${bound} is the bound`);
  for (const client of [reader, ...speakers]) client.close();
});
