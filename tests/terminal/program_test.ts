/**
 * The client without a terminal: pipes, scripts and bots. Each kind of run is a program at least once;
 * what isn't about its process is done in the test's own, and so is the server, unless it is killed.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runHere, startHere } from "../helpers/client_here.ts";
import { clientCommand, root, runProgram } from "../helpers/client_program.ts";
import type { Peer } from "../helpers/peer.ts";
import { freePort } from "../helpers/free_port.ts";
import { type InProcessOptions, InProcessServer } from "../helpers/in_process_server.ts";
import { folderTest } from "../helpers/own_folder.ts";
import { RealServer } from "../helpers/real_server.ts";
import { RealClient } from "../helpers/scene.ts";
import { isObject, type JsonObject } from "../../lib/wire/fields.ts";
import { parseLine } from "../../lib/wire/decode.ts";

/** A test with a server of its own, which isn't what is tested. */
function clientTest(
  name: string,
  run: (server: InProcessServer) => Promise<void>,
  options: InProcessOptions = {},
): void {
  Deno.test(name, async () => {
    await using server = await InProcessServer.start(options);
    await run(server);
  });
}

/** The same with one that dies without a warning. */
function deathTest(name: string, run: (server: RealServer) => Promise<void>): void {
  Deno.test(name, async () => {
    await using server = await RealServer.start({ args: ["--quiet"] });
    await run(server);
  });
}

async function textsIn(peer: Peer, room: string): Promise<unknown[]> {
  const { events } = await peer.ok({ t: "history", room });
  assert(Array.isArray(events));
  return events.filter(isObject).filter(({ t }) => t === "said").map(({ text }) => text);
}

/** A running client whose output can be waited for. */
class Piped implements AsyncDisposable {
  readonly process: Deno.ChildProcess;
  out = "";
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #read: Promise<void>;
  #wake: (() => void)[] = [];
  #over = false;

