/** What earlier systems could do, row by row, and the scenarios that they were tested with. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { refusals } from "../lib/errors.ts";
import { changeFields, passingFields } from "../lib/events.ts";
import { commands } from "../lib/protocol.ts";
import { paintFor } from "../lib/terminal/paint.ts";
import { notice, renderStored, trouble } from "../lib/terminal/render.ts";
import { clientCommand, runProgram } from "./helpers/client_program.ts";
import { freePort } from "./helpers/free_port.ts";
import { allSay, crowd, logged, texts } from "./helpers/scene.ts";
import { sharedSceneTest as test, SharedServer } from "./helpers/shared_scene.ts";

/** As it is where nothing is said but where it listens; a row that ends it starts it again. */
const usual = new SharedServer(["--host", "127.0.0.1"]);
const bench = new SharedServer(["--preset", "bench"]);
const classroom = new SharedServer(["--preset", "classroom"]);

test("row 1: everyone in a room gets every message at once, in one order, while sending", async (scene) => {
  await scene.at(bench);
  const peers = await crowd(scene.server, 10, "dev");
  const said = await allSay(peers, 20, "dev");
  const [first, ...others] = await Promise.all(peers.map((peer) => texts(peer, said.length)));
  assertEquals(first.toSorted(), said.toSorted());
  for (const other of others) assertEquals(other, first);
});

test("row 2: comings, goings, joins and leaves are told", async (scene) => {
  await scene.at(usual);
  const alice = await scene.enterHere("Alice");
  await alice.type("/join dev");
  const bob = await scene.enterHere("Bob");
  await alice.sees("· Bob came");
  await bob.type("/join dev", "/leave");
  await alice.sees("· Bob joined");
  await alice.sees("· Bob left");
  await bob.type("/quit");
  await alice.sees("· Bob went");
});

test("row 3: each line has its time and sender, and one's own is shown once", async (scene) => {
  await scene.at(usual);
  const [carol, dave] = await Promise.all([scene.enterHere("Carol"), scene.enterHere("Dave")]);
  await carol.type("first of mine");
  await dave.sees("first of mine");
  await dave.type("an answer");
  assertMatch(await carol.sees("an answer"), /^\d\d:\d\d Dave: an answer$/);
  assertEquals(carol.all("first of mine").length, 1);
  assertMatch(carol.all("first of mine")[0], /^\d\d:\d\d Carol: first of mine/);
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
  await scene.startHere();
  const [alice, bob] = await Promise.all([scene.enterHere("Alice"), scene.enter("Bob")]);
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
  await scene.at(usual);
  const [erin, frank] = await Promise.all([scene.enterHere("Erin"), scene.enterHere("Frank")]);
  await erin.type("/join tea", "/broadcast made it");
  await erin.sees("made it ✓");
  await frank.type("/join tea");
  await frank.sees("Erin: made it");
  await erin.type("plain text does the same");
  await frank.sees("Erin: plain text does the same");
  await erin.type("/switch lobby", "here again", "/switch tea", "/leave");
  await frank.sees("[#lobby] Erin: here again");
  await frank.sees("· Erin left");
  await frank.type("nobody else is here");
  await frank.sees("nobody else is here ✓");
  await erin.type("/ping");
  await erin.sees("The server answered");
  assertEquals(erin.all("nobody else is here"), []);
});

test("row 6: /whisper reaches one person only", async (scene) => {
  await scene.at(usual);
  const [grace, heidi, ivan] = await Promise.all(
    ["Grace", "Heidi", "Ivan"].map((user) => scene.enterHere(user)),
  );
  await grace.type("/whisper heidi between us", "to all");
  assertMatch(await heidi.sees("between us"), /\[Grace → you\] between us$/);
  await ivan.sees("to all");
  await heidi.type("/w grace heard you");
  await grace.sees("[Heidi → you] heard you");
  assertEquals([...ivan.all("between us"), ...ivan.all("heard you")], []);
});

test("row 12: a classroom's names have 16 letters and digits, its rooms 32", async (scene) => {
  await scene.at(classroom);
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
  await scene.at(classroom);
  await crowd(scene.server, 15, "maths");
  const late = await scene.server.join("late");
  assertEquals(await late.refused({ t: "join", room: "maths" }), "room_full");
});

test("row 13: a name in use is refused with a clear word", async (scene) => {
  await scene.at(usual);
  await scene.enterHere("Judy");
  const elsewhere = scene.clientHere("judy", { machine: "another" });
  const here = scene.client("judy", { machine: "Judy" });
  await elsewhere.sees('The name "judy" is taken');
  await here.sees('"judy" is in use by another client on this machine');
  assertEquals(await Promise.all([elsewhere.ended(), here.ended()]), [1, 1]);
});

