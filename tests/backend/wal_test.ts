import { assert } from "@std/assert";
import { delay } from "@std/async/delay";
import { openSqlite } from "../../lib/backend/sqlite.ts";
import { walBytesMax } from "../../lib/backend/sqlite/checkpoints.ts";
import { lobby, type Uid } from "../../lib/names.ts";
import { systemClock } from "../../lib/system_clock.ts";

const MiB = 1024 * 1024;

Deno.test("the file beside the database shrinks again once all of it is copied", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  await using _ = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  await using backend = await openSqlite(folder, systemClock());
  const wal = () => Deno.statSync(`${folder}/parley.db-wal`).size;
  let seq = 0;
  const say = async (count: number) => {
    const events = Array.from({ length: count }, (_, index) => ({
      t: "said" as const,
      text: "x".repeat(1000),
      seq: seq + 1 + index,
      at: 1,
      user: "Alice",
      uid: "alice" as Uid,
    }));
    await backend.log.append({ conversation: lobby, name: lobby, after: seq, events });
    seq += count;
  };
  while (seq === 0 || wal() < walBytesMax) await say(2000);
  // Otherwise every later commit would copy, as if there were as much again.
  for (let tries = 0; wal() > 2 * MiB; tries++) {
    assert(tries < 500, `It still has ${(wal() / MiB).toFixed(1)} MiB`);
    await delay(20);
    await say(1);
  }
});
