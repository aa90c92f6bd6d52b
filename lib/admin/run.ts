/** Does what a word says. */

import { resolve } from "@std/path";
import { sizeText } from "../client/amounts.ts";
import type { Folders } from "../config.ts";
import { beyond, type Need, type Place } from "../config/reach.ts";
import { printableLine } from "../printable.ts";
import type { Asked } from "./arguments.ts";
import { backup, unfinishedPath } from "./backup.ts";
import type { Manifest } from "./manifest.ts";
import { restore } from "./restore.ts";

/** Where it is done. */
export interface Around {
  readonly folders: Folders;
  readonly place: Place;
  /** The program's version. */
  readonly version: string;
  /** As they were given, to say them again. */
  readonly args: readonly string[];
}

/**
 * Does it, and prints what there is to say; the exit code.
 *
 * @throws {ConfigError} where Deno has to grant more.
 * @throws {Error} a sentence for whoever asked for it.
 */
export async function run(asked: Asked, around: Around): Promise<number> {
  const { operands: [first] } = asked;
  switch (asked.word) {
    case "backup":
      return await runBackup(first, around);
    case "restore":
      return await runRestore(first, around);
    default:
      return asked.word satisfies never;
  }
}

async function runBackup(to: string, around: Around): Promise<number> {
  const { folders, version } = around;
  const unfinished = unfinishedPath(to);
  requireGranted(around, [folders.data, folders.files, to, unfinished], [
    folders.data,
    to,
    unfinished,
  ]);
  const manifest = await backup({ ...folders, to, version, now: Date.now });
  console.log(`Backed up to ${resolve(to)}: ${contents(manifest)}`);
  if (manifest.missing.length === 0) return 0;
  const list = manifest.missing.map((path) => `\n  ${printableLine(path)}`).join("");
  console.error(`Not in it are files that aren't there, or aren't what was shared:${list}`);
  return 1;
}

async function runRestore(from: string, around: Around): Promise<number> {
  const { folders } = around;
  requireGranted(around, [folders.data, folders.files, from], [folders.data, folders.files]);
  const manifest = await restore({ ...folders, from });
  const at = new Date(manifest.at).toISOString();
  console.log(`Restored what there was at ${at}: ${contents(manifest)}`);
  return 0;
}

function contents({ events, conversations, files }: Manifest): string {
  const bytes = files.count === 0 ? "" : ` of ${sizeText(files.bytes)}`;
  return `${events} events of ${conversations} conversations, ${files.count} files${bytes}`;
}

/** @throws {ConfigError} with the line that grants what is missing. */
function requireGranted(
  { place, args }: Around,
  reads: readonly string[],
  writes: readonly string[],
): void {
  const needs: Need[] = [
    ...reads.map((what) => ({ kind: "read", what }) as const),
    ...writes.map((what) => ({ kind: "write", what }) as const),
  ];
  const missing = needs.filter((need) => !place.granted(need));
  if (missing.length > 0) throw beyond(place, missing, args.filter((arg) => arg !== "--"));
}
