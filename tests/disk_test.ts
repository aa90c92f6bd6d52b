import { assert, assertEquals, assertRejects } from "@std/assert";
import { openDisk } from "../lib/backend/disk.ts";
import { folderOf } from "../lib/backend/disk/tree.ts";
import { ChatError } from "../lib/errors.ts";
import { fileKey } from "../lib/sharing/file_names.ts";
import type { FilePath, FoundFile, LeftAlone } from "../lib/file_store.ts";
import {
  type ConversationId,
  lobby,
  pairId,
  roomId,
  type TransferId,
  type Uid,
} from "../lib/names.ts";
import { bytesOf, hashOf, receive, textAt } from "./contract/blobs.ts";
import { canMount, SmallDisk } from "./helpers/tmpfs.ts";

const MiB = 1024 * 1024;
const t1 = "t-1" as TransferId;
const report: FilePath = { conversation: lobby, name: "report.pdf" };
const noLinks = Deno.build.os === "windows";

/** A folder for files, and one beside it that nothing may reach. */
async function folders() {
  const made = await Deno.makeTempDir({ prefix: "parley-test-" });
  const [files, outside] = [`${made}/files`, `${made}/outside`];
  await Deno.mkdir(files);
  await Deno.mkdir(outside);
  await Deno.writeTextFile(`${outside}/secret.txt`, "secret");
  const close = () => Deno.remove(made, { recursive: true });
  return { files, outside, [Symbol.asyncDispose]: close };
}

async function assertUntouched(outside: string): Promise<void> {
  assertEquals(await Array.fromAsync(Deno.readDir(outside), ({ name }) => name), ["secret.txt"]);
  assertEquals(await Deno.readTextFile(`${outside}/secret.txt`), "secret");
}

Deno.test("files lie in a folder a room, under their real names", async () => {
  await using place = await folders();
  await using blobs = await openDisk(place.files);
  await receive(blobs, t1, "whole");
  assertEquals(await Array.fromAsync(Deno.readDir(place.files), ({ name }) => name), [".parley"]);
  await blobs.link(t1, { ...report, folder: "a/b" });
  assertEquals(await Deno.readTextFile(`${place.files}/lobby/a/b/report.pdf`), "whole");
});

Deno.test("no two conversations have one folder, on any file system, and none is Parley's", () => {
  const names = [
    "strasse",
    "straße",
    "a",
    "a.",
    "con",
    "nul.txt",
    ".parley",
    "..",
    "a/b",
    "\u0131",
  ];
  const long = ["x".repeat(300), "x".repeat(301)];
  const pairs = [pairId("a" as Uid, "b" as Uid), pairId("a" as Uid, "c" as Uid)];
  const ids = [...[...names, ...long].map((name) => name as ConversationId), ...pairs];
  const folders = ids.map((id) => folderOf(id));
  const keys = new Set(folders.map((parts) => fileKey(parts.join("/"))));
  assertEquals(keys.size, ids.length);
  for (const [index, parts] of folders.entries()) {
    assert(parts.join("/").length < 200);
    assertEquals(parts[0] === ".parley", index >= ids.length - pairs.length);
    assert(parts.every((part) => part !== ".." && !part.includes("/")));
  }
  assertEquals(folderOf(roomId("Physics")), ["physics"]);
});

Deno.test({
  name: "symbolic links aren't followed, in any part of a path",
  ignore: noLinks,
  async fn() {
    await using place = await folders();
    const { files, outside } = place;
    await using blobs = await openDisk(files);
    await Deno.mkdir(`${files}/lobby/sub`, { recursive: true });
    await Deno.symlink(`${outside}/secret.txt`, `${files}/lobby/link.txt`);
    await Deno.symlink(`${outside}/none`, `${files}/lobby/dangling.txt`);
    await Deno.symlink(outside, `${files}/lobby/sub/folder`);
    await Deno.symlink(outside, `${files}/physics`);
    const paths: FilePath[] = [
      { conversation: lobby, name: "link.txt" },
      { conversation: lobby, folder: "sub/folder", name: "secret.txt" },
      { conversation: roomId("physics"), name: "secret.txt" },
    ];
    for (const path of paths) {
      assertEquals(await blobs.open(path), undefined);
      assertEquals(await blobs.sha256(path), undefined);
      await blobs.remove(path);
    }
    await receive(blobs, t1, "mine");
    const answers: string[] = [];
    for (const path of [...paths, { conversation: lobby, name: "dangling.txt" }]) {
      answers.push(await blobs.link(t1, path));
    }
    assertEquals(answers, ["taken", "no folder", "no folder", "taken"]);
    assertEquals(await Array.fromAsync(blobs.found(roomId("physics"))), []);
    await assertUntouched(outside);
  },
});

