/** What is being written, for each conversation, and what it is about; kept over reloads. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { decodeStored } from "../../lib/wire/decode.ts";
import { isObject } from "../../lib/wire/fields.ts";
import { type Keep, readObject } from "./keep.ts";
import type { Draft, Key } from "../model.ts";

const start = "draft.";
/** The message that is answered or edited. */
const aboutStart = "about.";
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
    for (const name of keep.names(aboutStart)) {
      const key = name.slice(aboutStart.length);
      this.#all.set(key, { ...none, ...this.#all.get(key), ...aboutIn(keep, name) });
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
    const { text, quote, editing } = draft;
    const isNothing = text === "" && quote === undefined && editing === undefined;
    this.#here.value = isNothing ? none : draft;
    if (isNothing) this.#all.delete(key);
    else this.#all.set(key, draft);
    this.#put(start + key, text);
    this.#put(aboutStart + key, quote ?? editing ? JSON.stringify({ quote, editing }) : "");
  }

  /** Nothing is being written in front any more. */
  clear(): void {
    this.set(none);
  }

  #put(name: string, text: string): void {
    if (text === "") this.#keep.remove(name);
    else this.#keep.set(name, text);
  }
}

function aboutIn(keep: Keep, name: string): Pick<Draft, "quote" | "editing"> {
  const kept = readObject(keep, name);
  const eventOf = (value: unknown) => isObject(value) ? decodeStored(value) : undefined;
  const [quote, editing] = [eventOf(kept?.quote), eventOf(kept?.editing)];
  return { ...quote && { quote }, ...editing && { editing } };
}
