/** What every implementation of `Library` must do. */

import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import type { LogFile } from "../../lib/events.ts";
import type { TransferRecord } from "../../lib/file_store.ts";
import type { ConversationId, FileId, TransferId } from "../../lib/names.ts";
import type { Backend } from "../../lib/store.ts";
import {
  alice,
  bob,
  event,
  keep,
  type Open,
  other,
  pair,
  report,
  room,
  start,
  timeOf,
} from "./scene.ts";

/** A transfer of Alice's to the room, unfinished. */
export function transfer(name: string, more: Partial<TransferRecord> = {}): TransferRecord {
  return {
    transfer: name as TransferId,
    conversation: room,
    by: alice,
    isGuest: false,
    name: "report — 波.pdf",
    size: 5,
    mime: "application/pdf",
    at: start,
    state: { is: "unfinished" },
    ...more,
  };
}

/** A file of Alice's. */
export function file(name: string, more: Partial<LogFile> = {}): LogFile {
  return { ...report, file: name as FileId, name: `${name}.pdf`, ...more };
}

/** Shares files in a conversation, from seq `from` on. */
async function share(
  backend: Backend,
  files: readonly LogFile[],
  { from = 1, conversation = room }: { from?: number; conversation?: ConversationId } = {},
): Promise<void> {
  const events = files.map((file, index) => event(from + index, { t: "shared", file }));
  await keep(backend, events, conversation);
}

async function names(
  backend: Backend,
  page: { after?: string; limit?: number; conversations?: readonly ConversationId[] } = {},
): Promise<{ names: string[]; more: boolean }> {
  const { after, limit = 50, conversations = [room] } = page;
  const { entries, more } = await backend.library.files(new Set(conversations), {
    limit,
    ...after !== undefined && { after: after as FileId },
  });
  return { names: entries.map(({ file }) => String(file.file)), more };
}

/** Registers what `Library` must do. */
export function libraryContract(name: string, open: Open): void {
  transfers(name, open);
  states(name, open);
  events(name, open);
  lists(name, open);
  thumbs(name, open);
}

function transfers(name: string, open: Open): void {
  Deno.test(`${name}: keep() keeps a transfer, with and without what it may lack`, async () => {
    await using backend = await open();
    const { library } = backend;
    const full = transfer("t1", { cid: "c1", folder: "a/b — ü", isGuest: true, size: 2 ** 40 });
    await library.keep(full);
    await library.keep(transfer("t2"));
    assertEquals(await library.transfer(full.transfer), full);
    assertEquals(await library.transfer("t2" as TransferId), transfer("t2"));
    assertEquals(await library.transfer("t3" as TransferId), undefined);
  });

  Deno.test(`${name}: keep() again changes when a transfer was resumed, and nothing else`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1"));
    await library.finishing("t1" as TransferId, file("f1"));
    await library.keep(transfer("t1", { at: start + 9 }));
    assertEquals(
      await library.transfer("t1" as TransferId),
      transfer("t1", { at: start + 9, state: { is: "finishing", file: file("f1") } }),
    );
  });

  Deno.test(`${name}: keep() refuses a cid that its user used here for another transfer`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { cid: "c1" }));
    const again = () => library.keep(transfer("t2", { cid: "c1" }));
    assertEquals((await assertRejects(again, ChatError)).code, "bad_message");
    await library.keep(transfer("t1", { cid: "c1", at: start + 1 }));
    await library.keep(transfer("t3", { cid: "c1", by: bob }));
    await library.keep(transfer("t4", { cid: "c1", conversation: other }));
    assertEquals((await library.offered(room, alice.uid, "c1"))?.transfer, "t1");
    assertEquals((await library.offered(room, bob.uid, "c1"))?.transfer, "t3");
    assertEquals(await library.offered(pair, alice.uid, "c1"), undefined);
  });

  Deno.test(`${name}: keep() refuses what can't be kept, and nothing else`, async () => {
    await using backend = await open();
    const { library } = backend;
    const [bad] = await Promise.allSettled([
      library.keep(transfer("t1", { name: "\ud83d" })),
      library.keep(transfer("t2")),
    ]);
    assertEquals(bad.status, "rejected");
    assertEquals((await library.unfinished()).length, 1);
  });

  Deno.test(`${name}: drop() forgets a transfer and frees its cid`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { cid: "c1" }));
    await library.drop("t1" as TransferId);
    await library.drop("t1" as TransferId);
    assertEquals(await library.offered(room, alice.uid, "c1"), undefined);
    await library.keep(transfer("t2", { cid: "c1" }));
  });
}

