/** Of what earlier systems could do with files (seeds_files_test.ts), what large ones are in. */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { hashOf } from "./helpers/file_peer.ts";
import { make, requireReceived } from "./helpers/file_scene.ts";
import { sharedSceneTest as test } from "./helpers/shared_scene.ts";
import { size } from "./helpers/size.ts";
import { someBytes } from "./helpers/transfer_scene.ts";

const megabyte = 1_000_000;

test("row 9: files of any type and size come whole, checked by their hash", async (scene) => {
  await scene.start(["--preset", "bench"]);
  const sizes = [0, 1, 65_535, 262_144, 262_145, 1_048_577, size(9, 90) * megabyte];
  const names = ["empty", "one.bin", "a.tar.gz", "b.docx", "日本.zip", "no ending", "film.mp4"];
  const files = names.map((name, index) => ({ name, bytes: someBytes(sizes[index]) }));
  const [first, ...others] = await Promise.all(
    files.map(({ name, bytes }) => make(scene, "Alice", name, bytes)),
  );
  const sent = await scene.scriptHere("Alice", "upload", first, ...others);
  assertEquals(sent.code, 0, sent.err);
  const listed = await scene.scriptHere("Bob", "files", "--json");
  const hashes = listed.out.trim().split("\n").map((line) => JSON.parse(line).sha256);
  assertEquals(hashes.toSorted(), files.map(({ bytes }) => hashOf(bytes)).toSorted());
  const bob = await scene.enterHere("Bob", { args: ["--device"] });
  await bob.type(...names.map((name) => `/download ${name}`));
  for (const { name, bytes } of files) {
    await bob.sees(`"${name}" (`);
    await bob.sees(`received/${name}`);
    await requireReceived(scene, "Bob", name, bytes);
  }
});

test("scenario: a large PDF, a video and an image go over at once", async (scene) => {
  await scene.start();
  const kinds = [["script.pdf", "%PDF-1.7\n"], ["film.mp4", "\0\0\0 ftypisom"], [
    "sky.png",
    "\x89PNG",
  ]];
  const files = kinds.map(([name, head], index) => {
    const bytes = someBytes(size(4, 60) * megabyte + index);
    bytes.set(new TextEncoder().encode(head));
    return { name, bytes };
  });
  const paths = await Promise.all(
    files.map(({ name, bytes }) => make(scene, "Alice", `media/${name}`, bytes)),
  );
  const [alice, bob] = [
    await scene.enterHere("Alice"),
    await scene.enterHere("Bob", { args: ["--take", "all", "--take-size", "100MB"] }),
  ];
  await alice.type(`/send ${join(paths[0], "..")}`);
  for (const { name, bytes } of files) {
    await bob.sees(`received/media/${name}`);
    await requireReceived(scene, "Bob", `media/${name}`, bytes);
  }
});
