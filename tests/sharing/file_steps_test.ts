import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDisk } from "../../lib/backend/disk.ts";
import { openMemory } from "../../lib/backend/memory.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { Stored } from "../../lib/peer/deeds.ts";
import { ChatError } from "../../lib/errors.ts";
import {
  completeSteps,
  dropTransfer,
  type FileSteps,
  finishFile,
  freeFile,
  type Shared,
} from "../../lib/sharing/file_steps.ts";
import type { Blobs, FilePath, TransferRecord } from "../../lib/file_store.ts";
import type { FileId, TransferId } from "../../lib/names.ts";
import type { Backend } from "../../lib/store.ts";
import { hashOf, receive, textAt } from "../contract/blobs.ts";
import { transfer } from "../contract/library.ts";
import { all, append, event, room, start } from "../contract/scene.ts";

/** What stands for the end of the process. */
class Stop extends Error {}

/** When a process ends: before or after which call, counted from 1. */
interface Fate {
  readonly call: number;
  readonly when: "before" | "after";
}

const t1 = "t1" as TransferId;
const never: Fate = { call: Infinity, when: "before" };

/** Stores that outlive a process, and processes that use them. */
class Machine {
  readonly backend: Backend;
  readonly blobs: Blobs;
  readonly troubles: unknown[] = [];
  #ids = 0;

  constructor(blobs: Blobs = new MemoryBlobs(), backend: Backend = openMemory()) {
    this.blobs = blobs;
    this.backend = backend;
  }

  /** What one process uses: from its fated call on, every call throws. */
  process(fate: Fate = never): FileSteps & { readonly calls: () => number } {
    let calls = 0;
    const fated = <T extends object>(store: T): T =>
      new Proxy(store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key);
          if (typeof value !== "function") return value;
          return async (...args: unknown[]) => {
            calls++;
            if (calls > fate.call || (calls === fate.call && fate.when === "before")) {
              throw new Stop();
            }
            const answer: unknown = await value.apply(target, args);
            if (calls === fate.call) throw new Stop();
            return answer;
          };
        },
      });
    const log = fated({ share: (shared: Shared) => this.#share(shared) });
    return {
      library: fated(this.backend.library),
      blobs: fated(this.blobs),
      now: () => start,
      fileId: () => `f${++this.#ids}` as FileId,
      share: (shared) => log.share(shared),
      calls: () => calls,
    };
  }

  async #share({ by, file, cid }: Shared): Promise<Stored> {
    const seq = (await all(this.backend)).length + 1;
    const shared = event(seq, { t: "shared", file }, { by, ...cid !== undefined && { cid } });
    assertEquals(await this.backend.log.append(append([shared])), { outcome: "committed" });
    return { seq, at: shared.at };
  }

  /** Takes all bytes of a transfer. */
  async receive(record: TransferRecord, text = "whole"): Promise<string> {
    await this.backend.library.keep(record);
    return await receive(this.blobs, record.transfer, text);
  }

  async restart(): Promise<void> {
    await completeSteps(this.process(), (error) => this.troubles.push(error));
  }

  /** What lies in the room's folder, whatever it is called there. */
  async found(): Promise<(string | undefined)[]> {
    const paths: FilePath[] = [];
    for await (const found of this.blobs.found(room)) if ("path" in found) paths.push(found.path);
    return await Promise.all(paths.map((path) => textAt(this.blobs, path)));
  }

  async listed(): Promise<string[]> {
    const { entries } = await this.backend.library.files(new Set([room]), { limit: 50 });
    return entries.map(({ file }) => file.name);
  }

  /** That one file is there, whole, listed once, under its name, and nothing is left of its making. */
  async assertFinished(text = "whole"): Promise<void> {
    assertEquals(await this.listed(), ["report — 波.pdf"]);
    assertEquals(await this.found(), [text]);
    assertEquals(await textAt(this.blobs, { conversation: room, name: "report — 波.pdf" }), text);
    assertEquals((await all(this.backend)).map(({ t }) => t), ["shared"]);
    assertEquals(await this.blobs.unfinished(), new Map());
    assertEquals(await this.backend.library.unfinished(), []);
    assertEquals(this.troubles, []);
  }

  async assertNothing(): Promise<void> {
    assertEquals(await this.listed(), []);
    assertEquals(await this.found(), []);
    assertEquals(await this.blobs.unfinished(), new Map());
    assertEquals(await this.backend.library.unfinished(), []);
    assertEquals(await this.backend.library.removing(), []);
    assertEquals(this.troubles, []);
  }
}

