/** What settings are called where people see them, and choosing one by words. */

import { ChatError } from "../lib/errors.ts";
import { choices, namesOfSettings, type SettingName, type SettingsKept } from "./settings.ts";

/** What a setting is called, what it does, and what its values are called. */
export interface SettingWords<K extends SettingName = SettingName> {
  readonly title: string;
  /** What there is to know beyond the title. */
  readonly about?: string;
  readonly values: Readonly<Record<(typeof choices)[K][number], string>>;
}

/** Settings that stand together, in the order in which they are shown. */
export const settingGroups: readonly {
  readonly title: string;
  readonly names: readonly SettingName[];
}[] = [
  { title: "Look", names: ["theme", "contrast", "accent"] },
  { title: "Reading", names: ["text", "density", "motion"] },
  { title: "Being told", names: ["notify", "sound", "quiet"] },
];

/** The words of each. */
export const settingWords: { readonly [K in SettingName]: SettingWords<K> } = {
  theme: {
    title: "Theme",
    about: "System: as it is set in the whole browser or machine.",
    values: { system: "System", light: "Light", dark: "Dark" },
  },
  contrast: {
    title: "Contrast",
    about: "High contrast draws every edge and uses the strongest colours.",
    values: { system: "System", high: "High" },
  },
  accent: {
    title: "Colour",
    values: { teal: "Teal", plum: "Plum", rust: "Rust" },
  },
  text: {
    title: "Text size",
    about: "The whole page grows with it.",
    values: { small: "Small", normal: "Normal", large: "Large", largest: "Largest" },
  },
  density: {
    title: "Density",
    values: { roomy: "Roomy", compact: "Compact" },
  },
  motion: {
    title: "Motion",
    about: "What moves shows where something came from. Less of it: things are just there.",
    values: { system: "System", less: "Less" },
  },
  notify: {
    title: "Tell me of",
    about: "While you look elsewhere; a conversation can have a choice of its own.",
    values: { mentions: "What names me", all: "Everything", none: "Nothing" },
  },
  sound: {
    title: "Sound",
    values: { off: "Off", on: "On" },
  },
  quiet: {
    title: "Do not disturb",
    about: "Nothing is told of and nothing sounds until you turn it off.",
    values: { off: "Off", on: "On" },
  },
};

/**
 * Chooses by what was typed; without a value says how it is.
 *
 * @returns a sentence that says how it is now.
 * @throws {ChatError} where there is no such setting or value.
 */
export function setByWords(settings: SettingsKept, name: string, value?: string): string {
  const known = namesOfSettings().find((each) => each === name);
  if (known === undefined) {
    throw wrong(`There is no setting "${name}": there are ${namesOfSettings().join(", ")}`);
  }
  const there: readonly string[] = choices[known];
  if (value === undefined) {
    return `${known} is ${settings.now.peek()[known]}; there is ${there.join(", ")}`;
  }
  const meant = choices[known].find((each) => each === value);
  if (meant === undefined) throw wrong(`There is no ${known} "${value}": ${there.join(", ")}`);
  settings.set(known, meant);
  return `${known} is ${meant} now`;
}

function wrong(sentence: string): ChatError {
  return new ChatError("bad_message", sentence);
}
