/** What earlier systems could do, row by row, and the scenarios that they were tested with. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusals } from "../lib/errors.ts";
import { changeFields, passingFields } from "../lib/events.ts";
import { commands } from "../lib/protocol.ts";
import { paintFor } from "../lib/terminal/paint.ts";
import { notice, renderStored, trouble } from "../lib/terminal/render.ts";
import { runProgram } from "./helpers/client_program.ts";
import { allSay, crowd, logged, sceneTest as test, texts } from "./helpers/scene.ts";

test("row 1: everyone in a room gets every message at once, in one order, while sending", async (scene) => {
  await scene.start(["--preset", "bench"]);
  const peers = await crowd(scene.server, 10, "dev");
  const said = await allSay(peers, 20, "dev");
  const [first, ...others] = await Promise.all(peers.map((peer) => texts(peer, said.length)));
  assertEquals(first.toSorted(), said.toSorted());
  for (const other of others) assertEquals(other, first);
});

test("row 2: comings, goings, joins and leaves are told", async (scene) => {
  await scene.start();
  const alice = await scene.enter("Alice");
  await alice.type("/join dev");
  const bob = await scene.enter("Bob");
  await alice.sees("· Bob came");
  await bob.type("/join dev", "/leave");
  await alice.sees("· Bob joined");
  await alice.sees("· Bob left");
  await bob.type("/quit");
  await alice.sees("· Bob went");
});

test("row 3: each line has its time and sender, and one's own is shown once", async (scene) => {
  await scene.start();
  const [alice, bob] = await Promise.all([scene.enter("Alice"), scene.enter("Bob")]);
  await alice.type("first of mine");
  await bob.sees("first of mine");
  await bob.type("an answer");
  assertMatch(await alice.sees("an answer"), /^\d\d:\d\d Bob: an answer$/);
  assertEquals(alice.all("first of mine").length, 1);
  assertMatch(alice.all("first of mine")[0], /^\d\d:\d\d Alice: first of mine/);
});

Deno.test("row 3: colours tell senders and kinds of lines apart", () => {
  const view = { columns: 80, paint: paintFor(true), me: { user: "Me" }, here: { room: "lobby" } };
  const at = 1_700_000_000_000;
  const by = (user: string) => {
    const event = { t: "said", room: "lobby", seq: 1, at, user, uid: user, text: "x" } as never;
    return renderStored(event, view)[0].replaceAll(user, "NAME");
  };
  const kinds = [by("Alice"), by("Bob"), notice(at, "NAME: x", view)[0], trouble(at, "x", view)[0]];
  assertEquals(new Set(kinds).size, 4);
});

test("row 4: /users tells who is online, /help what there is, /quit and /exit end it", async (scene) => {
  await scene.start();
  const [alice, bob] = await Promise.all([scene.enter("Alice"), scene.enter("Bob")]);
  await alice.type("/users", "/help", "/quit");
  assertEquals(await alice.ended(), 0);
  await bob.type("/exit");
  assertEquals(await bob.ended(), 0);
  assertEquals([alice.all("2 here").length, alice.all("  Bob").length], [1, 1]);
  for (const word of ["/join ROOM", "/whisper USER", "/users", "/quit"]) {
    assert(alice.all(word).length > 0, word);
  }
});

test("row 5: rooms are joined, left and switched, and /broadcast talks to the room", async (scene) => {
  await scene.start();
  const [alice, bob] = await Promise.all([scene.enter("Alice"), scene.enter("Bob")]);
  await alice.type("/join dev", "/broadcast made it");
  await alice.sees("made it ✓");
  await bob.type("/join dev");
  await bob.sees("Alice: made it");
  await alice.type("plain text does the same");
  await bob.sees("Alice: plain text does the same");
  await alice.type("/switch lobby", "here again", "/switch dev", "/leave");
  await bob.sees("[#lobby] Alice: here again");
  await bob.sees("· Alice left");
  await bob.type("nobody else is here");
  await bob.sees("nobody else is here ✓");
  await alice.type("/ping");
  await alice.sees("The server answered");
  assertEquals(alice.all("nobody else is here"), []);
});

test("row 6: /whisper reaches one person only", async (scene) => {
  await scene.start();
  const [alice, bob, carol] = await Promise.all(
    ["Alice", "Bob", "Carol"].map((user) => scene.enter(user)),
  );
  await alice.type("/whisper bob between us", "to all");
  assertMatch(await bob.sees("between us"), /\[Alice → you\] between us$/);
  await carol.sees("to all");
  await bob.type("/w alice heard you");
  await alice.sees("[Bob → you] heard you");
  assertEquals([...carol.all("between us"), ...carol.all("heard you")], []);
});

test("row 12: a classroom's names have 16 letters and digits, its rooms 32", async (scene) => {
  await scene.start(["--preset", "classroom"]);
  const peer = await scene.server.connect();
  for (const user of ["a".repeat(17), "with space", "under_score"]) {
    assertEquals(await peer.refused({ t: "hello", v: 1, user }), "name_invalid", user);
  }
  await peer.hello("a".repeat(16));
  assertEquals(await peer.refused({ t: "join", room: "r".repeat(33) }), "room_name_invalid");
  assertEquals(await peer.refused({ t: "join", room: "a.b" }), "room_name_invalid");
  await peer.ok({ t: "join", room: "r".repeat(32) });
});

test("row 12: the 16th person doesn't get into a classroom's room", async (scene) => {
  await scene.start(["--preset", "classroom"]);
  await crowd(scene.server, 15, "maths");
  const late = await scene.server.join("late");
  assertEquals(await late.refused({ t: "join", room: "maths" }), "room_full");
});

test("row 13: a name in use is refused with a clear word", async (scene) => {
  await scene.start();
  await scene.enter("Alice");
  const elsewhere = scene.client("alice", { machine: "another" });
  const here = scene.client("alice", { machine: "Alice" });
  await elsewhere.sees('The name "alice" is taken');
  await here.sees('"alice" is in use by another client on this machine');
  assertEquals(await Promise.all([elsewhere.ended(), here.ended()]), [1, 1]);
});

test("row 15: a client that vanishes hurts nobody", async (scene) => {
  await scene.start();
  const [alice, carol] = await Promise.all([scene.enter("Alice"), scene.enter("Carol")]);
  const bob = await scene.enter("Bob");
  await alice.sees("Bob came");
  await bob.kill();
  await alice.sees("Bob went");
  await alice.type("still here?");
  await carol.sees("still here?");
});

test("row 15: a bad message gets an error, and the connection goes on", async (scene) => {
  await scene.start();
  const peer = await scene.server.join("Bob");
  await peer.raw("this is no JSON\n");
  assertEquals((await peer.next("refused")).code, "bad_message");
  assertEquals(await peer.refused({ t: "explode" }), "unknown_command");
  assertEquals(await peer.refused({ t: "say", room: "lobby" }), "bad_message");
  await peer.ok({ t: "say", room: "lobby", text: "fine" });
});

test("row 16: SIGINT tells everybody, closes, loses nothing and exits 0", async (scene) => {
  const server = await scene.start();
  const [alice, bob] = await Promise.all([scene.enter("Alice"), server.join("Bob")]);
  await alice.type("the last word");
  await alice.sees("the last word ✓");
  assertEquals((await server.stop("SIGINT")).code, 0);
  await alice.sees("The server is stopping");
  await bob.next("closing");
  await bob.end();
  await server.start();
  assertEquals(await logged(await server.join("Bob2"), "lobby"), ["the last word"]);
});

test("row 17: every action is logged with its time, but no text", async (scene) => {
  const server = await scene.start();
  const alice = await scene.enter("Alice");
  await alice.type("/join dev", "a secret", "/leave", "/nick", "/quit");
  assertEquals(await alice.ended(), 1);
  await server.stop("SIGINT");
  const actions = ["hello", "join dev #1", "say dev #2", "leave dev #3", "quit", "gone"];
  for (const action of actions) {
    const line = server.lines.find((line) => line.endsWith(` Alice 127.0.0.1 ${action}`)) ?? "";
    assertMatch(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, action);
  }
  assertEquals(server.lines.filter((line) => line.includes("secret")), []);
});

test("row 18: server and client take host, port and user in every spelling", async (scene) => {
  const { port } = await scene.start(["--host", "127.0.0.1"]);
  const spellings = [
    ["--host", "127.0.0.1", "--port", `${port}`, "--user", "Ann"],
    ["-p", `${port}`, "-u", "Ben"],
    ["127.0.0.1", `${port}`, "--username", "Cid"],
    ["--", `127.0.0.1:${port}`, "-u", "Dan"],
  ];
  const start = [Deno.execPath(), "run", "-A", "client.ts"];
  const state = ["--state", join(scene.server.folder, "logins")];
  await Promise.all(spellings.map(async (words) => {
    const { code, out } = await runProgram([...start, ...words, ...state]);
    assertEquals(code, 0, words.join(" "));
    assertMatch(out, /^\d\d:\d\d · Connected to Parley at 127\.0\.0\.1:\d+ as (Ann|Ben|Cid|Dan);/);
  }));
  const help = await runProgram([Deno.execPath(), "run", "-A", "server.ts", "--help"]);
  assertMatch(help.out, /--port PORT .*\(5000\)/);
});

test("row 19: a server that isn't there is told in a sentence, exit code 3", async (scene) => {
  await scene.start();
  await scene.process.stop("SIGINT");
  const client = scene.client("Alice");
  assertEquals(await client.ended(), 3);
  assertMatch(client.lines[0], /^No server answers at 127\.0\.0\.1:\d+; "deno task server"/);
});

test("row 19: a full server is told in a sentence", async (scene) => {
  await scene.start(["--connections-max", "1"], { alone: "each node counts its own connections" });
  await scene.enter("Alice");
  const client = scene.client("Bob");
  assertMatch(await client.sees("The server is full"), /^The server is full: [^;]+$/);
  assert(await client.ended() !== 0);
});

test("row 19: a server that is gone is told, and what was typed meanwhile is sent", async (scene) => {
  const server = await scene.start();
  const alice = await scene.enter("Alice");
  await server.kill();
  await alice.sees("Connection lost: trying again until it is back");
  await alice.type("typed while it was gone");
  await server.start();
  await alice.sees("typed while it was gone ✓");
});

test("row 22: the client connects again by itself, and has missed nothing", async (scene) => {
  const server = await scene.start();
  const [alice, bob] = await Promise.all([scene.enter("Alice"), server.join("Bob")]);
  await bob.ok({ t: "say", room: "lobby", text: "one" });
  await alice.sees("Bob: one");
  await server.kill();
  await server.start();
  const again = await server.join("Bob", { token: bob.token });
  for (const text of ["two", "three"]) await again.ok({ t: "say", room: "lobby", text });
  await alice.sees("Connected again");
  await alice.sees("Bob: three");
  const heard = alice.all("Bob: ").map((line) => line.slice("00:00 Bob: ".length));
  assertEquals(heard, ["one", "two", "three"]);
});

Deno.test("row 23: docs/protocol.md has every command, event and refusal", async () => {
  const page = await Deno.readTextFile(new URL("../docs/protocol.md", import.meta.url));
  const tables = [commands, changeFields, passingFields, refusals];
  for (const name of tables.flatMap((table) => Object.keys(table))) {
    assert(page.includes(`\n| \`${name}\` |`), `docs/protocol.md has no row for ${name}`);
  }
});

test("row 24: fifteen people talk in one room of a classroom", async (scene) => {
  await scene.start(["--preset", "classroom"]);
  const peers = await crowd(scene.server, 15, "maths");
  const said = await allSay(peers, 2, "maths");
  for (const peer of peers) assertEquals((await texts(peer, 30)).toSorted(), said.toSorted());
});

test("row 27: history is kept on disk, shown on return, and can be searched", async (scene) => {
  const server = await scene.start();
  const before = await scene.enter("Alice");
  await before.type("the meeting is on Monday", "something else");
  assertEquals(await before.finish(), 0);
  await server.stop("SIGTERM");
  await server.start();
  const alice = await scene.enter("Alice");
  await alice.sees("the meeting is on Monday");
  await alice.type("/search MEETING monday");
  assertMatch(await alice.sees("#1 "), /^#1 \d\d:\d\d \[#lobby\] Alice: the meeting is on Monday/);
});

test("row 29: a message gets its tick when it is on disk", async (scene) => {
  const server = await scene.start();
  const alice = await scene.enter("Alice");
  await alice.type("is it safe?");
  assertMatch(await alice.sees("is it safe?"), /✓$/);
  await server.kill();
  await server.start();
  assertEquals(await logged(await server.join("Bob"), "lobby"), ["is it safe?"]);
});

test("row 31: a file, the environment and flags set options, the later ones first", async (scene) => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "some.jsonc");
  const values = { "name": "file", "name-chars-max": 5, "room-name-chars-max": 5 };
  await Deno.writeTextFile(file, `// For a test\n${JSON.stringify(values)}`);
  await scene.start(["--config", file, "--room-name-chars-max", "7"], {
    permissions: "all",
    under: ["env", "PARLEY_NAME=environment", "PARLEY_ROOM_NAME_CHARS_MAX=6"],
  });
  await Deno.remove(folder, { recursive: true });
  const hello = await (await scene.server.connect()).hello("Alice");
  assertEquals((hello.server as { name: string }).name, "environment");
  const { name, room } = hello.limits as { name: number; room: number };
  assertEquals([name, room], [5, 7]);
});

test("row 32: a client takes no thread", async (scene) => {
  const { pid } = await scene.start(["--connections-per-address-max", "0"]);
  await Promise.all(Array.from({ length: 500 }, (_, index) => scene.server.join(`p${index}`)));
  const threads = Array.from(Deno.readDirSync(`/proc/${pid}/task`)).length;
  assert(threads < 100, `500 clients have brought the server to ${threads} threads`);
  // Elsewhere nothing tells the threads of a process.
}, { ignore: Deno.build.os !== "linux" });

test("row 26: a name is made one's own, and a password lets its owner in from anywhere", async (scene) => {
  await scene.start();
  const alice = await scene.server.join("Alice");
  assertEquals((await alice.ok({ t: "register", password: "open sesame 1" })).role, "member");
  const stranger = scene.client("Alice", { machine: "a stranger's" });
  assertEquals(await stranger.ended(), 1);
  await stranger.sees("belongs to an account");
  const again = await scene.server.connect();
  const hello = { t: "hello", v: 1, user: "Alice" };
  assertEquals(await again.refused({ ...hello, password: "a guess of mine" }), "bad_login");
  const { uid, token } = await again.ok({ ...hello, password: "open sesame 1" });
  assertEquals(uid, alice.uid);
  assertEquals(token === alice.token, false);
});

test("scenario: a terminal and a client of another make are in one chat", async (scene) => {
  await scene.start();
  const [terminal, other] = await Promise.all([scene.enter("Alice"), scene.server.join("Web")]);
  await terminal.type("hello from a terminal 👋");
  assertEquals((await other.next("said")).text, "hello from a terminal 👋");
  await other.ok({ t: "say", room: "lobby", text: "hello 世界" });
  assertMatch(await terminal.sees("hello 世界"), / Web: hello 世界$/);
});

test("scenario: five clients, every message to all", async (scene) => {
  await scene.start();
  const names = ["Ann", "Ben", "Cid", "Dan", "Eve"];
  const clients = await Promise.all(names.map((user) => scene.enter(user)));
  for (const [index, client] of clients.entries()) await client.type(`this is ${names[index]}`);
  for (const client of clients) {
    for (const name of names) await client.sees(`${name}: this is ${name}`);
    assertEquals(client.all(": this is ").length, 5);
  }
});

test("scenario: somebody disconnects, comes back and is the same user", async (scene) => {
  await scene.start();
  const bob = await scene.server.join("Bob");
  await bob.ok({ t: "join", room: "dev" });
  const before = await scene.enter("Alice");
  await before.type("/join dev", "here", "/quit");
  await before.ended();
  await bob.ok({ t: "say", room: "dev", text: "said meanwhile" });
  const alice = await scene.enter("Alice");
  await alice.type("/switch dev", "back");
  await alice.sees("said meanwhile");
  const said = (text: string) => bob.event((event) => event.text === text);
  assertEquals((await said("back")).uid, (await said("here")).uid);
});

test("scenario: of two who want a name at the same moment one gets it", async (scene) => {
  await scene.start();
  const peers = await Promise.all([scene.server.connect(), scene.server.connect()]);
  const asked = ["Alice", "ALICE"].map((user, at) => peers[at].ask({ t: "hello", v: 1, user }));
  const answers = await Promise.all(asked);
  assertEquals(answers.map(({ t }) => t).toSorted(), ["ok", "refused"]);
  assertEquals(answers.find(({ t }) => t === "refused")?.code, "name_taken");
});

test("scenario: a room that is left is quiet, one that is entered is heard", async (scene) => {
  await scene.start();
  const [alice, bob] = await Promise.all([scene.server.join("Alice"), scene.server.join("Bob")]);
  for (const room of ["one", "two"]) {
    await bob.ok({ t: "join", room });
    await alice.ok({ t: "join", room });
  }
  await alice.ok({ t: "leave", room: "one" });
  for (const room of ["one", "two"]) await bob.ok({ t: "say", room, text: `in ${room}` });
  assertEquals((await alice.seen("said")).map(({ text }) => text), ["in two"]);
});
