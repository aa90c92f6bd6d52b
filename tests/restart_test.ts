/** What a server still knows after it has died and was started again. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { JsonObject } from "../lib/wire/fields.ts";
import { isObject } from "../lib/wire/fields.ts";
import { nodesWanted } from "./helpers/nodes_wanted.ts";
import type { Peer } from "./helpers/peer.ts";
import { RealServer } from "./helpers/real_server.ts";

/** How a server ends: on its own terms or not. Nothing may depend on it. */
const ends = ["SIGKILL", "SIGTERM"] as const;

const password = "correct horse";

/** Something that is done before, by people who come for that only, and looked at after. */
interface Outliving {
  readonly what: string;
  before(server: RealServer): Promise<{ readonly peers: readonly Peer[]; after(): Promise<void> }>;
}

/** A connection of somebody who has been there, and what hello was answered. */
async function comeBack(
  server: RealServer,
  user: string,
  { token }: { readonly token: string },
): Promise<{ readonly peer: Peer; readonly hello: JsonObject }> {
  const peer = await server.connect();
  return { peer, hello: await peer.hello(user, { token }) };
}

function entries(answer: JsonObject, list: string): readonly JsonObject[] {
  const all = answer[list];
  return Array.isArray(all) ? all.filter(isObject) : [];
}

function room(hello: JsonObject, name: string): JsonObject | undefined {
  return entries(hello, "rooms").find((row) => row.room === name);
}

/** Texts with their seqs. */
function texts(history: JsonObject): unknown[] {
  return entries(history, "events").filter(({ t }) => t === "said")
    .map(({ seq, user, text }) => `${seq} ${user} ${text}`);
}

function say(peer: Peer, name: string, text: string): Promise<JsonObject> {
  return peer.ok({ t: "say", room: name, text, cid: text });
}