function states(name: string, open: Open): void {
  Deno.test(`${name}: a finishing transfer is shared by the event that has its file`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { cid: "c1", isGuest: true }));
    await library.finishing("t1" as TransferId, file("f1", { name: "taken.pdf" }));
    await library.finishing("t1" as TransferId, file("f1"));
    const finishing = transfer("t1", {
      cid: "c1",
      isGuest: true,
      state: { is: "finishing", file: file("f1") },
    });
    assertEquals(await library.unfinished(), [finishing]);
    await keep(backend, [event(1, { t: "shared", file: file("f1") }, { cid: "c1" })]);
    const shared = { is: "shared", file: file("f1"), seq: 1, at: timeOf(1) } as const;
    assertEquals(await library.transfer("t1" as TransferId), { ...finishing, state: shared });
    assertEquals(await library.offered(room, alice.uid, "c1"), { ...finishing, state: shared });
    assertEquals(await library.unfinished(), []);
    const entry = { conversation: room, file: file("f1"), seq: 1, isGuest: true };
    assertEquals(await library.file("f1" as FileId), entry);
    assertEquals(await library.at({ conversation: room, name: "f1.pdf" }), entry);
  });

  Deno.test(`${name}: a shared transfer stays, whatever is done to it`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1"));
    await library.finishing("t1" as TransferId, file("f1"));
    await share(backend, [file("f1")]);
    await library.finishing("t1" as TransferId, file("f2"));
    await library.drop("t1" as TransferId);
    const shared = { is: "shared", file: file("f1"), seq: 1, at: timeOf(1) } as const;
    assertEquals((await library.transfer("t1" as TransferId))?.state, shared);
    await keep(backend, [event(2, { t: "removed", file: "f1" as FileId })]);
    assertEquals((await library.transfer("t1" as TransferId))?.state, shared);
    assertEquals(await library.file("f1" as FileId), undefined);
  });

  Deno.test(`${name}: a file without a transfer is nobody's guest`, async () => {
    await using backend = await open();
    await share(backend, [file("f1")]);
    assertEquals((await backend.library.file("f1" as FileId))?.isGuest, false);
  });

  Deno.test(`${name}: unfinished() are the open transfers, the oldest first`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { at: start + 2 }));
    await library.keep(transfer("t2", { at: start }));
    await library.keep(transfer("t3", { at: start }));
    const unfinished = await library.unfinished();
    assertEquals(unfinished.map(({ transfer }) => String(transfer)), ["t2", "t3", "t1"]);
  });
}

function events(name: string, open: Open): void {
  Deno.test(`${name}: a file is at its place until it is removed`, async () => {
    await using backend = await open();
    const { library } = backend;
    await share(backend, [file("f1"), file("f2", { name: "f1.pdf", folder: "a/b" })]);
    const id = async (folder?: string) => {
      const path = { conversation: room, name: "f1.pdf", ...folder !== undefined && { folder } };
      return (await library.at(path))?.file.file as string | undefined;
    };
    assertEquals([await id(), await id("a/b"), await id("a")], ["f1", "f2", undefined]);
    assertEquals(await library.at({ conversation: other, name: "f1.pdf" }), undefined);
    await keep(backend, [event(3, { t: "removed", file: "f1" as FileId })]);
    assertEquals([await id(), await id("a/b")], [undefined, "f2"]);
    await share(backend, [file("f3", { name: "f1.pdf" })], { from: 4 });
    assertEquals(await id(), "f3");
  });

  Deno.test(`${name}: a file is taken or declined by the event of its own conversation`, async () => {
    await using backend = await open();
    const { library } = backend;
    await share(backend, [file("f1"), file("f2")], { conversation: pair });
    await keep(backend, [
      event(1, { t: "taken", file: "f1" as FileId }),
      event(2, { t: "declined", file: "f1" as FileId }),
      event(3, { t: "removed", file: "f1" as FileId }),
    ]);
    assertEquals((await library.file("f1" as FileId))?.answer, undefined);
    await keep(backend, [
      event(3, { t: "taken", file: "f1" as FileId }, { by: bob }),
      event(4, { t: "declined", file: "f2" as FileId }, { by: bob }),
    ], pair);
    assertEquals((await library.file("f1" as FileId))?.answer, "taken");
    assertEquals(await library.file("f2" as FileId), undefined);
  });

  Deno.test(`${name}: removing() are those taken out, until their bytes are freed`, async () => {
    await using backend = await open();
    const { library } = backend;
    const removing = async () => (await library.removing()).map(({ file }) => String(file.file));
    await share(backend, [file("f1"), file("f2"), file("f3")]);
    await keep(backend, [
      event(4, { t: "removed", file: "f1" as FileId }),
      event(5, { t: "declined", file: "f2" as FileId }),
    ]);
    assertEquals(await removing(), ["f1", "f2"]);
    await library.freed("f1" as FileId);
    await library.freed("f3" as FileId);
    assertEquals(await removing(), ["f2"]);
    await keep(backend, [event(6, { t: "removed", file: "f1" as FileId })]);
    assertEquals(await removing(), ["f2"]);
    assertEquals((await names(backend)).names, ["f3"]);
  });

  Deno.test(`${name}: an append that isn't kept changes no file`, async () => {
    await using backend = await open();
    await share(backend, [file("f1")]);
    const appended = await backend.log.append({
      conversation: room,
      name: "Physics",
      after: 0,
      events: [event(1, { t: "removed", file: "f1" as FileId })],
    });
    assertEquals(appended.outcome, "conflict");
    assertEquals((await names(backend)).names, ["f1"]);
  });
}

