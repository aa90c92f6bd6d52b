/** `deno task admin`, as it is typed beside a server that was started by its task. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { quote } from "../lib/config/reach.ts";
import { Checkout, runLine, Running } from "./helpers/checkout.ts";
import { barrierMs } from "./helpers/patience.ts";

/** A server of a checkout that listens. */
async function started(cwd: string): Promise<Running> {
  const running = new Running(runLine("server", "--port 0 --no-web --quiet"), cwd);
  const { value } = await deadline(running.lines.read(), barrierMs);
  assertMatch(value ?? "", /^Listening on /);
  return running;
}

/** What a line comes to that is typed into a shell. */
async function typed(line: string, cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd,
    env: { INIT_CWD: cwd, NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

async function does(line: string, cwd: string): Promise<string> {
  const { code, out, err } = await typed(line, cwd);
  assertEquals(code, 0, err);
  return out;
}

Deno.test("the task's words need nothing but its own permissions", async (test) => {
  await using checkout = await Checkout.make();
  const { folder, elsewhere } = checkout;
  {
    await using _server = await started(folder);
    assertMatch(await does("deno task -q admin list", folder), /^USER.*\n\nROOM.*\nlobby /);
    await does("deno task -q admin -- backup backups/monday", folder);
    await test.step("a backup elsewhere is refused with a line that works when pasted", async () => {
      const to = join(elsewhere, "it's a backup");
      const { code, err } = await typed(runLine("admin", "backup", quote(to)), folder);
      assertEquals(code, 2);
      assertStringIncludes(err, `Cannot read "${to}"`);
      const line = err.split("\n").find((line) => /^ {2}\S/.test(line));
      assert(line !== undefined, err);
      await does(line.trim(), folder);
      assert((await Deno.stat(join(to, "manifest.json"))).isFile);
    });
  }
  assertMatch(await does(runLine("admin", "list"), folder), /^USER/);
  for (const name of ["data", "shared_files"]) {
    await Deno.remove(join(folder, name), { recursive: true });
  }
  const out = await does(runLine("admin", "restore backups/monday"), folder);
  assertMatch(out, /^Restored what there was at /);
  await using _server = await started(folder);
});
