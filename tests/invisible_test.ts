import { assert, assertEquals } from "@std/assert";
import { openMemory } from "../lib/backend/memory.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { coreRoutes } from "../lib/net/web.ts";
import { WebCounts } from "../lib/net/web_counts.ts";
import type { Backend } from "../lib/store.ts";
import { counted, offer, share } from "./helpers/file_peer.ts";
import { byInvitation, elsewhere } from "./helpers/invited.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";
import { requestsAbout, tellingHeaders } from "./helpers/requests_about.ts";
import { smallJpeg } from "./helpers/small_pictures.ts";
import { WebScene } from "./helpers/web_scene.ts";

/** A room that is locked, and one of a name as long that never was. */
const den = "den";
const nowhere = "nil";
const secret = "the treasure is under the oak";

/** What only those who are in the room know of it. */
interface Secrets {
  readonly file: string;
  readonly transfer: string;
}

/** A room with all that a room can have, behind a lock. */
async function lockedRoom(alice: Peer, server: TestServer): Promise<Secrets> {
  await alice.ok({ t: "join", room: "Den" });
  const bob = await server.join("Bob", den);
  await alice.ok({ t: "topic", room: den, topic: "Pirates" });
  const { seq } = await alice.ok({ t: "say", room: den, text: secret });
  await bob.ok({ t: "react", room: den, seq, emoji: "🏴" });
  const picture = { width: 400, height: 300, thumb: smallJpeg.toBase64() };
  const { file } = await share(alice, counted(2000), { room: den, name: "map.png", picture });
  const { transfer } = await offer(bob, counted(9), { room: den });
  const gone = await server.join("Gone", den);
  await alice.ok({ t: "mute", room: den, user: "Gone" });
  await alice.ok({ t: "ban", room: den, user: "Gone" });
  gone.close();
  await alice.ok({ t: "lock", room: den, key: "arrr" });
  return { file: String(file), transfer: String(transfer) };
}

/** Which room a command is about, in every way that there is. */
function about(room: string): readonly JsonObject[] {
  const cid = "c-1";
  return [
    { t: "leave", room },
    { t: "leave", room, cid },
    { t: "members", room },
    { t: "members", room, after: "A" },
    { t: "topic", room, topic: "x" },
    { t: "say", room, text: "x" },
    { t: "say", room, text: "x", cid },
    { t: "say", room, text: "x", quote: 4 },
    { t: "edit", room, seq: 4, text: "x" },
    { t: "delete", room, seq: 4 },
    { t: "react", room, seq: 4, emoji: "x" },
    { t: "react", room, seq: 4, emoji: "x", on: false, cid },
    { t: "history", room },
    { t: "history", room, after: 0 },
    { t: "history", room, before: 3 },
    { t: "search", room, text: "treasure" },
    { t: "typing", room },
    { t: "read", room, seq: 4 },
    { t: "files", room },
    { t: "offer", room, name: "a.txt", size: 1 },
    { t: "offer", room, name: "a.txt", size: 1, cid },
    { t: "kick", room, user: "Bob" },
    { t: "mute", room, user: "Gone" },
    { t: "unmute", room, user: "Gone" },
    { t: "unmute", room, user: "Bob" },
    { t: "ban", room, user: "Bob" },
    { t: "unban", room, user: "Gone" },
    { t: "lock", room },
    { t: "lock", room, key: "x" },
    { t: "slow", room, seconds: 1 },
    { t: "readonly", room, on: true },
    { t: "role", room, user: "Bob", role: "moderator" },
    { t: "invite", room },
  ];
}

/** The same in another spelling. */
const spelled = { [den]: "DEN", [nowhere]: "NIL" } as const;

/** What is asked about files, by their ids. */
function aboutFile(file: string, transfer: string): readonly JsonObject[] {
  return [
    { t: "fetch", file },
    { t: "fetch", file, offset: 1, length: 1 },
    { t: "decline", file },
    { t: "remove", file },
    { t: "files", after: file },
    { t: "resume", transfer },
    { t: "finish", transfer },
    { t: "cancel", transfer },
    { t: "part", transfer, offset: 0, bytes: 0 },
  ];
}

