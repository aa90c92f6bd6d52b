/**
 * Makes the tables of docs/protocol.md from the vocabulary itself, between the page's markers:
 * `deno run -A tools/protocol_doc.ts` writes them. tests/protocol_doc_test.ts says when they are old.
 */

import { join } from "@std/path";
import { options } from "../lib/config/options.ts";
import { type RefusalCode, refusals } from "../lib/errors.ts";
import { changeFields, passingFields, storedFields } from "../lib/events.ts";
import type { Fields } from "../lib/wire/fields.ts";
import { defaultBounds, limits } from "../lib/limits.ts";
import type { CommandRow } from "../lib/wire/command_row.ts";
import { type CommandName, commands } from "../lib/protocol.ts";

const root = join(import.meta.dirname ?? ".", "..");

/** The page that has the tables. */
export const pagePath: string = join(root, "docs/protocol.md");

/** What each refusal is for; the codes that nothing sends yet are reserved for what comes. */
const meanings: Readonly<Record<RefusalCode, string>> = {
  bad_message: "It isn't a JSON object, a field is wrong, or the cid stood for something else",
  unknown_command: "There is no command of that name",
  bad_version: "The server speaks another version than `v`",
  unsupported: "The server has no such feature",
  hello_first: "`hello` has to succeed before this",
  name_invalid: "A user may not have that name",
  name_taken: "Somebody holds that name now",
  login_required: "It needs an account; over HTTP: nobody said who this is",
  bad_login: "The token is unknown, too old or ended; the name and the password don't go together",
  bad_invite: "The invitation isn't one, or is used up",
  not_allowed: "One could see it, but not do it",
  banned: "One was put out for good, or for a time",
  muted: "One may not speak now",
  no_such_room: "There is no room of that name with somebody in it",
  no_such_user: "Nobody has that name now, or `with` is somebody else's uid",
  no_such_message: "There is no message of that seq (any more)",
  no_such_file: "There is no such file (any more)",
  no_such_transfer: "There is no such transfer (any more)",
  room_name_invalid: "A room may not have that name",
  room_full: "All places in the room are taken",
  room_locked: "The room needs a key",
  bad_offset: "The bytes don't follow the ones before",
  bad_hash: "The bytes aren't those that were promised",
  not_granted: "The transfer still waits for its turn",
  moved: "Another connection goes on with the transfer",
  file_name: "A file may not have that name",
  file_type: "Files of that type aren't taken",
  file_size: "The file is too large",
  quota: "One keeps as many bytes as one may",
  disk_full: "The server's disk is full; nothing was stored",
  slow_down: "Too much of it lately; `retry_ms` says how long to wait",
  unavailable: "The storage is away; `retry_ms` says when to try again",
  internal: "Something went wrong inside; the server's log says what",
  flooding: "Too much waits to be read",
  too_long: "A line or a body was over its bound",
  too_slow: "The peer took too little of what was queued for it",
  idle: "No `hello` in time, or nothing for too long",
  server_full: "There is no place for another connection; `retry_ms` says when to try again",
  revoked: "The login was taken back",
  closing: "The server stops; `retry_ms` says when to try again",
};

/** Bounds in lib/limits.ts that a client notices. */
const noticed = [
  "textBytesMax",
  "topicCharsMax",
  "noteCharsMax",
  "idCharsMax",
  "emojiBytesMax",
  "reactionKindsMax",
  "reactionsMax",
  "lineBytesInMax",
  "lineBytesOutMax",
  "bodyBytesMax",
  "pageUsual",
  "pageMax",
  "textPageBytes",
  "pairsListedMax",
  "unreadMax",
  "answersWaitingMax",
  "searchesAtOnceMax",
  "finishesAtOnceMax",
  "partBytesUsual",
  "dataBytesMax",
  "aheadBytesMax",
  "storedEveryBytes",
  "fetchesAtOnceMax",
  "fileNameBytesMax",
  "folderCharsMax",
  "placeLostMs",
  "placeSilentMs",
  "placeSlowMs",
  "placeBytesPerSecondMin",
  "unfinishedMax",
  "badLinesMax",
  "helloMs",
  "idleMs",
  "outboxBytesSoft",
  "outboxBytesMax",
  "outboxStallMs",
  "presenceGatherMs",
  "presenceAllMax",
  "guestGraceMs",
  "tokenMs",
  "roomsMadePerHour",
  "floodBurst",
  "floodPerSecond",
] as const satisfies readonly (keyof typeof limits)[];

