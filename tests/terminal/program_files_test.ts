/**
 * Files from scripts: what is asked for on the command line, in pipes, and by bots. Each kind of run is
 * a program at least once; what isn't about its process is done in the test's own.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { parseLine } from "../../lib/wire/decode.ts";
import { runHere, startHere } from "../helpers/client_here.ts";
import { clientCommand, root, runProgram } from "../helpers/client_program.ts";
import { isMissing } from "../helpers/needs.ts";
import { freePort } from "../helpers/free_port.ts";
import { type InProcessOptions, InProcessServer } from "../helpers/in_process_server.ts";
import { folderTest } from "../helpers/own_folder.ts";
import { RealServer } from "../helpers/real_server.ts";
import { Relay } from "../helpers/relay.ts";
import { RealClient } from "../helpers/scene.ts";
import { type Terminal, Tmux } from "../helpers/tmux.ts";
import { digestOf, someBytes } from "../helpers/transfer_scene.ts";
import { leftovers } from "../helpers/whole_files.ts";

/** A test with a server of its own, which isn't what is tested, and a file to send. */
function filesTest(
  name: string,
  run: (server: InProcessServer, path: string) => Promise<void>,
  options: InProcessOptions = {},
): void {
  Deno.test(name, async () => {
    await using server = await InProcessServer.start(options);
    const path = join(server.folder, "my notes.txt");
    await Deno.writeFile(path, bytes);
    await run(server, path);
  });
}

const bytes = someBytes(700_000);

