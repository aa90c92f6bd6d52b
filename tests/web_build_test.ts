import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { buildPage } from "../tools/web.ts";

const web = fromFileUrl(new URL("../web/", import.meta.url));
const built = join(web, "dist");
/** Compressed, with everything that stands between an address and the first drawing. */
const firstLoadBytesMax = 60_000;

Deno.test("the page is built once, and its first load is small", async () => {
  await buildPage();
  const { isNew, firstLoadBytes } = await buildPage();
  assertEquals(isNew, false);
  assert(firstLoadBytes > 10_000 && firstLoadBytes < firstLoadBytesMax, `${firstLoadBytes} bytes`);
});

Deno.test("the page that is built asks no other host, and has nothing inline", async () => {
  await buildPage();
  const index = await Deno.readTextFile(join(built, "index.html"));
  assertEquals(index.match(/<script(?![^>]*src="\/)|<style|\son[a-z]+=|style=/gi), null);
  for (const { name } of Deno.readDirSync(built)) {
    if (!/\.(js|css|html|svg)$/.test(name)) continue;
    const text = await Deno.readTextFile(join(built, name));
    const hosts = text.match(/["'(]https?:\/\/[^"')]+/g) ?? [];
    // Names of kinds of XML, and a page that a library's warning names: nobody fetches them.
    const named = /\/\/www\.w3\.org\/|\/\/github\.com\/highlightjs\//;
    assertEquals(hosts.filter((each) => !named.test(each)), [], name);
  }
});

Deno.test("no text becomes markup or code in the page's sources", () => {
  const found = [...sources(web)].filter((path) =>
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(|srcdoc/i
      .test(Deno.readTextFileSync(path))
  );
  assertEquals(found, []);
});

function* sources(folder: string): Generator<string> {
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (name === "dist") continue;
    if (!isFile) yield* sources(join(folder, name));
    else if (/\.tsx?$/.test(name)) yield join(folder, name);
  }
}
