/** Two people at two terminals, as they see it: real server, real clients, real terminals. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { clientCommand, root } from "./helpers/client_program.ts";
import { isMissing } from "./helpers/needs.ts";
import { RealServer } from "./helpers/real_server.ts";
import { type Terminal, type TerminalSize, Tmux } from "./helpers/tmux.ts";

const wide = { columns: 120, rows: 30 };
const narrow = { columns: 40, rows: 30 };

/** Alice at a wide terminal and Bob at a narrow one, both in the lobby. */
class Two implements AsyncDisposable {
  readonly server: RealServer;
  readonly tmux: Tmux;
  readonly alice: Terminal;
  readonly bob: Terminal;

  private constructor(server: RealServer, tmux: Tmux, alice: Terminal, bob: Terminal) {
    this.server = server;
    this.tmux = tmux;
    this.alice = alice;
    this.bob = bob;
  }

  static async meet(): Promise<Two> {
    const server = await RealServer.start({ args: ["--quiet"] });
    const tmux = new Tmux();
    const at = async (user: string, size: TerminalSize) => {
      const command = clientCommand(server, "--user", user);
      const terminal = await tmux.open(command, { ...size, cwd: root });
      await terminal.until("#lobby ›");
      return terminal;
    };
    const alice = await at("Alice", wide);
    const bob = await at("Bob", narrow);
    await alice.until("· Bob came");
    return new Two(server, tmux, alice, bob);
  }

