import { assertEquals } from "@std/assert";
import { type Opening, openingsOf, type System } from "../../lib/gui/browsers.ts";
import project from "../../deno.json" with { type: "json" };

const page = { url: "http://school:8080/", profile: "/home/a b/.parley/gui" };
const systems: readonly System[] = ["linux", "darwin", "windows"];

for (const system of systems) {
  Deno.test(`openingsOf() ends with the usual browser of ${system}`, () => {
    const all = openingsOf(system, page);
    assertEquals(all.at(-1)?.args, [page.url]);
    assertEquals(all.filter(({ as }) => as === "the usual browser").length, 1);
  });

  Deno.test(`openingsOf() gives app windows of ${system} a folder of their own`, () => {
    const windows = openingsOf(system, page).slice(0, -1);
    const wanted = [`--app=${page.url}`, `--user-data-dir=${page.profile}`];
    assertEquals(windows.map(({ args }) => args.slice(0, 2)), windows.map(() => wanted));
  });
}

Deno.test("the gui's task may run what openingsOf() names, and nothing else", () => {
  const all = systems.flatMap((system): readonly Opening[] => openingsOf(system, page));
  assertEquals(project.permissions.gui.run, all.map(({ command }) => command));
});
