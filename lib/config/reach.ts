/**
 * What a server has to read, write and listen on, and the line that starts it with the permissions
 * for that: a task's own can't be widened, because what follows it goes to the script.
 */

import { ConfigError } from "./mistakes.ts";
import { type Config, flagFor, type General } from "./options.ts";

const usualNatsPort = 4222;

/** One thing that Deno has to grant. */
export interface Need {
  readonly kind: "read" | "write" | "net";
  /** A path, or an address with its port. */
  readonly what: string;
  /** Of an address: whether it is dialled, and not listened on. */
  readonly isDialled?: true;
}

/** What is started: a file beside deno.json, and the set of permissions that it has there. */
export type Program = "server" | "admin";

/** A program's set of permissions in deno.json. */
export interface Permissions {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly net: readonly string[];
}

/** Where and how the server, or what looks after one, was started. */
export interface Place {
  readonly program: Program;
  /** What starts it, as its user would type it. */
  readonly start: string;
  granted(need: Need): boolean;
  /** Whether whatever starts it grants that anyway: this process may have been told more. */
  grantsAlways(need: Need): boolean;
  /** What starts it with these arguments. */
  line(args: readonly string[]): string;
  /** What starts it from its source with these needs granted, too. */
  widerLine(needs: readonly Need[], args: readonly string[]): string;
}

/** What of a config Deno has to grant. */
export function needsOf(config: General): readonly Need[] {
  const ports = config.web ? [config.port, config.webPort] : [config.port];
  const bare = config.host.includes(":") ? `[${config.host}]` : config.host;
  return [
    ...[config.data, ...foldersOfFiles(config)].flatMap((what) => [
      { kind: "read", what } as const,
      { kind: "write", what } as const,
    ]),
    ...[config.cert, config.key, config.natsCredentials, config.natsCa].filter((path) =>
      path !== ""
    ).map((what) => ({ kind: "read", what }) as const),
    ...ports.map((port) => ({ kind: "net", what: `${bare}:${port}` }) as const),
    ...config.nats.map((url) => ({ kind: "net", what: hostOfNats(url), isDialled: true }) as const),
  ];
}

/** Where files are, but for those that NATS keeps. */
function foldersOfFiles({ files, natsFiles }: General): readonly string[] {
  return natsFiles > 0 ? [] : [files];
}

/** Host and port of a server of NATS. */
export function hostOfNats(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === "" ? usualNatsPort : port}`;
}

/**
 * Checks that a config stays within what Deno was told.
 *
 * @throws {ConfigError} With the line that starts such a server.
 */
export function requireGranted(config: Config, place: Place): void {
  const missing = needsOf(config).filter((need) => !place.granted(need));
  if (missing.length === 0) return;
  const preset = config.preset === undefined ? [] : [`--preset=${config.preset}`];
  const values = { ...config, ...config.bounds };
  const args = [...preset, ...config.said.map((name) => flagFor(name, values))];
  const stays = config.nats.length > 0 && !config.said.includes("nats");
  throw beyond(place, missing, { args, ...stays && { finds: "--nats" } });
}

const names = { server: "server", admin: "program" } as const;
const doesWithNet = { server: "listen on", admin: "connect to" } as const;

/** That permissions are missing, with the line that starts what needs them so that it has them. */
export function beyond(
  place: Place,
  missing: readonly Need[],
  { args, finds }: {
    readonly args: readonly string[];
    /** The option that isn't among them, as it is read from where it stands. */
    readonly finds?: string;
  },
): ConfigError {
  const { program } = place;
  const verbs = { read: "read", write: "write", net: doesWithNet[program] };
  const list = missing.map(({ kind, what, isDialled }) =>
    `${isDialled ? "connect to" : verbs[kind]} ${JSON.stringify(what)}`
  );
  const where = finds === undefined ? "" : `, and finds ${finds} where it stands now`;
  return new ConfigError(
    `Cannot ${list.join(", ")}: Deno was not told that this ${names[program]} may; this line ` +
      `tells it, beside ${program}.ts${where}\n\n  ${place.widerLine(missing, args)}\n`,
  );
}

/** The line of `deno run` that grants `needs` beside what the program's set has. */
export function denoRunLine(
  needs: readonly Need[],
  args: readonly string[],
  from: {
    readonly deno: string;
    readonly program: Program;
    readonly set: Permissions;
    readonly folder?: string;
  },
): string {
  const kinds = ["read", "write", "net"] as const;
  const grants = kinds.flatMap((kind) => {
    const more = needs.filter((need) => need.kind === kind).map(grantOf);
    // A flag takes the place of what the set says of its kind, so that it has to say that, too.
    const all = new Set([...from.set[kind], ...more]);
    return more.length === 0 ? [] : [`--allow-${kind}=${[...all].join(",")}`];
  });
  const { program } = from;
  // No grant keeps imports from reaching Deno's usual hosts and npm while it runs.
  const flags = ["-q", "--no-prompt", "--cached-only", `-P=${program}`];
  const words = ["run", ...flags, ...grants, `${program}.ts`, ...args];
  const line = [from.deno, ...words.map(quote)].join(" ");
  return from.folder === undefined ? line : `cd ${quote(from.folder)} && ${line}`;
}

/**
 * What grants a need. Port 0 is any port, and Deno's grants know no such thing: without one, an
 * address is all ports.
 */
function grantOf({ kind, what, isDialled }: Need): string {
  return kind === "net" && !isDialled ? what.replace(/:\d+$/, "") : what;
}

/** A word as a POSIX shell takes it for itself. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
