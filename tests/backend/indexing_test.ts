import { assertEquals } from "@std/assert";
import type { Row } from "../../lib/backend/sqlite/database.ts";
import { type Feed, feed, type Indexing, sweep } from "../../lib/backend/sqlite/indexing.ts";
import { SearchIndex } from "../../lib/backend/sqlite/search_index.ts";

/** What looking for a message takes here: eight of them are due for a breath. */
const textMs = 1 / 32;

/** An index of messages with the numbers and times 1, 2, 3 …, in a file that isn't kept. */
class Scene implements Disposable {
  readonly index: SearchIndex;
  readonly #folder = Deno.makeTempDirSync();
  /** What was looked for in the log since the last breath. */
  #sought = 0;
  /** How much was looked for at once, each time. */
  readonly soughtAtOnce: number[] = [];
  #now = 0;

  constructor(count: number) {
    this.index = new SearchIndex(`${this.#folder}/search.db`, "store");
    this.index.change(() => {
      for (let n = 1; n <= count; n++) {
        this.index.put({ n, conversation: 1, at: n, words: `message ${n}` }, n);
      }
      return { position: count };
    });
  }

  /** What a slice is made with; each breath takes `breathMs`. */
  indexing(breathMs: number, keeps: (n: number) => boolean = () => false): Indexing<Keeping> {
    return {
      index: this.index,
      log: {
        keeps: (n) => {
          this.#sought++;
          this.#now += textMs;
          return keeps(n);
        },
      },
      now: () => this.#now,
      breathe: () => {
        this.#now += breathMs;
        this.soughtAtOnce.push(this.#sought);
        this.#sought = 0;
      },
    };
  }

  get left(): number[] {
    return this.index.messages(0, 1000).map(({ n }) => Number(n));
  }

  [Symbol.dispose](): void {
    this.index[Symbol.dispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

interface Keeping {
  keeps(n: number): boolean;
}

Deno.test("sweep() lets others in after every few messages that it looks for", () => {
  using scene = new Scene(45);
  const swept = sweep(scene.indexing(0.1, (n) => n === 7), { forgotten: 41, after: 0 });
  assertEquals(scene.soughtAtOnce, [8, 8, 8, 8, 8, 0]);
  assertEquals(scene.left, [7, 41, 42, 43, 44, 45]);
  assertEquals(swept, { more: true, erased: true, after: 45 });
});

Deno.test("sweep() ends when its time is over, and goes on behind what it has looked at", () => {
  using scene = new Scene(100);
  const indexing = scene.indexing(15);
  const first = sweep(indexing, { forgotten: 101, after: 0 });
  assertEquals(first, { more: true, erased: true, after: 16 });
  assertEquals(scene.index.forgotten, 0);
  for (let slice = first; slice.more;) slice = sweep(indexing, { forgotten: 101, ...slice });
  assertEquals(scene.left, []);
  assertEquals(scene.index.forgotten, 101);
});

/** A log of so many messages. */
class Messages implements Feed {
  /** How many were read at once, each time. */
  readonly read: number[] = [];
  readonly #rows: readonly Row[];

  constructor(count: number) {
    this.#rows = Array.from({ length: count }, (_, index) => {
      return { n: index + 1, conversation: 1, at: index, kind: "said", words: `message ${index}` };
    });
  }

  after(n: number, limit: number): Row[] {
    const rows = this.#rows.slice(n, n + limit);
    this.read.push(rows.length);
    return rows;
  }

  target(): undefined {}
}

/** Feeds until nothing is left, where each text takes `textMs`; how many were in at each breath. */
function feedAll(scene: Scene, log: Messages, textMs: number): number[][] {
  const slices: number[][] = [];
  for (let more = true; more;) {
    const breaths: number[] = [];
    more = feed({
      log,
      index: scene.index,
      now: () => scene.left.length * textMs,
      breathe: () => breaths.push(scene.left.length),
    }).more;
    slices.push(breaths);
  }
  return slices;
}

Deno.test("feed() lets others in after each long text, and after many short ones", () => {
  using scene = new Scene(0);
  // A breath more is for what is merged.
  assertEquals(feedAll(scene, new Messages(4), 1), [[1, 2, 3, 4, 4]]);
  using other = new Scene(0);
  assertEquals(feedAll(other, new Messages(12), 1 / 16), [[4, 8, 12, 12]]);
  assertEquals(other.index.position, 12);
});

Deno.test("feed() reads few of the texts at once, which may be long", () => {
  using scene = new Scene(0);
  const log = new Messages(120);
  feedAll(scene, log, 0);
  assertEquals(log.read, [50, 50, 20, 0]);
  assertEquals(scene.left.length, 120);
});

Deno.test("feed() ends a slice when its time is over, or it is large, and goes on from there", () => {
  using scene = new Scene(0);
  const slices = feedAll(scene, new Messages(20), 3);
  assertEquals(slices.map((breaths) => breaths.at(-1)), [7, 14, 20]);
  using other = new Scene(0);
  assertEquals(feedAll(other, new Messages(600), 0).map((breaths) => breaths.at(-1)), [500, 600]);
});