test("row 15: a client that vanishes hurts nobody", async (scene) => {
  await scene.at(usual);
  const [karl, lena] = await Promise.all([scene.enterHere("Karl"), scene.enterHere("Lena")]);
  const mona = await scene.enter("Mona");
  await karl.sees("Mona came");
  await mona.kill();
  await karl.sees("Mona went");
  await karl.type("still here?");
  await lena.sees("still here?");
});

test("row 15: a bad message gets an error, and the connection goes on", async (scene) => {
  await scene.at(usual);
  const peer = await scene.server.join("Nina");
  await peer.raw("this is no JSON\n");
  assertEquals((await peer.next("refused")).code, "bad_message");
  assertEquals(await peer.refused({ t: "explode" }), "unknown_command");
  assertEquals(await peer.refused({ t: "say", room: "lobby" }), "bad_message");
  await peer.ok({ t: "say", room: "lobby", text: "fine" });
});

test("row 16: SIGINT tells everybody, closes, loses nothing and exits 0", async (scene) => {
  const server = await scene.at(usual);
  const [olga, paul] = await Promise.all([scene.enterHere("Olga"), scene.server.join("Paul")]);
  await olga.type("/join end", "the last word");
  await olga.sees("the last word ✓");
  assertEquals((await server.stop("SIGINT")).code, 0);
  await olga.sees("The server is stopping");
  await paul.next("closing");
  await paul.end();
  await server.start();
  const late = await scene.server.join("Paul2");
  await late.ok({ t: "join", room: "end" });
  assertEquals(await logged(late, "end"), ["the last word"]);
});

test("row 17: every action is logged with its time, but no text", async (scene) => {
  const server = await scene.start();
  const alice = await scene.enterHere("Alice");
  await alice.type("/join dev", "a secret", "/leave", "/nick");
  await alice.sees(`There is no command "/nick"`);
  // Nothing is before it that it could have to wait for, until it goes without an answer.
  await alice.type("/quit");
  assertEquals(await alice.ended(), 1);
  await server.printed(/ Alice 127\.0\.0\.1 gone$/);
  await server.stop("SIGINT");
  const actions = ["hello", "join dev #1", "say dev #2", "leave dev #3", "quit", "gone"];
  for (const action of actions) {
    const line = server.lines.find((line) => line.endsWith(` Alice 127.0.0.1 ${action}`)) ?? "";
    assertMatch(
      line,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /,
      `${action} of:\n${server.lines.join("\n")}`,
    );
  }
  assertEquals(server.lines.filter((line) => line.includes("secret")), []);
});

test("row 18: server and client take host, port and user in every spelling", async (scene) => {
  const { port } = await scene.at(usual);
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
  const { folder } = await scene.at(usual);
  const client = scene.run(clientCommand({ folder, port: freePort() }, "--user", "Alice"));
  assertEquals(await client.ended(), 3);
  assertMatch(client.lines[0], /^No server answers at 127\.0\.0\.1:\d+; "deno task server"/);
});

test("row 19: a full server is told in a sentence", async (scene) => {
  await scene.startHere({
    bounds: { connectionsMax: 1 },
    alone: "each node counts its own connections",
  });
  await scene.enterHere("Alice");
  const client = scene.clientHere("Bob");
  assertMatch(await client.sees("The server is full"), /^The server is full: [^;]+$/);
  assert(await client.ended() !== 0);
});

test("row 19: a server that is gone is told, and what was typed meanwhile is sent", async (scene) => {
  const server = await scene.at(usual);
  const quinn = await scene.enterHere("Quinn");
  await server.kill();
  await quinn.sees("Connection lost: trying again until it is back");
  await quinn.type("typed while it was gone");
  await server.start();
  await quinn.sees("typed while it was gone ✓");
});

test("row 22: the client connects again by itself, and has missed nothing", async (scene) => {
  const server = await scene.at(usual);
  const [rosa, sam] = await Promise.all([scene.enterHere("Rosa"), scene.server.join("Sam")]);
  await sam.ok({ t: "say", room: "lobby", text: "one" });
  await rosa.sees("Sam: one");
  await server.kill();
  await server.start();
  const again = await scene.server.join("Sam", { token: sam.token });
  for (const text of ["two", "three"]) await again.ok({ t: "say", room: "lobby", text });
  await rosa.sees("Connected again");
  await rosa.sees("Sam: three");
  const heard = rosa.all("Sam: ").map((line) => line.slice("00:00 Sam: ".length));
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
  await scene.at(classroom);
  const peers = await Promise.all(
    Array.from({ length: 15 }, (_, index) => scene.server.join(`pupil${index}`)),
  );
  for (const peer of peers) await peer.ok({ t: "join", room: "music" });
  const said = await allSay(peers, 2, "music");
  for (const peer of peers) assertEquals((await texts(peer, 30)).toSorted(), said.toSorted());
});

