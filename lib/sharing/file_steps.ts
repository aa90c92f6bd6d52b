/**
 * How a file comes to be shared and how it goes, step by step: after a crash between any two of
 * them a start goes on, and the file is there once and whole, or not at all.
 */

import type { Stored } from "../peer/deeds.ts";
import { ChatError, type RefusalCode } from "../errors.ts";
import type { LogFile, Person } from "../events.ts";
import { type FileKey, fileKey, freeName } from "./file_names.ts";
import type {
  Blobs,
  FilePath,
  Library,
  LibraryEntry,
  Linked,
  TransferRecord,
} from "../file_store.ts";
import type { ConversationId, FileId } from "../names.ts";

/** What a file's steps need. */
export interface FileSteps {
  readonly library: Library;
  readonly blobs: Blobs;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fileId: () => FileId;
  /** Adds `shared` to the conversation's log; resolves when it is on disk. */
  share(shared: Shared): Promise<Stored>;
}

/** A file that everybody is about to see. */
export interface Shared {
  readonly conversation: ConversationId;
  readonly by: Person;
  readonly file: LogFile;
  readonly cid?: string;
}

/** A file that everybody sees, and what told them so. */
export interface Finished extends Stored {
  readonly file: LogFile;
}

/** Its bytes are gone, its cid stands for something else, or nobody is left to get it. */
const hopeless: ReadonlySet<RefusalCode> = new Set([
  "no_such_transfer",
  "bad_message",
  "no_such_user",
]);

/** Where a file lies. */
export function pathOf(conversation: ConversationId, { folder, name }: LogFile): FilePath {
  return folder === undefined ? { conversation, name } : { conversation, folder, name };
}

/**
 * Finishes a transfer whose bytes are sealed: gives it a name that is free and shares it. One that
 * is finished already is answered as it was.
 *
 * @param sha256 of its bytes, as `seal` answered.
 * @throws {ChatError} `no_such_transfer` where its bytes are gone; `disk_full`
 */
export async function finishFile(
  steps: FileSteps,
  record: TransferRecord,
  sha256: string,
): Promise<Finished> {
  const { state } = record;
  if (state.is === "shared") return { file: state.file, seq: state.seq, at: state.at };
  const file = state.is === "finishing" ? state.file : newFile(steps, record, sha256);
  return await share(steps, record, await named(steps, record, file));
}

/**
 * Goes on with what a crash has interrupted, and takes unfinished bytes that belong to nothing. To
 * be called at a start, before anything else uses these stores. What can't be done is told to
 * `onTrouble` and tried again at the next start.
 */
export async function completeSteps(
  steps: FileSteps,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const { library, blobs } = steps;
  for (const entry of await library.removing()) {
    await attempt(() => completeRemoval(steps, entry), onTrouble);
  }
  for (const record of await library.unfinished()) {
    if (record.state.is !== "finishing") continue;
    const { sha256 } = record.state.file;
    await attempt(() => completeFinish(steps, record, sha256), onTrouble);
  }
  const kept = await library.unfinished();
  await blobs.sweep(new Set(kept.map(({ transfer }) => transfer)));
}

/** Frees the bytes of a file whose `removed` or `declined` is on disk. */
export async function freeFile(
  { blobs, library }: Pick<FileSteps, "blobs" | "library">,
  { conversation, file }: LibraryEntry,
): Promise<void> {
  await blobs.remove(pathOf(conversation, file));
  await library.freed(file.file);
}

/** Ends a transfer that isn't shared, and frees its bytes, also under the name that they have got. */
export async function dropTransfer(
  { blobs, library }: Pick<FileSteps, "blobs" | "library">,
  { transfer, conversation, state }: Pick<TransferRecord, "transfer" | "conversation" | "state">,
): Promise<void> {
  if (
    state.is === "finishing" && await liesUnlisted({ blobs, library }, conversation, state.file)
  ) {
    await blobs.remove(pathOf(conversation, state.file));
  }
  // In this order a crash leaves bytes of nobody, which a start sweeps, and no transfer without any.
  await library.drop(transfer);
  await blobs.discard(transfer);
}

