/** The client's arguments: one table, from which flags and `--help` follow. */

import { sizeOf } from "../client/slash_files.ts";
import { takeModes } from "../client/slash_row.ts";
import { bare } from "../client/slash_words.ts";
import { limits } from "../limits.ts";
import { wireLimits } from "../wire/wire_limits.ts";
import type { TakeRule } from "./desk.ts";
import { exitCodesHelp } from "./exit.ts";
import { nearest } from "../nearest.ts";
import { type Place, placeOf } from "./places.ts";
import { UsageError } from "./usage_error.ts";

/** What is wanted of one run. */
export type Wanted =
  | { readonly is: "help" | "version" }
  | Common & { readonly is: "chat"; readonly room?: string }
  | Common & {
    readonly is: "send";
    readonly to: string;
    readonly text?: string;
    readonly cid?: string;
  }
  | Common & { readonly is: "history"; readonly of: string; readonly limit: number }
  | Common & { readonly is: "upload"; readonly paths: readonly string[]; readonly to: string }
  | Common & { readonly is: "download"; readonly name: string; readonly room?: string }
  | Common & { readonly is: "files"; readonly room?: string };

/** What every kind of run is given. */
export interface Common extends Place {
  /** A file with who is trusted to vouch for servers, from where the user stands. */
  readonly ca?: string;
  readonly user?: string;
  /** The file whose first line is the user's password, from where they stand. */
  readonly passwordFile?: string;
  /** Whether to join as one more device of a user whose login is in use. */
  readonly device: boolean;
  /** The folder that logins are kept in. */
  readonly state: string;
  readonly json: boolean;
  readonly bell: boolean;
  readonly color: boolean;
  /** The folder that files are fetched into, from where the user stands. */
  readonly received: string;
  readonly take: TakeRule;
}

/** One option. */
interface Row {
  /** Other names for it; those of one letter take one `-`. */
  readonly also?: readonly string[];
  /** Stands for its value in help; empty for a switch, which has none. */
  readonly value: string;
  readonly help: string;
  /** Completes the sentence "it must be …". */
  readonly must: string;
  isRight(text: string): boolean;
}

function line(value: string, charsMax: number, help: string): Row {
  const must = `one line of 1 to ${charsMax} characters`;
  return { value, help, must, isRight: (text) => isLine(text, charsMax) };
}

function count(value: string, most: number, help: string): Row {
  const must = `a number from 1 to ${most}`;
  const isRight = (text: string) =>
    /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most;
  return { value, help, must, isRight };
}

function toggle(help: string): Row {
  return { value: "", help, must: "", isRight: () => true };
}

