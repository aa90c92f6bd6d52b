/** Arguments, as values by option. */

import { parseArgs } from "@std/cli/parse-args";
import { ConfigError, noSuch } from "./mistakes.ts";
import { flagOf, isToggle, rows, sayings } from "./options.ts";

/**
 * The values that arguments give, as they are written.
 *
 * @throws {ConfigError} `--help` is given before any mistake is looked for.
 */
export function readFlags(given: readonly string[]): ReadonlyMap<string, string> {
  // `deno task server -- --port 5000` hands on the first `--`, behind which all would be words.
  const args = given[0] === "--" ? given.slice(1) : given;
  const names = Object.keys(rows);
  const toggles = names.filter(isToggle);
  if (args.includes("--help") || args.includes("-h")) return new Map([["help", "true"]]);
  requireToggleValues(args, toggles);
  const parsed = parseArgs(args, {
    string: [...names.filter((name) => !isToggle(name)).map(flagOf), "_"],
    boolean: toggles.map(flagOf),
    negatable: toggles.filter((name) => !Object.hasOwn(sayings, name)).map(flagOf),
    alias: { p: "port", h: "help", V: "version" },
    // Without it, a switch that nobody gave could not be told from one turned off.
    default: Object.fromEntries(toggles.map((name) => [flagOf(name), undefined])),
    unknown: (arg, key) => {
      if (key === undefined) return true;
      throw noSuch(
        `option ${JSON.stringify(arg)}`,
        `--${key}`,
        names.map((name) => `--${flagOf(name)}`),
      );
    },
  });
  const texts = new Map<string, string>();
  for (const name of names) {
    const value = parsed[flagOf(name)];
    if (value === "") {
      throw new ConfigError(`"--${flagOf(name)}" needs a value: ${rows[name].must}`);
    }
    if (value !== undefined) texts.set(name, String(value));
  }
  takeWords(parsed._.map(String), texts);
  return texts;
}

function requireToggleValues(args: readonly string[], toggles: readonly string[]): void {
  for (const arg of args) {
    const [flag, ...text] = arg.split("=");
    const name = toggles.find((toggle) => flag === `--${flagOf(toggle)}`);
    if (name === undefined || text.length === 0 || rows[name].read(text.join("="))) continue;
    if (rows[name].read(text.join("=")) === undefined) {
      throw new ConfigError(`Cannot take "${arg}": it must be ${rows[name].must}`);
    }
  }
}

/** The one argument without a flag is the port. */
function takeWords(words: readonly string[], texts: Map<string, string>): void {
  const [port, second] = words;
  const extra = texts.has("port") ? port : second;
  if (extra !== undefined) {
    throw new ConfigError(`Cannot take "${extra}": only a port may stand without an option`);
  }
  if (port !== undefined) texts.set("port", port);
}
