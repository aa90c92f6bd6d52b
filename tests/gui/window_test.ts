import { assertEquals } from "@std/assert";
import type { Opening } from "../../lib/gui/browsers.ts";
import { type Ending, show } from "../../lib/gui/window.ts";

const openings = ["one", "two", "three"].map((command): Opening => ({
  command,
  args: [],
  as: "an app window",
}));
const well = { code: 0, signalled: false };

/** What is tried, and what comes of it, where programs end so. */
async function shown(
  endings: Readonly<Record<string, Ending>>,
  { isThere = true, names = openings }: { isThere?: boolean; names?: readonly Opening[] } = {},
): Promise<{ readonly tried: readonly string[]; readonly done: boolean }> {
  const tried: string[] = [];
  const run = ({ command }: Opening) => {
    tried.push(command);
    return Promise.resolve(endings[command]);
  };
  return { done: await show(names, { isThere, run }), tried };
}

Deno.test("show() takes the first program that is installed", async () => {
  assertEquals(await shown({ two: well, three: well }), { tried: ["one", "two"], done: true });
});

Deno.test("show() goes on where a program fails", async () => {
  const failed = { code: 1, signalled: false };
  assertEquals(await shown({ one: failed, two: well }), { tried: ["one", "two"], done: true });
});

Deno.test("show() opens nothing else when a window was ended from outside", async () => {
  const ended = { code: 143, signalled: true };
  assertEquals(await shown({ one: ended, two: well }), { tried: ["one"], done: true });
});

Deno.test("show() says that nothing could", async () => {
  assertEquals(await shown({}), { tried: ["one", "two", "three"], done: false });
});

Deno.test("show() tries nothing without a screen", async () => {
  assertEquals(await shown({ one: well }, { isThere: false }), { tried: [], done: false });
});

Deno.test("show() takes it for shown whatever explorer says", async () => {
  const names = [{ command: "explorer", args: [], as: "the usual browser" }] as const;
  const failed = { code: 1, signalled: false };
  assertEquals(await shown({ explorer: failed }, { names }), { tried: ["explorer"], done: true });
});
