/** Does the slash commands that are about files. */

import { sizeText } from "../client/amounts.ts";
import type { Chat } from "../client/chat.ts";
import { listFiles, waitingIn } from "../client/file_list.ts";
import { conversationCalled } from "../client/find_conversation.ts";
import { fileCalled, fileName, filesBelow } from "../client/find_file.ts";
import type { FileAction } from "../client/slash_row.ts";
import type { ConversationView } from "../client/state.ts";
import { ChatError } from "../errors.ts";
import { isSamePlace, type Place, placeOf, type SharedFile } from "../events.ts";
import type { Ok } from "../protocol.ts";
import type { Desk } from "./desk.ts";
import { fileLines, transferLines } from "./transfer_lines.ts";
import { placeName, type View } from "./view.ts";
import { wrap } from "./wrap.ts";

/** Where what is about files shows what it comes to. */
export interface FileStage {
  readonly chat: Chat;
  readonly desk: Desk;
  /** The conversation in front. */
  readonly here: ConversationView;
  view(): View;
  now(): number;
  show(lines: readonly string[]): void;
  /** The path that was typed, from where the user stands. */
  pathOf(typed: string): string;
  /** Files on their way aren't seen below: each beginning and end is a line. */
  readonly isPlain: boolean;
}

/** Files that are listed at most. */
const listedMax = 2000;
/** Files that are looked through for those of one folder: as many as one upload of it may be. */
const folderFilesMax = 10_000;
/** Private conversations that are looked through for files without an answer. */
const pairsMax = 20;

/**
 * Does what was asked for.
 *
 * @throws {ChatError} what the server refused, or what can't be done.
 */
export async function actOnFiles(action: FileAction, stage: FileStage): Promise<void> {
  const { chat, desk } = stage;
  switch (action.is) {
    case "send_file":
      return await send(action, stage);
    case "files":
      return await list(stage, action.room);
    case "download":
      return await download(stage, action.name);
    case "remove": {
      const inFront = await listFiles(chat, stage.here, listedMax);
      const { file } = await fileOf(stage, action.name, inFront);
      await chat.send("remove", { file });
      return;
    }
    case "accept":
      for (const file of await askedFiles(stage, action.name)) fetch(stage, file);
      return;
    case "decline":
      for (const { file } of await askedFiles(stage, action.name)) {
        await chat.send("decline", { file });
        desk.answered(file);
      }
      return;
    case "take":
      return take(stage, action);
    case "transfers":
      return stage.show(transferLines(desk.underWay, stage.view()));
    case "resume":
      throw wrong("Nothing waits for you: uploads go on by themselves; /transfers lists them");
    case "cancel":
      return await cancel(stage, action.which);
    default:
      action satisfies never;
  }
}

async function send(
  action: Extract<FileAction, { is: "send_file" }>,
  stage: FileStage,
): Promise<void> {
  const { path } = action;
  const place = await placeFor(stage, action);
  const begun = await stage.desk.send(stage.pathOf(path), place);
  if (!stage.isPlain) return;
  const size = sizeText(begun.reduce((sum, each) => sum + each.size, 0));
  const what = begun.length === 1 ? `"${fileName(begun[0])}"` : `${begun.length} files`;
  stage.show([`Sending ${what} (${size}) to ${placeName(place)}`]);
}

async function placeFor(
  { chat, here }: FileStage,
  { to, path }: Extract<FileAction, { is: "send_file" }>,
): Promise<Place> {
  if (typeof to === "object") return placeOf(await chat.open(`@${to.user}`));
  // Rooms have a library; what is meant for one person must not get to all by a wrong word.
  if (to === "room" && here.with !== undefined) {
    throw wrong(`Cannot upload here, ${placeName(here)} is no room: write /send ${path}`);
  }
  return placeOf(here);
}

async function list(stage: FileStage, room: string | undefined): Promise<void> {
  const of = room === undefined
    ? undefined
    : conversationCalled(stage.chat.state, room) ?? { room };
  const files = await listFiles(stage.chat, of, listedMax);
  stage.desk.listed = files;
  stage.show(fileLines(files, stage.view(), stage.now()));
  if (files.length > 0) stage.show([stage.view().paint.quiet("/download NAME fetches one")]);
}

/** Fetches a file, or where a folder in front is called so, all that is in it. */
async function download(stage: FileStage, name: string): Promise<void> {
  const inFront = await listFiles(stage.chat, stage.here, folderFilesMax);
  const isFile = called(stage, inFront, name) !== undefined;
  const below = isFile ? [] : filesBelow(inFront, name);
  if (below.length === 0) return fetch(stage, await fileOf(stage, name, inFront));
  const { transfers } = stage.desk;
  const wanted = below.filter(({ file }) => !transfers.isFetching(file));
  if (wanted.length === 0) throw wrong(`All files in "${name}" are being fetched already`);
  for (const file of wanted) fetch(stage, file);
}