test("row 27: history is kept on disk, shown on return, and can be searched", async (scene) => {
  const server = await scene.at(usual);
  const before = await scene.enterHere("Tina");
  await before.type("/join plans", "the meeting is on Monday", "something else");
  assertEquals(await before.finish(), 0);
  await server.stop("SIGTERM");
  await server.start();
  const tina = scene.clientHere("Tina", { args: ["--room", "plans"] });
  await tina.sees("the meeting is on Monday");
  await tina.type("/search MEETING monday");
  assertMatch(await tina.sees("#2 "), /^#2 \d\d:\d\d \[#plans\] Tina: the meeting is on Monday/);
});

test("row 29: a message gets its tick when it is on disk", async (scene) => {
  const server = await scene.at(usual);
  const uwe = await scene.enterHere("Uwe");
  await uwe.type("/join safe", "is it safe?");
  assertMatch(await uwe.sees("is it safe?"), /✓$/);
  await server.kill();
  await server.start();
  const vera = await scene.server.join("Vera");
  await vera.ok({ t: "join", room: "safe" });
  assertEquals(await logged(vera, "safe"), ["is it safe?"]);
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
  const { pid } = await scene.at(bench);
  await Promise.all(Array.from({ length: 500 }, (_, index) => scene.server.join(`one${index}`)));
  const threads = Array.from(Deno.readDirSync(`/proc/${pid}/task`)).length;
  assert(threads < 100, `500 clients have brought the server to ${threads} threads`);
  // Elsewhere nothing tells the threads of a process.
}, { ignore: Deno.build.os !== "linux" });

test("row 26: a name is made one's own, and a password lets its owner in from anywhere", async (scene) => {
  await scene.at(usual);
  const walt = await scene.server.join("Walt");
  assertEquals((await walt.ok({ t: "register", password: "open sesame 1" })).role, "member");
  const stranger = scene.clientHere("Walt", { machine: "a stranger's" });
  assertEquals(await stranger.ended(), 1);
  await stranger.sees("belongs to an account");
  const again = await scene.server.connect();
  const hello = { t: "hello", v: 1, user: "Walt" };
  assertEquals(await again.refused({ ...hello, password: "a guess of mine" }), "bad_login");
  const { uid, token } = await again.ok({ ...hello, password: "open sesame 1" });
  assertEquals(uid, walt.uid);
  assertEquals(token === walt.token, false);
});

test("scenario: a terminal and a client of another make are in one chat", async (scene) => {
  await scene.at(usual);
  const [terminal, other] = await Promise.all([scene.enter("Xenia"), scene.server.join("Web")]);
  await terminal.type("hello from a terminal 👋");
  assertEquals((await other.next("said")).text, "hello from a terminal 👋");
  await other.ok({ t: "say", room: "lobby", text: "hello 世界" });
  assertMatch(await terminal.sees("hello 世界"), / Web: hello 世界$/);
});

test("scenario: five clients, every message to all", async (scene) => {
  await scene.at(usual);
  const names = ["Una", "Vic", "Wes", "Yan", "Zoe"];
  const clients = await Promise.all(names.map((user) => scene.enterHere(user)));
  for (const [index, client] of clients.entries()) await client.type(`this is ${names[index]}`);
  for (const client of clients) {
    for (const name of names) await client.sees(`${name}: this is ${name}`);
    assertEquals(client.all(": this is ").length, 5);
  }
});

test("scenario: somebody disconnects, comes back and is the same user", async (scene) => {
  await scene.at(usual);
  const zita = await scene.server.join("Zita");
  await zita.ok({ t: "join", room: "garden" });
  const before = await scene.enterHere("Yves");
  await before.type("/join garden", "here", "/quit");
  await before.ended();
  await zita.ok({ t: "say", room: "garden", text: "said meanwhile" });
  const yves = await scene.enterHere("Yves");
  await yves.type("/switch garden", "back");
  await yves.sees("said meanwhile");
  const said = (text: string) => zita.event((event) => event.text === text);
  assertEquals((await said("back")).uid, (await said("here")).uid);
});

test("scenario: of two who want a name at the same moment one gets it", async (scene) => {
  await scene.at(usual);
  const peers = await Promise.all([scene.server.connect(), scene.server.connect()]);
  const asked = ["Rival", "RIVAL"].map((user, at) => peers[at].ask({ t: "hello", v: 1, user }));
  const answers = await Promise.all(asked);
  assertEquals(answers.map(({ t }) => t).toSorted(), ["ok", "refused"]);
  assertEquals(answers.find(({ t }) => t === "refused")?.code, "name_taken");
});

test("scenario: a room that is left is quiet, one that is entered is heard", async (scene) => {
  await scene.at(usual);
  const [lea, leo] = await Promise.all([scene.server.join("Lea"), scene.server.join("Leo")]);
  for (const room of ["one", "two"]) {
    await leo.ok({ t: "join", room });
    await lea.ok({ t: "join", room });
  }
  await lea.ok({ t: "leave", room: "one" });
  for (const room of ["one", "two"]) await leo.ok({ t: "say", room, text: `in ${room}` });
  assertEquals((await lea.seen("said")).map(({ text }) => text), ["in two"]);
});
