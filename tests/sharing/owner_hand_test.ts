import { assert, assertEquals } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { Change, LogEvent, Person } from "../../lib/events.ts";
import type { FilePath, LeftAlone } from "../../lib/file_store.ts";
import type { ConversationId, FileId, TransferId } from "../../lib/names.ts";
import { OwnerHand } from "../../lib/sharing/owner_hand.ts";
import { bytesOf, hashOf, receive } from "../contract/blobs.ts";
import { file, transfer } from "../contract/library.ts";
import { all, append, event, room, start } from "../contract/scene.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const notes: FilePath = { conversation: room, name: "notes.txt" };
/** Longer than a file has to rest, and shorter than the time until every room is looked at. */
const aWhileMs = 10_000;
const stepMs = 400;

/** A room, its folder, and whoever looks at it. */
class Scene implements AsyncDisposable {
  readonly backend = openMemory();
  readonly blobs = new MemoryBlobs();
  readonly clock = new FakeClock(start);
  readonly troubles: unknown[] = [];
  readonly left: LeftAlone[] = [];
  readonly removed: FileId[] = [];
  /** Whether it is known what other nodes have done. */
  isLevel = true;
  #hand: OwnerHand | undefined;
  #ids = 0;

  /** Starts the server, and lets it look. */
  async run(ms = aWhileMs): Promise<void> {
    this.#hand ??= new OwnerHand({
      library: this.backend.library,
      blobs: this.blobs,
      clock: this.clock,
      leads: () => true,
      caughtUp: () => Promise.resolve(this.isLevel),
      name: () => "Parley",
      rooms: () => [room],
      fileId: () => `d${++this.#ids}` as FileId,
      decide: (conversation, by, change) => this.#decide(conversation, by, change),
      onRemoved: ({ file }) => this.removed.push(file.file),
      onLeft: (left) => this.left.push(left),
      onTrouble: (error) => this.troubles.push(error),
    });
    // In steps, for a look takes many turns of the event loop.
    for (let past = 0; past < ms; past += stepMs) {
      await this.clock.tick(Math.min(stepMs, ms - past));
    }
  }

  async stop(): Promise<void> {
    await this.#hand?.[Symbol.asyncDispose]();
    this.#hand = undefined;
  }

  put(path: FilePath, text: string): void {
    this.blobs.put(path, bytesOf(text), this.clock.now());
  }

  /** What everybody was told, in few words. */
  async told(): Promise<string[]> {
    return (await all(this.backend)).map(short);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    assertEquals(this.troubles, []);
  }

  async #decide(conversation: ConversationId, by: Person, change: Change) {
    const seq = (await all(this.backend)).length + 1;
    const at = this.clock.now();
    await this.backend.log.append(append([event(seq, change, { by, at })], conversation));
    return { seq, at };
  }
}

function short(event: LogEvent): string {
  if (event.t !== "shared") return "file" in event ? `${event.t} ${event.file}` : event.t;
  const { file: { file, folder, name, sha256, size } } = event;
  return `shared ${file} ${[folder, name].join("/")} ${size} ${sha256.slice(0, 8)}`;
}

function shared(file: string, text: string, path = "/notes.txt"): string {
  return `shared ${file} ${path} ${text.length} ${hashOf(text).slice(0, 8)}`;
}

Deno.test("a file put into a room's folder is shared, by the server's own user", async () => {
  await using scene = new Scene();
  await scene.run();
  scene.put({ ...notes, folder: "a/b" }, "text");
  await scene.run();
  assertEquals(await scene.told(), [shared("d1", "text", "a/b/notes.txt")]);
  const entry = await scene.backend.library.at({ ...notes, folder: "a/b" });
  assertEquals([entry?.file.user, entry?.isGuest], ["Parley", false]);
  await scene.run(70_000);
  assertEquals((await scene.told()).length, 1);
});

Deno.test("nothing is shared or removed while it isn't known what other nodes have done", async () => {
  await using scene = new Scene();
  scene.put(notes, "text");
  await scene.run();
  const before = [shared("d1", "text")];
  assertEquals(await scene.told(), before);
  scene.isLevel = false;
  scene.put({ ...notes, name: "more.txt" }, "more");
  scene.blobs.take(notes);
  await scene.run();
  assertEquals(await scene.told(), before);
  scene.isLevel = true;
  await scene.run();
  const later = ["removed d1", shared("d2", "more", "/more.txt")];
  assertEquals(await scene.told(), [...before, ...later]);
});