/** An answer as it was sent, with one name in the place of those of rooms. */
function anonymous(answer: JsonObject): string {
  const text = JSON.stringify({ ...answer, re: 0 });
  return text.replaceAll(/den|nil/gi, "ROOM");
}

/** What has been asked of a backend. */
interface Watched {
  readonly backend: Backend;
  /** What was called since the last time. */
  calls(): string[];
}

function watched(): Watched {
  const backend = openMemory();
  const calls: string[] = [];
  const watch = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          calls.push(String(name));
          return Reflect.apply(value, target, args);
        };
      },
    });
  const { log, accounts, search, library, records } = backend;
  return {
    backend: {
      ...backend,
      log: watch(log),
      accounts: watch(accounts),
      search: watch(search),
      library: watch(library),
      records: watch(records),
    },
    calls: () => calls.splice(0),
  };
}

/** A role that somebody in the server has, but not in the room. */
const outsiders = ["guest", "member"] as const;

for (const role of outsiders) {
  Deno.test(`a locked room is answered to a ${role} outside like one that never was`, async () => {
    const { backend, calls } = watched();
    await using server = await TestServer.start({ backend });
    await lockedRoom(await server.join("Alice"), server);
    const eve = await server.join("Eve");
    await server.give("Eve", role);
    for (const names of [[den, nowhere], [spelled[den], spelled[nowhere]]]) {
      const [commands, others] = names.map(about);
      for (const [index, command] of commands.entries()) {
        calls();
        const answer = await eve.ask(command);
        const work = calls();
        const other = await eve.ask(others[index]);
        const what = JSON.stringify(command);
        assertEquals(anonymous(answer), anonymous(other), what);
        assertEquals(answer.t, "refused", what);
        // As long as both take the same work, neither takes longer.
        assertEquals(work, calls(), what);
      }
    }
  });
}

Deno.test("a file in a locked room, and one on its way there, are answered as if they weren't", async () => {
  const { backend, calls } = watched();
  await using server = await TestServer.start({ backend });
  const { file, transfer } = await lockedRoom(await server.join("Alice"), server);
  const eve = await server.join("Eve");
  const there = aboutFile(file, transfer);
  const never = aboutFile("x".repeat(16), "y".repeat(16));
  for (const [index, command] of there.entries()) {
    calls();
    const answer = await eve.ask(command);
    const work = calls();
    const other = await eve.ask(never[index]);
    const what = JSON.stringify(command);
    const ids = new RegExp(`${file}|${transfer}|x{16}|y{16}`, "g");
    const named = [answer, other].map((one) => anonymous(one).replaceAll(ids, "ID"));
    assertEquals(named[0], named[1], what);
    assertEquals(answer.t, "refused", what);
    assertEquals(work, calls(), what);
  }
});

Deno.test("nothing that is listed, found or told has anything of a locked room in it", async () => {
  await using server = await TestServer.start();
  const eve = await server.join("Eve");
  const alice = await server.join("Alice");
  await alice.ok({ t: "join", room: den });
  const before = eve.events.length;
  await alice.ok({ t: "lock", room: den, key: "arrr" });
  await alice.ok({ t: "say", room: den, text: secret });
  await share(alice, counted(2000), { room: den, name: "map.png" });
  await alice.ok({ t: "typing", room: den });
  const heard = [
    ...["rooms", "users", "files"].map((t) => eve.ok({ t })),
    eve.ok({ t: "rooms", private: true }),
    eve.ok({ t: "search", text: "treasure" }),
    eve.ok({ t: "members", room: "lobby" }),
    eve.ok({ t: "history", room: "lobby", after: 0 }),
    server.connect().hello("Late"),
  ];
  const all = JSON.stringify([...await Promise.all(heard), ...eve.events.slice(before)]);
  for (const word of [den, "arrr", "treasure", "oak", "map"]) assert(!all.includes(word), word);
});

