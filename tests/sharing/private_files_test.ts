/**
 * A private file shows in nothing to anybody else. Two worlds are alike but for what Alice sends to
 * Bob: whoever else asks, and whatever they ask, is answered the same in both, where the ids in one
 * are those of her file and transfers and in the other ids that never were.
 */

import { assert, assertEquals } from "@std/assert";
import { randomText } from "../../lib/clock.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import type { fileCommands } from "../../lib/wire/file_commands.ts";
import { limits } from "../../lib/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

/** What a stranger knows, or has guessed. */
interface Ids {
  /** A file that Alice has sent to Bob. */
  readonly file: string;
  /** What it came by. */
  readonly shared: string;
  /** One that she is sending to Bob, and one that she is sending to the lobby. */
  readonly sending: readonly string[];
}

const bytes = counted(100);

/** Every command about files with another one's ids, and the refusal that a stranger gets. */
const table: {
  readonly [name in keyof typeof fileCommands]: {
    readonly gets: string;
    /** `other`: whom the stranger sends something of their own. */
    asks(ids: Ids, other: string): readonly JsonObject[];
  };
} = {
  files: { gets: "no_such_file", asks: ({ file }) => [{ after: file }, { after: file, limit: 1 }] },
  fetch: {
    gets: "no_such_file",
    asks: (
      { file },
    ) => [{ file }, { file, offset: 99 }, { file, offset: 101 }, { file, length: 0 }],
  },
  remove: { gets: "no_such_file", asks: ({ file }) => [{ file }] },
  decline: { gets: "no_such_file", asks: ({ file }) => [{ file }] },
  resume: { gets: "no_such_transfer", asks: (ids) => transfersOf(ids) },
  part: { gets: "no_such_transfer", asks: (ids) => transfersOf(ids, { offset: 0, data: "YQ==" }) },
  finish: {
    gets: "no_such_transfer",
    asks: (ids) => [...transfersOf(ids), ...transfersOf(ids, { sha256: hashOf(bytes) })],
  },
  cancel: { gets: "no_such_transfer", asks: (ids) => transfersOf(ids) },
  // The same name, size and cid as Alice's: it is an offer of their own.
  offer: {
    gets: "ok",
    asks: (_, other) =>
      [other, "lobby"].map((room) => ({ room, name: "plan.txt", size: 100, cid: "c" })),
  },
};

function transfersOf({ shared, sending }: Ids, more: JsonObject = {}): JsonObject[] {
  return [shared, ...sending].map((transfer) => ({ transfer, ...more }));
}

/** What else might show something. */
const looks: readonly JsonObject[] = [
  { t: "files" },
  ...["lobby", "@Alice", "@Bob", "@Eve"].map((room) => ({ t: "files", room })),
  ...["@Alice", "@Bob"].map((room) => ({ t: "history", room, after: 0 })),
  { t: "search", text: "plan.txt" },
  { t: "search", text: "secret", room: "@Bob" },
  { t: "rooms", private: true },
  { t: "rooms" },
  { t: "users" },
  { t: "members", room: "lobby" },
];

/** A server with Alice, Bob and Eve. */
class World implements AsyncDisposable {
  readonly clock = new FakeClock();
  #server: TestServer | undefined;
  ids: Ids = { file: randomText(12), shared: randomText(12), sending: [12, 12].map(randomText) };
  people: readonly Peer[] = [];

  get server(): TestServer {
    assert(this.#server);
    return this.#server;
  }

  /** `isPrivate`: whether Alice has sent something to Bob. */
  static async start(isPrivate: boolean): Promise<World> {
    const world = new World();
    const server = world.#server = await TestServer.start({
      clock: world.clock,
      // Of several nodes, too, each has places enough.
      bounds: { uploadsMax: 100 },
    });
    const alice = await server.join("Alice");
    const [bob, eve] = [await server.join("Bob"), await server.join("Eve")];
    world.people = [alice, bob, eve];
    if (isPrivate) world.ids = await send(alice);
    return world;
  }

  /** Alice and Bob are gone for so long that their names are free, and others take them. */
  async others(): Promise<readonly Peer[]> {
    const [alice, bob] = this.people;
    for (const peer of [alice, bob]) peer.close();
    await this.clock.tick(1000);
    await this.clock.leap(limits.guestGraceMs + 60_000);
    await this.clock.tick(60_000);
    return [this.server.connect(), this.server.connect()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}

async function send(alice: Peer): Promise<Ids> {
  const begun = await offer(alice, bytes, { room: "@Bob", name: "plan.txt", cid: "c" });
  await sendParts(alice, begun.transfer, bytes);
  const { file } = await alice.ok({ t: "finish", transfer: begun.transfer });
  const sending: string[] = [];
  for (const room of ["@Bob", "lobby"]) {
    const { transfer } = await offer(alice, bytes, { room, name: "secret.txt" });
    await sendParts(alice, transfer, bytes, { to: 50 });
    sending.push(String(transfer));
  }
  const shared = file as JsonObject;
  assertEquals(shared.name, "plan.txt");
  return { file: String(shared.file), shared: String(begun.transfer), sending };
}

/** Makes answers of two worlds alike: ids count by when they first came. */
class Transcript {
  readonly lines: string[] = [];
  readonly #ids = new Map<unknown, string>();

  add(about: string, answer: JsonObject): void {
    const text = JSON.stringify(answer, (key, value) => {
      if (key === "re") return undefined;
      if (typeof value === "number" && key === "at") return 0;
      if (typeof value !== "string") return value;
      return ["id", "uid", "with", "token", "file", "transfer"].includes(key)
        ? this.#called(value)
        : value;
    });
    this.lines.push(`${about}: ${text}`);
  }

  #called(id: string): string {
    const known = this.#ids.get(id) ?? `#${this.#ids.size}`;
    this.#ids.set(id, known);
    return known;
  }
}

