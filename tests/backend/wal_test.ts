import { assert } from "@std/assert";
import { openSqlite } from "../../lib/backend/sqlite.ts";
import { walBytesMax } from "../../lib/backend/sqlite/checkpoints.ts";
import { lobby, type Uid } from "../../lib/names.ts";
import { systemClock } from "../../lib/system_clock.ts";

const MiB = 1024 * 1024;

Deno.test("the file beside the database is written from its start again, and doesn't grow on", async () => {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  await using _ = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
  await using backend = await openSqlite(folder, systemClock());
  const wal = () => Deno.statSync(`${folder}/parley.db-wal`).size;
  let seq = 0;
  let said = 0;
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
    said += wal() < walBytesMax ? count : 0;
  };
  while (seq === 0 || wal() < walBytesMax) await say(2000);
  const filling = said;
  // Seven times as much again: beside the file while it is copied, then from its start.
  while (seq < 8 * filling) await say(2000);
  assert(wal() < 4 * walBytesMax, `It has ${(wal() / MiB).toFixed(1)} MiB`);
});