  constructor([program, ...args]: readonly string[]) {
    this.process = new Deno.Command(program, {
      args,
      cwd: root,
      env: { INIT_CWD: root },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.process.stdin.getWriter();
    this.#read = this.#take();
  }

  async write(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async until(wanted: string): Promise<void> {
    while (!this.out.includes(wanted)) {
      assert(!this.#over, `It ended without ${wanted}:\n${this.out}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Ends its input; resolves its exit code. */
  async end(): Promise<number> {
    await this.#writer.close();
    await this.#read;
    return (await this.process.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#read;
    await this.process.status;
  }

  async #take(): Promise<void> {
    for await (const text of this.process.stdout.pipeThrough(new TextDecoderStream())) {
      this.out += text;
      this.#woken();
    }
    this.#over = true;
    this.#woken();
  }

  #woken(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

clientTest("a pipe says each line, in plain lines, and ends when all is stored", async (server) => {
  const bob = await server.join("Bob");
  await bob.ok({ t: "say", room: "lobby", text: "before" });
  const input = "one\n/join dev\ntwo :smile:\n/whisper Bob three\n";
  const { code, out, err } = await runProgram(clientCommand(server, "-u", "Alice"), input);
  assertEquals([code, err], [0, ""]);
  const lines = out.trimEnd().split("\n").map((line) => line.replace(/^\d\d:\d\d /, ""));
  assertMatch(lines[0], /^· Connected to Test at 127\.0\.0\.1:\d+ as Alice/);
  assertEquals(lines.slice(1).filter((line) => !line.endsWith(" came")), [
    "── #lobby ──",
    "Bob: before",
    "Alice: one ✓",
    "── #dev ──",
    "· Alice joined",
    "Alice: two 😄 ✓",
    "[you → Bob] three ✓",
  ]);
  assertEquals(out.includes("\x1b"), false);
  assertEquals(await textsIn(bob, "dev"), ["two 😄"]);
});

deathTest(
  "a pipe and a bot go on over a killed server, and nothing is lost or doubled",
  async (server) => {
    await using alice = new RealClient(startHere(clientCommand(server, "-u", "Alice")));
    await using bot = new RealClient(startHere(clientCommand(server, "--json", "-u", "Bot")));
    await bot.sees('"is":"online"');
    await alice.type("one");
    await alice.sees("Alice: one ✓");
    await bot.sees('"text":"one"');
    await server.kill();
    await alice.sees("Connection lost");
    await bot.sees('"waiting"');
    await alice.type("two", "three");
    await server.start();
    await alice.sees("Alice: three ✓");
    await bot.sees('"text":"three"');
    await bot.type('{"t":"say","room":"lobby","text":"after","id":5}');
    await bot.sees('"re":5');
    const bob = await server.join("Bob");
    await bob.ok({ t: "say", room: "lobby", text: "four" });
    await alice.sees("Bob: four");
    assertEquals(await textsIn(bob, "lobby"), ["one", "two", "three", "after", "four"]);
    assertEquals([await alice.finish(), await bot.finish()], [0, 0]);
    assertEquals(alice.all("Alice: two").length, 1);
    assertEquals(bot.all('"text":"two"').length, 1);
    bob.close();
  },
);

clientTest("a thousand lines piped at once all arrive, in order", async (server) => {
  const all = Array.from({ length: 1000 }, (_, index) => `line ${index}`);
  const command = clientCommand(server, "-u", "Alice");
  const { code } = await runProgram(command, all.join("\n"));
  assertEquals(code, 0);
  const { code: read, out } = await runProgram(
    clientCommand(server, "history", "-u", "Alice", "lobby", "--limit", "1000", "--json"),
  );
  assertEquals(read, 0);
  assertEquals(out.trimEnd().split("\n").map((line) => parseLine(line)?.text), all);
});

clientTest("what can't be done in a pipe is said, and the exit code is 1", async (server) => {
  const { code, out } = await runHere(clientCommand(server, "-u", "Alice"), "/jion dev\nhello\n");
  assertEquals(code, 1);
  assertStringIncludes(out, 'There is no command "/jion": did you mean /join?');
  assertStringIncludes(out, "Alice: hello ✓");
});

clientTest("a pipe whose reader has gone ends", async (server) => {
  const [program, ...args] = clientCommand(server, "-u", "Alice");
  const words = [program, ...args].map((word) => `'${word}'`).join(" ");
  const { code, out } = await runProgram(["sh", "-c", `yes | ${words} | head -n 3`]);
  assertEquals(code, 0);
  assertEquals(out.trimEnd().split("\n").length, 3);
});

clientTest("a pipe that is told to stop ends well", async (server) => {
  await using alice = new Piped(clientCommand(server, "-u", "Alice"));
  await alice.until("── #lobby ──");
  alice.process.kill("SIGINT");
  assertEquals((await alice.process.status).code, 0);
});

const unreachable = [
  { args: ["-u", "Alice"], run: runProgram },
  { args: ["--json", "-u", "Alice"], run: runHere },
  { args: ["send", "-u", "Alice", "lobby", "hi"], run: runHere },
  { args: ["history", "-u", "Alice", "lobby"], run: runHere },
];

for (const { args, run } of unreachable) {
  folderTest(
    `"client ${args.join(" ")}" without a server ends with 3 and a sentence`,
    async (folder) => {
      const { code, err } = await run(clientCommand({ folder, port: freePort() }, ...args));
      assertEquals(code, 3);
      assertMatch(err, /^No server answers at 127\.0\.0\.1:\d+[^\n]*\n$/);
    },
  );
}

clientTest("a server that is full is told, and the exit code is 3", async (server) => {
  await server.join("Bob");
  const { code, err } = await runHere(clientCommand(server, "send", "-u", "Al", "lobby", "hi"));
  assertEquals(code, 3);
  assertMatch(err, /full|connections|places/i);
}, { bounds: { connectionsMax: 1 }, alone: "each node counts its own connections" });

clientTest(
  "a name in use on this machine is taken, and --device joins as the same user",
  async (server) => {
    await using alice = new Piped(clientCommand(server, "-u", "Alice"));
    await alice.until("── #lobby ──");
    const second = await runHere(clientCommand(server, "-u", "alice"), "hi\n");
    assertEquals(second.code, 1);
    assertMatch(second.err, /^"alice" is in use by another client on this machine; .*--device/);
    const device = await runHere(clientCommand(server, "-u", "alice", "--device"), "from here\n");
    assertEquals(device.code, 0);
    // It is the same user: the first client takes it as its own.
    await alice.until("Alice: from here ✓");
  },
);

clientTest("a name that somebody else has is refused with a clear word", async (server) => {
  await server.join("Bob");
  const { code, err } = await runHere(clientCommand(server, "-u", "bob"), "hi\n");
  assertEquals(code, 1);
  assertMatch(err, /taken.*--user NAME\n$/);
});

clientTest("a saved login comes back as the same user", async (server) => {
  const uidOf = async (run: typeof runHere) => {
    const { out } = await run(clientCommand(server, "--json", "-u", "Alice"));
    const online = out.split("\n").map(parseLine).find((line) => line?.is === "online");
    return online?.uid;
  };
  const first = await uidOf(runProgram);
  assert(typeof first === "string");
  assertEquals(await uidOf(runHere), first);
});

deathTest("a login that the server no longer knows is replaced", async (server) => {
  await runHere(clientCommand(server, "send", "-u", "Alice", "lobby", "one"));
  await server.kill();
  await Deno.remove(server.data, { recursive: true });
  await server.start();
  const again = await runHere(clientCommand(server, "send", "-u", "Alice", "lobby", "two"));
  assertEquals([again.code, again.err], [0, ""]);
});

clientTest(
  "history comes in where nobody is any more, and send says a thing once under its id",
  async (server) => {
    const bot = (...words: readonly string[]) =>
      runHere(clientCommand(server, "-u", "Bot", ...words));
    for (let time = 0; time < 2; time++) {
      assertEquals((await bot("send", "kitchen", "bread", "--cid", "b-17")).code, 0);
    }
    const { code, out } = await bot("history", "kitchen");
    assertEquals([code, out.match(/Bot: bread/g)?.length], [0, 1]);
    const none = await bot("history", "nowhere");
    assertEquals([none.code, none.out], [1, ""]);
    assertMatch(none.err, /^There is no room "nowhere" now, nor anything said in it$/m);
  },
);

clientTest("send says one thing beside a running client, history prints it", async (server) => {
  await using alice = new Piped(clientCommand(server, "-u", "Alice"));
  await alice.until("── #lobby ──");
  const sent = await runProgram(
    clientCommand(server, "send", "-u", "Alice", "lobby", "one", "two"),
  );
  assertEquals(sent, { code: 0, out: "", err: "" });
  await alice.until("Alice: one two ✓");
  const piped = clientCommand(server, "send", "-u", "Alice", "#lobby");
  assertEquals((await runProgram(piped, "three\n  four\n")).code, 0);
  const { out } = await runHere(clientCommand(server, "history", "-u", "Alice", "lobby"));
  assertEquals(out.split("\n").slice(1).map((line) => line.replace(/\d\d:\d\d /, "")), [
    "#1 Alice: one two ✓",
    "#2 Alice: three",
    "                  four ✓",
    "",
  ]);
});

clientTest("send says that nobody is in a room", async (server) => {
  const sent = await runHere(clientCommand(server, "send", "-u", "Alice", "dve", "hi"));
  const err = "Nobody is in dve now: whoever joins it will read this\n";
  assertEquals(sent, { code: 0, out: "", err });
});

clientTest("history shows what an answer is about", async (server) => {
  const bob = await server.join("Bob");
  await bob.ok({ t: "say", room: "lobby", text: "soup?" });
  await bob.ok({ t: "say", room: "lobby", text: "yes", quote: 1 });
  const { out } = await runHere(clientCommand(server, "history", "-u", "Alice", "lobby"));
  assertMatch(out, /│ Bob: soup\?/);
});

clientTest("send enters a room to say something there, and leaves it again", async (server) => {
  const bob = await server.join("Bob");
  await bob.ok({ t: "join", room: "dev" });
  const { code } = await runHere(clientCommand(server, "send", "-u", "Alice", "dev", "hi"));
  assertEquals(code, 0);
  await bob.next("left");
  const { members } = await bob.ok({ t: "members", room: "dev" });
  assert(Array.isArray(members));
  assertEquals(members.length, 1);
});

clientTest("what the server refuses makes send fail with 1 and its reason", async (server) => {
  const sent = await runProgram(clientCommand(server, "send", "-u", "Alice", "@nobody", "hi"));
  assertEquals(sent.code, 1);
  assertMatch(sent.err, /nobody/);
  assertEquals((await runHere(clientCommand(server, "send", "-u", "A", "lobby"))).code, 2);
});

clientTest("--json takes commands and puts out events, answers and the status", async (server) => {
  const bob = await server.join("Bob");
  await using bot = new Piped(clientCommand(server, "--json", "-u", "Bot", "--room", "dev"));
  const found = (t: string, fits: (line: JsonObject) => boolean = () => true) =>
    bot.out.split("\n").map(parseLine).find((line) => line?.t === t && fits(line));
  await bot.until('"begun","room":"dev"');
  await bob.ok({ t: "say", room: "lobby", text: "hello bot" });
  await bot.until("hello bot");
  await bot.write('{"t":"say","room":"lobby","text":"hello Bob","id":1}\n');
  await bot.until('"re":1');
  await bot.write('rubbish\n{"t":"nope","id":2}\n{"t":"say","room":"lobby","id":"x"}\n');
  await bot.until('"re":"x"');
  await bot.write('{"t":"hello","v":1,"id":3}\n{"t":"users","id":4}\n');
  await bot.until('"re":4');
  assertEquals(found("said", ({ user }) => user === "Bob")?.text, "hello bot");
  assertEquals(found("ok", ({ re }) => re === 1)?.seq, 2);
  assertEquals(found("refused", ({ re }) => re === undefined)?.code, "bad_message");
  assertEquals(found("refused", ({ re }) => re === 2)?.code, "unknown_command");
  assertEquals(found("refused", ({ re }) => re === "x")?.code, "bad_message");
  assertEquals(found("refused", ({ re }) => re === 3)?.code, "bad_message");
  assertEquals(found("status", (line) => line.is === "online")?.user, "Bot");
  assertEquals(await bot.end(), 0);
});

clientTest(
  "a login elsewhere prints the line that makes it possible, which works",
  async (server) => {
    const state = join(server.folder, "else where");
    const where = ["--state", state, "-u", "Al", "-p", String(server.port)];
    const run = ["run", "-q", "--no-prompt", "-P=client", "client.ts"];
    const { code, err } = await runProgram(
      [Deno.execPath(), ...run, "send", ...where, "lobby", "it's me"],
    );
    assertEquals(code, 2);
    const line = err.split("\n").find((line) => line.startsWith("  "))?.trim();
    assert(line !== undefined);
    const path = `PATH="${join(Deno.execPath(), "..")}:$PATH"`;
    assertEquals((await runProgram(["sh", "-c", `${path}; ${line}`])).code, 0);
    assertEquals(await textsIn(await server.join("Bob"), "lobby"), ["it's me"]);
  },
);

Deno.test("wrong arguments end with 2 and one sentence", async () => {
  const nothing = { folder: "/tmp", port: 1 };
  for (
    const [run, ...args] of [
      [runProgram, "--usr", "A"],
      [runHere, "-u"],
      [runHere, "-u", "A", "x", "y", "z"],
    ] as const
  ) {
    const { code, out, err } = await run(clientCommand(nothing, ...args));
    assertEquals([code, out, err.split("\n").length], [2, "", 2], err);
  }
});