/** A file by its name or id, one of those in front first, or by its number in the last list. */
async function fileOf(
  stage: FileStage,
  name: string,
  inFront: readonly SharedFile[],
): Promise<SharedFile> {
  const [, digits] = /^#?([1-9]\d{0,4})\.?$/.exec(name) ?? [];
  const numbered = digits === undefined ? undefined : stage.desk.listed[Number(digits) - 1];
  const all = await listFiles(stage.chat, undefined, listedMax);
  stage.desk.listed = stage.desk.listed.length === 0 ? all : stage.desk.listed;
  const found = called(stage, [...inFront, ...all], name) ?? numbered;
  if (found) return found;
  throw wrong(`There is no file "${name}": /files lists those that there are`);
}

function called(
  { here }: FileStage,
  files: readonly SharedFile[],
  name: string,
): SharedFile | undefined {
  return fileCalled(files, name, (file) => isSamePlace(file, here));
}

function fetch(stage: FileStage, file: SharedFile): void {
  const begun = stage.desk.fetch(file);
  if (begun === undefined) throw wrong(`"${fileName(file)}" is being fetched already`);
  if (stage.isPlain) stage.show([`Fetching "${fileName(file)}" (${sizeText(file.size)})`]);
}

/** The file of that name that waits for an answer, the newest one, or all. */
async function askedFiles(
  stage: FileStage,
  name: string | undefined,
): Promise<readonly SharedFile[]> {
  const { desk } = stage;
  if (name?.toLowerCase() === "all") {
    const waiting = [...await unanswered(stage), ...desk.asked];
    const all = [...new Map(waiting.map((each) => [each.file, each])).values()]
      .filter(({ file }) => !desk.transfers.isFetching(file));
    if (all.length > 0) return all;
    throw wrong("Nobody has sent you a file that waits for an answer");
  }
  const find = (files: readonly SharedFile[]) =>
    name === undefined ? files.at(-1) : called(stage, files, name);
  const found = find(desk.asked) ?? find(await unanswered(stage));
  if (found) return [found];
  throw wrong(
    name === undefined
      ? "Nobody has sent you a file that waits for an answer"
      : `Nobody has sent you "${name}", or it was answered already`,
  );
}

/** What came while one was away: the private conversations tell what has no answer yet. */
async function unanswered({ chat }: FileStage): Promise<readonly SharedFile[]> {
  const pairs = [...chat.state.conversations.values()].filter(({ with: other }) => other);
  const waiting: SharedFile[] = [];
  for (const pair of pairs.slice(-pairsMax)) waiting.push(...await waitingIn(chat, pair));
  return waiting.toSorted((one, other) => one.at - other.at);
}

/** On coming in: what an earlier run left goes on, and what was sent meanwhile is told. */
export async function meetFiles(chat: Chat, desk: Desk, hello: Ok<"hello">): Promise<void> {
  await desk.known(hello.server.id);
  for (const row of hello.rooms) {
    if (row.with === undefined || row.seq <= row.read) continue;
    for (const file of await waitingIn(chat, row)) desk.offered(file);
  }
}

function take(stage: FileStage, action: Extract<FileAction, { is: "take" }>): void {
  const { desk } = stage;
  const { mode = desk.rule.mode, bytesMax = desk.rule.bytesMax } = action;
  desk.rule = { mode, bytesMax };
  const what = {
    ask: "You are asked about files that are sent to you",
    all: `Files up to ${sizeText(bytesMax)} are fetched as they come`,
    none: "Files are neither asked about nor fetched; /files lists them",
  };
  stage.show(wrap(what[mode], stage.view().columns));
}

async function cancel(stage: FileStage, which: number | "all" | undefined): Promise<void> {
  const { desk } = stage;
  const open = desk.underWay;
  if (open.length === 0) throw wrong("There is nothing to cancel: no files are on their way");
  if (which === undefined && open.length > 1) {
    stage.show([...transferLines(open, stage.view()), "Write /cancel NUMBER, or /cancel all"]);
    return;
  }
  const wanted = typeof which === "number" ? [which] : open.map(({ number }) => number);
  for (const number of wanted) {
    if (!await desk.transfers.cancel(number)) throw wrong(`There is no transfer ${number}`);
  }
}

function wrong(sentence: string): ChatError {
  return new ChatError("bad_message", sentence);
}
