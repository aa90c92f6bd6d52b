/** Where a browser keeps what the page knows: records by name, in its database. */

import { storeOpener } from "./database.ts";

/** A change of what is kept, made as a whole. */
export interface ChatShelfChange {
  /** Whether everything else goes. */
  readonly isFirst: boolean;
  readonly put: ReadonlyMap<string, unknown>;
  readonly remove: readonly string[];
}

/** A place for records. Best effort: nothing here rejects. */
export interface ChatShelf {
  /** All records by name; none where nothing can be kept, as in some private windows. */
  read(): Promise<ReadonlyMap<string, unknown>>;
  /** Resolves whether it is kept. */
  write(change: ChatShelfChange): Promise<boolean>;
}

const databaseName = "parley-chat";
const storeName = "chat";

/** A place in IndexedDB. */
export function databaseChatShelf(factory: () => IDBFactory): ChatShelf {
  const open = storeOpener(factory, databaseName, storeName);

  /** Resolves when the transaction is over. */
  async function ask(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => void,
  ): Promise<boolean> {
    try {
      const transaction = (await open()).transaction(storeName, mode);
      work(transaction.objectStore(storeName));
      // The page may be on its way out: what was asked for is done without waiting for more.
      if (mode === "readwrite") transaction.commit();
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      return true;
    } catch {
      // Forbidden or full: the page goes on without.
      return false;
    }
  }

  return {
    async read() {
      const found = new Map<string, unknown>();
      await ask("readonly", (store) => {
        const [names, records] = [store.getAllKeys(), store.getAll()];
        records.onsuccess = () => {
          names.result.forEach((name, at) => found.set(String(name), records.result[at]));
        };
      });
      return found;
    },
    write: ({ isFirst, put, remove }) =>
      ask("readwrite", (store) => {
        if (isFirst) store.clear();
        for (const name of remove) store.delete(name);
        for (const [name, record] of put) store.put(record, name);
      }),
  };
}