Deno.test("a file is shared only when it has rested for two seconds", async () => {
  await using scene = new Scene();
  await scene.run();
  for (const text of ["t", "te", "tex", "text"]) {
    scene.put(notes, text);
    await scene.run(1900);
    assertEquals(await scene.told(), []);
  }
  await scene.run();
  assertEquals(await scene.told(), [shared("d1", "text")]);
});

Deno.test("a file taken from a room's folder is removed, and its bytes count no more", async () => {
  await using scene = new Scene();
  scene.put(notes, "text");
  await scene.run();
  scene.blobs.take(notes);
  await scene.run();
  assertEquals(await scene.told(), [shared("d1", "text"), "removed d1"]);
  assertEquals(scene.removed, ["d1" as FileId]);
  assertEquals(await scene.backend.library.removing(), []);
});

Deno.test("an altered file is removed and shared anew", async () => {
  await using scene = new Scene();
  scene.put(notes, "text");
  await scene.run();
  scene.put(notes, "TEXT");
  await scene.run();
  assertEquals(await scene.told(), [
    shared("d1", "text"),
    "removed d1",
    shared("d2", "TEXT"),
  ]);
});

Deno.test("a file that was only touched stays as it is", async () => {
  await using scene = new Scene();
  scene.put(notes, "text");
  await scene.run();
  scene.put(notes, "text");
  await scene.run();
  assertEquals(await scene.told(), [shared("d1", "text")]);
});

Deno.test("what was put, taken and altered while the server didn't run is found at its start", async () => {
  await using scene = new Scene();
  scene.put(notes, "text");
  scene.put({ ...notes, name: "gone.txt" }, "gone");
  scene.put({ ...notes, name: "same.txt" }, "same");
  await scene.run();
  await scene.stop();
  await scene.clock.tick(1000);
  scene.put(notes, "other");
  scene.put({ ...notes, name: "new.txt" }, "new");
  scene.blobs.take({ ...notes, name: "gone.txt" });
  await scene.run();
  const told = (await scene.told()).slice(3).sort();
  assertEquals(
    told,
    [
      "removed d1",
      "removed d2",
      shared("d4", "other"),
      shared("d5", "new", "/new.txt"),
    ].sort(),
  );
});

Deno.test("files that Parley itself names aren't taken for the owner's", async () => {
  await using scene = new Scene();
  await scene.run();
  const { library, log } = scene.backend;
  const path = { conversation: room, name: "f1.pdf" };
  await library.keep(transfer("t1"));
  const sha256 = await receive(scene.blobs, "t1" as TransferId, "whole");
  const whole = file("f1", { size: 5, sha256, at: scene.clock.now() });
  await library.finishing("t1" as TransferId, whole);
  assertEquals(await scene.blobs.link("t1" as TransferId, path), "linked");
  await scene.run();
  assertEquals(await scene.told(), []);
  await log.append(append([event(1, { t: "shared", file: whole })]));
  await scene.run(70_000);
  assertEquals((await scene.told()).length, 1);
});

Deno.test("a removed file whose bytes are still there isn't taken for the owner's", async () => {
  await using scene = new Scene();
  scene.put(notes, "text");
  await scene.run();
  const removed = event(2, { t: "removed", file: "d1" as FileId });
  await scene.backend.log.append(append([removed]));
  await scene.run(70_000);
  assertEquals(await scene.told(), [shared("d1", "text"), "removed d1"]);
});

Deno.test("many files leave others their turn after each", async () => {
  await using scene = new Scene();
  await scene.run();
  for (let index = 0; index < 300; index++) {
    scene.put({ conversation: room, name: `${index}.txt` }, `text ${index}`);
  }
  let turns = 0;
  let most = 0;
  let before = 0;
  const counting = setInterval(async () => {
    turns++;
    const { length } = await scene.told();
    most = Math.max(most, length - before);
    before = length;
  }, 0);
  await scene.run(200_000);
  clearInterval(counting);
  assertEquals((await scene.told()).length, 300);
  assert(most < 30, `${most} were shared in one turn of ${turns}`);
});
