import { assert, assertEquals } from "@std/assert";
import type { SharedFile, StoredEvent } from "../../lib/events.ts";
import type { FileId, Uid } from "../../lib/names.ts";
import { filesIn } from "../../web/list/files.ts";
import { sortedFiles } from "../../web/list/sorting.ts";
import { gist } from "../../web/text/gist.ts";
import { markedParts } from "../../web/text/marked.ts";

function file(name: string, more: Partial<SharedFile> = {}): SharedFile {
  return {
    ...{ file: name as FileId, name, size: 10, sha256: "0", mime: "text/plain", at: 1 },
    ...{ user: "ann", uid: "u1" as Uid, room: "dev" },
    ...more,
  };
}

Deno.test("markedParts() marks every word, in any case, and keeps all of the text", () => {
  const parts = markedParts("The tree and the (trees)", "TREE the");
  assertEquals(parts.filter(({ isMarked }) => isMarked).map(({ text }) => text), [
    ...["The", "tree", "the", "tree"],
  ]);
  assertEquals(parts.map(({ text }) => text).join(""), "The tree and the (trees)");
});

Deno.test("markedParts() takes what one looks for as it stands", () => {
  const marked = (text: string, words: string) =>
    markedParts(text, words).filter(({ isMarked }) => isMarked).map(({ text }) => text);
  assertEquals(marked("a.b axb (c)* [d", "a.b (c)* [d"), ["a.b", "(c)*", "[d"]);
  assertEquals(marked("tree trees", "tree trees"), ["tree", "trees"]);
  assertEquals(marked("text", "  "), []);
});

Deno.test("gist() is what a message says on one line", () => {
  assertEquals(gist("**Thursday**:\n\n1. a\n2. _b_\n> c\n```\nd  e\n```"), "Thursday: a, b c d e");
  assertEquals(gist("[docs](https://x.org) for @bob"), "docs for @bob");
});

Deno.test("sortedFiles() sorts by any column, names as people count", () => {
  const files = [
    file("b10", { size: 1, at: 3, user: "Zoe" }),
    file("b2", { size: 3, at: 1, user: "bob" }),
    file("A", { size: 2, at: 2, user: "Ann" }),
  ];
  const names = (by: "name" | "size" | "user" | "at", isDown: boolean) =>
    sortedFiles(files, { by, isDown, words: "" }).map(({ name }) => name).join(" ");
  assertEquals(names("name", false), "A b2 b10");
  assertEquals(names("name", true), "b10 b2 A");
  assertEquals(names("size", true), "b2 A b10");
  assertEquals(names("user", false), "A b2 b10");
  assertEquals(names("at", true), "b10 A b2");
});

Deno.test("sortedFiles() finds all words in a file's name, folder, author and room", () => {
  const files = [file("Plan.txt", { folder: "2026/spring" }), file("plan.pdf", { user: "bob" })];
  const found = (words: string) =>
    sortedFiles(files, { by: "name", isDown: false, words }).map(({ name }) => name);
  assertEquals(found("PLAN spring"), ["Plan.txt"]);
  assertEquals(found("bob plan"), ["plan.pdf"]);
  assertEquals(found("dev").length, 2);
  assertEquals(found("plan nothing"), []);
});

Deno.test("filesIn() tells what has become of the files of a conversation", () => {
  const event = (seq: number, rest: object): StoredEvent => ({
    ...{
      t: "joined",
      seq,
      at: seq,
      room: "@bob",
      with: "u2" as Uid,
      user: "ann",
      uid: "u1" as Uid,
    },
    ...rest,
  });
  const id = (name: string) => name as FileId;
  const files = filesIn([
    event(1, { t: "shared", file: file("a") }),
    event(2, { t: "shared", file: file("b") }),
    event(3, { t: "shared", file: file("c") }),
    event(4, { t: "removed", file: id("a") }),
    event(5, { t: "taken", file: id("b") }),
    event(6, { t: "declined", file: id("never shared here") }),
  ]);
  assertEquals([...files].map(([name, { standing }]) => `${name} ${standing}`), [
    ...["a removed", "b taken", "c here"],
  ]);
  assertEquals(files.get(id("c"))?.file.with, "u2" as Uid);
  assert(!files.has(id("never shared here")));
});
