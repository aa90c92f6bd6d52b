/** What was found by trying, kept: each file of tests/fuzz_cases is tried again in every run. */

import { assert } from "@std/assert";
import { join } from "@std/path";
import {
  anyText,
  integer,
  isObject,
  list,
  optional,
  requireFields,
} from "../../lib/wire/fields.ts";
import { readToEnd, sendAll } from "./raw_http.ts";
import type { RealServer } from "./real_server.ts";

const folder = join(import.meta.dirname ?? ".", "..", "fuzz_cases");
const bytesMax = 1_000_000;

/** Bytes that a server once didn't take as it should. */
export interface FuzzCase {
  readonly file: string;
  /** What it did. */
  readonly what: string;
  readonly over: typeof ways[number];
  /** How many connections send it. */
  readonly times: number;
  /** Each character is a byte. */
  readonly send: readonly string[];
}

const ways = ["tcp", "http"] as const;
const fields = {
  what: anyText(200),
  over: anyText(4),
  times: optional(integer(1)),
  send: list(anyText(bytesMax), 1000),
} as const;

/** All of them. */
export async function fuzzCases(): Promise<readonly FuzzCase[]> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).toSorted();
  return await Promise.all(names.map(async (file) => {
    const json: unknown = JSON.parse(await Deno.readTextFile(join(folder, file)));
    assert(isObject(json), `${file} is no object`);
    const { what, over, times = 1, send } = requireFields(`read ${file}`, fields, json);
    const way = ways.find((one) => one === over);
    assert(way, `${file} goes over "${over}"`);
    return { file, what, over: way, times, send };
  }));
}

/** Sends one, reads to the end of each connection, and leaves. */
export async function replay(server: RealServer, one: FuzzCase): Promise<readonly string[]> {
  const port = one.over === "tcp" ? server.port : server.webPort;
  const chunks = one.send.map((text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0)));
  return await Promise.all(Array.from({ length: one.times }, async () => {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const reading = readToEnd(conn);
    await sendAll(conn, chunks);
    await conn.closeWrite().catch(() => {});
    return await reading;
  }));
}