/** Every end that a process can come to, told by how many calls an undisturbed one makes. */
function fates(calls: number): Fate[] {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  return numbers.flatMap((call) => [{ call, when: "before" }, { call, when: "after" }] as const);
}

type Finish = (steps: FileSteps, record: TransferRecord, sha256: string) => Promise<unknown>;

/** Ends a process between all pairs of steps of `finish`, and starts another one each time. */
async function stopEverywhere(finish: Finish, machine: () => Machine): Promise<number> {
  const undisturbed = machine();
  const counting = undisturbed.process();
  await finish(counting, transfer("t1"), await undisturbed.receive(transfer("t1")));
  const all = fates(counting.calls());
  for (const fate of all) {
    const stopped = machine();
    const sha256 = await stopped.receive(transfer("t1"));
    await assertRejects(() => finish(stopped.process(fate), transfer("t1"), sha256), Stop);
    await stopped.restart();
    // Where nothing was decided yet, the sender says `finish` again.
    const record = await stopped.backend.library.transfer(t1);
    assert(record);
    if (record.state.is === "unfinished") await finish(stopped.process(), record, sha256);
    await stopped.assertFinished();
    await finish(stopped.process(), await stopped.backend.library.transfer(t1) ?? record, sha256);
    await stopped.assertFinished();
  }
  return all.length;
}

Deno.test("a file is finished once, whichever step of finishing is the process's last", async () => {
  assert(await stopEverywhere(finishFile, () => new Machine()) >= 10);
});

Deno.test("a second end, while a start completes the first, changes nothing", async () => {
  for (const first of fates(5)) {
    for (const second of fates(8)) {
      const machine = new Machine();
      const sha256 = await machine.receive(transfer("t1"));
      await assertRejects(() => finishFile(machine.process(first), transfer("t1"), sha256), Stop);
      await completeSteps(machine.process(second), () => {}).catch(() => {});
      await machine.restart();
      const record = await machine.backend.library.transfer(t1);
      assert(record);
      await finishFile(machine.process(), record, sha256);
      await machine.assertFinished();
    }
  }
});

/** As if the name were given before it is kept which one: the wrong order. */
async function finishWrongly(steps: FileSteps, record: TransferRecord, sha256: string) {
  const { conversation, name, size, mime, by } = record;
  const file = { file: steps.fileId(), name, size, sha256, mime, ...by, at: start };
  await steps.blobs.link(record.transfer, { conversation, name });
  await steps.blobs.discard(record.transfer);
  await steps.library.finishing(record.transfer, file);
  await steps.share({ conversation, by, file });
}

Deno.test("steps in a wrong order are found out", async () => {
  await assertRejects(() => stopEverywhere(finishWrongly, () => new Machine()));
});

