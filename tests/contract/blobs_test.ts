import { dirname, join } from "@std/path";
import { type DiskBlobs, openDisk } from "../../lib/backend/disk.ts";
import { folderOf } from "../../lib/backend/disk/tree.ts";
import type { Traits } from "../../lib/backend/disk/traits.ts";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { FilePath } from "../../lib/file_store.ts";
import { type BlobScene, blobsContract, bytesOf } from "./blobs.ts";

function inMemory(): Promise<BlobScene> {
  const blobs = new MemoryBlobs();
  return Promise.resolve({
    blobs,
    isLinking: true,
    put: (path, text) => Promise.resolve(blobs.put(path, bytesOf(text))),
    take: (path) => Promise.resolve(blobs.take(path)),
    again: () => Promise.resolve(blobs),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

/** A folder that is its owner's and Parley's. */
async function onDisk(traits?: Partial<Traits>): Promise<BlobScene> {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  let changes = 0;
  let blobs: DiskBlobs = await openDisk(folder, { traits });
  const at = ({ conversation, folder: below = "", name }: FilePath) =>
    join(folder, ...folderOf(conversation), below, name);
  return {
    get blobs() {
      return blobs;
    },
    isLinking: traits?.isLinking ?? true,
    async put(path, text) {
      await Deno.mkdir(dirname(at(path)), { recursive: true });
      await Deno.writeTextFile(at(path), text);
      // Two changes within a tick of the system's clock would have the same time.
      await Deno.utime(at(path), 1, ++changes);
    },
    take: (path) => Deno.remove(at(path)),
    async again() {
      await blobs[Symbol.asyncDispose]();
      return blobs = await openDisk(folder, { traits });
    },
    async [Symbol.asyncDispose]() {
      await blobs[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

blobsContract("memory blobs", inMemory);
blobsContract("disk", () => onDisk());
blobsContract("disk without links", () => onDisk({ isLinking: false }));
