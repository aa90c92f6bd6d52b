import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Cids } from "../../lib/backend/sqlite/cids.ts";
import { bindingsOf, intoEvents } from "../../lib/backend/sqlite/rows.ts";
import { RowsAtOnce } from "../../lib/backend/sqlite/rows_at_once.ts";
import { migrate, migrations } from "../../lib/backend/sqlite/schema.ts";
import type { LogEvent } from "../../lib/events.ts";
import type { Uid } from "../../lib/names.ts";
import { contentDigest, repeatKey } from "../../lib/store.ts";

const uid = "alice" as Uid;
const crowdMax = 300;

/** A log of one conversation with nothing around it. */
class Scene implements Disposable {
  readonly db = new DatabaseSync(":memory:");
  cids: Cids;
  #n = 0;

  constructor() {
    migrate(this.db);
    this.db.exec(`INSERT INTO conversation (id, key, name, topic, seq, first, last)
      VALUES (1, 'lobby', 'lobby', '', 0, 1, 0)`);
    this.cids = new Cids(this.db, crowdMax);
  }

  say(count: number): void {
    for (let said = 0; said < count; said++) {
      const event = eventAt(++this.#n);
      new RowsAtOnce(this.db, intoEvents).add(bindingsOf(this.#n, 1, event));
      this.cids.add(this.cids.hashes(1, [event])[0], this.#n);
      this.cids.file(1);
    }
  }

  reopen(): void {
    this.cids = new Cids(this.db, crowdMax);
  }

  /** The seqs that repeats of these would be answered with. */
  found(seqs: readonly number[]): (number | undefined)[] {
    const events = seqs.map(eventAt);
    const repeats = new Map(this.cids.repeats(1, events, this.cids.hashes(1, events)));
    return events.map((event) => {
      const repeat = repeats.get(repeatKey(uid, event.cid!));
      if (repeat) assertEquals(repeat.digest, contentDigest(event));
      return repeat?.seq;
    });
  }

  get filed(): number {
    return Number(this.db.prepare("SELECT count(*) AS n FROM filed").get()!.n);
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

function eventAt(seq: number): LogEvent & { cid: string } {
  return { t: "said", text: `text ${seq}`, seq, at: seq, user: "Alice", uid, cid: `c${seq}` };
}

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

Deno.test("every cid is found: before, while and after it is filed", () => {
  using scene = new Scene();
  for (const count of [crowdMax - 1, 1, 1, 10, crowdMax, crowdMax * 3]) {
    scene.say(count);
    const all = upTo(Number(scene.db.prepare("SELECT max(n) AS n FROM event").get()!.n));
    assertEquals(scene.found(all), all);
    scene.reopen();
    assertEquals(scene.found(all), all);
  }
  assertEquals(scene.filed >= crowdMax * 3, true);
});

Deno.test("what was filed before a start is found while the filter learns of it", () => {
  using scene = new Scene();
  scene.say(crowdMax * 9);
  const all = upTo(crowdMax * 9);
  scene.reopen();
  for (let more = 1; more <= 10; more++) {
    assertEquals(scene.found(all), all);
    scene.say(1);
  }
  assertEquals(scene.found([...all, 100_000]), [...all, undefined]);
});

Deno.test("the disk isn't asked for a cid that is new", () => {
  using scene = new Scene();
  scene.say(crowdMax * 3);
  assertEquals(scene.filed > 0, true);
  scene.db.exec("DROP TABLE filed");
  assertEquals(scene.found(upTo(100).map((index) => 100_000 + index)), Array(100).fill(undefined));
});

Deno.test("nothing is filed before there is a crowd", () => {
  using scene = new Scene();
  scene.say(crowdMax - 1);
  assertEquals(scene.filed, 0);
});

Deno.test("a cid of another user, of another conversation or never used isn't found", () => {
  using scene = new Scene();
  scene.say(crowdMax + 10);
  const other = { ...eventAt(1), uid: "bob" as Uid };
  assertEquals(scene.cids.repeats(1, [other], scene.cids.hashes(1, [other])), []);
  const event = eventAt(1);
  assertEquals(scene.cids.repeats(2, [event], scene.cids.hashes(2, [event])), []);
  assertEquals(scene.found([100_000]), [undefined]);
});

Deno.test("two cids with one hash are told apart by what the log says", () => {
  using scene = new Scene();
  scene.say(2);
  const [hash] = scene.cids.hashes(1, [eventAt(1)]);
  scene.cids.add(hash, 2);
  assertEquals(scene.found([1, 2]), [1, 2]);
  while (scene.cids.fileAll(1));
  assertEquals(scene.filed, 3);
  assertEquals(scene.found([1, 2]), [1, 2]);
});

Deno.test("what is forgotten is unknown again", () => {
  using scene = new Scene();
  scene.say(10);
  scene.db.exec("UPDATE conversation SET first = 6");
  assertEquals(scene.found([5, 6]), [undefined, 6]);
});

Deno.test("a cid of a file from before there was this index is found", () => {
  using db = new DatabaseSync(":memory:");
  migrate(db, migrations.slice(0, 2));
  db.exec(`INSERT INTO conversation (id, key, name, topic, seq, first, last)
      VALUES (1, 'lobby', 'lobby', '', 1, 1, 1);
    INSERT INTO event (n, conversation, seq, at, kind, shown, uid, user, text, cid, digest)
      VALUES (1, 1, 1, 1, 'said', 1, 'alice', 'Alice', 'text 1', 'c1', '00000000000123')`);
  migrate(db);
  const cids = new Cids(db);
  const event = eventAt(1);
  const [[, repeat]] = cids.repeats(1, [event], cids.hashes(1, [event]));
  assertEquals(repeat, { seq: 1, at: 1, digest: contentDigest(event) });
});
