/** Makes and restores backups, and says what came of it. */

import { resolve } from "@std/path";
import { sizeText } from "../client/amounts.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { printableLine } from "../printable.ts";
import { backup, unfinishedPath } from "./backup.ts";
import { counted } from "./lists.ts";
import type { Manifest } from "./manifest.ts";
import { restore } from "./restore.ts";

/** Where it is done. */
export interface Copying {
  readonly config: Config;
  readonly clock: Clock;
  readonly version: string;
  /** @throws {ConfigError} where Deno has to grant more. */
  requireGranted(reads: readonly string[], writes: readonly string[]): void;
  print(line: string): void;
  warn(line: string): void;
}

/** Makes one; the exit code. */
export async function runBackup(to: string, copying: Copying): Promise<number> {
  const { config: { data, files }, clock, version } = copying;
  const unfinished = unfinishedPath(to);
  copying.requireGranted([data, files, to, unfinished], [data, to, unfinished]);
  const manifest = await backup({ data, files, to, version, now: () => clock.now() });
  copying.print(`Backed up to ${resolve(to)}: ${contents(manifest)}`);
  if (manifest.missing.length === 0) return 0;
  const list = manifest.missing.map((path) => `\n  ${printableLine(path)}`).join("");
  copying.warn(`Not in it are files that aren't there, or aren't what was shared:${list}`);
  return 1;
}

/** Makes folders of one; the exit code. */
export async function runRestore(from: string, copying: Copying): Promise<number> {
  const { config: { data, files } } = copying;
  copying.requireGranted([data, files, from], [data, files]);
  const manifest = await restore({ data, files, from });
  const at = new Date(manifest.at).toISOString();
  copying.print(`Restored what there was at ${at}: ${contents(manifest)}`);
  return 0;
}

function contents({ events, conversations, files }: Manifest): string {
  const bytes = files.count === 0 ? "" : ` of ${sizeText(files.bytes)}`;
  const log = `${counted(events, "event")} of ${counted(conversations, "conversation")}`;
  return `${log}, ${counted(files.count, "file")}${bytes}`;
}
