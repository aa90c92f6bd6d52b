/**
 * How a server is to run: flags win over the environment, that over the file, that over a preset,
 * that over the defaults. Read by server.ts only.
 */

import { parse as parseJsonc } from "@std/jsonc";
import { isObject } from "./wire/fields.ts";
import { ConfigError, noSuch, requireKnownVariables } from "./config/mistakes.ts";
import { readFlags } from "./config/flags.ts";
import { helpText } from "./config/help.ts";
import {
  boundNames,
  type Config,
  defaults,
  envNames,
  fileNames,
  flagOf,
  generalNames,
  optionNames,
  type PresetName,
  presetValues,
  rows,
  sources,
  type Values,
  variableOf,
} from "./config/options.ts";
import { isName, nameRuleText } from "./names.ts";
import { beyond, type Place, requireGranted } from "./config/reach.ts";

export { ConfigError } from "./config/mistakes.ts";
export type { Config } from "./config/options.ts";

/** The environment, as far as the process may see it. */
export interface Environment {
  get(name: string): string | undefined;
  /** The names of all variables, or `undefined` where they may not be listed. */
  names(): readonly string[] | undefined;
}

/** Where a config comes from. */
export interface Sources {
  readonly args: readonly string[];
  readonly env: Environment;
  /** A file's text, or `undefined` where there is none. */
  readFile(path: string): string | undefined;
  readonly version: string;
  /** Where and how the server was started, and what it may reach. */
  readonly place: Place;
}

/** What the arguments ask for. */
export type Start =
  | { readonly kind: "run"; readonly config: Config }
  | { readonly kind: "say"; readonly text: string };

/** Values as they are written, by option. */
interface Layer {
  /** Where an option's value stands, as a sentence names it. */
  readonly spelled: (name: string, text: string) => string;
  readonly texts: ReadonlyMap<string, string>;
}

const usualFile = "parley.jsonc";

/**
 * How the server is to run.
 *
 * @throws {ConfigError} One sentence that names what is wrong and says what to do.
 */
export function readConfig(from: Sources): Start {
  const flags = readFlags(from.args);
  if (flags.has("help")) return { kind: "say", text: helpText(from.place.start) };
  if (flags.has("version")) return { kind: "say", text: `Parley ${from.version}` };
  const config = configOf(from, flags);
  requirePair(config);
  requireOwnersName(config);
  requireNats(config);
  requireGranted(config, from.place);
  return { kind: "run", config };
}

/**
 * The same for what works on the server's folders beside it, and so listens on nothing.
 *
 * @throws {ConfigError}
 */
export function readBeside(from: Sources): Config {
  return configOf(from, readFlags(from.args));
}

function configOf(from: Sources, flags: ReadonlyMap<string, string>): Config {
  const args: Layer = { spelled: (name, text) => `"--${flagOf(name)}=${text}"`, texts: flags };
  const env = readEnvironment(from.env);
  const file = readFile(from, [args, env]);
  const layers = [args, env, file];
  const preset = valueOf(layers, "preset", sources.preset);
  const values = gather(layers, preset);
  // A file that only a flag names isn't read again where everything in it is said.
  const staying = flags.has("config") ? [env] : [env, file];
  const said = optionNames.filter((name) => {
    const layer = layers.find(({ texts }) => texts.has(name));
    return layer !== undefined && !(isSecret(name) && staying.includes(layer));
  });
  return Object.freeze({
    ...only(values, generalNames),
    bounds: Object.freeze(only(values, boundNames)),
    said,
    ...preset === undefined ? {} : { preset },
  });
}

function readEnvironment(env: Environment): Layer {
  requireKnownVariables(env);
  const texts = new Map<string, string>();
  for (const name of envNames) {
    const text = env.get(variableOf(name));
    if (text !== undefined && text !== "") texts.set(name, text);
  }
  return { spelled: (name, text) => `${variableOf(name)}=${JSON.stringify(text)}`, texts };
}

function readFile(from: Sources, layers: readonly Layer[]): Layer {
  const named = valueOf(layers, "config", sources.config);
  const path = named ?? usualFile;
  const text = textOf(path, from);
  if (text === undefined && named !== undefined) {
    throw new ConfigError(`Cannot read ${JSON.stringify(path)}: there is no such file`);
  }
  return {
    spelled: (name, text) => `"${flagOf(name)}": ${JSON.stringify(text)} in ${path}`,
    texts: text === undefined ? new Map() : parseFile(path, text),
  };
}

