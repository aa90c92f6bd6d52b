/** What a click on a notification of the worker does: the page comes to the front, at its message. */

/** What is used of a window that shows the page. */
export interface PageWindow {
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}

/** What is used of the browser. */
export interface PageWindows {
  matchAll(options: { readonly type: "window" }): Promise<readonly PageWindow[]>;
  openWindow(path: string): Promise<unknown>;
}

/** Turns to what a notification is about; `data` is what the page put into it. */
export async function turnTo(data: unknown, windows: PageWindows): Promise<void> {
  const hash = typeof data === "object" && data !== null && "hash" in data ? data.hash : undefined;
  if (typeof hash !== "string" || !hash.startsWith("#/")) return;
  const [open] = await windows.matchAll({ type: "window" });
  if (open === undefined) return void await windows.openWindow(`/${hash}`);
  open.postMessage({ hash });
  await open.focus();
}
