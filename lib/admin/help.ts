/** What `deno task admin -- --help` says. */

import { flagOf, rows } from "../config/options.ts";
import {
  type FlagName,
  flagNames,
  flagRows,
  type Operand,
  type WordName,
  wordNames,
  words,
} from "./words.ts";

const columns = 36;
const folderNames = ["data", "files", "config"];

/** Every word with its operands and flags, and where the folders are. */
export function helpText(start: string): string {
  return [
    `Usage: ${start} -- WORD [options]`,
    "",
    "Looks after a server, whether it runs or not.",
    "",
    ...wordNames.map((word) => line(usageOf(word), words[word].help)),
    "",
    ...flagNames.map(option),
    ...folderNames.map(option),
    "",
    "The folders are those of the server: what its config file and variables say of them counts",
    "here, too. Exit code: 0 all well, 1 it couldn't be done, 2 wrong arguments.",
  ].join("\n");
}

function usageOf(word: WordName): string {
  const operands: readonly Operand[] = words[word].operands;
  const names = operands.map(({ name, optional }) => optional ? `[${name}]` : name);
  const switches: readonly FlagName[] = words[word].flags;
  const flags = switches.map((name) => `--${flagOf(name)}`).join(" ");
  return [word, ...names, ...flags === "" ? [] : [`[${flags}]`]].join(" ");
}

function option(name: string): string {
  const { value, help } = { ...rows, ...flagRows }[name];
  return line(`--${flagOf(name)}${value === "" ? "" : ` ${value}`}`, help);
}

function line(what: string, help: string): string {
  return `  ${what.padEnd(columns)}  ${help}`;
}
