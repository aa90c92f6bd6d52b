/** Files that are being sent, kept in the browser's database so that a reload can go on with them. */

import { storeOpener } from "./offline/database.ts";

/** What is kept of a file: what opens it again, or a copy of it. */
export type KeptFile = FileSystemFileHandle | File;

/** Where files are kept by what their upload calls them. Best effort: nothing here rejects. */
export interface FileShelf {
  put(origin: string, file: KeptFile): Promise<void>;
  get(origin: string): Promise<KeptFile | undefined>;
  remove(origin: string): Promise<void>;
  /** Removes all but these. */
  sweep(keep: ReadonlySet<string>): Promise<void>;
}

const databaseName = "parley";
const storeName = "files";

/** A shelf in IndexedDB; where there is none, nothing is kept. */
export function databaseShelf(factory: () => IDBFactory): FileShelf {
  const open = storeOpener(factory, databaseName, storeName);

  async function ask<T>(
    mode: IDBTransactionMode,
    request: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T | undefined> {
    try {
      const store = (await open()).transaction(storeName, mode).objectStore(storeName);
      const asked = request(store);
      return await new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
    } catch {
      // Forbidden, full, or something that it can't keep: the file has to be chosen again.
      return undefined;
    }
  }

  return {
    async put(origin, file) {
      await ask("readwrite", (store) => store.put(file, origin));
    },
    async get(origin) {
      const kept: unknown = await ask("readonly", (store) => store.get(origin));
      return isKept(kept) ? kept : undefined;
    },
    async remove(origin) {
      await ask("readwrite", (store) => store.delete(origin));
    },
    async sweep(keep) {
      const all = await ask("readonly", (store) => store.getAllKeys());
      for (const key of all ?? []) {
        if (typeof key === "string" && !keep.has(key)) {
          await ask("readwrite", (store) => store.delete(key));
        }
      }
    },
  };
}

function isKept(value: unknown): value is KeptFile {
  if (value instanceof File) return true;
  return typeof FileSystemFileHandle === "function" && value instanceof FileSystemFileHandle;
}
