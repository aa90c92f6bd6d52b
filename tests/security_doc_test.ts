import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const docs = fromFileUrl(new URL("../docs/", import.meta.url));

Deno.test("every test that docs/security.md names is there", async () => {
  const text = await Deno.readTextFile(join(docs, "security.md"));
  const rows = [...text.matchAll(/\[\w+\]\((\.\.\/tests\/[^)]+)\) `([^`]+)`/g)];
  const gone: string[] = [];
  for (const [, path, name] of rows) {
    const source = await Deno.readTextFile(join(docs, path));
    if (!source.includes(name)) gone.push(`${path} has no "${name}"`);
  }
  assertEquals(gone, []);
  assert(rows.length > 20, `only ${rows.length} were found`);
});
