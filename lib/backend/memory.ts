/**
 * Keeps everything in memory: the fake of all tests, and what the other backends are compared with.
 * It can be told what goes wrong next.
 */

import type { Backend } from "../store.ts";
import { MemoryAccounts } from "./memory/accounts.ts";
import { MemoryAudit } from "./memory/audit.ts";
import { MemoryLibrary } from "./memory/library.ts";
import { type Fault, MemoryLog } from "./memory/log.ts";
import { MemoryRecords } from "./memory/records.ts";
import { MemorySearch } from "./memory/search.ts";

export type { Fault };

/** How a memory backend is to be. */
export interface MemoryOptions {
  readonly id?: string;
  /** Each is taken out and happens to one append; whoever holds the list may add to it. */
  readonly faults?: Fault[];
}

/** Opens an empty backend that lasts as long as it is referred to. */
export function openMemory(options: MemoryOptions = {}): Backend {
  const library = new MemoryLibrary();
  const audit = new MemoryAudit();
  const log = new MemoryLog(options.faults ?? [], { library, audit });
  return {
    id: options.id ?? crypto.randomUUID(),
    failed: new Promise(() => {}),
    log,
    accounts: new MemoryAccounts(log),
    search: new MemorySearch(log),
    library,
    audit,
    records: new MemoryRecords(),
    [Symbol.asyncDispose]: () => log.settled(),
  };
}
