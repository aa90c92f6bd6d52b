import { openMemory } from "../../lib/backend/memory.ts";
import { openSqlite, type SqliteBackend } from "../../lib/backend/sqlite.ts";
import type { Backend, SearchQuery } from "../../lib/store.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { backendContract } from "./backend_contract.ts";
import { searchContract } from "./search.ts";

keepThreads();

async function openInFolder(): Promise<SqliteBackend> {
  const folder = await Deno.makeTempDir();
  const backend = await openSqlite(folder, systemClock());
  return {
    ...backend,
    async [Symbol.asyncDispose]() {
      await backend[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What was just said is found in the log; this one finds it in the index. */
async function openIndexed(): Promise<Backend> {
  const backend = await openInFolder();
  const search = {
    async find(query: SearchQuery) {
      await backend.erased();
      return backend.search.find(query);
    },
    lag: () => backend.search.lag(),
  };
  return { ...backend, search };
}

backendContract("memory", () => Promise.resolve(openMemory()));
backendContract("sqlite", openInFolder);
searchContract("sqlite with everything indexed", openIndexed);