function thumbs(name: string, open: Open): void {
  const picture = { width: 4000, height: 3000, thumb: 5 };
  const thumb = new Uint8Array([0, 255, 1, 2, 3]);
  const f1 = file("f1", { picture });
  /** A transfer with a thumbnail, shared in the room. */
  const shared = async (backend: Backend) => {
    await backend.library.keep(transfer("t1", { picture }), thumb);
    await backend.library.finishing("t1" as TransferId, f1);
    await share(backend, [f1]);
  };

  Deno.test(`${name}: keep() keeps a thumbnail, which is its file's from when it is shared`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { picture }), thumb);
    await library.keep(transfer("t1", { picture, at: start + 1 }));
    await library.keep(transfer("t2"));
    assertEquals((await library.transfer("t1" as TransferId))?.picture, picture);
    assertEquals((await library.transfer("t2" as TransferId))?.picture, undefined);
    await library.finishing("t1" as TransferId, f1);
    assertEquals(await library.thumb("f1" as FileId), undefined);
    await share(backend, [f1, file("f2")]);
    assertEquals((await library.file("f1" as FileId))?.file.picture, picture);
    assertEquals(await library.thumb("f1" as FileId), thumb);
    assertEquals(await library.thumb("f2" as FileId), undefined);
    await library.drop("t1" as TransferId);
    assertEquals(await library.thumb("f1" as FileId), thumb);
  });

  Deno.test(`${name}: a thumbnail goes with its file, for its own conversation only`, async () => {
    await using backend = await open();
    await shared(backend);
    await keep(backend, [event(1, { t: "removed", file: "f1" as FileId })], other);
    assertEquals(await backend.library.thumb("f1" as FileId), thumb);
    await keep(backend, [event(2, { t: "removed", file: "f1" as FileId })]);
    assertEquals(await backend.library.thumb("f1" as FileId), undefined);
  });

  Deno.test(`${name}: a thumbnail goes with its transfer`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { picture }), thumb);
    await library.drop("t1" as TransferId);
    await library.keep(transfer("t1", { picture }));
    await library.finishing("t1" as TransferId, f1);
    await share(backend, [f1]);
    assertEquals(await library.thumb("f1" as FileId), undefined);
  });
}

function lists(name: string, open: Open): void {
  Deno.test(`${name}: files() are those of the conversations, newest first, page by page`, async () => {
    await using backend = await open();
    await share(backend, [file("f1"), file("f2")]);
    await share(backend, [file("f3")], { conversation: other });
    await share(backend, [file("f4")], { from: 3 });
    await share(backend, [file("f5")], { conversation: pair });
    assertEquals(await names(backend), { names: ["f4", "f2", "f1"], more: false });
    const conversations = [room, other];
    const two = { conversations, limit: 2 };
    assertEquals(await names(backend, two), { names: ["f4", "f3"], more: true });
    assertEquals(await names(backend, { ...two, after: "f3" }), {
      names: ["f2", "f1"],
      more: false,
    });
    assertEquals(await names(backend, { conversations: [] }), { names: [], more: false });
  });

  Deno.test(`${name}: files() goes on from one that was removed meanwhile`, async () => {
    await using backend = await open();
    await share(backend, [file("f1"), file("f2"), file("f3")]);
    await keep(backend, [event(4, { t: "removed", file: "f2" as FileId })]);
    assertEquals((await names(backend, { after: "f2" })).names, ["f1"]);
  });

  Deno.test(`${name}: files() after one of a conversation that isn't asked for is empty`, async () => {
    await using backend = await open();
    await share(backend, [file("f1")]);
    await share(backend, [file("f2")], { conversation: other });
    assertEquals((await names(backend, { after: "f2" })).names, []);
    assertEquals((await names(backend, { after: "nowhere" })).names, []);
  });

  Deno.test(`${name}: filesOf() are one user's that are there, wherever, the oldest first`, async () => {
    await using backend = await open();
    await share(backend, [file("a"), file("b", bob), file("c")]);
    await share(backend, [file("d")], { conversation: pair });
    await keep(backend, [event(4, { t: "removed", file: "a" as FileId })]);
    const own = await backend.library.filesOf(alice.uid);
    assertEquals(own.map(({ file }) => file.file), ["c", "d"]);
  });

  Deno.test(`${name}: used() counts what is there, by account and of all guests`, async () => {
    await using backend = await open();
    const { library } = backend;
    await library.keep(transfer("t1", { isGuest: true, size: 70 }));
    await library.finishing("t1" as TransferId, file("f1", { size: 70 }));
    await library.keep(transfer("t2", { size: 1000 }));
    await share(backend, [
      file("f1", { size: 70 }),
      file("f2", { size: 3 }),
      file("f3", { size: 4 }),
      file("f4", { size: 2 ** 40, uid: bob.uid }),
      file("f5", { size: 9 }),
    ]);
    await keep(backend, [event(6, { t: "removed", file: "f5" as FileId })]);
    assertEquals(await library.used(), {
      accounts: new Map([[alice.uid, 7], [bob.uid, 2 ** 40]]),
      guests: 70,
    });
  });
}