Deno.test("a room is there again for whoever is let in, and gone for whoever is put out", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await lockedRoom(alice, server);
  const eve = await server.join("Eve");
  const rooms = async () => JSON.stringify(await eve.ok({ t: "rooms" }));
  assert(!(await rooms()).includes("Den"));
  for (const more of [{}, { key: "wrong" }]) {
    const { code, message } = await eve.ask({ t: "join", room: den, ...more });
    assertEquals(code, "room_locked");
    assert(!String(message).includes("Den"));
  }
  // What is sent behind the join is decided as somebody's who is in.
  const [, said] = await Promise.all([
    eve.ok({ t: "join", room: den, key: "arrr" }),
    eve.ok({ t: "say", room: den, text: "hello" }),
  ]);
  assert(said.seq);
  assert((await rooms()).includes("Den"));
  assert(JSON.stringify(await eve.ok({ t: "history", room: den })).includes(secret));
  await alice.ok({ t: "kick", room: den, user: "Eve" });
  assert(!(await rooms()).includes("Den"));
  assertEquals(await eve.refused({ t: "history", room: den }), "no_such_room");
});

Deno.test("an invitation to a locked room lets in whoever holds it, by hello and by join", async () => {
  await using server = await TestServer.start({ entry: byInvitation });
  const alice = await server.join("Alice");
  await server.give("Alice", "member");
  await lockedRoom(alice, server);
  const { code } = await alice.ok({ t: "invite", room: den, uses: 2 });
  const dora = server.connect(elsewhere);
  assertEquals((await dora.hello("Dora", { invite: code })).invited, "Den");
  await dora.ok({ t: "join", room: den });
  const eve = await server.join("Eve");
  assertEquals(await eve.refused({ t: "join", room: den }), "room_locked");
  await eve.ok({ t: "join", room: den, key: code });
  await eve.ok({ t: "leave", room: den });
  const late = await server.join("Late");
  assertEquals(await late.refused({ t: "join", room: den, key: code }), "room_locked");
});

/** Who asks over HTTP, and isn't in the room. */
const askers: Readonly<Record<string, (eve: Peer) => Asker>> = {
  "somebody who is in the server": ({ token }) => ({ headers: bearer(token) }),
  "a guest for one request": () => ({ query: "user=Mallory" }),
  "a stranger": () => ({}),
  "a stranger with a token of nobody's": () => ({ headers: bearer("nobodys") }),
};

interface Asker {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

for (const [who, asking] of Object.entries(askers)) {
  Deno.test(`over HTTP ${who} is answered about a locked room as if it weren't there`, async () => {
    const routes = coreRoutes({ counts: new WebCounts(), isTls: false });
    await using scene = await WebScene.start(routes);
    const { server } = scene;
    const { file, transfer } = await lockedRoom(await server.join("Alice"), server);
    const eve = await server.join("Eve");
    const { query = "", headers: login } = asking(eve);
    const there = requestsAbout(den, file, transfer);
    const never = requestsAbout(nowhere, "x".repeat(16), "y".repeat(16));
    const ids = new RegExp(`${file}|${transfer}|x{16}|y{16}|den|nil`, "gi");
    const shown = async ([path, init]: (typeof there)[number]) => {
      const whole = `${path}${path.includes("?") ? "&" : "?"}${query}`;
      const headers = { ...init.headers, ...login };
      const answer = await scene.ask(whole, { ...init, headers });
      const told = tellingHeaders(answer.headers);
      assert(answer.status >= 400, `${path} got ${answer.status}`);
      return JSON.stringify({ ...answer, headers: told, bytes: 0 }).replaceAll(ids, "ID");
    };
    for (const [index, request] of there.entries()) {
      assertEquals(await shown(request), await shown(never[index]), JSON.stringify(request));
    }
  });
}
