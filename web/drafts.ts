/** What is being written, for each conversation; the texts are kept over reloads. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Keep } from "./keep.ts";
import type { Draft, Key } from "./model.ts";

const start = "draft.";
const none: Draft = { text: "" };

/** The drafts of one user. */
export class Drafts {
  readonly #keep: Keep;
  readonly #all = new Map<Key, Draft>();
  readonly #here = signal<Draft>(none);
  #key: Key | undefined;

  constructor(keep: Keep) {
    this.#keep = keep;
    for (const name of keep.names(start)) {
      this.#all.set(name.slice(start.length), { text: keep.get(name) ?? "" });
    }
  }

  /** The one of the conversation in front. */
  get here(): ReadonlySignal<Draft> {
    return this.#here;
  }

  /** Whether something was begun there. */
  has(key: Key): boolean {
    return (this.#all.get(key)?.text ?? "").trim() !== "";
  }

  /** Another conversation is in front. */
  turnTo(key: Key): void {
    this.#key = key;
    this.#here.value = this.#all.get(key) ?? none;
  }

  /** Takes what is written in front. */
  set(draft: Draft): void {
    const key = this.#key;
    if (key === undefined) return;
    const isNothing = draft.text === "" && draft.quote === undefined && draft.editing === undefined;
    this.#here.value = isNothing ? none : draft;
    if (isNothing) this.#all.delete(key);
    else this.#all.set(key, draft);
    // What is edited is a message already: only what is new would be lost.
    if (draft.text === "" || draft.editing) this.#keep.remove(start + key);
    else this.#keep.set(start + key, draft.text);
  }

  /** Nothing is being written in front any more. */
  clear(): void {
    this.set(none);
  }
}
