/**
 * `deno task admin`, on a server that runs, and on one that doesn't: as a program of its own where a
 * test is about that, else in the test's process.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { wordNames } from "../lib/admin/words.ts";
import { operatorFile } from "../lib/moderation/operator_port.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { adminHere, type AdminRun, runAdmin } from "./helpers/admin_program.ts";
import { counted, share } from "./helpers/file_peer.ts";
import { inFolder } from "./helpers/own_folder.ts";
import type { Peer } from "./helpers/peer.ts";
import "./helpers/quick_scrypt.ts";
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

/** Looks at what was done, on the server while it runs. */
type Look = (server: RealServer) => Promise<void>;

/** Something that is done about people who come for that only. */
interface Doing {
  readonly what: string;
  /** What these people do before. */
  readonly before?: Look;
  /** Runs the words; how it shows then. */
  readonly words: (looked: Looked) => Promise<Look | void>;
}

/** A server's folders, and whether it runs while it is looked after. */
class Looked implements AsyncDisposable {
  private constructor(readonly server: RealServer, readonly runs: boolean) {}

  /** A server with an account and a guest who talk and share, and whoever else comes. */
  static async make(runs: boolean, befores: readonly Look[]): Promise<Looked> {
    const server = await RealServer.start({ ...!runs && { alone: apart } });
    const alice = await registered(server, "alice");
    const bob = await server.join("bob");
    for (const peer of [alice, bob]) {
      await peer.ok({ t: "join", room: "dev" });
      await peer.ok({ t: "say", room: "dev", text: "hello" });
      await share(peer, counted(2000), { room: "dev", name: "a.txt" });
    }
    for (const before of befores) await before(server);
    if (!runs) await server.kill();
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }
}

/** Somebody with an account. */
async function registered(server: RealServer, user: string): Promise<Peer> {
  const peer = await server.join(user);
  await peer.ok({ t: "register", password });
  return peer;
}

/** What was said in a room, as somebody who comes into it reads it. */
async function said(peer: Peer, room: string): Promise<readonly JsonObject[]> {
  await peer.ok({ t: "join", room });
  const { events } = await peer.ok({ t: "history", room });
  assert(Array.isArray(events));
  return events.filter(({ t }) => t === "said");
}

