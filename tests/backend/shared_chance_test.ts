/** Whatever is asked for on several nodes at once, and whatever gets lost: their stores are the same. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import type { Change } from "../../lib/events.ts";
import { ChatError } from "../../lib/errors.ts";
import { nameKey, type TransferId, type Uid } from "../../lib/names.ts";
import type { Backend } from "../../lib/store.ts";
import { all, event, other, read, room } from "../contract/scene.ts";
import { Chance } from "../helpers/chance.ts";
import { MemoryOrders } from "../helpers/memory_order.ts";
import { size } from "../helpers/size.ts";
import { same } from "../helpers/store_dump.ts";
import { Node } from "../helpers/store_node.ts";

const writersEach = 3;
const deedsEach = size(20, 1000);

/** Asks one node for this and that; counts what was acknowledged. */
class Writer {
  readonly kept: string[] = [];
  conflicts = 0;
  moved = 0;
  readonly #backend: Backend;
  /** What it has put last under its own name. */
  counted = 0;
  readonly #by: { readonly user: string; readonly uid: Uid };
  readonly #chance: Chance;
  #count = 0;

  constructor(name: string, backend: Backend, seed: number) {
    this.#backend = backend;
    this.#by = { user: name, uid: `u-${name}` as Uid };
    this.#chance = new Chance(seed);
  }

  async act(): Promise<void> {
    const { accounts, records, library } = this.#backend;
    const { uid, user } = this.#by;
    const seq = 1 + this.#chance.below(40);
    switch (this.#chance.below(14)) {
      case 0:
        return await this.#append({ t: "deleted", target: seq });
      case 1:
        return await this.#append({ t: "edited", target: seq, text: `edited by ${user}` });
      case 2:
        return await this.#append({ t: "reacted", target: seq, emoji: "👍", on: true });
      case 3:
        return await records.put("seat", `${this.#chance.below(3)}`, { user });
      case 12:
      case 13:
        return await records.put("count", user, { counted: ++this.counted });
      case 4: {
        const name = `name${this.#chance.below(4)}`;
        const saved = { uid, name, key: nameKey(name), role: "guest", holds: true } as const;
        return await accounts.save([saved]).catch(refusal);
      }
      case 5:
        return await accounts.mark(uid, { conversation: room, seq });
      case 6: {
        const transfer = `t-${user}-${this.#count++}` as TransferId;
        const cid = `c-${this.#chance.below(3)}`;
        const what = { name: "a.txt", size: 5, mime: "text/plain", isGuest: true, at: 1 } as const;
        const state = { is: "unfinished" } as const;
        const record = { ...what, transfer, conversation: room, by: this.#by, cid, state };
        return await library.keep(record).catch(refusal);
      }
      default:
        return await this.#append({ t: "said", text: `${user} says ${this.#count}` });
    }
  }

  /** Appends until it is kept, behind whatever came before. */
  async #append(change: Change): Promise<void> {
    const conversation = this.#chance.once(3) ? other : room;
    const cid = `${this.#by.user}-${this.#count++}`;
    for (;;) {
      const { seq } = await read(this.#backend, { after: 0, limit: 1 }, conversation);
      const events = [event(seq + 1, change, { by: this.#by, cid })];
      const append = { conversation, name: conversation, after: seq, events };
      const mayMove = change.t === "said" && this.#chance.once(2) && { mayMove: true } as const;
      const appended = await this.#backend.log.append({ ...append, ...mayMove });
      assert(appended.outcome !== "failed");
      if (appended.outcome === "committed") {
        if (appended.after !== undefined) this.moved++;
        break;
      }
      assertEquals(appended.repeats.size, 0);
      this.conflicts++;
    }
    this.kept.push(cid);
  }
}

function refusal(error: unknown): void {
  if (!(error instanceof ChatError)) throw error;
}

Deno.test("three stores that are written at once through lossy networks hold the same", async () => {
  const chance = Chance.ofRun("shared_chance_test");
  const orders = new MemoryOrders(chance.below(2 ** 31));
  orders.mishaps = { unanswered: 5, lost: 5, doubled: 20 };
  await using one = await Node.start(orders, "one");
  await using two = await Node.start(orders, "two");
  await using three = await Node.start(orders, "three");
  const nodes = [one, two, three];
  const writers = nodes.flatMap(({ backend, order }) =>
    Array.from(
      { length: writersEach },
      (_, index) => new Writer(`${order.id}${index}`, backend, chance.below(2 ** 31)),
    )
  );
  await Promise.all(writers.map(async (writer) => {
    for (let deed = 0; deed < deedsEach; deed++) await writer.act();
  }));
  orders.mishaps = { unanswered: 0, lost: 0, doubled: 0 };
  await Promise.all(nodes.map((node) => node.backend.erased()));
  await Promise.all(nodes.map((node) => node.caughtUp()));
  await using made = await Node.start(orders, "made");
  for (const node of [two, three, made]) same(one, node);

  const acknowledged = writers.flatMap(({ kept }) => kept);
  const log = [...await all(made.backend), ...await all(made.backend, other)];
  const kept = log.map(({ cid }) => cid);
  assertEquals(kept.toSorted(), acknowledged.toSorted());
  // What comes a second time, late, undoes nothing that was done since.
  const counted = writers.filter((writer) => writer.counted > 0);
  const counts = (await made.backend.records.all("count")).map(({ value }) => value.counted);
  assertEquals(counts.toSorted(), counted.map((writer) => writer.counted).toSorted());
  const conflicts = writers.reduce((sum, writer) => sum + writer.conflicts, 0);
  const { length } = orders.entries;
  console.log(`${acknowledged.length} events, ${conflicts} conflicts, ${length} entries`);
  assertGreater(conflicts, 0);
  assertGreater(writers.reduce((sum, writer) => sum + writer.moved, 0), 0);
});
