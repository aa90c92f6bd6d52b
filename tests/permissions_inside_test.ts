import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { Checkout, Running } from "./helpers/checkout.ts";
import { barrierMs } from "./helpers/patience.ts";
import { Peer } from "./helpers/peer.ts";
import { quote } from "../lib/config/reach.ts";

const probe = join(import.meta.dirname ?? ".", "helpers", "permissions_probe.ts");

/** What isn't refused, and why: docs/security.md says so, too. */
const known = {
  // Deno looks at the path, not at where it leads; our own code follows no link.
  "follow a planted link": "done",
  // What may listen there may dial there: this machine, which nothing listened to at that port.
  "dial this machine": "Connection refused (os error 111)",
};

/** The line of `deno task server`, in which the server's process runs another module first. */
async function taskLine(checkout: Checkout, preload: string): Promise<string> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(checkout.folder, "deno.json")));
  const command: string = tasks.server.command;
  assert(command.endsWith(" server.ts"), command);
  return command.replace(
    / server\.ts$/,
    ` --preload=${quote(preload)} server.ts --port 0 --no-web`,
  );
}

Deno.test({
  name: "from inside a running server nothing is reached beyond its permissions",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using checkout = await Checkout.make();
    // The module stands in the copy, whose handlers it is to change.
    await Deno.mkdir(join(checkout.folder, "tests", "helpers"), { recursive: true });
    const there = join(checkout.folder, "tests", "helpers", "permissions_probe.ts");
    await Deno.copyFile(probe, there);
    const room = join(checkout.folder, "shared_files", "lobby");
    await Deno.mkdir(room, { recursive: true });
    await Deno.symlink("/etc/passwd", join(room, "link.txt"));
    await using running = new Running(await taskLine(checkout, there), checkout.folder);
    const port = await lineWith(running, /^Listening on 127\.0\.0\.1:(\d+)$/);
    const peer = new Peer(await Deno.connect({ hostname: "127.0.0.1", port: Number(port) }));
    try {
      await peer.hello("Alice");
      await peer.ok({ t: "typing", room: "lobby" });
      const { outcomes } = JSON.parse(await lineWith(running, /^(\{"outcomes".*)$/));
      const others = Object.entries(outcomes).filter(([, outcome]) => outcome !== "refused");
      assertEquals(Object.fromEntries(others), known);
      assert(Object.keys(outcomes).length > 40);
      // Our own code follows no link, wherever it leads.
      assertEquals((await peer.ok({ t: "files", room: "lobby" })).files, []);
    } finally {
      peer.close();
    }
  },
});

/** What the first group of `pattern` is in the first line that it fits. */
async function lineWith({ lines }: Running, pattern: RegExp): Promise<string> {
  for (;;) {
    const { value } = await deadline(lines.read(), barrierMs);
    assert(value !== undefined, `The server has ended before a line like ${pattern}`);
    const [, found] = pattern.exec(value) ?? [];
    if (found !== undefined) return found;
  }
}
