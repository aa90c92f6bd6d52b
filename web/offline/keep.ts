/** What the page keeps in the browser, so that a reload loses nothing. */

import { isObject, type JsonObject } from "../../lib/wire/fields.ts";

/** A place for texts by name. */
export interface Keep {
  get(name: string): string | undefined;
  /** Best effort: a full or forbidden place keeps nothing. */
  set(name: string, text: string): void;
  remove(name: string): void;
  /** The names of what is there that begin with `start`. */
  names(start: string): readonly string[];
}

/** Everything of the page begins with this: other pages of the same origin keep things too. */
const prefix = "parley.";

/** A place over `localStorage` or `sessionStorage`; where the browser forbids that, in memory. */
export function browserKeep(storage: () => Storage): Keep {
  let place: Storage;
  try {
    place = storage();
    place.getItem(prefix);
  } catch {
    return memoryKeep();
  }
  return {
    get: (name) => place.getItem(prefix + name) ?? undefined,
    set(name, text) {
      try {
        place.setItem(prefix + name, text);
      } catch {
        // Full: what is kept is for a reload, and the page itself goes on.
      }
    },
    remove: (name) => place.removeItem(prefix + name),
    names(start) {
      const all = Array.from({ length: place.length }, (_, index) => place.key(index) ?? "");
      return all.filter((name) => name.startsWith(prefix + start))
        .map((name) => name.slice(prefix.length));
    },
  };
}

/** A place that is gone with the page. */
export function memoryKeep(): Keep {
  const texts = new Map<string, string>();
  return {
    get: (name) => texts.get(name),
    set: (name, text) => void texts.set(name, text),
    remove: (name) => void texts.delete(name),
    names: (start) => [...texts.keys()].filter((name) => name.startsWith(start)),
  };
}

/** The object that is kept as JSON under `name`; `undefined` where there is none. */
export function readObject(keep: Keep, name: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(keep.get(name) ?? "null");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
