/** What `deno task gui` was asked for. */

import { parseArgs } from "@std/cli/parse-args";
import { nearest } from "../nearest.ts";

/** What the arguments ask for: help, or the page at this address. */
export type Wanted = { readonly is: "help" } | {
  readonly is: "page";
  readonly url: string;
  /** What the page's form has filled in. */
  readonly user?: string;
};

/** The message is for whoever gave the arguments. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const hostUsual = "127.0.0.1";
const portUsual = "8080";
const flags = ["host", "port", "user", "help"];

/** What `--help` says. */
export function helpText(start: string): string {
  return [
    `Usage: ${start} [HOST] [options]`,
    "",
    "Shows a server's page in a window of its own, with Chromium, Chrome, Edge or Brave, where one",
    "is installed, else in the usual browser.",
    "",
    `  --host HOST   where the server is; also the first argument (${hostUsual})`,
    `  --port PORT   the port of its page (${portUsual})`,
    "  --user NAME   who you are; the form of the first visit has it filled in",
    "  -h, --help    say this",
    "",
    "Exit code: 0 all well, 1 no browser, 2 wrong arguments, 3 the server can't be reached.",
  ].join("\n");
}

/**
 * Reads them.
 *
 * @throws {UsageError} with what is wrong, as one sentence.
 */
export function readArguments(given: readonly string[]): Wanted {
  // `deno task gui -- --host h` hands on the first `--`, behind which all would be words.
  const args = given[0] === "--" ? given.slice(1) : given;
  if (args.includes("--help") || args.includes("-h")) return { is: "help" };
  const parsed = parseArgs(args, {
    string: ["host", "port", "user", "_"],
    alias: { p: "port", u: "user" },
    unknown: (arg, key) => {
      if (key === undefined) return true;
      throw noSuchOption(arg, key);
    },
  });
  const [first, second] = parsed._.map(String);
  const extra = parsed.host === undefined ? second : first;
  if (extra !== undefined) {
    throw new UsageError(`Cannot take "${extra}": only HOST may stand without an option`);
  }
  const url = addressOf(String(parsed.host ?? first ?? hostUsual), parsed.port);
  if (parsed.user === undefined) return { is: "page", url };
  if (parsed.user !== "") return { is: "page", url, user: String(parsed.user) };
  throw new UsageError('"--user" needs a value: the name that others see');
}

function noSuchOption(arg: string, key: string): UsageError {
  const near = nearest(key, flags);
  const hint = near === undefined ? "--help lists what there is" : `"--${near}" may be meant`;
  return new UsageError(`There is no option "${arg}": ${hint}`);
}

/** `host`, `host:port`, `[::1]`, `::1`, or a whole address as a server prints it. */
function addressOf(host: string, port: unknown): string {
  const isWhole = /^https?:\/\//i.test(host);
  const bare = /^[^[\]/]*:[^[\]/]*:[^[\]/]*$/.test(host) ? `[${host}]` : host;
  const url = URL.parse(isWhole ? host : `http://${bare}`);
  const isAddress = url !== null && url.pathname === "/" && url.username === "" && host !== "";
  if (!isAddress || url.search !== "" || url.hash !== "") {
    throw new UsageError(`Cannot take "${host}" for the host: it must be a name or an address`);
  }
  const written = writtenPort(host);
  if (written !== undefined && port !== undefined) {
    throw new UsageError(`Cannot take two ports: "${written}" and "${port}"`);
  }
  if (port === undefined && (written !== undefined || isWhole)) return url.href;
  url.port = portOf(port ?? portUsual);
  return url.href;
}

/** An address leaves out the port that is usual for its scheme, although it was written. */
function writtenPort(host: string): string | undefined {
  return /(?:^|\]|^[^:/]*|:\/\/[^:/[]*):(\d+)\/?$/.exec(host)?.[1];
}

function portOf(port: unknown): string {
  const number = Number(port);
  if (/^\d{1,5}$/.test(String(port)) && number >= 1 && number <= 65_535) return String(number);
  throw new UsageError(
    `Cannot take "${port}" for the port: it must be an integer from 1 to 65535`,
  );
}