function isLine(text: string, charsMax: number): boolean {
  return text !== "" && text.length <= charsMax && text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** Larger files than this aren't fetched by themselves, where nothing else is said. */
const takeBytesUsual = 100e6;

const table = {
  user: {
    ...line("NAME", 256, "who you are; asked for on a terminal"),
    also: ["username", "u"],
  },
  host: line(
    "HOST",
    253,
    "the server (A,B: several) or its whole address; or first word (127.0.0.1)",
  ),
  port: { ...count("PORT", 65_535, "its port (5000)"), also: ["p"] },
  tls: toggle("speak TLS, or not at all; so does parleys://HOST"),
  ca: line("FILE", 4096, "who is trusted to vouch for servers, as PEM"),
  "password-file": line("FILE", 4096, "your password, as its first line; also PARLEY_PASSWORD"),
  invite: line("CODE", 200, "the invitation that lets you in the first time"),
  room: { ...line("ROOM", 256, "the room to begin in (lobby)"), also: ["r"] },
  device: toggle("join beside a running client of the same user"),
  state: line("FOLDER", 4096, "where your login is kept (.parley)"),
  to: line("USER", 256, "whom upload sends to, in the place of a room"),
  received: line("FOLDER", 4096, "where files are put that you fetch (received_files)"),
  take: {
    value: "MODE",
    help: "files that others send: ask, all or none (ask)",
    must: takeModes.join(", "),
    isRight: (text) => takeModes.some((mode) => mode === text),
  },
  "take-size": {
    value: "SIZE",
    help: "how large files may be that all takes (100MB)",
    must: "a size like 50MB",
    isRight: (text) => sizeOf(text) !== undefined,
  },
  cid: line("ID", wireLimits.idCharsMax, "your own id for what you send: said once under it"),
  limit: { ...count("N", 100_000, "how many messages history prints (50)"), also: ["n"] },
  json: toggle("lines of JSON: events out, commands in; docs/bots.md"),
  "no-bell": toggle("no sound when you are named or written to"),
  "no-color": toggle("no colours; so does the variable NO_COLOR"),
  help: { ...toggle("say this"), also: ["h"] },
  version: { ...toggle("say which version this is"), also: ["V"] },
} as const satisfies Record<string, Row>;

type Name = keyof typeof table;
const names = Object.keys(table) as readonly Name[];
/** Where files are put that are fetched; the client's task may write there. */
export const receivedUsual = "received_files";

/**
 * What the arguments ask for.
 *
 * @throws {UsageError} with what is wrong, as one sentence.
 */
export function readArguments(given: readonly string[]): Wanted {
  // `deno task client -- --user Alice` hands on the first `--`, behind which all would be words.
  const args = given[0] === "--" ? given.slice(1) : given;
  const { values, words, before } = split(args);
  if (values.has("help")) return { is: "help" };
  if (values.has("version")) return { is: "version" };
  const [first, ...others] = words;
  if (first === "send") {
    refuse(values, ["room", "limit", "json", "to"], "send");
    const cid = values.get("cid");
    return {
      ...common(values, []),
      is: "send",
      ...sendOf(others),
      ...cid !== undefined && { cid },
    };
  }
  refuse(values, ["cid"], "anything but send");
  if (first === "history") {
    refuse(values, ["room", "to"], "history");
    const limit = Number(values.get("limit") ?? limits.pageUsual);
    return { ...common(values, []), is: "history", of: placeWord(others, "history"), limit };
  }
  if (first === "upload") return uploadOf(values, others);
  if (first === "download") {
    refuse(values, ["limit", "to", "json"], "download");
    const [name, extra] = others;
    if (name === undefined) throw new UsageError("Cannot download: say which file, NAME or ID");
    if (extra !== undefined) throw new UsageError(`Cannot take "${extra}": one file at a time`);
    const room = values.get("room")?.replace(/^#/, "");
    return { ...common(values, []), is: "download", name, ...room === undefined ? {} : { room } };
  }
  if (first === "files") {
    refuse(values, ["limit", "to"], "files");
    const room = others[0] === undefined ? values.get("room") : placeWord(others, "list");
    return { ...common(values, []), is: "files", ...room === undefined ? {} : { room } };
  }
  refuse(values, ["limit", "to"], "chatting");
  const room = values.get("room")?.replace(/^#/, "");
  const shared = common(values, words, before);
  return { ...shared, is: "chat", ...room === undefined ? {} : { room } };
}

function split(args: readonly string[]) {
  const values = new Map<Name, string>();
  const words: string[] = [];
  /** The option without a value that stands right before the first word. */
  let before: string | undefined;
  let at = 0;
  while (at < args.length) {
    const arg = args[at++];
    if (arg === "--") {
      words.push(...args.slice(at));
      break;
    }
    const isFile = words.length === 1 && words[0] === "download" && isFileId(arg);
    if (!arg.startsWith("-") || arg === "-" || isFile) {
      words.push(arg);
      continue;
    }
    const [, flag, text] = /^(--?[^=]*)(?:=([^]*))?$/.exec(arg) ?? ["", arg];
    const name = named(flag);
    const row: Row = table[name];
    if (words.length === 0) before = row.value === "" ? flag : undefined;
    if (row.value === "") {
      if (text !== undefined) throw new UsageError(`Cannot take "${arg}": ${flag} has no value`);
      values.set(name, "true");
      continue;
    }
    const value = text ?? args[at++];
    if (value === undefined) throw new UsageError(`"${flag}" needs a value: ${row.must}`);
    if (!row.isRight(value)) {
      throw new UsageError(`Cannot take "${value}" for "${flag}": it must be ${row.must}`);
    }
    values.set(name, value);
  }
  return { values, words, before };
}

function named(flag: string): Name {
  const bare = flag.replace(/^--?/, "");
  const wanted = flag.startsWith("--") === bare.length > 1 ? bare : "";
  const name = names.find((known) => known === wanted || alsoOf(known).includes(wanted));
  if (name !== undefined) return name;
  const near = nearOption(bare);
  const hint = near === undefined ? "--help lists what there is" : `"--${near}" may be meant`;
  throw new UsageError(`There is no option "${flag}": ${hint}`);
}

function nearOption(bare: string): string | undefined {
  const all = names.flatMap((known) => [known, ...alsoOf(known)]).filter((one) => one.length > 1);
  return nearest(bare, all);
}

/** Whether it is the id of a file, which may begin with `-`, rather than an option. */
function isFileId(arg: string): boolean {
  return /^-[\w-]{15}$/.test(arg) && nearOption(arg.replace(/^--?/, "")) === undefined;
}

function alsoOf(name: Name): readonly string[] {
  const row: Row = table[name];
  return row.also ?? [];
}

function common(
  values: ReadonlyMap<Name, string>,
  words: readonly string[],
  before?: string,
): Common {
  const [host, port, ca] = [values.get("host"), values.get("port"), values.get("ca")];
  const place = placeOf({
    ...host !== undefined && { host },
    ...port !== undefined && { port },
    isTls: values.has("tls") || ca !== undefined,
    words,
    ...before !== undefined && { before },
  });
  const user = values.get("user");
  const passwordFile = values.get("password-file");
  const invite = values.get("invite");
  return {
    ...place,
    ...ca === undefined ? {} : { ca },
    ...user === undefined ? {} : { user },
    ...passwordFile === undefined ? {} : { passwordFile },
    ...invite === undefined ? {} : { invite },
    device: values.has("device"),
    state: values.get("state") ?? ".parley",
    json: values.has("json"),
    bell: !values.has("no-bell"),
    color: !values.has("no-color"),
    received: values.get("received") ?? receivedUsual,
    take: {
      mode: takeModes.find((mode) => mode === values.get("take")) ?? "ask",
      bytesMax: sizeOf(values.get("take-size") ?? "") ?? takeBytesUsual,
    },
  };
}

function uploadOf(values: ReadonlyMap<Name, string>, paths: readonly string[]): Wanted {
  refuse(values, ["limit", "json"], "upload");
  const [room, user] = [values.get("room"), values.get("to")];
  if (paths.length === 0) throw new UsageError("Cannot upload: say which files, PATH…");
  if (room !== undefined && user !== undefined) {
    throw new UsageError('Cannot upload to two places: "--room" or "--to", not both');
  }
  const to = user === undefined ? (room ?? "lobby").replace(/^#/, "") : `@${bare(user)}`;
  return { ...common(values, []), is: "upload", paths, to };
}

function sendOf(words: readonly string[]) {
  const to = placeWord(words.slice(0, 1), "send");
  const text = words.slice(1).join(" ");
  return text === "" ? { to } : { to, text };
}

function placeWord(words: readonly string[], command: string): string {
  const [place, extra] = words;
  if (place === undefined || place.replace(/^[#@]/, "") === "") {
    throw new UsageError(`Cannot ${command}: say where, ROOM or @USER`);
  }
  if (extra !== undefined) throw new UsageError(`Cannot take "${extra}": one place at a time`);
  return place.replace(/^#/, "");
}

function refuse(values: ReadonlyMap<Name, string>, wrong: readonly Name[], command: string): void {
  const found = wrong.find((name) => values.has(name));
  if (found !== undefined) throw new UsageError(`"--${found}" has no meaning for ${command}`);
}

/** What `--help` says. */
export function optionsHelp(start: string): string {
  const rows = names.map((name) => {
    const row: Row = table[name];
    const short = alsoOf(name).find((one) => one.length === 1);
    const value = row.value === "" ? "" : ` ${row.value}`;
    const flag = `${short === undefined ? "    " : `-${short}, `}--${name}${value}`;
    return `  ${flag.padEnd(25)}${row.help}`;
  });
  return [
    `Usage: ${start} [HOST] [PORT] [options]          chat`,
    `       ${start} send ROOM|@USER [TEXT…]          say one thing; without TEXT standard input`,
    `       ${start} history ROOM|@USER [--limit N]   print what was said`,
    `       ${start} upload PATH… [--room R|--to U]   put files there`,
    `       ${start} download NAME|ID [--room ROOM]   fetch a file`,
    `       ${start} files [ROOM|@USER]               list the files`,
    "",
    "Chats in the terminal: /help there lists what one can do.",
    "",
    ...rows,
    "",
    "Where input or output is not a terminal it writes plain lines and ends with its input.",
    exitCodesHelp,
  ].join("\n");
}
