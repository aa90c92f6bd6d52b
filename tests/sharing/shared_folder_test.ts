/** One folder of files that several nodes use at once. */

import { assertEquals, assertRejects } from "@std/assert";
import { openDisk } from "../../lib/backend/disk.ts";
import type { FilePath } from "../../lib/file_store.ts";
import { lobby, type TransferId } from "../../lib/names.ts";
import { receive, textAt } from "../contract/blobs.ts";
import { folderTest } from "../helpers/own_folder.ts";

const shared = { isShared: true };

function idOf(node: number, number: number): TransferId {
  return `t-${node}-${number}` as TransferId;
}

folderTest(
  "nodes use a folder together, and a server that stands alone doesn't join them",
  async (folder) => {
    await using _one = await openDisk(folder, shared);
    await using _other = await openDisk(folder, shared);
    await assertRejects(() => openDisk(folder), Error, "another Parley server");
  },
);

folderTest("nodes don't open the folder of a server that stands alone", async (folder) => {
  await using _one = await openDisk(folder);
  await assertRejects(() => openDisk(folder, shared), Error, "another Parley server");
});

folderTest("nodes that start at once find out the same of the folder", async (folder) => {
  const all = await Promise.all(Array.from({ length: 8 }, () => openDisk(folder, shared)));
  const keys = all.map((blobs) => blobs.key({ conversation: lobby, name: "A.txt" }));
  assertEquals(new Set(keys).size, 1);
  for (const blobs of all) await blobs[Symbol.asyncDispose]();
});

folderTest(
  "a node goes on with what another one has received, and gives it its name",
  async (folder) => {
    await using one = await openDisk(folder, shared);
    await using other = await openDisk(folder, shared);
    {
      await using incoming = await one.receive(idOf(1, 1));
      await incoming.append(new TextEncoder().encode("hello "));
    }
    {
      await using incoming = await other.receive(idOf(1, 1));
      assertEquals(incoming.offset, 6);
      await incoming.append(new TextEncoder().encode("world"));
      await incoming.seal();
    }
    const path: FilePath = { conversation: lobby, name: "hello.txt" };
    assertEquals(await other.link(idOf(1, 1), path), "linked");
    await other.discard(idOf(1, 1));
    assertEquals(await textAt(one, path), "hello world");
  },
);

for (const isLinking of [true, false]) {
  const how = isLinking ? "" : ", without links";
  folderTest(`a name that two nodes give at once is one file's${how}`, async (folder) => {
    const options = { ...shared, traits: { isLinking } };
    await using one = await openDisk(folder, options);
    await using other = await openDisk(folder, options);
    for (let number = 0; number < 30; number++) {
      // In a folder of its own, which the one makes while the other one removes it.
      const path = { conversation: lobby, folder: "a/b", name: `${number}.txt` };
      await receive(one, idOf(1, number), "one");
      await receive(other, idOf(2, number), "other");
      const linked = await Promise.all([
        one.link(idOf(1, number), path),
        other.link(idOf(2, number), path),
      ]);
      assertEquals(linked.toSorted(), ["linked", "taken"]);
      assertEquals(await textAt(one, path), linked[0] === "linked" ? "one" : "other");
      await one.remove(path);
    }
  });

  folderTest(
    `a folder is made by one node while another one removes it as empty${how}`,
    async (folder) => {
      const options = { ...shared, traits: { isLinking } };
      await using one = await openDisk(folder, options);
      await using other = await openDisk(folder, options);
      for (let number = 0; number < 30; number++) {
        const first = { conversation: lobby, folder: "a/b", name: `first ${number}` };
        const second = { ...first, name: `second ${number}` };
        await receive(one, idOf(1, number), "one");
        await receive(other, idOf(2, number), "other");
        assertEquals(await one.link(idOf(1, number), first), "linked");
        const [, linked] = await Promise.all([
          one.remove(first),
          other.link(idOf(2, number), second),
        ]);
        assertEquals(linked, "linked");
        assertEquals(await textAt(one, second), "other");
        await other.remove(second);
      }
    },
  );
}