function textOf(path: string, from: Sources): string | undefined {
  const { place, args } = from;
  if (!place.granted({ kind: "read", what: path })) {
    // Without a permission even for the usual file, there is none as far as we can know.
    if (path === usualFile) return undefined;
    const given = args.filter((arg) => arg !== "--");
    throw beyond(place, [{ kind: "read", what: path }], { args: given });
  }
  try {
    return from.readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`Cannot read ${JSON.stringify(path)}: ${why}`);
  }
}

/** Where the parser has stopped, as far as it says so. */
function lineOf(error: unknown, text: string): string {
  const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
  if (position === undefined) return "";
  return `; look at line ${text.slice(0, Number(position)).split("\n").length}`;
}

/**
 * The options of a config file.
 *
 * @throws {ConfigError}
 */
function parseFile(path: string, text: string): ReadonlyMap<string, string> {
  let value: unknown;
  try {
    value = parseJsonc(text);
  } catch (error) {
    const why = "it must be JSON, with or without comments";
    throw new ConfigError(`Cannot read "${path}": ${why}${lineOf(error, text)}`);
  }
  if (!isObject(value)) {
    throw new ConfigError(`Cannot read "${path}": it must be one object, like {"port": 5000}`);
  }
  const texts = new Map<string, string>();
  for (const [key, entry] of Object.entries(value)) {
    const name = fileNames.find((known) => flagOf(known) === key);
    if (name === undefined) {
      throw noSuch(`key ${JSON.stringify(key)} in ${path}`, key, fileNames.map(flagOf));
    }
    const text = textOfEntry(entry);
    if (text === undefined) throw mustBe(`"${key}" in ${path}`, rows[name].must);
    texts.set(name, text);
  }
  return texts;
}

function textOfEntry(entry: unknown): string | undefined {
  if (Array.isArray(entry) && entry.every((one) => typeof one === "string")) {
    return entry.length === 0 ? "all" : entry.join(",");
  }
  const known = ["string", "number", "boolean"].includes(typeof entry);
  return known ? String(entry) : undefined;
}

function mustBe(spelled: string, must: string): ConfigError {
  return new ConfigError(`Cannot take ${spelled}: it must be ${must}`);
}

function valueOf<T>(
  layers: readonly Layer[],
  name: string,
  row: { readonly must: string; read(text: string): T | undefined },
): T | undefined {
  let first: T | undefined;
  for (const { texts, spelled } of layers) {
    const text = texts.get(name);
    if (text === undefined) continue;
    const value = row.read(text);
    if (value === undefined) throw mustBe(spelled(name, shownOf(name, text)), row.must);
    first ??= value;
  }
  return first;
}

/** A value in a sentence, which shows nobody the password in it. */
function shownOf(name: string, text: string): string {
  return isSecret(name) && text.includes("@") ? "…" : text;
}

/** Whether an option may hold a password. */
function isSecret(name: string): boolean {
  return name === "nats";
}

function gather(layers: readonly Layer[], preset: PresetName | undefined): Values {
  const base: Values = { ...defaults, ...preset === undefined ? {} : presetValues(preset) };
  const set: Record<string, unknown> = {};
  for (const name of optionNames) {
    const value = valueOf(layers, name, rows[name]);
    if (value !== undefined) set[name] = value;
  }
  // Each was read by the row of its own name, so that its type is that row's.
  return { ...base, ...set as Partial<Values> };
}

function only<T, K extends keyof T>(values: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Pick<T, K>;
}

function requirePair({ cert, key }: Config): void {
  if ((cert === "") === (key === "")) return;
  const [given, missing] = cert === "" ? ["--key", "--cert"] : ["--cert", "--key"];
  throw new ConfigError(`Cannot take "${given}" alone: name the other file with ${missing}=FILE`);
}

function requireNats({ nats, natsFiles, bounds: { diskFreeBytes } }: Config): void {
  if (natsFiles === 0) return;
  if (nats.length === 0) {
    throw new ConfigError('Cannot take "--nats-files" alone: name the NATS with --nats=URLS');
  }
  if (natsFiles > diskFreeBytes) return;
  throw mustBe(`"--nats-files=${natsFiles}"`, "more than --disk-free-bytes, which stay free of it");
}

function requireOwnersName({ owner, bounds }: Config): void {
  const rule = { charsMax: bounds.nameCharsMax, plain: bounds.plainNames };
  if (owner === "" || isName(owner, rule)) return;
  throw mustBe(`"--owner=${owner}"`, nameRuleText(rule));
}
