/** Has the server of a data folder do something, or does it without one where none runs. */

import { join } from "@std/path";
import { openDisk } from "../backend/disk.ts";
import { isTaken, reasonOf } from "../backend/folder_lock.ts";
import { ScryptPasswords } from "../backend/scrypt.ts";
import { logFile } from "../backend/sqlite/database.ts";
import { openSqlite } from "../backend/sqlite.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { streamConnection } from "../wire/connection.ts";
import { Core } from "../core.ts";
import { encodeLine } from "../wire/encode.ts";
import { checkFields, isObject, type JsonObject } from "../wire/fields.ts";
import { Journal } from "../log.ts";
import { Operator } from "../moderation/operator.ts";
import {
  type OperatorCommand,
  type OperatorCommandName,
  operatorCommands,
  type OperatorOk,
} from "../wire/operator_commands.ts";
import { type Door, operatorFile, operatorHost, readDoor } from "../moderation/operator_port.ts";
import { isThere } from "./folders.ts";

/** Asks for one thing. @throws {Error} a sentence that says why it isn't done. */
export type Ask = <K extends OperatorCommandName>(
  name: K,
  fields: OperatorCommand<K>,
) => Promise<OperatorOk<K>>;

/** What asking takes. */
export interface AskingOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** The program's version. */
  readonly version: string;
  /** Says what is wrong. */
  warn(line: string): void;
}

/** What lists everybody fits, however many they are. */
const lineBytesMax = 256 * 1024 * 1024;

/**
 * Runs `run` with what asks the server, or does the same on its folders while no server runs; none
 * can be started meanwhile.
 *
 * @throws {Error} a sentence: there is nothing to ask, or it can't be reached.
 */
export async function asking<T>(options: AskingOptions, run: (ask: Ask) => Promise<T>): Promise<T> {
  const { data } = options.config;
  if (!await isThere(logFile(data))) {
    throw new Error(`Cannot look after "${data}": no server has kept anything there; see --data`);
  }
  if (!await isTaken(join(data, "lock"))) return await withOwn(options, run);
  const door = await doorOf(data);
  return await run((name, fields) => checked(name, askServer(door, name, fields)));
}

async function withOwn<T>(
  { config, clock, version, warn }: AskingOptions,
  run: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { data, files, bounds, name } = config;
  const write = (lines: string) => warn(lines.trimEnd());
  const journal = new Journal({ write, clock, format: "text", quiet: true });
  await using backend = await openSqlite(data, clock);
  await using blobs = await openDisk(files, { apart: data });
  const passwords = new ScryptPasswords();
  const core = await Core.start({
    ...{ backend, blobs, bounds, clock, journal, name, version, passwords },
  });
  try {
    const operator = new Operator(core);
    return await run((name, fields) => checked(name, operator.run(name, fields)));
  } finally {
    await core.close("the server isn't started");
    await journal.flush();
  }
}

async function checked<K extends OperatorCommandName>(
  name: K,
  answer: Promise<JsonObject>,
): Promise<OperatorOk<K>> {
  const row: { readonly ok: typeof operatorCommands[K]["ok"] } = operatorCommands[name];
  const ok = checkFields(row.ok, await answer);
  if (ok) return ok;
  throw new Error(`Cannot understand the answer: is the server of another version?`);
}

async function doorOf(data: string): Promise<Door> {
  const path = join(data, operatorFile);
  const door = await isThere(path) ? readDoor(await Deno.readTextFile(path)) : undefined;
  if (door) return door;
  throw new Error(
    `Cannot reach what uses "${data}": it has just been started, or is no server; try again soon`,
  );
}

async function askServer(door: Door, name: string, fields: JsonObject): Promise<JsonObject> {
  const answer = await exchanged(door, { key: door.key, do: name, fields }).catch((error) => {
    throw new Error(`Cannot reach the server: ${reasonOf(error)}`, { cause: error });
  });
  const { ok, refused } = answer ?? {};
  if (isObject(ok)) return ok;
  if (isObject(refused)) throw new Error(String(refused.message));
  throw new Error("The server has ended before it answered: look into its log");
}

async function exchanged(door: Door, request: JsonObject): Promise<JsonObject | undefined> {
  const conn = await Deno.connect({ hostname: operatorHost, port: door.port });
  const bounds = { lineBytesMax, keepsBody: () => false };
  const connection = streamConnection(conn, { remote: operatorHost, bounds, now: Date.now });
  try {
    const bytes = encodeLine(request);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    for (;;) {
      const frames = await connection.read();
      if (frames === undefined) return undefined;
      for (const frame of frames) return frame.is === "object" ? frame.json : undefined;
    }
  } finally {
    connection.close();
  }
}
