/** What `--help` says. */

import {
  defaults,
  flagFor,
  flagOf,
  isToggle,
  type OptionName,
  optionNames,
  type PresetName,
  presetNames,
  presetValues,
  rows,
  sayings,
  sources,
  variableOf,
} from "./options.ts";

const flagColumns = 34;
const lineColumns = 96;

/** All options with their defaults, and where else they can be set. */
export function helpText(start: string): string {
  return [
    `Usage: ${start} [PORT] [options]`,
    "",
    "Starts a chat server.",
    "",
    ...optionNames.map((name) => row(name, usually(name))),
    ...[...Object.keys(sources), ...Object.keys(sayings)].map((name) => row(name, "")),
    "",
    `Each is also a key of the config file, like {"web-port": 8080}, and a variable, like`,
    `${
      variableOf("webPort")
    }=8080. Flags win over variables, those over the file, that over a preset.`,
    ...presetNames.flatMap((name) => wrapped([`--preset ${name}:`, ...flagsOf(name)])),
  ].join("\n");
}

function flagsOf(preset: PresetName): readonly string[] {
  const values = presetValues(preset);
  return optionNames.filter((name) => Object.hasOwn(values, name))
    .map((name) => flagFor(name, { ...defaults, ...values }));
}

function wrapped(words: readonly string[]): readonly string[] {
  const lines = [""];
  for (const word of words) {
    const line = lines[lines.length - 1];
    if (line !== "" && line.length + word.length >= lineColumns) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

function usually(name: OptionName): string {
  if (defaults[name] === true) return ` (so unless --no-${flagOf(name)})`;
  if (defaults[name] === false) return "";
  const [, value = ""] = flagFor(name, defaults).split("=");
  return ` (${value})`;
}

function row(name: string, usual: string): string {
  const flag = `  --${flagOf(name)}${isToggle(name) ? "" : ` ${rows[name].value}`}`;
  return `${flag.padEnd(flagColumns)}  ${rows[name].help}${usual}`;
}
