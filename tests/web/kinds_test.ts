import { assertEquals } from "@std/assert";
import { kindOf } from "../../web/text/kinds.ts";
import { extensionOf } from "../../web/views/file_badge.tsx";

const unknown = "application/octet-stream";
const files: readonly [string, string, number, ReturnType<typeof kindOf>][] = [
  ["photo.jpg", "image/jpeg", 1000, "image"],
  ["photo.jpg", unknown, 1000, "image"],
  ["photo.jpg", "image/jpeg", 40_000_000, undefined],
  ["film.mp4", unknown, 1e10, "video"],
  ["song.mp3", unknown, 1000, "audio"],
  ["report.PDF", unknown, 1000, "pdf"],
  ["notes.md", "text/markdown", 1000, "text"],
  ["drawing.svg", "image/svg+xml", 1000, undefined],
  ["page.html", "text/html", 1000, undefined],
  ["data.bin", unknown, 1000, undefined],
];

for (const [name, mime, size, kind] of files) {
  Deno.test(`kindOf() of ${name} as ${mime}, ${size} bytes, is ${kind}`, () => {
    assertEquals(kindOf({ name, mime, size }), kind);
  });
}

Deno.test("extensionOf() is the end of a name, where that is short", () => {
  const names = ["a.PDF", "a.tar", "a.", "a", "a.toolong", "ü.照片"];
  assertEquals(names.map(extensionOf), ["pdf", "tar", "", "", "", "照片"]);
});