const outliving: readonly Outliving[] = [
  {
    what: "a token brings its guest back with name and uid",
    async before(server) {
      const alice = await server.join("Alice");
      const after = async () => {
        const { peer, hello } = await comeBack(server, "somebody", alice);
        assertEquals([hello.user, hello.uid], ["Alice", alice.uid]);
        peer.close();
      };
      return { peers: [alice], after };
    },
  },
  {
    what: "a guest's name stays theirs, also while they are away",
    async before(server) {
      const bob = await server.join("Bob");
      const after = async () => {
        const other = await server.connect();
        assertEquals(await other.refused({ t: "hello", v: 1, user: "BOB" }), "name_taken");
        other.close();
      };
      return { peers: [bob], after };
    },
  },
  {
    what: "rooms have their members, topics and messages",
    async before(server) {
      const [carol, dave] = [await server.join("Carol"), await server.join("Dave")];
      await carol.ok({ t: "join", room: "Dev" });
      await dave.ok({ t: "join", room: "dev" });
      await carol.ok({ t: "topic", room: "dev", topic: "Work" });
      await say(dave, "dev", "one");
      const after = async () => {
        const { peer, hello } = await comeBack(server, "Carol", carol);
        const { topic, seq, count } = room(hello, "Dev") ?? {};
        assertEquals({ topic, seq, count }, { topic: "Work", seq: 4, count: 2 });
        const members = entries(await peer.ok({ t: "members", room: "dev" }), "members");
        assertEquals(members.map(({ user, uid, online }) => [user, uid, online]), [
          ["Carol", carol.uid, true],
          ["Dave", dave.uid, false],
        ]);
        assertEquals(texts(await peer.ok({ t: "history", room: "dev" })), ["4 Dave one"]);
        // Who is in it hears it and may speak without joining again.
        const daveAgain = await comeBack(server, "Dave", dave);
        assertEquals((await say(daveAgain.peer, "dev", "two")).seq, 5);
        assertEquals((await peer.next("said")).text, "two");
        for (const one of [peer, daveAgain.peer]) one.close();
      };
      return { peers: [carol, dave], after };
    },
  },
  {
    what: "a room that was left stays left, and its log goes on",
    async before(server) {
      const erin = await server.join("Erin");
      await erin.ok({ t: "join", room: "left" });
      await erin.ok({ t: "leave", room: "left" });
      const after = async () => {
        const { peer, hello } = await comeBack(server, "Erin", erin);
        assertEquals(room(hello, "left"), undefined);
        assertEquals((await peer.ok({ t: "join", room: "left" })).seq, 3);
        peer.close();
      };
      return { peers: [erin], after };
    },
  },
  {
    what: "private conversations go on",
    async before(server) {
      const [fay, gus] = [await server.join("Fay"), await server.join("Gus")];
      await say(fay, "@gus", "one");
      const after = async () => {
        const { peer, hello } = await comeBack(server, "Gus", gus);
        assertEquals(room(hello, "@Fay")?.with, fay.uid);
        // Fay isn't there, and gets it all the same.
        assertEquals((await say(peer, "@fay", "two")).seq, 2);
        const fayAgain = await comeBack(server, "Fay", fay);
        const history = await fayAgain.peer.ok({ t: "history", room: "@gus" });
        assertEquals(texts(history), ["1 Fay one", "2 Gus two"]);
        for (const one of [peer, fayAgain.peer]) one.close();
      };
      return { peers: [fay, gus], after };
    },
  },
  {
    what: "what is read and unread is known",
    async before(server) {
      const [hal, ida] = [await server.join("Hal"), await server.join("Ida")];
      for (const peer of [hal, ida]) await peer.ok({ t: "join", room: "marks" });
      for (const text of ["one", "two", "three"]) {
        await say(ida, "marks", text);
        await say(ida, "@hal", `${text} to Hal`);
      }
      await hal.ok({ t: "read", room: "marks", seq: 4 });
      await hal.ok({ t: "read", room: "@ida", seq: 1 });
      const after = async () => {
        const { peer, hello } = await comeBack(server, "Hal", hal);
        const marks = ["marks", "@Ida"].map((name) => {
          const { read, unread } = room(hello, name) ?? {};
          return { read, unread };
        });
        assertEquals(marks, [{ read: 4, unread: 1 }, { read: 1, unread: 2 }]);
        peer.close();
      };
      return { peers: [hal, ida], after };
    },
  },
  {
    what: "edits, deletions and reactions are there",
    async before(server) {
      const jan = await server.join("Jan");
      await jan.ok({ t: "join", room: "edits" });
      for (const text of ["one", "two"]) await say(jan, "edits", text);
      await jan.ok({ t: "edit", room: "edits", seq: 2, text: "uno" });
      await jan.ok({ t: "react", room: "edits", seq: 2, emoji: "👍" });
      await jan.ok({ t: "delete", room: "edits", seq: 3 });
      const after = async () => {
        const { peer } = await comeBack(server, "Jan", jan);
        const events = entries(await peer.ok({ t: "history", room: "edits" }), "events");
        const [one, two] = events.filter(({ t }) => t === "said");
        assertEquals([one.text, one.reactions], ["uno", { "👍": ["Jan"] }]);
        assertEquals(two.text, undefined);
        assertNotEquals(two.deleted, undefined);
        peer.close();
      };
      return { peers: [jan], after };
    },
  },
  {
    what: "a cid stands for what it stood for",
    async before(server) {
      const kim = await server.join("Kim");
      await say(kim, "lobby", "one");
      await say(kim, "lobby", "two");
      const after = async () => {
        const { peer } = await comeBack(server, "Kim", kim);
        assertEquals((await say(peer, "lobby", "one")).seq, 1);
        const other = { t: "say", room: "lobby", text: "other", cid: "two" };
        assertEquals(await peer.refused(other), "bad_message");
        assertEquals((await say(peer, "lobby", "three")).seq, 3);
        peer.close();
      };
      return { peers: [kim], after };
    },
  },
  {
    what: "accounts, their passwords and logins outlive a server's death",
    async before(server) {
      const lea = await server.join("Lea");
      await lea.ok({ t: "join", room: "physics" });
      await lea.ok({ t: "register", password });
      const phone = await server.connect();
      await phone.hello("Lea", { password, agent: "phone" });
      await phone.ok({ t: "logout" });
      const after = async () => {
        const late = await server.connect();
        assertEquals(await late.refused({ t: "hello", v: 1, token: phone.token }), "bad_login");
        assertEquals(await late.refused({ t: "hello", v: 1, user: "lea" }), "name_taken");
        const came = await late.hello("lea", { password });
        assertEquals([came.uid, came.user, came.role], [lea.uid, "Lea", "member"]);
        assertEquals(entries(came, "rooms").map(({ room }) => room), ["lobby", "physics"]);
        const { peer } = await comeBack(server, "Lea", lea);
        assertEquals(entries(await peer.ok({ t: "logins" }), "logins").length, 2);
        for (const one of [late, peer]) one.close();
      };
      return { peers: [lea, phone], after };
    },
  },
  {
    what: "the name of --owner is kept, and whoever registers it owns the server",
    async before(server) {
      const form = /^Owner: whoever comes as "Ada" .* with the invitation (\S+),/;
      const code = await server.printed(form);
      assert(code.length > 15, code);
      const ada = await server.join("Ada");
      assertEquals((await ada.ok({ t: "register", password })).role, "owner");
      const after = async () => {
        assertEquals(server.lines.filter((line) => line.startsWith("Owner:")), []);
        const peer = await server.connect();
        assertEquals((await peer.hello("Ada", { password })).role, "owner");
        peer.close();
      };
      return { peers: [ada], after };
    },
  },
];

for (const signal of ends) {
  Deno.test(`what was kept is there after ${signal}`, async (test) => {
    await using server = await RealServer.start({
      args: ["--owner=Ada"],
      // Once with as much work as they take elsewhere.
      hasSlowPasswords: signal === "SIGKILL" && nodesWanted() === 1,
    });
    const kept: (readonly [string, () => Promise<void>])[] = [];
    const peers: Peer[] = [];
    for (const { what, before } of outliving) {
      const done = await before(server);
      peers.push(...done.peers);
      kept.push([what, done.after]);
    }
    const ended = server.stop(signal);
    await Promise.all(peers.map((peer) => peer.end()));
    for (const peer of peers) peer.close();
    await ended;
    server.lines.length = 0;
    await server.start();
    for (const [what, after] of kept) await test.step(what, after);
  });
}
