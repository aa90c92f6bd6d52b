/** One thing done with files from a script: some are sent, one is fetched, or they are listed. */

import { helloAgain } from "../client/link.ts";
import { isUnderWay, type TransferView } from "../client/transfer_state.ts";
import { every } from "../clock.ts";
import { ChatError } from "../errors.ts";
import type { Place } from "../events.ts";
import { Desk } from "./desk.ts";
import { listFiles } from "../client/file_list.ts";
import { filesHere, isReadable, notReadable } from "./files_here.ts";
import { fileCalled, filesBelow } from "../client/find_file.ts";
import type { Machine } from "./machine.ts";
import { once, type OnceWork, within } from "./one_shot.ts";
import { type Common, type Wanted } from "./options.ts";
import { UsageError } from "./usage_error.ts";
import { paintFor } from "./paint.ts";
import { PlainSurface, writerTo } from "./plain.ts";
import { printableLine } from "../printable.ts";
import { Progress } from "./progress.ts";
import { fileLines } from "./transfer_lines.ts";
import { typedPath } from "./typed_path.ts";

type UploadWanted = Extract<Wanted, { is: "upload" }>;
type DownloadWanted = Extract<Wanted, { is: "download" }>;
type FilesWanted = Extract<Wanted, { is: "files" }>;

/** Sends files, or all in folders; the exit code. */
export async function runUpload(wanted: UploadWanted, machine: Machine): Promise<number> {
  const paths = wanted.paths.map((path) => typedPath(path, machine.standing));
  const closed = paths.filter((path) => !isReadable(path) && !machine.mayUse(path, ["read"]));
  if (closed.length > 0) throw new UsageError(notReadable(closed, machine));
  return await once(wanted, machine, {
    isLong: true,
    work: async (given) => {
      const { to } = wanted;
      await within(given, to, () =>
        withDesk(wanted, machine, given, async (desk) => {
          const begun: TransferView[] = [];
          for (const path of paths) begun.push(...await desk.send(path, { room: to }));
          return begun;
        }));
    },
  });
}

/** Fetches a file, or all in a folder of a room; the exit code. */
export async function runDownload(wanted: DownloadWanted, machine: Machine): Promise<number> {
  return await once(wanted, machine, {
    isLong: true,
    work: (given) =>
      within(given, wanted.room, async () => {
        const files = await listFiles(given.link, roomCalled(wanted.room));
        const file = fileCalled(files, wanted.name, () => true);
        // A folder is one of a room: the same name may stand in several.
        const below = wanted.room === undefined ? [] : filesBelow(files, wanted.name);
        const found = file === undefined ? below : [file];
        if (found.length === 0) {
          throw new ChatError("no_such_file", `There is no file "${wanted.name}"`);
        }
        await withDesk(wanted, machine, given, (desk) =>
          Promise.resolve(found.flatMap((each) =>
            desk.fetch(each) ?? []
          )));
      }),
  });
}

/** Lists files; the exit code. */
export async function runFiles(wanted: FilesWanted, machine: Machine): Promise<number> {
  return await once(wanted, machine, {
    work: async (given) => {
      const { link, hello } = given;
      const files = await within(given, wanted.room, async (joined) => {
        const all = await listFiles(link, roomCalled(wanted.room));
        if (all.length > 0 || !joined?.created) return all;
        const room = JSON.stringify(wanted.room);
        throw new ChatError("no_such_room", `There is no room ${room} now, nor any file of it`);
      });
      const write = writerTo(machine.output, () => {});
      if (wanted.json) {
        for (const file of files) write(`${JSON.stringify(file)}\n`);
        return;
      }
      const view = { columns: Infinity, paint: paintFor(false), me: hello };
      if (files.length > 0) {
        new PlainSurface(write).print(fileLines(files, view, machine.clock.now()));
      }
    },
  });
}

/** Lets a desk do what is wanted, shows how it goes, and waits for the end. */
async function withDesk(
  wanted: Common,
  machine: Machine,
  { dial, user, login, helloFields, hello }: OnceWork,
  begin: (desk: Desk) => Promise<readonly TransferView[]>,
): Promise<void> {
  const refused = Promise.withResolvers<never>();
  // Only who waits for it hears of it.
  refused.promise.catch(() => {});
  const progress = new Progress(machine);
  const desk = new Desk({
    ...filesHere(wanted, login, machine),
    dial,
    clock: machine.clock,
    random: () => machine.random(),
    hello: () => ({ ...helloAgain(helloFields, hello.token), user }),
    tell: (sentence) => progress.say(printableLine(sentence)),
    onRefused: (error) => refused.reject(error),
  });
  const stop = every(machine.clock, 250, () => progress.draw(desk.underWay));
  try {
    desk.atServer(hello.server.id);
    const begun = await begin(desk);
    for (const each of begun) progress.began(each);
    const ends = begun.map(({ number }) => desk.transfers.ended(number));
    const ended = await Promise.race([Promise.all(ends), refused.promise]);
    progress.draw([]);
    for (const each of ended) if (each) progress.ended(each);
    const failed = ended.find((each) => each?.standing.is !== "done");
    if (failed?.standing.is === "failed") throw failed.standing.error;
    if (failed && isUnderWay(failed)) throw new ChatError("unavailable", "It was stopped");
  } finally {
    stop();
    await desk.close();
  }
}

function roomCalled(room: string | undefined): Place | undefined {
  return room === undefined ? undefined : { room };
}
