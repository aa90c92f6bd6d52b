/** What a run does with files on this machine: where they are put, what may be read. */

import { ChatError } from "../errors.ts";
import { randomText } from "../clock.ts";
import type { KeptUpload } from "../client/transfer_state.ts";
import { dirname } from "@std/path";
import type { LoginFile } from "./login.ts";
import type { Machine } from "./machine.ts";
import { type Common, receivedUsual } from "./options.ts";
import { UsageError } from "./usage_error.ts";
import { Received } from "./received.ts";
import type { TalkFiles } from "./talk_options.ts";
import { TransferJournal } from "./transfer_journal.ts";
import { folderTyped, pathsFrom, typedPath } from "./typed_path.ts";

/**
 * The files of a run as a user. `aside` runs what reads from the terminal itself.
 *
 * @throws {UsageError} where nothing may be put into the folder that was named.
 */
export function filesHere(
  wanted: Common,
  login: LoginFile,
  machine: Machine,
  aside: (run: () => void) => void = (run) => run(),
): TalkFiles {
  const { beside } = login;
  // One more device of a user keeps nothing, and shares no unfinished files with the others.
  const owner = beside ?? randomText(12);
  const journalPath = beside === undefined ? undefined : `${beside}.transfers.json`;
  return {
    received: new Received(receivedFolder(wanted, machine), owner),
    journal: new TransferJournal(journalPath, machine.clock),
    take: wanted.take,
    pathOf: (typed) => {
      const path = typedPath(typed, machine.standing);
      if (isReadable(path)) return path;
      throw new ChatError("not_allowed", notReadable([path], machine));
    },
    pathsFrom: (typed) => {
      const folder = folderTyped(typed, machine.standing);
      if (!isReadable(folder)) aside(() => machine.mayUse(folder, ["read"]));
      return pathsFrom(typed, machine.standing);
    },
    ask: (typed) => {
      const path = typedPath(typed, machine.standing);
      if (!isReadable(path)) aside(() => machine.mayUse(path, ["read"]));
    },
  };
}

/** Has Deno ask about the files that an earlier run was sending; before a screen is there. */
export function askAgain({ journal }: TalkFiles, machine: Machine): void {
  const isUpload = (kept: { readonly way: string }): kept is KeptUpload => kept.way === "up";
  const closed = journal.read().filter(isUpload).map(({ origin }) => origin)
    .filter((path) => !isReadable(path));
  // Of several files in one folder, the folder is asked about.
  const folders = Map.groupBy(closed, dirname);
  for (const [folder, paths] of folders) {
    machine.mayUse(paths.length > 1 ? folder : paths[0], ["read"]);
  }
}

/** Why paths can't be read, with the line that tells Deno that they may be. */
export function notReadable(paths: readonly string[], machine: Machine): string {
  const names = paths.map((path) => `"${path}"`).join(", ");
  const line = machine.lineThatMay({ read: paths, write: [] });
  return `Cannot read ${names}: Deno was not told that this client may; this line tells it: ${line}`;
}

/** Whether Deno lets the client read a path. */
export function isReadable(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

function receivedFolder({ received }: Common, machine: Machine): string {
  // The usual folder lies with the project, wherever the user stands.
  if (received === receivedUsual) return received;
  const path = typedPath(received, machine.standing);
  if (machine.mayUse(path, ["read", "write"])) return path;
  const line = machine.lineThatMay({ read: [path], write: [path] });
  throw new UsageError(
    `Cannot put files into "${path}": Deno was not told that this client may; this line tells ` +
      `it\n\n  ${line}\n`,
  );
}