function newFile({ now, fileId }: FileSteps, record: TransferRecord, sha256: string): LogFile {
  const { name, folder, size, mime, picture, by } = record;
  return {
    file: fileId(),
    name,
    ...folder !== undefined && { folder },
    size,
    sha256,
    mime,
    ...picture !== undefined && { picture },
    user: by.user,
    uid: by.uid,
    at: now(),
  };
}

/** The file under the name that it has got, which others may see now but aren't told of yet. */
async function named(
  steps: FileSteps,
  { transfer, conversation, name, state }: TransferRecord,
  first: LogFile,
): Promise<LogFile> {
  const tried = new Set<FileKey>();
  // What was chosen before a crash may be linked already.
  let isChosen = state.is === "finishing";
  for (let file = first;;) {
    if (!isChosen) {
      file = { ...file, name: await unlistedName(steps, { conversation, file, name, tried }) };
      await steps.library.finishing(transfer, file);
    }
    isChosen = false;
    const linked = await steps.blobs.link(transfer, pathOf(conversation, file));
    if (await isThere(steps, linked, { conversation, file })) return file;
    if (linked === "no folder") file = atTop(file, tried);
    else tried.add(fileKey(file.name));
  }
}

/**
 * Whether a file has its name; `false` to try another one.
 *
 * @throws {ChatError} `no_such_transfer`
 */
async function isThere(
  { blobs }: FileSteps,
  linked: Linked,
  { conversation, file }: { readonly conversation: ConversationId; readonly file: LogFile },
): Promise<boolean> {
  if (linked !== "gone") return linked === "linked";
  // It was discarded already, or moved where there are no links: then it is under its name.
  if (await blobs.sha256(pathOf(conversation, file)) === file.sha256) return true;
  throw new ChatError("no_such_transfer", "Cannot finish: the bytes are gone; send the file again");
}

/** A name that no file of the library has there: asking it costs less than trying. */
async function unlistedName(
  { library }: FileSteps,
  { conversation, file, name, tried }: {
    readonly conversation: ConversationId;
    readonly file: LogFile;
    readonly name: string;
    readonly tried: Set<FileKey>;
  },
): Promise<string> {
  for (;;) {
    const free = freeName(name, (key) => tried.has(key));
    const path = pathOf(conversation, { ...file, name: free });
    if (await library.at(path) === undefined) return free;
    tried.add(fileKey(free));
  }
}

/** A file whose folder can't be: something else lies there. */
function atTop({ folder, ...file }: LogFile, tried: Set<FileKey>): LogFile {
  if (folder === undefined) {
    throw new Error(`Cannot keep "${file.name}": its room's folder is no folder`);
  }
  tried.clear();
  return file;
}

async function share(
  { blobs, share }: FileSteps,
  { transfer, conversation, by, cid }: TransferRecord,
  file: LogFile,
): Promise<Finished> {
  await blobs.discard(transfer);
  const stored = await share({ conversation, by, file, ...cid !== undefined && { cid } });
  return { file, ...stored };
}

async function completeFinish(
  steps: FileSteps,
  record: TransferRecord,
  sha256: string,
): Promise<void> {
  try {
    await finishFile(steps, record, sha256);
  } catch (error) {
    if (!(error instanceof ChatError) || !hopeless.has(error.code)) throw error;
    // Another name may have been chosen meanwhile.
    await dropTransfer(steps, await steps.library.transfer(record.transfer) ?? record);
  }
}

/**
 * Frees the bytes of a file that was taken out, where they are still there. What lies there now may
 * be another file, of that name, that the folder's owner has put there.
 */
export async function completeRemoval(steps: FileSteps, entry: LibraryEntry): Promise<void> {
  const { conversation, file } = entry;
  if (await liesUnlisted(steps, conversation, file)) await freeFile(steps, entry);
  else await steps.library.freed(file.file);
}

/** Whether a file's own bytes lie under its name, and no file is listed there. */
async function liesUnlisted(
  { blobs, library }: Pick<FileSteps, "blobs" | "library">,
  conversation: ConversationId,
  file: LogFile,
): Promise<boolean> {
  const path = pathOf(conversation, file);
  return await library.at(path) === undefined && await blobs.sha256(path) === file.sha256;
}

async function attempt(run: () => Promise<void>, onTrouble: (error: unknown) => void) {
  try {
    await run();
  } catch (error) {
    onTrouble(error);
  }
}
