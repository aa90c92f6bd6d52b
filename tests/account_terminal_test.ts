/**
 * Accounts at terminals, in scripts and for bots. What isn't about a terminal or a process is done in
 * the test's own.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runHere, startHere } from "./helpers/client_here.ts";
import { clientCommand, root, runProgram } from "./helpers/client_program.ts";
import { InProcessServer } from "./helpers/in_process_server.ts";
import { isMissing } from "./helpers/needs.ts";
import { RealClient, sceneTest } from "./helpers/scene.ts";
import { type Terminal, Tmux } from "./helpers/tmux.ts";

const size = { columns: 110, rows: 30 };
const password = "open sesame 1";

/** Terminals at one server, each on a machine of its own. */
class Terminals implements AsyncDisposable {
  readonly server: InProcessServer;
  readonly #tmux = new Tmux();

  private constructor(server: InProcessServer) {
    this.server = server;
  }

  static async open(): Promise<Terminals> {
    return new Terminals(await InProcessServer.start());
  }

  /** A client at a new terminal. */
  async client(user: string, machine: string = user, shape = size): Promise<Terminal> {
    const { folder, port } = this.server;
    const there = { folder: join(folder, machine), port };
    const command = clientCommand(there, "--user", user);
    return await this.#tmux.open(command, { ...shape, cwd: root });
  }