/** Bounds that whoever runs a server may set, as far as this version uses them. */
const settable = [
  "nameCharsMax",
  "roomNameCharsMax",
  "plainNames",
  "roomMembersMax",
  "roomsMax",
  "roomsJoinedMax",
  "connectionsMax",
  "connectionsPerAddressMax",
  "flood",
  "historyDays",
  "fileBytesMax",
  "fileTypes",
  "accountQuotaBytes",
  "guestQuotaBytes",
  "diskFreeBytes",
  "uploadsMax",
  "unfinishedHours",
] as const satisfies readonly (keyof typeof options)[];

type Cells = readonly string[];

function table(head: Cells, rows: readonly Cells[]): string {
  const line = (cells: Cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

function namesOf(fields: Fields): string {
  const names = Object.entries(fields).map(([name, { presence }]) =>
    code(presence === "optional" ? `${name}?` : name)
  );
  return names.length === 0 ? "nothing" : names.join(", ");
}

function commandTable(): string {
  const all: readonly (readonly [string, CommandRow])[] = Object.entries(commands);
  return table(
    ["command", "what for", "fields", "`ok` carries", "cost"],
    all.map(([name, row]) => [
      code(name),
      row.help,
      namesOf(row.fields),
      namesOf(row.ok),
      String(row.cost),
    ]),
  );
}

/** Each field once, with what it must be and where it stands. */
function fieldTable(where: string, owners: readonly (readonly [string, Fields])[]): string {
  const found = new Map<string, { name: string; must: string; owners: string[] }>();
  for (const [owner, fields] of owners) {
    for (const [name, { must }] of Object.entries(fields)) {
      const key = `${name} ${must}`;
      const known = found.get(key);
      if (known) known.owners.push(owner);
      else found.set(key, { name, must, owners: [owner] });
    }
  }
  const rows = [...found.values()].map(({ name, must, owners }) => [
    code(name),
    must,
    owners.map(code).join(", "),
  ]);
  return table(["field", "must be", where], rows);
}

function eventTable(kinds: Readonly<Record<string, Fields>>): string {
  return table(
    ["event", "fields"],
    Object.entries(kinds).map(([kind, fields]) => [code(kind), namesOf(fields)]),
  );
}

function refusalTable(isReserved: (code: RefusalCode) => boolean): string {
  const codes = Object.keys(refusals) as RefusalCode[];
  return table(
    ["code", "the connection", "what it says"],
    codes.map((name) => [
      code(name),
      refusals[name],
      `${meanings[name]}${isReserved(name) ? " (reserved)" : ""}`,
    ]),
  );
}

const units = { Ms: 1000, Bytes: 1024 } as const;

/** A bound with its unit, as people write it. */
function amount(name: string, value: number): string {
  if (/Ms$/.test(name)) return duration(value);
  if (!/Bytes/.test(name)) return value.toLocaleString("en");
  const mebi = units.Bytes ** 2;
  const gibi = units.Bytes ** 3;
  if (value % gibi === 0) return `${value / gibi} GiB`;
  if (value % mebi === 0) return `${value / mebi} MiB`;
  return value % units.Bytes === 0 ? `${value / units.Bytes} KiB` : `${value} bytes`;
}

function duration(ms: number): string {
  const steps = [["days", 86_400_000], ["min", 60_000], ["s", units.Ms]] as const;
  const [unit, step] = steps.find(([, step]) => ms >= step * 2 && ms % step === 0) ?? ["ms", 1];
  return `${ms / step} ${unit}`;
}

function limitTable(source: string): string {
  return table(
    ["bound", "value", "why"],
    noticed.map((name) => [code(name), amount(name, limits[name]), reasonOf(name, source)]),
  );
}

/** The comment above a bound. */
function reasonOf(name: string, source: string): string {
  const found = new RegExp(`/\\*\\* ([^*]+?)\\.? \\*/\\s+${name}:`).exec(source)?.[1];
  if (found === undefined) {
    throw new Error(`No bound "${name}" with its reason above it is in lib/limits.ts`);
  }
  return found;
}

function usually(name: string, value: boolean | number | readonly string[]): string {
  switch (typeof value) {
    case "boolean":
      return value ? "on" : "off";
    case "number":
      return amount(name, value);
    default:
      return value.length === 0 ? "all" : value.join(", ");
  }
}

function settableTable(): string {
  return table(
    ["option of the server", "usually", "what it bounds"],
    settable.map((name) => {
      const value = defaultBounds[name];
      const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const usual = usually(name, value);
      return [code(`--${flag}`), usual, options[name].help];
    }),
  );
}

/** Every table by its name, from the sources as they are. */
export async function tables(): Promise<Readonly<Record<string, string>>> {
  const limitsSources = await Promise.all(
    ["lib/wire/wire_limits.ts", "lib/limits.ts"].map((path) => Deno.readTextFile(join(root, path))),
  );
  const sent = await codesSent();
  const owned = (part: "fields" | "ok") =>
    (Object.keys(commands) as CommandName[]).map((name) => [name, commands[name][part]] as const);
  // What a key is compared with is told to nobody.
  const { key: _key, ...locked } = changeFields.locked;
  const changes = { ...changeFields, locked };
  const events: readonly (readonly [string, Fields])[] = [
    ["each stored event", storedFields],
    ...Object.entries(changes),
    ...Object.entries(passingFields),
  ];
  return {
    commands: commandTable(),
    "command fields": fieldTable("of", owned("fields")),
    "answer fields": fieldTable("in answer to", owned("ok")),
    "stored events": eventTable(changes),
    "passing events": eventTable(passingFields),
    "event fields": fieldTable("of", events),
    refusals: refusalTable((name) => !sent.has(name)),
    limits: limitTable(limitsSources.join("")),
    settable: settableTable(),
  };
}

/** The refusals that some source makes. */
async function codesSent(): Promise<ReadonlySet<string>> {
  const sent = new Set<string>();
  for await (const text of sources(join(root, "lib"))) {
    for (const [, name] of text.matchAll(/ChatError\(\s*"(\w+)"/g)) sent.add(name);
    for (const [, name] of text.matchAll(/\bcode: "(\w+)"/g)) sent.add(name);
  }
  return sent;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    // What clients tell their own users goes over no wire.
    if (entry.isDirectory && !/^(client|terminal|config)$/.test(entry.name)) yield* sources(path);
    if (entry.isFile && path.endsWith(".ts")) yield await Deno.readTextFile(path);
  }
}

/**
 * The page with its tables as they are now.
 *
 * @throws {Error} where a marker names no table, or a table has no marker.
 */
export function withTables(page: string, made: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(made));
  const marked =
    /(<!-- table: ([a-z ]+) -->\n<!-- deno-fmt-ignore-start -->\n)[^]*?(<!-- deno-fmt-ignore-end -->)/g;
  const filled = page.replaceAll(marked, (_all, begin: string, name: string, end: string) => {
    if (!left.delete(name)) throw new Error(`There is no table "${name}", or it is there twice`);
    return `${begin}\n${made[name]}\n\n${end}`;
  });
  if (left.size > 0) throw new Error(`The page has no place for ${[...left].join(", ")}`);
  return filled;
}

if (import.meta.main) {
  const page = await Deno.readTextFile(pagePath);
  await Deno.writeTextFile(pagePath, withTables(page, await tables()));
}
