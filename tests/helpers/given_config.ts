/** Configs out of what a test gives, without files, an environment and permissions of the machine's. */

import { assert, assertThrows } from "@std/assert";
import { type Config, ConfigError, readConfig, type Sources } from "../../lib/config.ts";
import { denoRunLine, type Need, quote } from "../../lib/config/reach.ts";

const set = { read: ["./data"], write: ["./data"], net: ["127.0.0.1"] };

/** What is given; nothing where it is missing. */
export interface Given {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Whether the environment can't be listed, as under the server's own permissions. */
  readonly unlisted?: boolean;
  readonly granted?: (need: Need) => boolean;
}

/** Where a config comes from then. */
export function sources(given: Given): Sources {
  const env = given.env ?? {};
  const files = given.files ?? {};
  return {
    args: given.args ?? [],
    env: {
      get: (name) => env[name],
      names: () => given.unlisted ? undefined : Object.keys(env),
    },
    readFile: (path) => files[path],
    version: "1.2.3",
    place: {
      program: "server",
      start: "deno task server",
      granted: given.granted ?? (() => true),
      grantsAlways: ({ what }) => !what.startsWith("/srv"),
      line: (args) => ["deno task server", ...args.map(quote)].join(" "),
      widerLine: (needs, args) =>
        denoRunLine(needs, args, { deno: "deno", program: "server", set }),
    },
  };
}

/** The config; it has to be one that can be run. */
export function configOf(given: Given): Config {
  const start = readConfig(sources(given));
  assert(start.kind === "run");
  return start.config;
}

/** What is said of a config that can't be run. */
export function mistakeOf(given: Given): string {
  return assertThrows(() => readConfig(sources(given)), ConfigError).message;
}