/** Asks all there is to ask; everything that came, as one text a line. */
async function probe(peer: Peer, ids: Ids, other: string, hello?: JsonObject): Promise<string[]> {
  const transcript = new Transcript();
  const look = async () => {
    for (const each of looks) transcript.add(JSON.stringify(each), await peer.ask(each));
  };
  if (hello) transcript.add("hello", hello);
  await look();
  for (const [t, { gets, asks }] of Object.entries(table)) {
    for (const fields of asks(ids, other)) {
      const answer = await answerTo(peer, { t, ...fields });
      assertEquals(answer.t === "ok" ? "ok" : answer.code, gets, JSON.stringify(answer));
      transcript.add(t, answer);
    }
  }
  for (const room of [other, "lobby"]) {
    transcript.add("share", await share(peer, counted(7), { room, name: "secret.txt" }));
  }
  await look();
  for (const event of peer.events) transcript.add("event", event);
  return transcript.lines;
}

async function answerTo(peer: Peer, command: JsonObject): Promise<JsonObject> {
  if (command.t !== "part") return await peer.ask(command);
  await peer.raw(`${JSON.stringify(command)}\n`);
  return await peer.next("refused");
}

Deno.test("another one's private file can't be fetched, listed, removed, gone on with or noticed", async () => {
  await using real = await World.start(true);
  await using none = await World.start(false);
  const [seen, unseen] = [
    await probe(real.people[2], real.ids, "@Bob"),
    await probe(none.people[2], none.ids, "@Bob"),
  ];
  assertEquals(seen, unseen);
  const [, bob] = real.people;
  const { files } = await bob.ok({ t: "files", room: "@Alice" });
  assert(Array.isArray(files) && files[0].file === real.ids.file && files[0].name === "plan.txt");
  const [alice] = real.people;
  for (const transfer of real.ids.sending) {
    assertEquals((await alice.ok({ t: "resume", transfer })).offset, 50);
  }
});

Deno.test("guests who take the names of gone ones see, get and change nothing of theirs", async () => {
  await using real = await World.start(true);
  await using none = await World.start(false);
  const tokens = real.people.map(({ token }) => token);
  const names = ["Alice", "Bob"];
  const comeTo = async (world: World) => {
    const peers = await world.others();
    const hellos = [await peers[0].hello(names[0]), await peers[1].hello(names[1])];
    return [
      await probe(peers[0], world.ids, "@Bob", hellos[0]),
      await probe(peers[1], world.ids, "@Alice", hellos[1]),
    ];
  };
  assertEquals(await comeTo(real), await comeTo(none));
  const back = real.server.connect();
  await back.ok({ t: "hello", v: 1, user: "Alicia", token: tokens[0] });
  for (const transfer of real.ids.sending) {
    assertEquals((await back.ok({ t: "resume", transfer })).offset, 50);
  }
});

Deno.test("an id can't be guessed from another one, nor found by a part of it", async () => {
  await using world = await World.start(true);
  const [, bob, eve] = world.people;
  const { file, sending: [transfer] } = world.ids;
  for (const id of [file, transfer]) assertEquals(id.length, 16, "12 bytes of chance");
  const other = (letter: string) => letter < "a" ? letter.toLowerCase() : letter.toUpperCase();
  const near = (id: string) => [
    ...[id.slice(0, 15), `${id}-`, `${id}=`, `./${id}`, `%${id}`, "%", "_", "*"],
    ...[`${id.slice(0, 15)}%`, id.replace(/[a-z]/i, other)],
  ];
  for (const peer of [bob, eve]) {
    for (const guess of near(file)) {
      assertEquals(await peer.refused({ t: "fetch", file: guess }), "no_such_file", guess);
    }
    for (const guess of near(transfer)) {
      assertEquals(await peer.refused({ t: "resume", transfer: guess }), "no_such_transfer", guess);
    }
  }
});
