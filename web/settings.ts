/** How this user wants the page: a choice for each name, kept in the browser for all servers. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { callLevels } from "../lib/client/call_levels.ts";
import { type Keep, readObject } from "./offline/keep.ts";

/** What there is to choose from; the first of each is how a page begins. */
export const choices = {
  theme: ["system", "light", "dark"],
  contrast: ["system", "high"],
  accent: ["teal", "plum", "rust"],
  text: ["normal", "small", "large", "largest"],
  density: ["roomy", "compact"],
  motion: ["system", "less"],
  /** Which messages are told of while nobody looks, where a conversation has no choice of its own. */
  notify: callLevels,
  sound: ["off", "on"],
  /** Do not disturb: nothing is told of, nothing sounds. */
  quiet: ["off", "on"],
} as const;

/** What can be chosen. */
export type SettingName = keyof typeof choices;

/** What was chosen, by name. */
export type Settings = { readonly [K in SettingName]: (typeof choices)[K][number] };

const kept = "settings";

/** The choices of one browser. */
export class SettingsKept {
  readonly #keep: Keep;
  readonly #now;

  constructor(keep: Keep) {
    this.#keep = keep;
    this.#now = signal(readSettings(keep));
  }

  /** What is chosen now. */
  get now(): ReadonlySignal<Settings> {
    return this.#now;
  }

  /** Chooses; what isn't one of the values is passed over. */
  set<K extends SettingName>(name: K, value: Settings[K]): void {
    this.#now.value = { ...this.#now.peek(), [name]: valueOf(name, value) };
    this.#keep.set(kept, JSON.stringify(this.#now.peek()));
  }

  /** Another tab may have chosen something. */
  readAgain(): void {
    this.#now.value = readSettings(this.#keep);
  }
}

/** All names, in the order in which they are shown. */
export function namesOfSettings(): readonly SettingName[] {
  return Object.keys(choices) as SettingName[];
}

function readSettings(keep: Keep): Settings {
  const known = readObject(keep, kept) ?? {};
  const all: readonly (readonly string[])[] = namesOfSettings().map(
    (name) => [name, valueOf(name, known[name])],
  );
  return Object.fromEntries(all);
}

function valueOf(name: SettingName, value: unknown): string {
  return choices[name].find((each) => each === value) ?? choices[name][0];
}
