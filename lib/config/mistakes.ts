/** What is wrong in options, in one sentence that names it and says what to do. */

import { nearest } from "../nearest.ts";
import { envNames, variableOf } from "./options.ts";

/** The message is for whoever started the server, who is told it; the exit code is 2. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Variables that the tests read, and that the servers which they start inherit. */
const othersVariables: readonly string[] = ["PARLEY_NODES", "PARLEY_SOAK"];

/** That `given` isn't one of `names`, with the one that may be meant. */
export function noSuch(what: string, given: string, names: readonly string[]): ConfigError {
  const near = nearest(given, names);
  const hint = near === undefined ? "" : `: "${near}" may be meant`;
  return new ConfigError(`There is no ${what}${hint}; --help lists what there is`);
}

/**
 * Checks that the environment holds no PARLEY_… that nobody reads. Where it may not be listed, only
 * likely misspellings can be noticed: each is asked for by name.
 *
 * @throws {ConfigError}
 */
export function requireKnownVariables(
  env: { get(name: string): string | undefined; names(): readonly string[] | undefined },
): void {
  const known = new Set([...envNames.map(variableOf), ...othersVariables]);
  const names = env.names();
  const suspects = names?.filter((name) => name.startsWith("PARLEY_")) ??
    [...known].flatMap(misspellings).filter((name) => env.get(name) !== undefined);
  const wrong = suspects.find((name) => !known.has(name));
  if (wrong === undefined) return;
  const near = nearest(wrong, [...known]);
  const hint = near === undefined ? "unset it" : `${near} may be meant`;
  throw new ConfigError(`Nothing reads the variable ${wrong}: ${hint}; --help lists what there is`);
}

/** `PARLEY_…` with one character left out, doubled or swapped with the next, or without its _. */
function misspellings(name: string): readonly string[] {
  const prefix = "PARLEY_";
  const word = name.slice(prefix.length);
  const wrong = [word.replaceAll("_", ""), `${word}S`, word.replace(/S$/, "")];
  for (let index = 0; index < word.length; index++) {
    const before = word.slice(0, index);
    const [here, next = ""] = word.slice(index);
    const after = word.slice(index + 2);
    wrong.push(`${before}${next}${after}`, `${before}${here}${here}${next}${after}`);
    wrong.push(`${before}${next}${here}${after}`);
  }
  return wrong.filter((other) => other !== word).map((other) => prefix + other);
}
