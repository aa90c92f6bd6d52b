/**
 * `deno task admin`, on a server that runs, and on one that doesn't: as a program of its own where a
 * test is about that, else in the test's process.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { wordNames } from "../lib/admin/words.ts";
import { operatorFile } from "../lib/moderation/operator_port.ts";
import { adminHere, type AdminRun, runAdmin } from "./helpers/admin_program.ts";
import { counted, share } from "./helpers/file_peer.ts";
import { inFolder } from "./helpers/own_folder.ts";
import { RealServer } from "./helpers/real_server.ts";

const password = "correct horse";

/** Why a test is about one node. */
const apart = "of several nodes' folders none is looked after while its node doesn't run";

/** How a word is run. */
interface RunOptions {
  /** What it reads from its input. */
  readonly input?: string;
  /** `program`: with what the task grants; a test's own process may do anything. */
  readonly as?: "program" | "here";
}

/** A server's folders, and whether it runs while it is looked after. */
class Looked implements AsyncDisposable {
  private constructor(readonly server: RealServer, readonly runs: boolean) {}

  /** A server with an account and a guest who talk and share. */
  static async make(runs: boolean, alone = runs ? undefined : apart): Promise<Looked> {
    const server = await RealServer.start({ ...alone !== undefined && { alone } });
    const alice = await server.join("alice");
    await alice.ok({ t: "register", password });
    const bob = await server.join("bob");
    for (const peer of [alice, bob]) {
      await peer.ok({ t: "join", room: "dev" });
      await peer.ok({ t: "say", room: "dev", text: "hello" });
      await share(peer, counted(2000), { room: "dev", name: "a.txt" });
    }
    if (!runs) await server.stop("SIGTERM");
    return new Looked(server, runs);
  }

  /** Runs a word on them. */
  async admin(
    args: readonly string[],
    { input, as = "here" }: RunOptions = {},
  ): Promise<AdminRun> {
    const { folder, data } = this.server;
    const all = [...args, "--data", data, "--files", join(folder, "files")];
    return as === "here"
      ? await adminHere(all, { input })
      : await runAdmin(all, { folders: [folder], input });
  }

  /** What it prints, where it does what it is told. */
  async does(args: readonly string[], options?: RunOptions): Promise<string> {
    const { code, out, err } = await this.admin(args, options);
    assertEquals([code, err], [0, ""], args.join(" "));
    return out;
  }

  /** The server, running from now on. */
  async running(): Promise<RealServer> {
    if (!this.runs) await this.server.start();
    return this.server;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }
}

/** The same for a server that runs and for one that doesn't. */
function adminTest(name: string, run: (looked: Looked) => Promise<void>): void {
  for (const runs of [true, false]) {
    Deno.test(`${name}, ${runs ? "while a server runs" : "while none runs"}`, async () => {
      await using looked = await Looked.make(runs);
      await run(looked);
    });
  }
}

adminTest("list shows users and rooms", async (looked) => {
  const lines = (await looked.does(["list"], { as: "program" })).split("\n");
  const [alice, bob] = ["alice", "bob"].map((name) => lines.find((line) => line.startsWith(name)));
  assertMatch(alice ?? "", /^alice +member +(here|\d{4}-\d\d-\d\d \d\d:\d\d) +1 +2 kB$/);
  assertMatch(bob ?? "", /^bob +guest +(here|\d{4}-\d\d-\d\d \d\d:\d\d) +1$/);
  assertEquals(alice?.includes(" here "), looked.runs);
  assert(lines.includes("Files of all guests: 2 kB"));
  assert(lines.some((line) => /^lobby +all +0$/.test(line)), lines.join("\n"));
  assert(lines.some((line) => /^dev +2 +6$/.test(line)), lines.join("\n"));
});

adminTest("role, logins and revoke act on an account", async (looked) => {
  assertEquals(await looked.does(["role", "alice", "moderator"]), "alice is moderator now\n");
  const [, login] = (await looked.does(["logins", "alice"])).split("\n");
  const id = login.split(" ")[0];
  assertEquals(await looked.does(["revoke", "alice", id]), "1 login of alice ended\n");
  assertEquals(await looked.does(["revoke", "alice"]), "0 logins of alice ended\n");
  const server = await looked.running();
  const alice = await server.connect();
  const hello = await alice.ok({ t: "hello", v: 1, user: "alice", password });
  assertEquals(hello.role, "moderator");
});