Deno.test({
  name: "an unfinished file that was exchanged for a symbolic link isn't written through",
  ignore: noLinks,
  async fn() {
    await using place = await folders();
    const { files, outside } = place;
    await using blobs = await openDisk(files);
    await Deno.symlink(`${outside}/secret.txt`, `${files}/.parley/unfinished/${t1}`);
    await Deno.symlink(`${outside}/new.txt`, `${files}/.parley/unfinished/t-2`);
    await assertRejects(() => blobs.receive(t1));
    await assertRejects(() => blobs.receive("t-2" as TransferId));
    assertEquals(await blobs.unfinished(), new Map());
    await Deno.symlink(outside, `${files}/.parley/unfinished/t-3`);
    await blobs.sweep(new Set());
    await assertUntouched(outside);
    const left = await Array.fromAsync(Deno.readDir(`${files}/.parley/unfinished`));
    assertEquals(left, []);
  },
});

Deno.test({
  name: "a hidden folder that is a symbolic link is refused with a sentence",
  ignore: noLinks,
  async fn() {
    await using place = await folders();
    await Deno.symlink(place.outside, `${place.files}/.parley`);
    await assertRejects(
      () => openDisk(place.files),
      Error,
      `Cannot use "${place.files}" for files: ".parley" in it must be a folder`,
    );
    await assertUntouched(place.outside);
  },
});

Deno.test({
  name: "found() leaves alone links, special files and names that aren't safe, and says why",
  ignore: noLinks,
  async fn() {
    await using place = await folders();
    await using blobs = await openDisk(place.files);
    const room = `${place.files}/lobby`;
    await Deno.mkdir(`${room}/bad:folder`, { recursive: true });
    await Deno.writeTextFile(`${room}/bad:folder/inside.txt`, "text");
    await Deno.writeTextFile(`${room}/.hidden`, "text");
    await Deno.writeTextFile(`${room}/good.txt`, "text");
    await Deno.symlink(`${room}/good.txt`, `${room}/link.txt`);
    await new Deno.Command("mkfifo", { args: [`${room}/pipe`] }).output();
    const found = await Array.fromAsync(blobs.found(lobby));
    const words = found.map((one: FoundFile | LeftAlone) =>
      "path" in one ? one.path.name : `${one.left.slice(room.length + 1)}: ${one.why}`
    );
    assertEquals(words.sort(), [
      ".hidden: its name isn't safe on all systems",
      "bad:folder: its name isn't safe on all systems",
      "good.txt",
      "link.txt: it is a symbolic link",
      "pipe: it is no file",
    ]);
    assertEquals(await blobs.open({ conversation: lobby, name: "pipe" }), undefined);
  },
});

Deno.test("a folder that another server uses is refused with a sentence", async () => {
  await using place = await folders();
  await using _blobs = await openDisk(place.files);
  const error = await assertRejects(() => openDisk(place.files), Error);
  assertEquals(
    error.message,
    `Cannot use "${place.files}": another Parley server (process ${Deno.pid}) is using it; ` +
      "stop that one or name another folder with --files",
  );
});

Deno.test({
  name: "nobody else may look into the hidden folder",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using place = await folders();
    await using _blobs = await openDisk(place.files);
    const { mode } = await Deno.stat(`${place.files}/.parley`);
    assertEquals((mode ?? 0) & 0o777, 0o700);
  },
});

Deno.test("without links, a name that a crash has left empty is filled after it", async () => {
  await using place = await folders();
  await using blobs = await openDisk(place.files, { traits: { isLinking: false } });
  await receive(blobs, t1, "whole");
  // As if the process had ended between taking the name and giving it to the whole file.
  const path = `${place.files}/lobby/report.pdf`;
  await Deno.mkdir(`${place.files}/lobby`);
  await Deno.writeTextFile(`${place.files}/.parley/unfinished/${t1}.named`, path);
  await Deno.writeTextFile(path, "");
  assertEquals(await blobs.unfinished(), new Map([[t1, 5]]));
  assertEquals(await blobs.link(t1, report), "linked");
  assertEquals(await textAt(blobs, report), "whole");
  const left = await Array.fromAsync(Deno.readDir(`${place.files}/.parley/unfinished`));
  assertEquals(left, []);
});

