import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { counted, hashOf } from "../helpers/file_peer.ts";
import { leftovers, visibleFiles, WholeFiles } from "../helpers/whole_files.ts";

const bytes = counted(100_000);
const isWhole = (name: string, sha256: string) => name === "a.bin" && sha256 === hashOf(bytes);

/** What a look at a folder with one file in it complains about. */
async function wrongsWith(name: string, content: Uint8Array): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    using files = new WholeFiles(folder, isWhole);
    await Deno.mkdir(join(folder, "lobby"));
    // At once: it is looked at now and then by itself, too.
    Deno.writeFileSync(join(folder, "lobby", name), content);
    files.look();
    files.look();
    assertEquals(files.read, 1);
    return files.wrongs.length;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a whole file is right; half a one, an altered byte and another name are noticed", async () => {
  const altered = bytes.slice();
  altered[70_000] ^= 1;
  assertEquals(await wrongsWith("a.bin", bytes), 0);
  assertEquals(await wrongsWith("a.bin", bytes.subarray(0, 50_000)), 1);
  assertEquals(await wrongsWith("a.bin", new Uint8Array(0)), 1);
  assertEquals(await wrongsWith("a.bin", altered), 1);
  assertEquals(await wrongsWith("a (2).bin", bytes), 1);
});

Deno.test("a file that was whole and is altered later is noticed", async () => {
  const folder = await Deno.makeTempDir();
  using files = new WholeFiles(folder, isWhole);
  const path = join(folder, "a.bin");
  Deno.writeFileSync(path, bytes);
  files.look();
  assertEquals(files.wrongs, []);
  Deno.writeFileSync(path, bytes.subarray(1));
  files.look();
  assertEquals(files.wrongs.length, 1);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("hidden files are leftovers, and not listed", async () => {
  const folder = await Deno.makeTempDir();
  const unfinished = join(folder, ".parley", "unfinished");
  await Deno.mkdir(unfinished, { recursive: true });
  const paths = [join(folder, ".parley-1-2.part"), join(unfinished, "t1")];
  for (const path of [join(folder, ".parley", "lock"), ...paths]) {
    await Deno.writeFile(path, bytes);
  }
  assertEquals(leftovers(folder).toSorted(), paths.toSorted());
  assertEquals(visibleFiles(folder), []);
  assertEquals(leftovers(join(folder, "nowhere")), []);
  await Deno.remove(folder, { recursive: true });
});