filesTest("upload, files and download bring a file over, whole", async (server, path) => {
  const as = (user: string, ...args: readonly string[]) =>
    runProgram(clientCommand(server, args[0], "-u", user, "--", ...args.slice(1)));
  const sent = await as("Alice", "upload", path);
  assertEquals([sent.code, sent.out], [0, ""]);
  assertEquals(sent.err, 'Sending "my notes.txt" (700 kB)\nSent "my notes.txt" (700 kB)\n');
  const listed = await as("Bob", "files");
  assertEquals(listed.code, 0);
  assertMatch(listed.out, /^1 file\n +1\. 700 kB my notes\.txt Alice, \d\d:\d\d in #lobby\n$/);
  const { out } = await runHere(clientCommand(server, "files", "--json", "-u", "Bob"));
  assertEquals(parseLine(out)?.sha256, digestOf(bytes));
  const got = await as("Bob", "download", "my notes.txt");
  assertEquals(got.code, 0, got.err);
  assertEquals(await Deno.readFile(join(server.folder, "received", "my notes.txt")), bytes);
  const id = String(parseLine(out)?.file);
  assertEquals((await runHere(clientCommand(server, "download", "-u", "Bob", "--", id))).code, 0);
  assertEquals(await Deno.readFile(join(server.folder, "received", "my notes (2).txt")), bytes);
});

filesTest("a folder goes to a room with its paths, and comes back with them", async (server) => {
  const folder = join(server.folder, "photos");
  await Deno.mkdir(join(folder, "summer"), { recursive: true });
  for (const name of ["a.txt", "summer/b.txt"]) await Deno.writeTextFile(join(folder, name), name);
  await Deno.writeTextFile(join(folder, ".secret"), "");
  const sent = await runHere(
    clientCommand(server, "upload", folder, "-u", "Alice", "--room", "dev"),
  );
  assertEquals(sent.code, 0, sent.err);
  const left = "1 file or folder was left out, its name begins with a dot: name one to send it\n";
  assertStringIncludes(sent.err, left);
  const listed = await runHere(clientCommand(server, "files", "dev", "-u", "Bob"));
  assertStringIncludes(listed.out, "photos/summer/b.txt");
  const got = await runHere(
    clientCommand(server, "download", "photos/summer/b.txt", "--room", "dev", "-u", "Bob"),
  );
  assertEquals(got.code, 0, got.out + got.err);
  const path = join(server.folder, "received", "photos", "summer", "b.txt");
  assertEquals(await Deno.readTextFile(path), "summer/b.txt");
  const download = ["download", "photos", "--room", "dev", "-u", "Carol"];
  const all = await runHere(clientCommand(server, ...download));
  assertEquals(all.code, 0, all.out + all.err);
  for (const name of ["a.txt", "summer/b (2).txt"]) {
    await Deno.stat(join(server.folder, "received", "photos", name));
  }
  const typed = await runHere(
    clientCommand(server, "-u", "Dave", "--room", "dev"),
    "/download photos/\n",
  );
  assertEquals(typed.code, 0, typed.out + typed.err);
  for (const name of ["a (2).txt", "summer/b (3).txt"]) {
    await Deno.stat(join(server.folder, "received", "photos", name));
  }
});

filesTest("a pipe that sends or fetches ends when that is done", async (server, path) => {
  const { code, out } = await runHere(
    clientCommand(server, "-u", "Alice"),
    `/upload ${path}\n`,
  );
  assertEquals(code, 0);
  assertStringIncludes(out, 'Sending "my notes.txt" (700 kB) to #lobby\n');
  assertMatch(out, /· Alice shared my notes\.txt \(700 kB\)\n/);
  const got = await runHere(clientCommand(server, "-u", "Bob"), "/download my notes.txt\n");
  assertEquals(got.code, 0);
  assertMatch(got.out, /Fetching "my notes\.txt" \(700 kB\)\n.*"my notes\.txt" \(700 kB\) is in /s);
  assertEquals(await Deno.readFile(join(server.folder, "received", "my notes.txt")), bytes);
});

filesTest("a script that was killed goes on where it was when it is run again", async (server) => {
  await using relay = new Relay(server.port, 4_000_000);
  const path = join(server.folder, "long.bin");
  const long = someBytes(8_000_000);
  await Deno.writeFile(path, long);
  const there = { folder: server.folder, port: relay.port };
  for (
    const [way, words] of [["up", ["upload", path]], ["down", ["download", "long.bin"]]] as const
  ) {
    const command = clientCommand(there, ...words, "-u", "Alice");
    const [program, ...args] = command;
    const before = relay.came[way];
    const first = new Deno.Command(program, {
      args,
      cwd: root,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await relay.until(way, before + 6_000_000);
    first.kill("SIGKILL");
    await first.status;
    const killed = relay.came[way];
    const again = await runHere(command);
    assertEquals(again.code, 0, again.err);
    assert(relay.came[way] - killed < 7_000_000, `${relay.came[way] - killed} bytes more ${way}`);
  }
  assertEquals(await Deno.readFile(join(server.folder, "received", "long.bin")), long);
});

Deno.test(
  "a file that was changed meanwhile is sent anew, and nothing stays of the old one",
  async () => {
    await using server = await RealServer.start({ args: ["--quiet"] });
    await using relay = new Relay(server.port, 4_000_000);
    const path = join(server.folder, "long.bin");
    await Deno.writeFile(path, someBytes(8_000_000));
    const command = clientCommand({ folder: server.folder, port: relay.port }, "-u", "Alice");
    {
      await using first = new RealClient(command);
      await first.sees("── #lobby ──");
      const before = relay.came.up;
      await first.type(`/upload ${path}`);
      await relay.until("up", before + 2_000_000);
    }
    assertEquals(leftovers(join(server.folder, "files")).length, 1);
    await Deno.writeFile(path, bytes);
    await using again = new RealClient(startHere(command));
    await again.sees('"long.bin" was changed meanwhile: it is sent from its beginning');
    await again.sees("Alice shared long.bin (700 kB)");
    assertEquals(leftovers(join(server.folder, "files")), []);
  },
);

filesTest("what is refused is said, with 1", async (server, path) => {
  const refused = await runHere(clientCommand(server, "upload", path, "-u", "Alice"));
  assertEquals(refused.code, 1);
  assertMatch(refused.err, /only \.txt, \.pdf, \.jpg, \.png|bytes|Cannot take/);
  const missing = await runHere(clientCommand(server, "download", "nothing", "-u", "Alice"));
  assertEquals([missing.code, missing.err], [1, 'There is no file "nothing"\n']);
  for (const more of [[], ["--json"], []]) {
    const none = await runHere(
      clientCommand(server, "files", "nowhere", "-u", "Alice", ...more),
    );
    const sentence = 'There is no room "nowhere" now, nor any file of it\n';
    assertEquals([none.code, none.out, none.err], [1, "", sentence]);
  }
  const empty = await runHere(clientCommand(server, "files", "lobby", "-u", "Alice"));
  assertEquals([empty.code, empty.out], [0, ""]);
  const gone = join(server.folder, "gone");
  const unread = await runHere(clientCommand(server, "upload", gone, "-u", "Alice"));
  assertEquals([unread.code, unread.err], [1, `Cannot send "${gone}": it isn't there\n`]);
}, { bounds: { fileBytesMax: 1000 } });

for (const args of [["upload", "deno.json"], ["download", "x"], ["files"]]) {
  folderTest(`"client ${args[0]}" without a server ends with 3`, async (folder) => {
    const command = clientCommand({ folder, port: freePort() }, ...args, "-u", "A");
    const { code, err } = await runHere(command);
    assertEquals([code, err.startsWith("No server answers at")], [3, true], err);
  });
}

/** The client as its task grants it, but for where it keeps its login. */
function narrowCommand(server: InProcessServer, ...args: readonly string[]): string[] {
  const state = join(server.folder, "logins");
  const grants = `./.parley,./received_files,${state}`;
  const allowed = ["-P=client", `--allow-read=${grants}`, `--allow-write=${grants}`];
  const where = ["--state", state, "--port", String(server.port)];
  return [Deno.execPath(), "run", "-q", ...allowed, "client.ts", ...args, ...where];
}

filesTest(
  "a path that Deno wasn't told of is refused with the line that works",
  async (server) => {
    const path = join(server.folder, "plain.txt");
    await Deno.writeFile(path, bytes);
    const { code, err } = await runProgram(narrowCommand(server, "upload", path, "-u", "Al"));
    assertEquals(code, 2, err);
    const line = err.slice(err.indexOf("tells it: ") + "tells it: ".length).trim();
    assert(err.startsWith(`Cannot read "${path}"`), err);
    // Its task may keep no login there: a test keeps its own elsewhere.
    const state = join(server.folder, "logins");
    const told = line.replace("--allow-read=", `--allow-write=${state} --allow-read=${state},`);
    const at = `PATH="${join(Deno.execPath(), "..")}:$PATH"`;
    const again = await runProgram(["sh", "-c", `${at}; ${told}`]);
    assertEquals(again.code, 0, again.err);
  },
);

Deno.test({
  name: "on a terminal Deno asks for a path that it wasn't told of",
  ignore: isMissing("tmux"),
  fn: async () => {
    await using server = await InProcessServer.start();
    await using tmux = new Tmux();
    const path = join(server.folder, "notes.txt");
    const other = join(server.folder, "other.txt");
    for (const each of [path, other]) await Deno.writeTextFile(each, "text");
    const command = narrowCommand(server, "-u", "Alice");
    const terminal = await tmux.open(command, { columns: 100, rows: 30, cwd: root });
    await terminal.until("#lobby ›");
    await terminal.enter(`/upload ${path}`);
    await terminal.until("Allow? [y/n/A]");
    await answer(terminal, "n");
    await terminal.until("! Cannot read");
    // What was denied stays denied for this run; another file is asked about.
    await terminal.enter(`/upload ${other}`);
    await answer(terminal, "y");
    await terminal.until("Alice shared other.txt (4 B)");
    // Tab asks for the folder, and then for nothing in it.
    const folder = join(server.folder, "more");
    await Deno.mkdir(folder);
    await Deno.writeTextFile(join(folder, "third.txt"), "text");
    await terminal.type(`/upload ${join(folder, "thi")}`);
    await terminal.press("Tab");
    await answer(terminal, "y");
    await terminal.press("Tab", "Enter");
    await terminal.until("Alice shared third.txt (4 B)");
    await terminal.enter("typed as before");
    await terminal.until("Alice: typed as before ✓");
  },
});

/**
 * Answers Deno as a person does, with a pause: what comes as quick as from a program it passes over,
 * and nothing on the screen tells when it no longer does.
 */
async function answer(terminal: Terminal, key: string): Promise<void> {
  await terminal.until((lines) => (lines.at(-1) ?? "").includes("Allow?"));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await terminal.type(key);
  await terminal.press("Enter");
}

filesTest("a bot sends and fetches with lines of JSON", async (server) => {
  const text = new TextEncoder().encode("a few words");
  const data = text.toBase64();
  const lines = [
    { t: "offer", room: "lobby", name: "words.txt", size: text.length, cid: "c-1", id: 1 },
  ];
  const first = await runHere(
    clientCommand(server, "--json", "-u", "Bot"),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  const answered = first.out.split("\n").map(parseLine);
  const offered = answered.find((line) => line?.re === 1);
  const transfer = String(offered?.transfer);
  const rest = [
    { t: "resume", transfer, id: 2 },
    { t: "part", transfer, offset: 0, data },
    { t: "finish", transfer, sha256: digestOf(text), id: 3 },
  ];
  const second = await runHere(
    clientCommand(server, "--json", "-u", "Bot"),
    rest.map((line) => `${JSON.stringify(line)}\n`).join(""),
  );
  const finished = second.out.split("\n").map(parseLine).find((line) => line?.re === 3);
  assertEquals(finished?.t, "ok", second.out);
  const { out } = await runHere(clientCommand(server, "files", "-u", "Bot", "--json"));
  const fetch = { t: "fetch", file: parseLine(out)?.file, id: "f" };
  const third = await runHere(
    clientCommand(server, "--json", "-u", "Bot"),
    `${JSON.stringify(fetch)}\n`,
  );
  const fetched = third.out.split("\n").map(parseLine).filter((line) => line?.re === "f");
  assertEquals(fetched.map((line) => line?.t), ["ok", "part", "fetched"], third.out);
  assertEquals(fetched[1]?.data, data);
});
