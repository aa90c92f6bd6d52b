import { assert, assertEquals, assertIsError } from "@std/assert";
import { CommitQueue } from "../../lib/backend/sqlite/commit_queue.ts";
import type { Committed, Kept, Work } from "../../lib/backend/sqlite/work.ts";
import { alice, room } from "../contract/scene.ts";
import { turn } from "../helpers/fake_clock.ts";

/** Takes the writer's place: a test answers each transaction by hand. */
class HandWriter {
  readonly batches: (readonly Work[])[] = [];
  readonly #answers: ((committed: Committed) => void)[] = [];
  readonly commits: Kept[] = [];
  readonly queue = new CommitQueue((works) => this.#take(works), {
    clock: { soon: (run) => setTimeout(run, 0) },
    onCommit: (commit) => this.commits.push(commit),
  });

  mark(seq: number) {
    return this.queue.add({ do: "mark", uid: alice.uid, mark: { conversation: room, seq } });
  }

  async answer(committed?: Committed): Promise<void> {
    await turn();
    const works = this.batches[this.batches.length - 1];
    const done = works.map(() => 0 as const);
    this.#answers.shift()?.(committed ?? { done, n: 0, erased: false, wal: 0 });
    await turn();
  }

  get sizes(): number[] {
    return this.batches.map(({ length }) => length);
  }

  #take(works: readonly Work[]): Promise<Committed> {
    this.batches.push(works);
    return new Promise((resolve) => this.#answers.push(resolve));
  }
}

Deno.test("what comes in one turn is one transaction", async () => {
  const writer = new HandWriter();
  const marks = [writer.mark(1), writer.mark(2)];
  assertEquals(writer.sizes, []);
  await writer.answer();
  assertEquals(writer.sizes, [2]);
  assertEquals(await Promise.all(marks), [{ done: 0 }, { done: 0 }]);
});

Deno.test("what comes while a transaction runs is the next one", async () => {
  const writer = new HandWriter();
  void writer.mark(1);
  await turn();
  const later = [writer.mark(2), writer.mark(3), writer.mark(4)];
  await turn();
  assertEquals(writer.sizes, [1]);
  await writer.answer();
  assertEquals(writer.sizes, [1, 3]);
  await writer.answer();
  assertEquals((await Promise.all(later)).length, 3);
});

Deno.test("a transaction is told of when it is committed, not when it failed", async () => {
  const writer = new HandWriter();
  const failed = writer.mark(1);
  await writer.answer({ failed: { code: "internal", message: "the disk is on fire" } });
  assertEquals(writer.commits.length, 0);
  const outcome = await failed;
  assert("failed" in outcome);
  assertIsError(outcome.failed.cause, Error, "the disk is on fire");
  const kept = writer.mark(1);
  await writer.answer();
  assertEquals(await kept, { done: 0 });
  assertEquals(writer.commits.length, 1);
});

Deno.test("a full disk fails the transaction with its own code", async () => {
  const writer = new HandWriter();
  const marks = [writer.mark(1), writer.mark(2)];
  await writer.answer({ failed: { code: "disk_full", message: "Cannot store that" } });
  for (const outcome of await Promise.all(marks)) {
    assert("failed" in outcome);
    assertEquals(outcome.failed.code, "disk_full");
  }
});

Deno.test("settled() resolves when nothing is queued or under way", async () => {
  const writer = new HandWriter();
  await writer.queue.settled();
  void writer.mark(1);
  let settled = false;
  const waiting = writer.queue.settled().then(() => settled = true);
  await turn();
  assertEquals(settled, false);
  await writer.answer();
  await waiting;
});
