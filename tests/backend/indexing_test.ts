import { assertEquals } from "@std/assert";
import { type Indexing, sweep } from "../../lib/backend/sqlite/indexing.ts";
import { SearchIndex } from "../../lib/backend/sqlite/search_index.ts";

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
  assertEquals(scene.soughtAtOnce, [10, 10, 10, 10, 0]);
  assertEquals(scene.left, [7, 41, 42, 43, 44, 45]);
  assertEquals(swept, { more: true, erased: true, after: 45 });
});

Deno.test("sweep() ends when its time is over, and goes on behind what it has looked at", () => {
  using scene = new Scene(100);
  const indexing = scene.indexing(15);
  const first = sweep(indexing, { forgotten: 101, after: 0 });
  assertEquals(first, { more: true, erased: true, after: 30 });
  assertEquals(scene.index.forgotten, 0);
  for (let slice = first; slice.more;) slice = sweep(indexing, { forgotten: 101, ...slice });
  assertEquals(scene.left, []);
  assertEquals(scene.index.forgotten, 101);
});
