/**
 * Keeps everything in a folder with SQLite. No SQLite call is made on this thread: one thread
 * commits, one reads, one searches.
 */

import { type Clock, randomText } from "../clock.ts";
import type { Backend } from "../store.ts";
import type { Order } from "./order.ts";
import { Checkpoints } from "./sqlite/checkpoints.ts";
import { CommitQueue } from "./sqlite/commit_queue.ts";
import { reasonOf } from "./folder_lock.ts";
import { type OwnedFolder, ownFolder } from "./sqlite/folder.ts";
import { appendCharsMax } from "./sqlite/shared/publishing.ts";
import { belong, join } from "./sqlite/shared/joining.ts";
import { SqliteAccounts } from "./sqlite/accounts.ts";
import { SqliteLibrary } from "./sqlite/library.ts";
import { SqliteLog } from "./sqlite/log.ts";
import { News } from "./sqlite/news.ts";
import { Port } from "./sqlite/port.ts";
import { SqliteAudit } from "./sqlite/audit.ts";
import { SqliteRecords } from "./sqlite/records.ts";
import type { ReaderCalls } from "./sqlite/reads.ts";
import type { SearchCalls } from "./sqlite/search_calls.ts";
import { SqliteSearch } from "./sqlite/searching.ts";
import type { Kept, Opened, WriterCalls } from "./sqlite/work.ts";

/** A {@linkcode Backend} that can tell when deleted texts are gone from its files. */
export interface SqliteBackend extends Backend {
  /** Resolves when nothing that was deleted up to now is in any file of the folder, or in an order. */
  erased(): Promise<void>;
}

interface Ports {
  readonly writer: Port<WriterCalls>;
  readonly reader: Port<ReaderCalls>;
  readonly search: Port<SearchCalls>;
}

/** How a store is opened. */
export interface SqliteOptions {
  /** What several nodes write in: everything is kept in its order, and the store can be made again. */
  readonly order?: Order;
}

/**
 * Opens the store in `folder`, made where there is none.
 *
 * @throws {Error} a sentence for whoever started the server: the folder can't be used, is used by
 * another server, was written by a newer one, or belongs to an order and none is given.
 */
export async function openSqlite(
  folder: string,
  clock: Clock,
  { order }: SqliteOptions = {},
): Promise<SqliteBackend> {
  const owned = await ownFolder(folder);
  const ports = startWorkers(clock);
  const { writer, reader, search } = ports;
  try {
    const isCopy = order !== undefined;
    const opened = await writer.ask("open", { folder, id: randomText(16), isCopy });
    if (!order && opened.position > 0) throw new Error(inOrder);
    const id = order ? await belong(order, { writer, opened }) : opened.id;
    await reader.ask("open", folder);
    await search.ask("open", { folder, id });
    return await backendOf(owned, ports, { clock, opened: { ...opened, id }, order });
  } catch (error) {
    await closeAll(ports);
    owned[Symbol.dispose]();
    throw new Error(`Cannot use "${folder}": ${reasonOf(error)}`, { cause: error });
  }
}

/** Written by itself, it would differ from the others from then on, and nobody would notice. */
const inOrder =
  "it belongs to several nodes, which have one order for all that is written: start it " +
  "with the --nats of those nodes, and look after it while it runs";

/** The addresses are written out so that they are found when the program is put into one file. */
function startWorkers(clock: Clock): Ports {
  const type = "module";
  return {
    writer: new Port(
      new Worker(new URL("./sqlite/writer.ts", import.meta.url), { type }),
      "writer",
      clock,
    ),
    reader: new Port(
      new Worker(new URL("./sqlite/reader.ts", import.meta.url), { type }),
      "reader",
      clock,
    ),
    search: new Port(
      new Worker(new URL("./sqlite/search.ts", import.meta.url), { type }),
      "search",
      clock,
    ),
  };
}

async function backendOf(
  owned: OwnedFolder,
  { writer, reader, search }: Ports,
  { clock, opened, order }: {
    readonly clock: Clock;
    readonly opened: Opened;
    readonly order: Order | undefined;
  },
): Promise<SqliteBackend> {
  const news = new News((told) => search.ask("news", told), clock);
  const checkpoints = new Checkpoints({
    aside: () => search.ask("copy", null),
    finish: (how) => writer.ask("checkpoint", { how }),
  }, clock);
  const onCommit = (kept: Kept) => {
    checkpoints.onCommit(kept);
    news.onCommit(kept);
  };
  const part = order && join(order, opened, { writer, clock, onCommit });
  const queue = part?.queue ??
    new CommitQueue((works) => writer.ask("commit", works), { clock, onCommit });
  news.onCommit({ n: opened.n, erased: false });
  const failures = [writer, reader, search, ...order ? [order] : []].map(({ failed }) => failed);
  if (part) await Promise.race([part.caughtUp(), ...failures.map(thrown)]);
  return {
    id: opened.id,
    log: new SqliteLog(queue, { writer, reader }, part && { appendCharsMax }),
    accounts: new SqliteAccounts(queue, reader),
    search: new SqliteSearch(search),
    library: new SqliteLibrary(queue, reader),
    audit: new SqliteAudit(queue, reader),
    records: new SqliteRecords(queue, reader),
    ...part && { nodes: part.nodes },
    failed: Promise.race(failures),
    async erased() {
      await queue.settled();
      await Promise.all([part?.erased(), checkpoints.erased(), search.ask("erased", null)]);
    },
    async [Symbol.asyncDispose]() {
      if (part) await part[Symbol.asyncDispose]();
      else await queue.settled();
      news.close();
      checkpoints.close();
      await closeAll({ writer, reader, search });
      owned[Symbol.dispose]();
    },
  };
}

/** The writer is the last, and leaves one file: none beside it that would pass for a later one's. */
async function closeAll({ writer, reader, search }: Ports): Promise<void> {
  await Promise.allSettled([search.ask("close", null), reader.ask("close", null)]);
  await Promise.allSettled([writer.ask("close", null)]);
  for (const port of [search, reader, writer]) port.end();
}

async function thrown(failed: Promise<Error>): Promise<never> {
  throw await failed;
}
