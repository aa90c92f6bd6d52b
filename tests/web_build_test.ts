import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join, relative } from "@std/path";
import { buildPage, pageSources } from "../tools/web.ts";

const root = fromFileUrl(new URL("../", import.meta.url));
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

for (const entry of ["app.tsx", "worker/worker.ts", "code/worker.ts", "thumbs/worker.ts"]) {
  Deno.test(`a change of anything that web/${entry} imports makes the page anew`, async () => {
    const imported = await importedBy(join(web, entry));
    assert(imported.includes(`web/${entry}`));
    assertEquals(imported.filter((path) => !pageSources().includes(path)), []);
  });
}

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

/** The project's own files that a module needs, itself among them. */
async function importedBy(path: string): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: root,
    stderr: "null",
  }).output();
  const { modules }: { modules: readonly { specifier: string }[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return modules.filter(({ specifier }) => specifier.startsWith("file:"))
    .map(({ specifier }) => relative(root, fromFileUrl(specifier)))
    // Packages are the lock file's, and declarations are nothing in the page.
    .filter((file) => !/^(\.\.|node_modules)\/|\.d\.ts$/.test(file));
}

function* sources(folder: string): Generator<string> {
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (name === "dist") continue;
    if (!isFile) yield* sources(join(folder, name));
    else if (/\.tsx?$/.test(name)) yield join(folder, name);
  }
}