for (const isLinking of [true, false]) {
  Deno.test(`a file is finished once on a real disk, links: ${isLinking}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    await using open = new AsyncDisposableStack();
    open.defer(() => Deno.remove(folder, { recursive: true }));
    const disks = await Array.fromAsync(
      { length: 20 },
      async (_, index) => open.use(await openDisk(`${folder}/${index}`, { traits: { isLinking } })),
    );
    await stopEverywhere(finishFile, () => new Machine(disks.pop()));
    assert(disks.length > 0);
  });
}

Deno.test("a file is removed whole, whichever step is the process's last", async () => {
  for (const fate of fates(2)) {
    const machine = new Machine();
    await finishFile(machine.process(), transfer("t1"), await machine.receive(transfer("t1")));
    const entry = await machine.backend.library.file("f1" as FileId);
    assert(entry);
    const removed = event(2, { t: "removed", file: entry.file.file });
    await machine.backend.log.append(append([removed]));
    await assertRejects(() => freeFile(machine.process(fate), entry), Stop);
    await machine.restart();
    await machine.assertNothing();
  }
});

Deno.test("a start removes no other file that lies where a removed one was", async () => {
  const blobs = new MemoryBlobs();
  const machine = new Machine(blobs);
  await finishFile(machine.process(), transfer("t1"), await machine.receive(transfer("t1")));
  const removed = event(2, { t: "removed", file: "f1" as FileId });
  await machine.backend.log.append(append([removed]));
  blobs.put({ conversation: room, name: "report — 波.pdf" }, new TextEncoder().encode("other"));
  await machine.restart();
  assertEquals(await machine.found(), ["other"]);
  assertEquals(await machine.backend.library.removing(), []);
});

Deno.test("a transfer is dropped whole, whichever step is the process's last", async () => {
  for (const fate of fates(2)) {
    const machine = new Machine();
    await machine.receive(transfer("t1"));
    await assertRejects(() => dropTransfer(machine.process(fate), transfer("t1")), Stop);
    if (fate.call === 1 && fate.when === "before") {
      await dropTransfer(machine.process(), transfer("t1"));
    }
    await machine.restart();
    await machine.assertNothing();
  }
});

Deno.test("a start takes back a file that nobody is left to get", async () => {
  const machine = new Machine();
  const sha256 = await machine.receive(transfer("t1"));
  const stop = { call: 3, when: "after" } as const;
  await assertRejects(() => finishFile(machine.process(stop), transfer("t1"), sha256), Stop);
  assertEquals(await machine.found(), ["whole"]);
  const share = () => Promise.reject(new ChatError("no_such_user", "Gone for good"));
  await completeSteps({ ...machine.process(), share }, (error) => machine.troubles.push(error));
  await machine.assertNothing();
});

Deno.test("finishFile() chooses the first free name, and forgets a folder that can't be", async () => {
  const blobs = new MemoryBlobs();
  const machine = new Machine(blobs);
  const bytes = new TextEncoder().encode("the owner's");
  blobs.put({ conversation: room, name: "Report — 波 (2).pdf" }, bytes);
  blobs.put({ conversation: room, name: "a" }, bytes);
  const names: string[] = [];
  for (const [index, folder] of [undefined, undefined, "a", "b"].entries()) {
    const record = transfer(`t${index}`, folder === undefined ? {} : { folder });
    const sha256 = await machine.receive(record, `file ${index}`);
    const { file } = await finishFile(machine.process(), record, sha256);
    names.push([file.folder, file.name].join("/"));
    assertEquals(file.sha256, hashOf(`file ${index}`));
  }
  assertEquals(names, [
    "/report — 波.pdf",
    "/report — 波 (3).pdf",
    "/report — 波 (4).pdf",
    "b/report — 波.pdf",
  ]);
});

Deno.test("a start drops a transfer whose bytes are gone, and goes on with the others", async () => {
  const machine = new Machine();
  const sha256 = await machine.receive(transfer("t1"));
  const stop = { call: 2, when: "after" } as const;
  await assertRejects(() => finishFile(machine.process(stop), transfer("t1"), sha256), Stop);
  await machine.blobs.discard(t1);
  await machine.receive(transfer("t2"), "half");
  await machine.restart();
  assertEquals((await machine.backend.library.unfinished()).map(({ transfer }) => transfer), [
    "t2" as TransferId,
  ]);
  assertEquals(await machine.blobs.unfinished(), new Map([["t2" as TransferId, 4]]));
  const record = transfer("t1", {
    state: { is: "finishing", file: { ...event0(), sha256 } },
  });
  const again = await assertRejects(() => finishFile(machine.process(), record, sha256), ChatError);
  assertEquals(again.code, "no_such_transfer");
});

function event0() {
  const { name, size, mime, by } = transfer("t1");
  return { file: "f9" as FileId, name, size, sha256: "", mime, ...by, at: start };
}