adminTest("reset-password prints a password that lets in, and takes one", async (looked) => {
  const out = await looked.does(["reset-password", "alice"]);
  const made = /^alice logs in with (\S+) now/.exec(out)?.[1];
  assert(made !== undefined, out);
  const given = await looked.does(["reset-password", "alice", "--stdin"], {
    ...{ input: "battery staple\n", as: "program" },
  });
  assertEquals(given.includes("battery"), false);
  const server = await looked.running();
  const alice = await server.connect();
  for (const old of [password, made]) {
    assertEquals(
      await alice.refused({ t: "hello", v: 1, user: "alice", password: old }),
      "bad_login",
    );
  }
  await alice.ok({ t: "hello", v: 1, user: "alice", password: "battery staple" });
});

adminTest("remove with messages leaves nothing of a user", async (looked) => {
  const out = await looked.does(["remove", "bob", "--with-messages"]);
  assertEquals(out, "bob is removed, with 1 message and 1 file\n");
  const server = await looked.running();
  const carol = await server.join("bob");
  await carol.ok({ t: "join", room: "dev" });
  const { events } = await carol.ok({ t: "history", room: "dev" });
  assert(Array.isArray(events));
  const said = events.filter(({ t, user }) => t === "said" && user === "bob");
  assertEquals(said.map(({ text }) => text), [undefined]);
  const audit = await looked.does(["audit"]);
  assertMatch(audit, /^\d{4}-\d\d-\d\d \d\d:\d\d {2}admin deleted message \d+ of bob in #dev$/m);
});

adminTest("remove without messages leaves what a user wrote", async (looked) => {
  assertEquals(await looked.does(["remove", "alice"]), "alice is removed\n");
  const server = await looked.running();
  const peer = await server.connect();
  assertEquals(await peer.refused({ t: "hello", v: 1, user: "alice", password }), "bad_login");
  await peer.hello("alice");
  await peer.ok({ t: "join", room: "dev" });
  const { events } = await peer.ok({ t: "history", room: "dev" });
  assert(Array.isArray(events));
  assert(events.some(({ user, text }) => user === "alice" && text === "hello"));
});

adminTest("invite makes an invitation that lets in whoever has it", async (looked) => {
  const out = await looked.does(["invite", "--uses", "1", "--hours", "2", "--as", "member"]);
  const [code] = out.split("\n");
  const server = await looked.running();
  const peer = await server.connect();
  await peer.hello("carol", { invite: code });
  assertEquals((await peer.ok({ t: "register", password })).role, "member");
});

adminTest("ban keeps a user or an address out, until unban", async (looked) => {
  const why = ["--hours", "48", "--reason", "spam"];
  assertEquals(await looked.does(["ban", "bob", ...why]), "bob is banned from the server\n");
  assertEquals(await looked.does(["ban", "192.0.2.7"]), "192.0.2.7 is banned from the server\n");
  assertEquals(
    (await looked.does(["bans"])).split("\n").toSorted(),
    ["", "192.0.2.7 for good", "bob for 2 days more: spam"],
  );
  assertEquals(
    await looked.does(["ban", "alice", "--room", "#dev"]),
    "alice is banned from #dev\n",
  );
  assertEquals(await looked.does(["bans", "--room", "dev"]), "alice for good\n");
  for (const args of [["bob"], ["192.0.2.7"], ["alice", "--room", "dev"]]) {
    assertMatch(await looked.does(["unban", ...args]), / may come to (the server|#dev) again\n$/);
  }
  assertEquals(await looked.does(["bans"]), "Nobody is banned from the server\n");
});

adminTest("invite --room makes one that lets into a locked room", async (looked) => {
  const server = await looked.running();
  const alice = await server.connect();
  await alice.ok({ t: "hello", v: 1, user: "alice", password });
  await alice.ok({ t: "lock", room: "dev", key: "open sesame" });
  const [code] = (await looked.does(["invite", "--room", "dev"])).split("\n");
  const carol = await server.connect();
  assertEquals((await carol.hello("carol", { invite: code })).invited, "dev");
  await carol.ok({ t: "join", room: "dev" });
});

adminTest("what can't be done is said in one sentence", async (looked) => {
  const tries: readonly (readonly [readonly string[], string])[] = [
    [["logins", "nobody"], 'Nobody is called "nobody"'],
    [["revoke", "alice", "x"], '"alice" has no login "x" (any more)'],
    [["reset-password", "bob"], '"bob" is a guest and has no password'],
    [["reset-password", "alice", "--stdin"], "too short"],
    [["role", "bob", "member"], "register first"],
    [["ban", "nobody"], 'There is no user "nobody" now'],
    [["ban", "::1"], "Cannot ban the server's own machine"],
    [["invite", "--room", "nowhere"], 'Nobody is in "nowhere" now'],
  ];
  for (const [args, words] of tries) {
    const { code, out, err } = await looked.admin(args, { input: "x\n" });
    assertEquals([code, out], [1, ""], args.join(" "));
    assertStringIncludes(err, words);
    assertEquals(err.trimEnd().split("\n").length, 1, err);
  }
});

Deno.test("a server that was killed leaves no door, and is looked after without it", async () => {
  await using looked = await Looked.make(true, apart);
  await looked.server.kill();
  await Deno.stat(join(looked.server.data, operatorFile));
  assertMatch(await looked.does(["list"]), /\nalice +member/);
});

Deno.test("a server that encrypts is looked after, and shows the same key once it is restored", async () => {
  await using server = await RealServer.start({ args: ["--tls"] });
  const { folder, data } = server;
  const folders = ["--data", data, "--files", join(folder, "files")];
  const key = await Deno.readTextFile(join(data, "tls.key"));
  for (const args of [["list"], ["backup", join(folder, "backup")]]) {
    const { code, err } = await runAdmin([...args, ...folders], { folders: [folder] });
    assertEquals([code, err], [0, ""]);
  }
  await server.stop("SIGTERM");
  for (const path of [data, join(folder, "files")]) await Deno.remove(path, { recursive: true });
  const args = ["restore", join(folder, "backup"), ...folders];
  assertEquals((await runAdmin(args, { folders: [folder] })).code, 0);
  await server.start();
  assertEquals(await Deno.readTextFile(join(data, "tls.key")), key);
});

Deno.test("what uses the folder and answers nobody is told of", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await Deno.mkdir(data);
    await Deno.writeTextFile(join(data, "parley.db"), "");
    using lock = await Deno.create(join(data, "lock"));
    await lock.lock(true);
    const args = ["list", "--data", data, "--files", join(folder, "files")];
    const { code, err } = await adminHere(args);
    assertEquals(code, 1);
    assertStringIncludes(err, "Cannot reach what uses");
  }));

Deno.test("a folder that no server has used is told of, and nothing is made there", () =>
  inFolder(async (folder) => {
    const args = ["list", "--data", join(folder, "data"), "--files", join(folder, "files")];
    const { code, err } = await runAdmin(args, { folders: [folder] });
    assertEquals(code, 1);
    assertStringIncludes(err, "no server has kept anything there");
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("folders of the config file and of variables are those of the server", () =>
  inFolder(async (folder) => {
    const config = join(folder, "my.jsonc");
    await Deno.writeTextFile(config, JSON.stringify({ data: join(folder, "from file") }));
    const folders = [folder, "shared_files"];
    const fromFile = await runAdmin(["list", "--config", config], { folders });
    assertStringIncludes(fromFile.err, "from file");
    const env = { PARLEY_DATA: join(folder, "from variable") };
    const fromVariable = await runAdmin(["list"], { folders, env });
    assertStringIncludes(fromVariable.err, "from variable");
  }));

Deno.test("a folder beyond the permissions is refused with a line that grants it", () =>
  inFolder(async (folder) => {
    const to = join(folder, "it's a backup");
    const { code, err } = await runAdmin(["backup", to]);
    assertEquals(code, 2);
    assertStringIncludes(err, `Cannot read ${JSON.stringify(to)}`);
    assertMatch(err, /\n {2}.*deno run .* -P=admin .*--allow-write=.* admin\.ts backup /);
  }));

Deno.test("wrong arguments are one sentence each, and the exit code is 2", async () => {
  const wrong = [[], ["lits"], ["list", "--datta", "x"]];
  for (const args of wrong) {
    const { code, out, err } = await adminHere(args);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertEquals(err.trimEnd().split("\n").length, 1, err);
  }
});

Deno.test("--help names every word, and needs no folder", async () => {
  const { code, out } = await runAdmin(["--", "--help"]);
  assertEquals(code, 0);
  for (const word of wordNames) assertMatch(out, new RegExp(`^  ${word} `, "m"));
  for (const line of out.split("\n")) assert(line.length <= 100, line);
});
