import { assertEquals } from "@std/assert";
import type { SharedFile } from "../../lib/events.ts";
import type { FileId } from "../../lib/names.ts";
import { fileCalled, filesBelow } from "../../lib/client/find_file.ts";
import { sharedFile } from "../helpers/transfer_scene.ts";

let at = 0;

/** A file that came after those before it. */
function file(id: string, room: string, path: string): SharedFile {
  const [, folder, name = path] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
  const where = folder === undefined ? {} : { folder };
  return sharedFile(new Uint8Array(), { file: id as FileId, room, name, at: at++, ...where });
}

function found(files: readonly SharedFile[], name: string): string | undefined {
  return fileCalled(files, name, ({ room }) => room === "front")?.file;
}

Deno.test("a file in front is meant before a newer one elsewhere", () => {
  assertEquals(found([file("a", "front", "x.txt"), file("b", "lobby", "x.txt")], "X.txt"), "a");
  assertEquals(found([file("a", "front", "f/x.txt"), file("b", "lobby", "f/x.txt")], "x.txt"), "a");
});

Deno.test("a whole name is meant before a newer last part, even one in front", () => {
  assertEquals(found([file("a", "front", "x.txt"), file("b", "front", "f/x.txt")], "x.txt"), "a");
  assertEquals(found([file("a", "lobby", "x.txt"), file("b", "front", "f/x.txt")], "x.txt"), "a");
});

Deno.test("of files that are meant alike the newest is, and an id says it exactly", () => {
  const files = [file("a", "one", "f/x.txt"), file("b", "two", "f/x.txt")];
  assertEquals(found(files, "f/x.txt"), "b");
  assertEquals(found(files, "x.txt"), "b");
  assertEquals(found(files, "a"), "a");
  assertEquals(found(files, "y.txt"), undefined);
});

Deno.test("a folder's files are those in it and below, not those of one with a longer name", () => {
  const paths = ["Photos/a.jpg", "photos/summer/b.jpg", "photos2/c.jpg", "old/photos/d.jpg", "e"];
  const files = paths.map((path) => file(path, "front", path));
  for (const name of ["photos", "PHOTOS/"]) {
    assertEquals(filesBelow(files, name).map((each) => each.file as string), paths.slice(0, 2));
  }
  assertEquals(filesBelow(files, "e"), []);
});