const doings: readonly Doing[] = [
  {
    what: "list shows users and rooms",
    async words(looked) {
      const lines = (await looked.does(["list"], { as: "program" })).split("\n");
      const [alice, bob] = ["alice", "bob"].map((name) =>
        lines.find((line) => line.startsWith(name))
      );
      assertMatch(alice ?? "", /^alice +member +(here|\d{4}-\d\d-\d\d \d\d:\d\d) +1 +2 kB$/);
      assertMatch(bob ?? "", /^bob +guest +(here|\d{4}-\d\d-\d\d \d\d:\d\d) +1$/);
      assertEquals(alice?.includes(" here "), looked.runs);
      assert(lines.includes("Files of all guests: 2 kB"));
      assert(lines.some((line) => /^lobby +all +0$/.test(line)), lines.join("\n"));
      assert(lines.some((line) => /^dev +2 +6$/.test(line)), lines.join("\n"));
    },
  },
  {
    what: "role, logins and revoke act on an account",
    before: async (server) => void await registered(server, "carol"),
    async words(looked) {
      assertEquals(await looked.does(["role", "carol", "moderator"]), "carol is moderator now\n");
      const [, login] = (await looked.does(["logins", "carol"])).split("\n");
      const id = login.split(" ")[0];
      assertEquals(await looked.does(["revoke", "carol", id]), "1 login of carol ended\n");
      assertEquals(await looked.does(["revoke", "carol"]), "0 logins of carol ended\n");
      return async (server) => {
        const carol = await server.connect();
        const hello = await carol.ok({ t: "hello", v: 1, user: "carol", password });
        assertEquals(hello.role, "moderator");
      };
    },
  },
  {
    what: "reset-password prints a password that lets in, and takes one",
    before: async (server) => {
      for (const user of ["dave", "erin"]) await registered(server, user);
    },
    async words(looked) {
      const out = await looked.does(["reset-password", "dave"]);
      const made = /^dave logs in with (\S+) now/.exec(out)?.[1];
      assert(made !== undefined, out);
      const given = await looked.does(["reset-password", "erin", "--stdin"], {
        ...{ input: "battery staple\n", as: looked.runs ? "program" : "here" },
      });
      assertEquals(given.includes("battery"), false);
      return async (server) => {
        for (const [user, now] of [["dave", made], ["erin", "battery staple"]]) {
          const peer = await server.connect();
          const before = { t: "hello", v: 1, user, password };
          assertEquals(await peer.refused(before), "bad_login");
          await peer.ok({ ...before, password: now });
        }
      };
    },
  },
  {
    what: "invite makes an invitation that lets in whoever has it",
    async words(looked) {
      const out = await looked.does(["invite", "--uses", "1", "--hours", "2", "--as", "member"]);
      const [code] = out.split("\n");
      return async (server) => {
        const peer = await server.connect();
        await peer.hello("fay", { invite: code });
        assertEquals((await peer.ok({ t: "register", password })).role, "member");
      };
    },
  },
  {
    what: "invite --room makes one that lets into a locked room",
    async before(server) {
      const gus = await registered(server, "gus");
      await gus.ok({ t: "join", room: "vault" });
      await gus.ok({ t: "lock", room: "vault", key: "open sesame" });
    },
    async words(looked) {
      const [code] = (await looked.does(["invite", "--room", "vault"])).split("\n");
      return async (server) => {
        const hal = await server.connect();
        assertEquals((await hal.hello("hal", { invite: code })).invited, "vault");
        await hal.ok({ t: "join", room: "vault" });
      };
    },
  },
  {
    what: "ban keeps a user or an address out, until unban",
    async before(server) {
      await server.join("ida");
      // Without anybody else in it, there would be no room any more.
      for (const peer of [await registered(server, "jan"), await server.join("kim")]) {
        await peer.ok({ t: "join", room: "den" });
      }
    },
    async words(looked) {
      const why = ["--hours", "48", "--reason", "spam"];
      assertEquals(await looked.does(["ban", "ida", ...why]), "ida is banned from the server\n");
      assertEquals(
        await looked.does(["ban", "192.0.2.7"]),
        "192.0.2.7 is banned from the server\n",
      );
      assertEquals(
        (await looked.does(["bans"])).split("\n").toSorted(),
        ["", "192.0.2.7 for good", "ida for 2 days more: spam"],
      );
      assertEquals(
        await looked.does(["ban", "jan", "--room", "#den"]),
        "jan is banned from #den\n",
      );
      assertEquals(await looked.does(["bans", "--room", "den"]), "jan for good\n");
      for (const args of [["ida"], ["192.0.2.7"], ["jan", "--room", "den"]]) {
        const out = await looked.does(["unban", ...args]);
        assertMatch(out, / may come to (the server|#den) again\n$/);
      }
      assertEquals(await looked.does(["bans"]), "Nobody is banned from the server\n");
    },
  },
  {
    what: "what can't be done is said in one sentence",
    async words(looked) {
      // What makes the sentences is the same, whether a server runs or not.
      for (const [args, words] of looked.runs ? cannot : cannot.slice(0, 1)) {
        const { code, out, err } = await looked.admin(args, { input: "x\n" });
        assertEquals([code, out], [1, ""], args.join(" "));
        assertStringIncludes(err, words);
        assertEquals(err.trimEnd().split("\n").length, 1, err);
      }
    },
  },
  {
    what: "remove with messages leaves nothing of a user",
    async words(looked) {
      const out = await looked.does(["remove", "bob", "--with-messages"]);
      assertEquals(out, "bob is removed, with 1 message and 1 file\n");
      return async (server) => {
        const bobs = (await said(await server.join("bob"), "dev"))
          .filter(({ user }) => user === "bob");
        assertEquals(bobs.map(({ text }) => text), [undefined]);
        const audit = await looked.does(["audit"]);
        const entry = /^\d{4}-\d\d-\d\d \d\d:\d\d {2}admin deleted message \d+ of bob in #dev$/m;
        assertMatch(audit, entry);
      };
    },
  },
  {
    what: "remove without messages leaves what a user wrote",
    async words(looked) {
      assertEquals(await looked.does(["remove", "alice"]), "alice is removed\n");
      return async (server) => {
        const peer = await server.connect();
        const before = { t: "hello", v: 1, user: "alice", password };
        assertEquals(await peer.refused(before), "bad_login");
        await peer.hello("alice");
        const all = await said(peer, "dev");
        assert(all.some(({ user, text }) => user === "alice" && text === "hello"));
      };
    },
  },
];

/** Words of which no server makes anything, and what they come to. */
const cannot: readonly (readonly [readonly string[], string])[] = [
  [["logins", "nobody"], 'Nobody is called "nobody"'],
  [["reset-password", "alice", "--stdin"], "too short"],
  [["ban", "::1"], "Cannot ban the server's own machine"],
  [["revoke", "alice", "x"], '"alice" has no login "x" (any more)'],
  [["reset-password", "bob"], '"bob" is a guest and has no password'],
  [["role", "bob", "member"], "register first"],
  [["ban", "nobody"], 'There is no user "nobody" now'],
  [["invite", "--room", "nowhere"], 'Nobody is in "nowhere" now'],
];

for (const runs of [true, false]) {
  const when = runs ? "while it runs" : "while it doesn't run, as it was killed";
  Deno.test(`a server is looked after ${when}`, async (test) => {
    await using looked = await Looked.make(runs, doings.flatMap(({ before }) => before ?? []));
    const { server } = looked;
    // Where it was killed, it has left its door.
    await Deno.stat(join(server.data, operatorFile));
    const shown: (readonly [string, Look])[] = [];
    for (const { what, words } of doings) {
      await test.step(what, async () => {
        const look = await words(looked);
        if (look) shown.push([what, look]);
      });
    }
    if (!runs) await server.start();
    for (const [what, look] of shown) await test.step(`${what}: there`, () => look(server));
  });
}

Deno.test("a server that encrypts is looked after, and shows the same key once it is restored", async () => {
  await using server = await RealServer.start({ args: ["--tls"] });
  const { folder, data } = server;
  const folders = ["--data", data, "--files", join(folder, "files")];
  const key = await Deno.readTextFile(join(data, "tls.key"));
  for (const args of [["list"], ["backup", join(folder, "backup")]]) {
    const { code, err } = await adminHere([...args, ...folders]);
    assertEquals([code, err], [0, ""]);
  }
  await server.stop("SIGTERM");
  for (const path of [data, join(folder, "files")]) await Deno.remove(path, { recursive: true });
  assertEquals((await adminHere(["restore", join(folder, "backup"), ...folders])).code, 0);
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
    const { code, err } = await adminHere(args);
    assertEquals(code, 1);
    assertStringIncludes(err, "no server has kept anything there");
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  }));

Deno.test("folders of the config file and of variables are those of the server", () =>
  inFolder(async (folder) => {
    const config = join(folder, "my.jsonc");
    await Deno.writeTextFile(config, JSON.stringify({ data: join(folder, "from file") }));
    const fromFile = await adminHere(["list", "--config", config]);
    assertStringIncludes(fromFile.err, "from file");
    const env = { PARLEY_DATA: join(folder, "from variable") };
    const fromVariable = await runAdmin(["list"], { folders: [folder, "shared_files"], env });
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
  const { code, out } = await adminHere(["--", "--help"]);
  assertEquals(code, 0);
  for (const word of wordNames) assertMatch(out, new RegExp(`^  ${word} `, "m"));
  for (const line of out.split("\n")) assert(line.length <= 100, line);
});
