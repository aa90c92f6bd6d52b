import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path";
import { descendants, endDescendants, stillRunning } from "../tools/processes.ts";

const root = fromFileUrl(new URL("../", import.meta.url));
const lookMs = 50;

/** Resolves what is under a process as soon as it is so many. */
async function whenThere(pid: number, count: number): Promise<readonly number[]> {
  for (;;) {
    const found = await descendants(pid);
    if (found.length >= count) return found;
    await delay(lookMs);
  }
}

Deno.test("endDescendants() ends what was started by what was started, and what is stopped", async () => {
  const script = "sh -c 'sleep 600 & wait' & sh -c 'kill -STOP $$' & wait";
  const above = new Deno.Command("sh", { args: ["-c", `${script}; true`] }).spawn();
  const under = await whenThere(above.pid, 3);
  await endDescendants(above.pid);
  assertEquals(await stillRunning(under), []);
  await above.status;
});

Deno.test("the test task that is told to end ends what it runs, and the servers of that", async () => {
  const task = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "tools/test.ts", "tests/restart_test"],
    cwd: root,
    env: { NO_COLOR: "1", PARLEY_NODES: "" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  // The one that tests, and the server that a test of it has started.
  const over = task.status.then(({ code }) => {
    throw new Error(`It has ended by itself with ${code}`);
  });
  const under = await Promise.race([whenThere(task.pid, 2), over]);
  over.catch(() => {});
  task.kill("SIGTERM");
  assertEquals((await task.status).code, 130);
  assertEquals(await stillRunning(under), []);
});
