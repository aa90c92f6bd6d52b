/** What the page needs only after it has come up: loaded behind its first drawing, not before. */

import { type Signal, signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";

/** Something that is loaded once. */
interface Later<T> {
  /** What was loaded; `undefined` before. */
  readonly value: Signal<T | undefined>;
  /** Loads it now, where that wasn't begun. */
  load(): void;
}

/** Loads by an `import()`. Without a connection it is asked for again the next time. */
function later<T extends object>(load: () => Promise<T>): Later<T> {
  const value = signal<T | undefined>(undefined);
  let isLoading = false;
  return {
    value,
    load() {
      if (isLoading) return;
      isLoading = true;
      load().then((loaded) => value.value = loaded, () => isLoading = false);
    },
  };
}

/** Everything that is loaded behind the first drawing. */
export const behind = later(async () => {
  const sheet = document.documentElement.dataset.behind ?? "/behind.css";
  const [loaded] = await Promise.all([import("../behind_page.ts"), addSheet(sheet)]);
  return loaded;
});

/** Resolves when a sheet acts; there is one of each. */
function addSheet(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(`Cannot load ${href}`));
    };
    document.head.append(link);
  });
}

/** A view out of that: until it is there, `meanwhile` is shown, or nothing. */
export function laterView<P extends object>(
  choose: (loaded: typeof import("../behind.ts")) => FunctionComponent<P>,
  meanwhile: FunctionComponent<P> = () => null,
): FunctionComponent<P> {
  return function LaterView(props: P) {
    useEffect(() => behind.load(), []);
    const loaded = behind.value.value;
    const View = loaded === undefined ? meanwhile : choose(loaded);
    return <View {...props} />;
  };
}