  /**
   * Both are in the lobby, have read everything and typed nothing; what was shown goes. What comes
   * in meanwhile stays: that somebody came is told a while after they did.
   */
  async rest(): Promise<void> {
    for (const each of [this.alice, this.bob]) {
      await each.until((lines) => lines.at(-1) === "#lobby ›");
      await each.enter("/nonsense");
      await each.until(/nonsense[^]*\n#lobby ›$/);
      await each.enter("/clear");
      await each.until((lines) =>
        !lines.join().includes("nonsense") && lines.at(-1) === "#lobby ›"
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Those that a test has left as it found them, for the next one. */
let resting: Two | undefined;

Deno.test.afterAll(() => resting?.[Symbol.asyncDispose]());

/**
 * A test that needs tmux; where there is none it is told as skipped. The same two are in one test
 * after the other; where one has failed, others come.
 */
function terminalTest(
  name: string,
  run: (two: Two) => Promise<void>,
  { isLast = false } = {},
): void {
  Deno.test({
    name,
    ignore: isMissing("tmux"),
    fn: async () => {
      await using stack = new AsyncDisposableStack();
      const two = stack.use(resting ?? await Two.meet());
      resting = undefined;
      await run(two);
      if (isLast) return;
      await two.rest();
      stack.move();
      resting = two;
    },
  });
}

/** Lines without the times that they begin with, and without what is above the room's heading. */
function told(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => line.startsWith("── #lobby"));
  return lines.slice(from + 1).map((line) => line.replace(/^\d\d:\d\d /, ""));
}

terminalTest("a message appears above the line that is typed, which stays whole", async (two) => {
  const { alice, bob } = two;
  await bob.type("half a line, long enough to take two rows");
  await bob.until("e two rows");
  await alice.enter("hello Bob");
  await alice.until("Alice: hello Bob ✓");
  const before = await bob.until(/Alice: hello Bob\n[^]*e two rows$/);
  assertEquals(told(before).slice(-3), [
    "Alice: hello Bob",
    "#lobby › half a line, long enough to tak",
    "e two rows",
  ]);
  await bob.press("Home");
  await alice.enter("and again");
  await bob.until("Alice: and again");
  await bob.type("not ");
  await bob.press("End");
  await bob.enter("!");
  await alice.until("Bob: not half a line, long enough to take two rows!");
  // The line is empty before what stood in it has come back.
  const after = await bob.until(/two rows! ✓\n#lobby ›$/);
  assertEquals(told(after).slice(-3), [
    "Bob: not half a line, long enough",
    "           to take two rows! ✓",
    "#lobby ›",
  ]);
});

terminalTest("each message is shown once, its writer's with a tick", async ({ alice, bob }) => {
  for (const text of ["one", "two", "three"]) await alice.enter(text);
  const own = await alice.until("Alice: three ✓");
  const other = await bob.until("Alice: three");
  assertEquals(told(own).slice(-4), ["Alice: one ✓", "Alice: two ✓", "Alice: three ✓", "#lobby ›"]);
  assertEquals(told(other).slice(-4), ["Alice: one", "Alice: two", "Alice: three", "#lobby ›"]);
});

terminalTest("a whisper reaches one person, marked, and rings", async ({ alice, bob }) => {
  await alice.enter("/whisper Bob between us");
  await alice.until("[you → Bob] between us ✓");
  await bob.until("[Alice → you] between us");
  const lines = await bob.until("#lobby (@Alice 1) ›");
  assertEquals(lines.at(-1), "#lobby (@Alice 1) ›");
  assertMatch(await bob.title(), /^\(1\) #lobby/);
  await bob.enter("/switch");
  await bob.until((lines) => lines.at(-1) === "@Alice ›");
  await bob.enter("and back");
  await alice.until("[Bob → you] and back");
  await bob.enter("/switch lobby");
  await alice.enter("/switch");
  await alice.until((lines) => lines.at(-1) === "@Bob ›");
  await alice.enter("/switch lobby");
});

terminalTest("rooms are entered, said into, looked at and left", async ({ alice, bob }) => {
  await alice.enter("/join dev");
  await alice.until((lines) => lines.at(-1) === "#dev ›");
  await alice.enter("in the room");
  await alice.until("Alice: in the room ✓");
  await bob.enter("/join DEV");
  const entered = await bob.until("Alice: in the room");
  assertStringIncludes(entered.join("\n"), "── #dev ──");
  await alice.until("· Bob joined");
  await bob.enter("/switch lobby");
  await bob.until((lines) => lines.at(-1) === "#lobby ›");
  await alice.enter("still here, Bob");
  await bob.until("[#dev] Alice: still here, Bob");
  await bob.until("#lobby (#dev 1) ›");
  await bob.enter("/rooms");
  await bob.until(/#dev +2 people, joined/);
  await bob.enter("/leave dev");
  await bob.until("You left #dev");
  await alice.until("· Bob left");
  await alice.enter("/leave");
});

terminalTest("Tab completes commands, rooms, people and emoji", async ({ alice, bob }) => {
  await alice.enter("/join development");
  await alice.until("#development ›");
  await bob.enter("/rooms");
  await bob.until("#development");
  await bob.type("/jo");
  await bob.press("Tab");
  await bob.type("deve");
  await bob.press("Tab");
  await bob.until("› /join development");
  await bob.press("C-c");
  await bob.type("ali");
  await bob.press("Tab");
  await bob.type("hi :smile");
  await bob.press("Tab");
  await bob.until("#lobby › @Alice hi 😄");
  await bob.press("Enter");
  const lines = await alice.until("[#lobby] Bob: @Alice hi 😄");
  assert(lines.at(-1)?.includes("(#lobby 1)"));
  await bob.type(":smi");
  await bob.press("Tab");
  await bob.until(/:smile: +:smirk: +:smiley:/);
  await bob.press("C-c");
  await alice.enter("/leave");
});

terminalTest("a paste of several lines is one message", async ({ alice, bob }) => {
  await alice.paste("function f() {\n\treturn 1;\n}\n");
  const typed = await alice.until("⏎}");
  assertEquals(typed.at(-1), "#lobby › function f() {⏎    return 1;⏎}");
  await alice.press("Enter");
  const lines = await bob.until("Alice: function f() {");
  const from = lines.findIndex((line) => line.includes("function"));
  assertEquals(lines.slice(from + 1, from + 4), [
    "                 return 1;",
    "             }",
    "#lobby ›",
  ]);
  const own = await alice.until("} ✓");
  assertEquals(own.filter((line) => line.includes("Alice:")).length, 1);
});

terminalTest("a long line that comes in at once is taken whole", async ({ alice, bob }) => {
  const words = Array.from({ length: 200 }, (_, number) => `word${number}`).join(" ");
  await alice.type(words);
  await alice.until("word199");
  await alice.press("Enter");
  await alice.until("word199 ✓");
  const lines = await bob.until("word199");
  const heard = lines.flatMap((line) => line.match(/word\d+/g) ?? []);
  assertEquals(heard.at(-1), "word199");
});

const mixed =
  "你好，世界！ This is a longer line with 表情 😀🎉 and 中文 in it, for narrow screens.";

terminalTest("emoji and Chinese are whole on 40 and 120 columns", async ({ alice, bob }) => {
  await alice.type(mixed);
  await alice.until("for narrow screens.");
  await alice.press("Enter");
  const own = await alice.until("screens. ✓");
  assertEquals(told(own).at(-2), `Alice: ${mixed} ✓`);
  const lines = await bob.until("screens.");
  const from = lines.findIndex((line) => line.includes("你好"));
  assertEquals(lines.slice(from).map((line) => line.replace(/^\d\d:\d\d/, "hh:mm")), [
    "hh:mm Alice: 你好，世界！ This is a",
    "             longer line with 表情 😀🎉",
    "             and 中文 in it, for narrow",
    "             screens.",
    "#lobby ›",
  ]);
  await bob.type("打字 😀 x");
  await bob.press("Left", "Left", "BSpace");
  await bob.type("好");
  await bob.until("› 打字 好 x");
  await bob.press("C-c");
});

terminalTest(
  "a killed server is told, what is said waits, what was missed is counted",
  async (two) => {
    const { server, alice, bob } = two;
    await alice.enter("before");
    await bob.until("Alice: before");
    await bob.type("half typed");
    await bob.until("› half typed");
    await server.kill();
    await alice.until("Connection lost: trying again");
    await bob.until("Connection lost: trying again");
    await alice.enter("said into the void");
    const waiting = await alice.until(/… said into the void\n.*trying again.*\n#lobby ›$/);
    assertEquals(waiting.filter((line) => line.includes("void")).length, 1);
    // While Bob's program stands still, it misses what the others say.
    await bob.signal("SIGSTOP");
    await server.start();
    await alice.until("Alice: said into the void ✓");
    await alice.enter("are you there?");
    await alice.until("Alice: are you there? ✓");
    await bob.signal("SIGCONT");
    const back = await bob.until("Alice: are you there?");
    assertEquals(told(back).filter((line) => !line.includes("came")).slice(-5), [
      "· Connected again",
      "── 2 missed ──",
      "Alice: said into the void",
      "Alice: are you there?",
      "#lobby › half typed",
    ]);
    const own = await alice.until((lines) => lines.at(-1) === "#lobby ›");
    assertEquals(own.filter((line) => line.includes("said into the void")).length, 1);
    await bob.press("C-c");
  },
);

terminalTest("names are coloured, each always the same, and one's own is marked", async (two) => {
  const { alice, bob } = two;
  await alice.enter("one");
  await alice.enter("hello Bob");
  await bob.until("hello Bob");
  const colours = await bob.colours();
  const names = [...colours.matchAll(/\[38;5;(\d+)mAlice/g)].map(([, colour]) => colour);
  assert(names.length >= 2);
  assertEquals(new Set(names).size, 1);
  assertMatch(colours, /\[1m.\[33mBob/);
});

terminalTest("a terminal that becomes narrow keeps the line that is typed", async (two) => {
  const { alice, bob } = two;
  await alice.type("a line that I go on with");
  await alice.resize({ columns: 50, rows: 20 });
  await bob.enter("a message that takes more than one row of fifty columns");
  const lines = await alice.until("columns");
  assertEquals(told(lines).slice(-3), [
    "Bob: a message that takes more than one row",
    "           of fifty columns",
    "#lobby › a line that I go on with",
  ]);
  await alice.press("C-c");
  await alice.resize(wide);
});

Deno.test({
  name: "a terminal asks for the name, and for another one where it is taken",
  ignore: isMissing("tmux"),
  fn: async () => {
    // Where nothing was said before, so that all that it tells stays on its screen.
    await using server = await RealServer.start({ args: ["--quiet"] });
    await using tmux = new Tmux();
    const carol = await server.join("Carol");
    const there = { folder: server.folder, port: server.ports[0] };
    const terminal = await tmux.open(clientCommand(there), { ...wide, cwd: root });
    await terminal.until("Your name:");
    await terminal.enter("Carol");
    await terminal.until("Another name:");
    await terminal.enter("Dora");
    await terminal.until("as Dora");
    await terminal.until("#lobby ›");
    await terminal.enter("is anybody here?");
    await terminal.until("Dora: is anybody here? ✓");
    const second = await tmux.open(clientCommand(there, "--user", "dora"), { ...wide, cwd: root });
    await second.until('"dora" is in use by another client on this machine');
    await second.until("Another name:");
    await second.enter("Emil");
    await terminal.until(/· .*\bEmil came/);
    carol.close();
  },
});

terminalTest("a terminal waits for a server that isn't there yet", async (two) => {
  const { server, tmux, alice, bob } = two;
  await server.kill();
  const command = clientCommand(server, "--user", "Frida");
  const terminal = await tmux.open(command, { ...narrow, cwd: root });
  await terminal.until("No server answers");
  await server.start();
  await terminal.until("#lobby ›");
  for (const each of [alice, bob]) await each.until("Connected again");
});

terminalTest("Ctrl+C empties the line, then quits and says good-bye", async (two) => {
  const { server, alice, bob } = two;
  // The server has just come back. By then it has told of Bob, too: who goes as soon as they have
  // come isn't told of.
  const carol = await server.join("Carol");
  await alice.until(/· .*\bCarol came/);
  await bob.type("never mind");
  await bob.until("› never mind");
  await bob.press("C-c");
  await bob.until((lines) => lines.at(-1) === "#lobby ›");
  await bob.press("C-c");
  assertEquals(await bob.ended(), 0);
  await alice.until("· Bob went");
  carol.close();
  await alice.enter("/quit");
  assertEquals(await alice.ended(), 0);
}, { isLast: true });
