/** What `deno task admin` was asked for. */

import { parseArgs } from "@std/cli/parse-args";
import { ConfigError, noSuch } from "../config/mistakes.ts";
import { flagOf, rows } from "../config/options.ts";
import {
  type FlagName,
  flagNames,
  flagRows,
  flags,
  isWord,
  type Operand,
  type WordName,
  wordNames,
  words,
} from "./words.ts";

/** What the arguments ask for. */
export type Wanted = { readonly is: "help" } | Asked;

/** A word with what stands behind it. */
export interface Asked {
  readonly is: "word";
  readonly word: WordName;
  readonly operands: readonly string[];
  /** Values as they are written, checked to be readable; `"true"` of a switch. */
  readonly flags: ReadonlyMap<FlagName, string>;
  /** Options that a server has, too: where its folders are. */
  readonly folders: readonly string[];
}

/** Options of the server that say where its folders are. */
const folderNames = ["data", "files", "config"];

/**
 * Reads them.
 *
 * @throws {ConfigError} with what is wrong, as one sentence.
 */
export function readArguments(given: readonly string[]): Wanted {
  // `deno task admin -- list` hands on the first `--`, behind which all would be words.
  const args = given[0] === "--" ? given.slice(1) : given;
  if (args.includes("--help") || args.includes("-h")) return { is: "help" };
  const known = [...folderNames, ...flagNames];
  const switches = flagNames.filter((name) => flagRows[name].value === "");
  requireBare(args, switches);
  const parsed = parseArgs(args, {
    string: [...known.filter((name) => !switches.some((one) => one === name)).map(flagOf), "_"],
    boolean: switches.map(flagOf),
    default: Object.fromEntries(switches.map((name) => [flagOf(name), undefined])),
    unknown: (arg, key) => {
      if (key === undefined) return true;
      const names = known.map((name) => `--${flagOf(name)}`);
      throw noSuch(`option ${JSON.stringify(arg)}`, `--${key}`, names);
    },
  });
  const [word, ...operands] = parsed._.map(String);
  if (word === undefined) throw new ConfigError("Say what to do: --help lists the words");
  if (!isWord(word)) throw noSuch(`word "${word}"`, word, wordNames);
  requireOperands(word, operands);
  const texts = known.flatMap((name) => {
    const value = parsed[flagOf(name)];
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  for (const [name, text] of texts) requireValue(name, text);
  const folders = texts.filter(([name]) => folderNames.includes(name));
  return {
    is: "word",
    word,
    operands,
    flags: new Map(
      texts.flatMap(([name, text]) => isFlag(name) ? [[takenBy(word, name), text]] : []),
    ),
    folders: folders.map(([name, text]) => `--${flagOf(name)}=${text}`),
  };
}

/** A switch is there or isn't. */
function requireBare(args: readonly string[], switches: readonly FlagName[]): void {
  for (const name of switches) {
    const flag = `--${flagOf(name)}`;
    if (!args.some((arg) => arg.startsWith(`${flag}=`))) continue;
    throw new ConfigError(`"${flag}" takes no value`);
  }
}

function requireOperands(word: WordName, operands: readonly string[]): void {
  const wanted: readonly Operand[] = words[word].operands;
  for (const [index, { name, must, optional, is }] of wanted.entries()) {
    const text = operands[index];
    if (text === undefined && !optional) {
      throw new ConfigError(`"${word}" needs ${name}: ${must}`);
    }
    if (text !== undefined && !is(text)) {
      throw new ConfigError(`Cannot take ${JSON.stringify(text)} for ${name}: it must be ${must}`);
    }
  }
  const extra = operands[wanted.length];
  if (extra === undefined) return;
  const takes = wanted.length === 0
    ? "nothing"
    : `only ${wanted.map(({ name }) => name).join(" ")}`;
  throw new ConfigError(`Cannot take "${extra}": behind "${word}" comes ${takes}`);
}

function requireValue(name: string, text: string): void {
  const { must, read } = isFlag(name) ? flagRows[name] : rows[name];
  if (text === "") throw new ConfigError(`"--${flagOf(name)}" needs a value: ${must}`);
  if (read(text) !== undefined) return;
  throw new ConfigError(`Cannot take "--${flagOf(name)}=${text}": it must be ${must}`);
}

function takenBy(word: WordName, name: FlagName): FlagName {
  const taken: readonly FlagName[] = words[word].flags;
  if (taken.includes(name)) return name;
  throw new ConfigError(
    `Cannot take "--${flagOf(name)}" with "${word}": --help says what it takes`,
  );
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(flags, name);
}