  /** The same, once it is in the lobby. */
  async enter(user: string, machine?: string): Promise<Terminal> {
    const terminal = await this.client(user, machine);
    await terminal.until("#lobby ›");
    return terminal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

function terminalTest(
  name: string,
  run: (all: Terminals, test: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: isMissing("tmux"),
    fn: async (test) => {
      await using all = await Terminals.open();
      await run(all, test);
    },
  });
}

/** Somebody with an account, whom no test is about. */
async function registered(server: InProcessServer, user: string): Promise<void> {
  await (await server.join(user)).ok({ t: "register", password });
}

/** Registers at a terminal, as people do. */
async function register(terminal: Terminal): Promise<void> {
  await terminal.enter("/register");
  await terminal.until("A password for");
  await terminal.enter(password);
  await terminal.until("The same again:");
  await terminal.enter(password);
  await terminal.until("is yours now");
}

terminalTest(
  "a name is made one's own, and its password lets one in elsewhere",
  async (all, test) => {
    const alice = await all.enter("Alice");
    await register(alice);
    assert(!(await alice.colours()).includes("sesame"));
    // What was asked secretly isn't among the lines that ↑ brings back.
    await alice.press("Up");
    await alice.until("#lobby › /register");
    await alice.press("C-c");

    const other = await all.client("Alice", "other");
    await other.until("Password of Alice");
    await other.enter("a wrong one");
    await other.until(/Cannot log in.*\n.*Password of Alice/);
    await other.enter(password);
    await other.until("#lobby ›");
    await other.enter("/logins");
    await other.until("2 devices are logged in as you");
    assert(!(await other.colours()).includes("sesame"));

    await test.step("a device that is logged out ends at once, and is asked next time", async () => {
      await alice.enter("/logins");
      const lines = await alice.until("2 devices");
      const number = /(\d)\. (?!.*this one)/.exec(
        lines.filter((line) => /^ +\d\. /.test(line)).join("\n"),
      );
      await alice.enter(`/revoke ${number?.[1]}`);
      await alice.until("That device is logged out");
      assertEquals(await other.ended(), 1);
      assertMatch((await other.lines()).join("\n"), /the login that was kept here is forgotten/);
      const again = await all.client("Alice", "other");
      await again.until("Password of Alice");
    });
  },
);

terminalTest("passwords at a terminal", async (all, test) => {
  const alice = await all.enter("Alice");
  await test.step("two that aren't the same are asked for again, until Ctrl+C", async () => {
    await alice.enter("/register");
    await alice.until("A password for");
    await alice.enter(password);
    await alice.until("The same again:");
    await alice.enter("another one");
    await alice.until(/These were not the same; Ctrl\+C changes nothing\n.*A password for/);
    await alice.press("C-c");
    await alice.until("Nothing was changed");
    await alice.enter("/whois Alice");
    await alice.until("a guest");
    await alice.enter("/clear");
    await alice.until((lines) => !lines.some((line) => line.includes("password")));
  });

  await test.step("one is changed, and whoever leaves is asked for the new one", async () => {
    await register(alice);
    await alice.enter("/password");
    for (
      const [question, answer] of [
        ["Your password:", password],
        ["A new password:", "swordfish 22"],
        ["The same again:", "swordfish 22"],
      ]
    ) {
      await alice.until(question);
      await alice.enter(answer);
    }
    await alice.until("Your password is another one now");
    await alice.enter("/logout");
    assertEquals(await alice.ended(), 0);
    const again = await all.client("Alice");
    await again.until("Password of Alice");
    await again.enter("swordfish 22");
    await again.until("#lobby ›");
  });
});

terminalTest("what is said before there is a screen is cut between words", async (all) => {
  await registered(all.server, "Alice");
  const narrow = await all.client("Alice", "narrow", { columns: 50, rows: 30 });
  await narrow.until(/The name "Alice" belongs to an account: log in\n *with its password/);
});

terminalTest("/login goes on as somebody else, with their password", async (all) => {
  await registered(all.server, "Alice");
  const bob = await all.enter("Bob");
  await bob.enter("/login Alice");
  await bob.until("Password of Alice");
  await bob.enter(password);
  await bob.until(/as Alice; \/help[^]*#lobby ›/);
});

Deno.test("scripts give the password by a file or a variable", async () => {
  await using server = await InProcessServer.start();
  await registered(server, "Alice");
  const file = join(server.folder, "password.txt");
  await Deno.writeTextFile(file, `${password}\n`);
  const send = (machine: string, ...args: readonly string[]) => {
    const there = { folder: join(server.folder, machine), port: server.port };
    return clientCommand(there, "send", "-u", "Alice", "lobby", "hi", ...args);
  };
  const without = await runHere(send("one"));
  assertEquals(without.code, 1);
  assertStringIncludes(without.err, "give its password with --password-file FILE");
  const well = { code: 0, out: "", err: "" };
  // The folder that a test's client may read is its machine's.
  const own = join(server.folder, "two", "password.txt");
  await Deno.mkdir(join(server.folder, "two"), { recursive: true });
  await Deno.rename(file, own);
  assertEquals(await runProgram(send("two", "--password-file", own)), well);
  // From then on the login is enough.
  await Deno.remove(own);
  assertEquals((await runHere(send("two"))).code, 0);
  const byVariable = ["env", `PARLEY_PASSWORD=${password}`, ...send("three")];
  assertEquals(await runProgram(byVariable), well);
  const wrong = await runHere(send("four"), "", { password: "a wrong one" });
  assertEquals(wrong.code, 1);
  assertMatch(wrong.err, /^Cannot log in: .*\n$/);
  // There is one password for all that is asked: it can't be changed to another one.
  const asAlice = { folder: join(server.folder, "three"), port: server.port };
  const changing = clientCommand(asAlice, "-u", "Alice");
  const changed = await runHere(changing, "/password\n", { password });
  assertEquals(changed.code, 1);
  assertStringIncludes(changed.out, "The new password is the old one: nothing was changed");
  // Nobody is asked for a better one.
  const there = { folder: join(server.folder, "five"), port: server.port };
  const bob = clientCommand(there, "-u", "Bob");
  await runHere(bob);
  const { code, out } = await runHere(bob, "/register\n", { password: "abc" });
  assertEquals(code, 1);
  assertStringIncludes(out, "That password is too short");
});

Deno.test("bots register, list their logins and log out by fields", async () => {
  await using server = await InProcessServer.start();
  const command = clientCommand(server, "-u", "bot", "--json");
  await using bot = new RealClient(startHere(command));
  await bot.sees('"is":"online"');
  await bot.type(JSON.stringify({ t: "register", password, id: 1 }));
  assertStringIncludes(await bot.sees('"re":1'), '"role":"member"');
  await bot.type(JSON.stringify({ t: "logins", id: 2 }));
  assertStringIncludes(await bot.sees('"re":2'), '"here":true');
  await bot.type(JSON.stringify({ t: "logout", id: 3 }));
  assertStringIncludes(await bot.sees('"re":3'), '"t":"ok"');
  assertEquals(await bot.ended(), 0);
  await using again = new RealClient(startHere(command));
  assertEquals(await again.ended(), 1);
  assertEquals(again.all("belongs to an account").length, 1);
});

/** This machine as others reach it: from there an invitation is needed. */
const here = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

sceneTest("a terminal comes in by the address that the server prints", async (scene) => {
  const server = await scene.start(["--host", "0.0.0.0"]);
  const { folder } = server;
  const code = await server.printed(/^Join: .* parley:\/\/[^/]+\/(\S+)$/);
  await using clients = new AsyncDisposableStack();
  const client = (user: string, ...args: readonly string[]) => {
    const command = clientCommand({ folder: join(folder, user), port: 0 }, "-u", user);
    // The port is in the address.
    const words = [...command.filter((word) => word !== "--port" && word !== "0"), ...args];
    return clients.use(new RealClient(startHere(words)));
  };
  const address = `parley://${here}:${server.port}`;
  const alice = client("Alice", `${address}/${code}`);
  await alice.sees("── #lobby ──");
  const bob = client("Bob", address, "--invite", code.toUpperCase().replaceAll("-", ""));
  await bob.sees("── #lobby ──");
  const stranger = client("Dora", address);
  assertEquals(await stranger.ended(), 1);
  assertEquals(stranger.all("give it with --invite CODE").length, 1);
  // Whoever has an account invites others, to a room as well.
  await alice.type("/invite");
  await alice.sees("make the name yours");
  const carol = client("Carol", `${address}/${code}`, "--json");
  await carol.sees('"is":"online"');
  await carol.type(JSON.stringify({ t: "register", password, id: 1 }));
  await carol.sees('"re":1');
  await carol.type(JSON.stringify({ t: "join", room: "kitchen", id: 2 }));
  await carol.sees('"re":2');
  await carol.type(JSON.stringify({ t: "invite", room: "kitchen", uses: 1, id: 3 }));
  const made = JSON.parse(await carol.sees('"re":3'));
  const erin = client("Erin", address, "--invite", made.code);
  await erin.sees("── #kitchen ──");
  const late = client("Fred", address, "--invite", made.code);
  assertEquals(await late.ended(), 1);
}, { ignore: here === undefined });
