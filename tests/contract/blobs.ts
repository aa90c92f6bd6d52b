/** What every implementation of `Blobs` must do. */

import { createHash } from "node:crypto";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import type { Blobs, FilePath } from "../../lib/file_store.ts";
import { pairId, roomId, type TransferId, type Uid } from "../../lib/names.ts";

/** Blobs, and the hand of whoever owns the folder. */
export interface BlobScene extends AsyncDisposable {
  readonly blobs: Blobs;
  /** Puts a file into a room's folder, or alters one. */
  put(path: FilePath, text: string): Promise<void>;
  take(path: FilePath): Promise<void>;
  /** Closes the blobs and opens them again, as a restart does. */
  again(): Promise<Blobs>;
  /** Whether a file keeps its hidden name beside its own until it is discarded. */
  readonly isLinking: boolean;
}

/** Opens empty blobs. */
export type OpenBlobs = () => Promise<BlobScene>;

const room = roomId("Physics");
const t1 = "t-1" as TransferId;
const t2 = "t-2" as TransferId;
const report: FilePath = { conversation: room, name: "report — 波.pdf" };

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function hashOf(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Receives a whole file. */
export async function receive(blobs: Blobs, transfer: TransferId, text: string): Promise<string> {
  await using incoming = await blobs.receive(transfer);
  await incoming.append(bytesOf(text));
  return await incoming.seal();
}

/** What a file's bytes are, as text, or `undefined` where there is none. */
export async function textAt(blobs: Blobs, path: FilePath): Promise<string | undefined> {
  await using file = await blobs.open(path);
  if (!file) return undefined;
  const into = new Uint8Array(file.size + 5);
  let length = 0;
  for (let count = 1; count > 0; length += count) {
    count = await file.read(into.subarray(length), length);
  }
  assertEquals(length, file.size);
  return new TextDecoder().decode(into.subarray(0, length));
}

async function namesIn(blobs: Blobs): Promise<string[]> {
  const names: string[] = [];
  for await (const found of blobs.found(room)) {
    if ("path" in found) names.push([found.path.folder, found.path.name].join("/"));
  }
  return names.sort();
}

/** Registers what `Blobs` must do. */
export function blobsContract(name: string, open: OpenBlobs): void {
  receiving(name, open);
  linking(name, open);
  reading(name, open);
  removing(name, open);
  finding(name, open);
}

function receiving(name: string, open: OpenBlobs): void {
  Deno.test(`${name}: receive() appends, and seal() answers the hash of it all`, async () => {
    await using scene = await open();
    await using incoming = await scene.blobs.receive(t1);
    assertEquals(incoming.offset, 0);
    await incoming.append(bytesOf("hello "));
    await incoming.append(bytesOf("world"));
    assertEquals(incoming.offset, 11);
    assertEquals(await scene.blobs.unfinished(), new Map([[t1, 11]]));
    assertEquals(await incoming.seal(), hashOf("hello world"));
    assertEquals(await incoming.seal(), hashOf("hello world"));
  });

  Deno.test(`${name}: seal() of an empty file is the hash of nothing`, async () => {
    await using scene = await open();
    assertEquals(await receive(scene.blobs, t1, ""), hashOf(""));
    assertEquals(await scene.blobs.link(t1, report), "linked");
    assertEquals(await textAt(scene.blobs, report), "");
  });

  Deno.test(`${name}: receive() goes on where the bytes ended, with a hash of all`, async () => {
    await using scene = await open();
    {
      await using incoming = await scene.blobs.receive(t1);
      await incoming.append(bytesOf("hello "));
    }
    await using incoming = await scene.blobs.receive(t1);
    assertEquals(incoming.offset, 6);
    await incoming.append(bytesOf("world"));
    assertEquals(await incoming.seal(), hashOf("hello world"));
  });

  Deno.test(`${name}: sweep() takes all unfinished files but those named`, async () => {
    await using scene = await open();
    await receive(scene.blobs, t1, "one");
    await receive(scene.blobs, t2, "two");
    await scene.blobs.sweep(new Set([t2]));
    assertEquals(await scene.blobs.unfinished(), new Map([[t2, 3]]));
    assertEquals(await scene.blobs.link(t1, report), "gone");
  });

  Deno.test(`${name}: discard() takes one, and does nothing without one`, async () => {
    await using scene = await open();
    await receive(scene.blobs, t1, "one");
    await scene.blobs.discard(t1);
    await scene.blobs.discard(t1);
    assertEquals(await scene.blobs.unfinished(), new Map());
  });

  Deno.test(`${name}: what was received is there after a restart`, async () => {
    await using scene = await open();
    await receive(scene.blobs, t1, "one");
    const blobs = await scene.again();
    assertEquals(await blobs.unfinished(), new Map([[t1, 3]]));
    assertEquals(await receive(blobs, t1, " more"), hashOf("one more"));
  });
}

function linking(name: string, open: OpenBlobs): void {
  const paths: Record<string, FilePath> = {
    "at the top of a room": report,
    "in folders": { ...report, folder: "a/b — ü/c" },
    "in a private conversation": {
      conversation: pairId("u-1" as Uid, "u-2" as Uid),
      name: "secret.txt",
      folder: "a",
    },
    "in a room whose name is a device's": { conversation: roomId("con"), name: "a.txt" },
    "in a room whose name is long": { conversation: roomId("𠀀".repeat(64)), name: "a.txt" },
  };
  for (const [where, path] of Object.entries(paths)) {
    Deno.test(`${name}: link() shows a file ${where}, and only then`, async () => {
      await using scene = await open();
      const { blobs } = scene;
      await receive(blobs, t1, "whole");
      assertEquals(await textAt(blobs, path), undefined);
      assertEquals(await blobs.link(t1, path), "linked");
      if (scene.isLinking) assertEquals(await blobs.link(t1, path), "linked");
      await blobs.discard(t1);
      assertEquals(await textAt(blobs, path), "whole");
      assertEquals(await blobs.sha256(path), hashOf("whole"));
      assertEquals(await blobs.link(t1, path), "gone");
      assertEquals(await blobs.unfinished(), new Map());
    });
  }

  for (const other of ["Report.PDF", "report.pdf", "REPORT.pdf"]) {
    Deno.test(`${name}: link() never overwrites: "${other}" is taken`, async () => {
      await using scene = await open();
      const { blobs } = scene;
      await scene.put({ conversation: room, name: "report.pdf" }, "first");
      await receive(blobs, t1, "second");
      assertEquals(await blobs.link(t1, { conversation: room, name: other }), "taken");
      assertEquals(await textAt(blobs, { conversation: room, name: "report.pdf" }), "first");
      assertEquals(await blobs.unfinished(), new Map([[t1, 6]]));
      assertEquals(await namesIn(blobs), ["/report.pdf"]);
    });
  }

  Deno.test(`${name}: link() never overwrites an empty file, either`, async () => {
    await using scene = await open();
    await scene.put(report, "");
    await receive(scene.blobs, t1, "second");
    assertEquals(await scene.blobs.link(t1, report), "taken");
    assertEquals(await textAt(scene.blobs, report), "");
  });

  Deno.test(`${name}: of many that want one name at once, one gets it`, async () => {
    await using scene = await open();
    const transfers = Array.from({ length: 20 }, (_, index) => `t-${index}` as TransferId);
    for (const transfer of transfers) await receive(scene.blobs, transfer, transfer);
    const linked = await Promise.all(transfers.map((transfer, index) => {
      const path = { conversation: room, name: index % 2 === 0 ? "A.txt" : "a.txt" };
      return scene.blobs.link(transfer, path);
    }));
    assertEquals(linked.filter((one) => one === "linked").length, 1);
    assertEquals((await namesIn(scene.blobs)).length, 1);
  });

  Deno.test(`${name}: link() makes no folder where a file is`, async () => {
    await using scene = await open();
    const { blobs } = scene;
    await scene.put({ conversation: room, name: "a" }, "a file");
    await receive(blobs, t1, "second");
    assertEquals(await blobs.link(t1, { ...report, folder: "a/b" }), "no folder");
    assertEquals(await blobs.unfinished(), new Map([[t1, 6]]));
    assertEquals(await textAt(blobs, { conversation: room, name: "a" }), "a file");
  });

  Deno.test(`${name}: link() answers that the unfinished file is gone`, async () => {
    await using scene = await open();
    assertEquals(await scene.blobs.link(t1, report), "gone");
    assertEquals(await namesIn(scene.blobs), []);
  });
}

function reading(name: string, open: OpenBlobs): void {
  Deno.test(`${name}: read() fills from an offset, to the end`, async () => {
    await using scene = await open();
    await scene.put(report, "0123456789");
    await using file = await scene.blobs.open(report);
    assert(file);
    assertEquals(file.size, 10);
    const into = new Uint8Array(4);
    const texts: string[] = [];
    for (const offset of [3, 0, 4, 8, 10]) {
      const count = await file.read(into, offset);
      texts.push(new TextDecoder().decode(into.subarray(0, count)));
    }
    assertEquals(texts, ["3456", "0123", "4567", "89", ""]);
  });

  Deno.test(`${name}: open() answers nothing where there is no file`, async () => {
    await using scene = await open();
    await scene.put({ ...report, folder: "a" }, "text");
    assertEquals(await scene.blobs.open(report), undefined);
    assertEquals(await scene.blobs.open({ conversation: room, name: "a" }), undefined);
    assertEquals(await scene.blobs.sha256(report), undefined);
  });

  const harms = {
    removed: (scene: BlobScene) => scene.take(report),
    "removed by us": (scene: BlobScene) => scene.blobs.remove(report),
    altered: (scene: BlobScene) => scene.put(report, "9876543210"),
    shortened: (scene: BlobScene) => scene.put(report, "012"),
  };
  for (const [what, harm] of Object.entries(harms)) {
    Deno.test(`${name}: read() refuses a file that was ${what} since it was opened`, async () => {
      await using scene = await open();
      await scene.put(report, "0123456789");
      await using file = await scene.blobs.open(report);
      assert(file);
      const into = new Uint8Array(4);
      await file.read(into, 0);
      await harm(scene);
      const error = await assertRejects(() => file.read(into, 4), ChatError);
      assertEquals(error.code, "no_such_file");
    });
  }

  Deno.test(`${name}: no path leads out of its folder`, async (t) => {
    await using scene = await open();
    for (const path of ["..", ".", "a/b", "../report", "", "a\0"]) {
      await t.step(JSON.stringify(path), async () => {
        assertEquals(await scene.blobs.open({ conversation: room, name: path }), undefined);
        await scene.blobs.remove({ conversation: room, name: "report", folder: path });
        assertEquals(await scene.blobs.sha256({ conversation: room, name: path }), undefined);
      });
    }
  });
}

function removing(name: string, open: OpenBlobs): void {
  Deno.test(`${name}: remove() takes a file, and leaves its neighbours`, async () => {
    await using scene = await open();
    const { blobs } = scene;
    const [one, other] = [{ ...report, folder: "a/b" }, { ...report, folder: "a" }];
    await scene.put(one, "one");
    await scene.put(other, "other");
    await blobs.remove(one);
    await blobs.remove(one);
    assertEquals(await textAt(blobs, one), undefined);
    assertEquals(await textAt(blobs, other), "other");
    await blobs.remove(other);
    await receive(blobs, t1, "again");
    assertEquals(await blobs.link(t1, { ...report, name: "a" }), "linked");
  });
}

function finding(name: string, open: OpenBlobs): void {
  Deno.test(`${name}: found() are the files of a room, and of no other`, async () => {
    await using scene = await open();
    const { blobs } = scene;
    await scene.put(report, "one");
    await scene.put({ ...report, folder: "a/b" }, "other");
    await scene.put({ conversation: roomId("other"), name: "x" }, "x");
    await receive(blobs, t1, "unfinished");
    assertEquals(await namesIn(blobs), ["/report — 波.pdf", "a/b/report — 波.pdf"]);
    for await (const found of blobs.found(room)) {
      assert("path" in found);
      assertEquals(found.size, found.path.folder === undefined ? 3 : 5);
      assertEquals(await textAt(blobs, found.path), found.size === 3 ? "one" : "other");
    }
  });

  Deno.test(`${name}: found() of a private conversation is nothing`, async () => {
    await using scene = await open();
    const conversation = pairId("u-1" as Uid, "u-2" as Uid);
    await receive(scene.blobs, t1, "secret");
    await scene.blobs.link(t1, { conversation, name: "a.txt" });
    assertEquals(await Array.fromAsync(scene.blobs.found(conversation)), []);
  });

  Deno.test(`${name}: watch() tells of a room in which something changed`, async () => {
    await using scene = await open();
    await scene.put(report, "one");
    await namesIn(scene.blobs);
    const { promise, resolve } = Promise.withResolvers<string>();
    using _watching = scene.blobs.watch(resolve);
    await scene.put({ ...report, name: "second" }, "two");
    assertEquals(await promise, room as string);
  });

  Deno.test(`${name}: free() goes down by what is kept, or isn't known`, async () => {
    await using scene = await open();
    const goesDown = async (transfer: TransferId) => {
      const before = await scene.blobs.free();
      await receive(scene.blobs, transfer, "x".repeat(100_000));
      return before === Infinity || await scene.blobs.free() <= before;
    };
    // Other programs give room back at any moment: it has to be seen once.
    for (let times = 0; !await goesDown(`t${times}` as TransferId); times++) assert(times < 50);
  });
}
