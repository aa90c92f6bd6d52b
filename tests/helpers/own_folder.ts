/** Folders that are there for one test. */

/** Runs `run` with an empty folder, which is removed when it is done. */
export async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A test with an empty folder. */
export function folderTest(name: string, run: (folder: string) => Promise<void>): void {
  Deno.test(name, () => inFolder(run));
}
