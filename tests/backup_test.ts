/** A server's backup, made while it works as hard as it is used to, and what becomes of it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { sumOf } from "../lib/admin/folders.ts";
import { tcpDial } from "../lib/client/tcp.ts";
import { systemClock } from "../lib/system_clock.ts";
import { adminHere, runAdmin } from "./helpers/admin_program.ts";
import { lacks, Load, type Promised } from "./helpers/backup_scene.ts";
import { Chance } from "./helpers/chance.ts";
import { foldersIn, withServer } from "./helpers/kept_server.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";
import { WatchedChat } from "./helpers/watched_chat.ts";

const perSecond = 1000;
/** Acknowledged before the backup begins. */
const messages = size(1000, 120_000);
const files = size(12, 300);

/** Runs a word on the server's folders, with a backup beside them. */
function admin(server: RealServer, word: string) {
  const { folder, data } = server;
  const args = [word, join(folder, "backup"), "--data", data, "--files", join(folder, "files")];
  return runAdmin(args, { folders: [folder] });
}

/** A server that starts again on what its backup has become; what it lacks of what it promised. */
async function lackedAfterRestore(server: RealServer, promised: Promised): Promise<string[]> {
  for (const name of ["data", "files"]) {
    await Deno.remove(join(server.folder, name), { recursive: true });
  }
  const restored = await admin(server, "restore");
  assertEquals([restored.code, restored.err], [0, ""]);
  await server.start();
  return await lacks(await server.join("judge"), promised);
}

/** Takes things out of a backup, and lets its manifest say that this is what it was. */
async function forge(
  backup: string,
  { sql, missing }: { readonly sql: string; readonly missing: readonly string[] },
): Promise<void> {
  const path = join(backup, "parley.db");
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  for (const name of missing) await Deno.remove(join(backup, "files", name));
  const manifest = join(backup, "manifest.json");
  const before: object = JSON.parse(await Deno.readTextFile(manifest));
  const after = { ...before, database: await sumOf(path), missing };
  await Deno.writeTextFile(manifest, JSON.stringify(after));
}

Deno.test(`a backup under ${perSecond} messages a second and uploads has all that was promised`, async (test) => {
  const chance = Chance.ofRun("backup_test");
  await using server = await RealServer.start({ args: ["--preset=bench", "--quiet"] });
  const backup = join(server.folder, "backup");
  const clock = systemClock();
  const dial = tcpDial({ host: "127.0.0.1", port: server.port }, clock);
  const watcher = new WatchedChat({ dial, clock, hello: { v: 1, user: "watcher", quiet: true } });
  await using _closing = { [Symbol.asyncDispose]: () => watcher.chat.close() };
  await watcher.first("begun");
  let promised: Promised;
  {
    await using load = await Load.begin(server, { speakers: 20, senders: 3, perSecond, chance });
    await load.reached(messages, files);
    promised = load.promised();
    const began = performance.now();
    const { code, out, err } = await admin(server, "backup");
    const seconds = (performance.now() - began) / 1000;
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /^Backed up to \S+: \d+ events of 1 conversation, \d+ files? of .+\n$/);
    const meanwhile = load.acknowledged.length - promised.messages.length;
    console.log(
      `Of ${promised.messages.length} messages and ${promised.files.size} files, in ` +
        `${seconds.toFixed(1)} s; meanwhile ${
          Math.round(meanwhile / seconds)
        } messages a second, ` +
        `${load.shared.size - promised.files.size} files shared, ${load.removed} removed so far`,
    );
  }
  await server.stop("SIGTERM");

  await test.step("restored elsewhere, it is all there, and clients notice", async () => {
    const noticed = watcher.next("begun");
    assertEquals(await lackedAfterRestore(server, promised), []);
    await noticed;
    const ids = watcher.all("status").flatMap(({ status }) =>
      status.is === "online" ? [status.hello.server.id] : []
    );
    assertEquals(new Set(ids).size, 2);
  });

  await test.step("a message and a file that are taken out of it are missed", async () => {
    const lost = promised.messages[Math.floor(messages / 2)].text;
    const name = join("lobby", "0 1.bin");
    await forge(backup, { sql: `DELETE FROM event WHERE text = '${lost}'`, missing: [name] });
    const to = foldersIn(server.folder, "forged");
    const folders = ["--data", to.data, "--files", to.files];
    assertEquals((await adminHere(["restore", backup, ...folders])).code, 0);
    const lacked = await withServer(to, async (forged) => {
      return await lacks(await forged.join("judge"), promised);
    });
    assert(
      lacked.some((sentence) => sentence.startsWith(`"${lost}" was acknowledged`)),
      `${lacked}`,
    );
    const about = lacked.filter((sentence) => sentence.startsWith("The file "));
    assertEquals(about.length, 1, `${lacked}`);
  });
});
