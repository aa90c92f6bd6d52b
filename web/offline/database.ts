/** A database of the browser with one store: what is kept there outlives the page. */

/** Opens it once, when it is first used; rejects where the browser forbids or lacks it. */
export function storeOpener(
  factory: () => IDBFactory,
  name: string,
  store: string,
): () => Promise<IDBDatabase> {
  let opened: Promise<IDBDatabase> | undefined;
  return () =>
    opened ??= new Promise((resolve, reject) => {
      const request = factory().open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(store);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
}