Deno.test("an unfinished file that was shortened behind our back isn't sealed", async () => {
  await using place = await folders();
  await using blobs = await openDisk(place.files);
  await receive(blobs, t1, "hello");
  await using incoming = await blobs.receive(t1);
  await Deno.truncate(`${place.files}/.parley/unfinished/${t1}`, 2);
  await assertRejects(() => incoming.seal(), Error, "shorter than it was");
});

Deno.test({
  name: "a full disk refuses what doesn't fit, keeps what came, and goes on when there is room",
  ignore: !canMount(),
  async fn() {
    await using disk = await SmallDisk.mount(4 * MiB);
    await using blobs = await openDisk(`${disk.path}/files`);
    const part = new Uint8Array(256 * 1024).fill(7);
    await using incoming = await blobs.receive(t1);
    await incoming.append(part);
    await disk.fill();
    for (let count = 0; count < 3; count++) {
      const error = await assertRejects(() => incoming.append(part), ChatError);
      assertEquals(error.code, "disk_full");
      assertEquals(incoming.offset, part.length);
    }
    assertEquals(await blobs.unfinished(), new Map([[t1, part.length]]));
    const refused = await assertRejects(async () => {
      await using other = await blobs.receive("t-2" as TransferId);
      await other.append(part);
    }, ChatError);
    assertEquals(refused.code, "disk_full");
    await disk.free();
    await incoming.append(part);
    const both = new Uint8Array(part.length * 2).fill(7);
    assertEquals(await incoming.seal(), hashOf(both));
    assertEquals(await blobs.link(t1, report), "linked");
    assertEquals(await blobs.sha256(report), hashOf(both));
  },
});

Deno.test({
  name: "free() is what the disk takes, and goes down with it",
  ignore: !canMount(),
  async fn() {
    await using disk = await SmallDisk.mount(4 * MiB);
    await using blobs = await openDisk(`${disk.path}/files`);
    const before = await blobs.free();
    assert(before > 3 * MiB && before <= 4 * MiB, `${before}`);
    await using incoming = await blobs.receive(t1);
    await incoming.append(new Uint8Array(MiB));
    assert(await blobs.free() <= before - MiB);
  },
});

Deno.test("what was appended after a restart is hashed with what came before, over many parts", async () => {
  await using place = await folders();
  const part = bytesOf("0123456789".repeat(30_000));
  for (let count = 0; count < 3; count++) {
    await using blobs = await openDisk(place.files);
    await using incoming = await blobs.receive(t1);
    assertEquals(incoming.offset, count * part.length);
    await incoming.append(part);
  }
  await using blobs = await openDisk(place.files);
  await using incoming = await blobs.receive(t1);
  assertEquals(await incoming.seal(), hashOf("0123456789".repeat(90_000)));
});

Deno.test("blobs need to read their program, and nothing else but their folder", async () => {
  await using place = await folders();
  const url = (path: string) => new URL(path, import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "--quiet",
      `--allow-read=${url("..")},${place.files}`,
      `--allow-write=${place.files}`,
      url("./helpers/open_blobs.ts"),
      place.files,
    ],
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(code, 0);
  const answers: unknown = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(answers, ["linked", "linked", "report.pdf", "whole", true]);
});

Deno.test("the data folder's files are neither shared nor replaced, though it lies in this one", async () => {
  await using place = await folders();
  const data = `${place.files}/data`;
  await Deno.mkdir(data);
  await Deno.writeTextFile(`${data}/parley.db`, "secret");
  await using blobs = await openDisk(place.files, { apart: data });
  const conversation = roomId("data");
  assertEquals(await Array.fromAsync(blobs.found(conversation)), []);
  assertEquals(await blobs.open({ conversation, name: "parley.db" }), undefined);
  await blobs.remove({ conversation, name: "parley.db" });
  await receive(blobs, t1, "whole");
  assertEquals(await blobs.link(t1, { conversation, name: "new.txt" }), "no folder");
  assertEquals(await Array.fromAsync(Deno.readDir(data), ({ name }) => name), ["parley.db"]);
});

Deno.test("the data folder itself is refused for files, with a sentence", async () => {
  await using place = await folders();
  const error = await assertRejects(() => openDisk(place.files, { apart: place.files }), Error);
  assertEquals(
    error.message,
    `Cannot use "${place.files}" for files: "${place.files}" is for what nobody may see; ` +
      "name another folder with --files",
  );
  assertEquals(await Array.fromAsync(Deno.readDir(place.files)), []);
});
