import { assertEquals, assertThrows } from "@std/assert";
import { pagePath, tables, withTables } from "../tools/protocol_doc.ts";

Deno.test("docs/protocol.md has the tables that the code makes", async () => {
  const page = await Deno.readTextFile(pagePath);
  const now = withTables(page, await tables());
  assertEquals(page, now, "Run: deno run -A tools/protocol_doc.ts");
});

const marker = "<!-- table: a -->\n<!-- deno-fmt-ignore-start -->\n";
const end = "<!-- deno-fmt-ignore-end -->";

Deno.test("withTables() puts a table in the place of the old one", () => {
  const page = `before\n${marker}old\n${end}\nafter`;
  assertEquals(withTables(page, { a: "new" }), `before\n${marker}\nnew\n\n${end}\nafter`);
});

Deno.test("withTables() refuses a page without a place for a table", () => {
  assertThrows(
    () => withTables(`${marker}${end}`, { a: "one", b: "two" }),
    Error,
    "no place for b",
  );
});

Deno.test("withTables() refuses a marker that names no table", () => {
  assertThrows(() => withTables(`${marker}${end}`, {}), Error, 'no table "a"');
});
