/** The client without a terminal: pipes, scripts and bots, against a real server. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { clientCommand, root, runProgram } from "../helpers/client_program.ts";
import type { Peer } from "../helpers/peer.ts";
import { freePort } from "../helpers/free_port.ts";
import { RealServer, type RealServerOptions } from "../helpers/real_server.ts";
import { isObject, type JsonObject } from "../../lib/wire/fields.ts";
import { parseLine } from "../../lib/wire/decode.ts";

/** A test with a server of its own. */
function serverTest(
  name: string,
  run: (server: RealServer) => Promise<void>,
  args: readonly string[] = [],
  more: RealServerOptions = {},
): void {
  Deno.test(name, async () => {
    await using server = await RealServer.start({ ...more, args: ["--quiet", ...args] });
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

serverTest("a pipe says each line, in plain lines, and ends when all is stored", async (server) => {
  const bob = await server.join("Bob");
  await bob.ok({ t: "say", room: "lobby", text: "before" });
  const input = "one\n/join dev\ntwo :smile:\n/whisper Bob three\n";
  const { code, out, err } = await runProgram(clientCommand(server, "-u", "Alice"), input);
  assertEquals([code, err], [0, ""]);
  const lines = out.trimEnd().split("\n").map((line) => line.replace(/^\d\d:\d\d /, ""));
  assertMatch(lines[0], /^· Connected to Parley at 127\.0\.0\.1:\d+ as Alice/);
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
  bob.close();
});

serverTest(
  "a pipe goes on over a killed server, and nothing is lost or doubled",
  async (server) => {
    await using alice = new Piped(clientCommand(server, "-u", "Alice"));
    await alice.write("one\n");
    await alice.until("Alice: one ✓");
    await server.kill();
    await alice.until("Connection lost");
    await alice.write("two\nthree\n");
    await server.start();
    await alice.until("Alice: three ✓");
    const bob = await server.join("Bob");
    await bob.ok({ t: "say", room: "lobby", text: "four" });
    await alice.until("Bob: four");
    assertEquals(await textsIn(bob, "lobby"), ["one", "two", "three", "four"]);
    assertEquals(await alice.end(), 0);
    assertEquals(alice.out.match(/Alice: two/g)?.length, 1);
    bob.close();
  },
);

serverTest("a thousand lines piped at once all arrive, in order", async (server) => {
  const all = Array.from({ length: 1000 }, (_, index) => `line ${index}`);
  const command = clientCommand(server, "-u", "Alice");
  const { code } = await runProgram(command, all.join("\n"));
  assertEquals(code, 0);
  const { code: read, out } = await runProgram(
    clientCommand(server, "history", "-u", "Alice", "lobby", "--limit", "1000", "--json"),
  );
  assertEquals(read, 0);
  assertEquals(out.trimEnd().split("\n").map((line) => parseLine(line)?.text), all);
}, ["--preset", "bench"]);

serverTest("what can't be done in a pipe is said, and the exit code is 1", async (server) => {
  const { code, out } = await runProgram(
    clientCommand(server, "-u", "Alice"),
    "/jion dev\nhello\n",
  );
  assertEquals(code, 1);
  assertStringIncludes(out, 'There is no command "/jion": did you mean /join?');
  assertStringIncludes(out, "Alice: hello ✓");
});

serverTest("a pipe whose reader has gone ends", async (server) => {
  const [program, ...args] = clientCommand(server, "-u", "Alice");
  const words = [program, ...args].map((word) => `'${word}'`).join(" ");
  const { code, out } = await runProgram(["sh", "-c", `yes | ${words} | head -n 3`]);
  assertEquals(code, 0);
  assertEquals(out.trimEnd().split("\n").length, 3);
}, ["--preset", "bench"]);

serverTest("a pipe that is told to stop ends well", async (server) => {
  await using alice = new Piped(clientCommand(server, "-u", "Alice"));
  await alice.until("── #lobby ──");
  alice.process.kill("SIGINT");
  assertEquals((await alice.process.status).code, 0);
});

const nowhere = { folder: "/tmp", port: freePort() };
const unreachable: readonly (readonly string[])[] = [
  ["-u", "Alice"],
  ["--json", "-u", "Alice"],
  ["send", "-u", "Alice", "lobby", "hi"],
  ["history", "-u", "Alice", "lobby"],
];

for (const args of unreachable) {
  Deno.test(`"client ${args.join(" ")}" without a server ends with 3 and a sentence`, async () => {
    const folder = await Deno.makeTempDir();
    const { code, err } = await runProgram(clientCommand({ ...nowhere, folder }, ...args));
    await Deno.remove(folder, { recursive: true });
    assertEquals(code, 3);
    assertMatch(err, /^No server answers at 127\.0\.0\.1:\d+[^\n]*\n$/);
  });
}

serverTest(
  "a server that is full is told, and the exit code is 3",
  async (server) => {
    const bob = await server.join("Bob");
    const { code, err } = await runProgram(
      clientCommand(server, "send", "-u", "Al", "lobby", "hi"),
    );
    assertEquals(code, 3);
    assertMatch(err, /full|connections|places/i);
    bob.close();
  },
  ["--connections-max", "1"],
  { alone: "each node counts its own connections" },
);

serverTest(
  "a name in use on this machine is taken, and --device joins as the same user",
  async (server) => {
    await using alice = new Piped(clientCommand(server, "-u", "Alice"));
    await alice.until("── #lobby ──");
    const second = await runProgram(clientCommand(server, "-u", "alice"), "hi\n");
    assertEquals(second.code, 1);
    assertMatch(second.err, /^"alice" is in use by another client on this machine; .*--device/);
    const device = await runProgram(
      clientCommand(server, "-u", "alice", "--device"),
      "from here\n",
    );
    assertEquals(device.code, 0);
    // It is the same user: the first client takes it as its own.
    await alice.until("Alice: from here ✓");
  },
);

serverTest("a name that somebody else has is refused with a clear word", async (server) => {
  const bob = await server.join("Bob");
  const { code, err } = await runProgram(clientCommand(server, "-u", "bob"), "hi\n");
  assertEquals(code, 1);
  assertMatch(err, /taken.*--user NAME\n$/);
  bob.close();
});

serverTest("a saved login comes back as the same user", async (server) => {
  const uidOf = async () => {
    const { out } = await runProgram(clientCommand(server, "--json", "-u", "Alice"));
    const online = out.split("\n").map(parseLine).find((line) => line?.is === "online");
    return online?.uid;
  };
  const first = await uidOf();
  assert(typeof first === "string");
  assertEquals(await uidOf(), first);
});

serverTest("a login that the server no longer knows is replaced", async (server) => {
  await runProgram(clientCommand(server, "send", "-u", "Alice", "lobby", "one"));
  await server.kill();
  await Deno.remove(server.data, { recursive: true });
  await server.start();
  const again = await runProgram(clientCommand(server, "send", "-u", "Alice", "lobby", "two"));
  assertEquals([again.code, again.err], [0, ""]);
});

serverTest(
  "history comes in where nobody is any more, and send says a thing once under its id",
  async (server) => {
    const bot = (...words: readonly string[]) =>
      runProgram(clientCommand(server, "-u", "Bot", ...words));
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

serverTest("send says one thing beside a running client, history prints it", async (server) => {
  await using alice = new Piped(clientCommand(server, "-u", "Alice"));
  await alice.until("── #lobby ──");
  const sent = await runProgram(
    clientCommand(server, "send", "-u", "Alice", "lobby", "one", "two"),
  );
  assertEquals(sent, { code: 0, out: "", err: "" });
  await alice.until("Alice: one two ✓");
  const piped = clientCommand(server, "send", "-u", "Alice", "#lobby");
  assertEquals((await runProgram(piped, "three\n  four\n")).code, 0);
  const { out } = await runProgram(clientCommand(server, "history", "-u", "Alice", "lobby"));
  assertEquals(out.split("\n").slice(1).map((line) => line.replace(/\d\d:\d\d /, "")), [
    "#1 Alice: one two ✓",
    "#2 Alice: three",
    "                  four ✓",
    "",
  ]);
});

serverTest("send says that nobody is in a room", async (server) => {
  const sent = await runProgram(clientCommand(server, "send", "-u", "Alice", "dve", "hi"));
  const err = "Nobody is in dve now: whoever joins it will read this\n";
  assertEquals(sent, { code: 0, out: "", err });
});

serverTest("history shows what an answer is about", async (server) => {
  const bob = await server.join("Bob");
  await bob.ok({ t: "say", room: "lobby", text: "soup?" });
  await bob.ok({ t: "say", room: "lobby", text: "yes", quote: 1 });
  const { out } = await runProgram(clientCommand(server, "history", "-u", "Alice", "lobby"));
  assertMatch(out, /│ Bob: soup\?/);
  bob.close();
});

serverTest("send enters a room to say something there, and leaves it again", async (server) => {
  const bob = await server.join("Bob");
  await bob.ok({ t: "join", room: "dev" });
  const { code } = await runProgram(clientCommand(server, "send", "-u", "Alice", "dev", "hi"));
  assertEquals(code, 0);
  await bob.next("left");
  const { members } = await bob.ok({ t: "members", room: "dev" });
  assert(Array.isArray(members));
  assertEquals(members.length, 1);
  bob.close();
});

serverTest("what the server refuses makes send fail with 1 and its reason", async (server) => {
  const sent = await runProgram(clientCommand(server, "send", "-u", "Alice", "@nobody", "hi"));
  assertEquals(sent.code, 1);
  assertMatch(sent.err, /nobody/);
  assertEquals((await runProgram(clientCommand(server, "send", "-u", "A", "lobby"))).code, 2);
});

serverTest("--json takes commands and puts out events, answers and the status", async (server) => {
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
  await server.kill();
  await bot.until('"waiting"');
  await server.start();
  await bot.write('{"t":"say","room":"dev","text":"after","id":5}\n');
  await bot.until('"re":5');
  assertEquals(await bot.end(), 0);
  bob.close();
});

serverTest(
  "a login elsewhere prints the line that makes it possible, which works",
  async (server) => {
    const state = join(server.folder, "else where");
    const args = [
      "send",
      "--state",
      state,
      "-u",
      "Al",
      "-p",
      String(server.port),
      "lobby",
      "it's me",
    ];
    const command = [
      Deno.execPath(),
      "run",
      "-q",
      "--no-prompt",
      "-P=client",
      "client.ts",
      ...args,
    ];
    const { code, err } = await runProgram(command);
    assertEquals(code, 2);
    const line = err.split("\n").find((line) => line.startsWith("  "))?.trim();
    assert(line !== undefined);
    const path = `PATH="${join(Deno.execPath(), "..")}:$PATH"`;
    assertEquals((await runProgram(["sh", "-c", `${path}; ${line}`])).code, 0);
    const bob = await server.join("Bob");
    assertEquals(await textsIn(bob, "lobby"), ["it's me"]);
    bob.close();
  },
);

Deno.test("wrong arguments end with 2 and one sentence", async () => {
  const nothing = { folder: "/tmp", port: 1 };
  for (const args of [["--usr", "A"], ["-u"], ["-u", "A", "x", "y", "z"]]) {
    const { code, out, err } = await runProgram(clientCommand(nothing, ...args));
    assertEquals([code, out, err.split("\n").length], [2, "", 2], err);
  }
});
