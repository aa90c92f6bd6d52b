/** A chat that begins with what an earlier run knew. */

import { assert, assertEquals } from "@std/assert";
import {
  keptAbout,
  keptAboutOf,
  keptConversations,
  keptConversationsOf,
} from "../../lib/client/kept_chat.ts";
import type { ChatState, KeptChat } from "../../lib/client/state.ts";
import { ChatScene, page, saids } from "../helpers/chat_scene.ts";
import { turn } from "../helpers/fake_clock.ts";
import { lobbyRow, said, welcome } from "../helpers/scripted_server.ts";

/** What a run keeps, as the next one reads it. */
function keptOf(state: ChatState): KeptChat {
  const about = keptAboutOf(JSON.parse(JSON.stringify(keptAbout(state))));
  assert(about);
  const all = JSON.parse(JSON.stringify([...keptConversations(state).values()]));
  return { ...about, conversations: keptConversationsOf(all) };
}

/** What is kept of a lobby with so many messages, and of the room kitchen. */
async function earlier(messages = 3): Promise<KeptChat> {
  await using scene = new ChatScene();
  const rooms = [lobbyRow(messages, { read: messages }), kitchen(0)];
  const peer = await scene.accept({ rooms });
  await peer.accept("history", page(messages, saids(1, messages)));
  await turn();
  return keptOf(scene.chat.state);
}

function kitchen(seq: number) {
  return { room: "Kitchen", topic: "soup", seq, count: 2, read: 0, unread: 0 };
}

/** A run that begins with that, and hasn't reached the server. */
async function begun(messages?: number): Promise<ChatScene> {
  const kept = await earlier(messages);
  const scene = new ChatScene({ historyLines: 10 });
  assertEquals(scene.chat.restore(kept), true);
  return scene;
}

function texts(scene: ChatScene, key = "lobby"): readonly (string | undefined)[] {
  return scene.view(key).messages.flatMap((each) => each.t === "said" ? [each.text] : []);
}

Deno.test("restore() shows rooms, messages and who one is before the server is reached", async () => {
  await using scene = await begun();
  const { me, server, conversations, status } = scene.chat.state;
  assertEquals([me?.user, server?.id, status.is], ["alice", "s1", "connecting"]);
  assertEquals([...conversations.keys()], ["lobby", "kitchen"]);
  assertEquals(scene.view("kitchen").topic, "soup");
  assertEquals(texts(scene), ["message 1", "message 2", "message 3"]);
  const here = [...scene.chat.state.users.values()].filter(({ online }) => online);
  assertEquals(here.map(({ user }) => user), ["alice"]);
  await scene.accept({ rooms: [lobbyRow(3), kitchen(0)] });
});

Deno.test("restore() leads to a gap that is read once the server is reached", async () => {
  await using scene = await begun();
  const peer = await scene.accept({ rooms: [lobbyRow(5, { read: 3, unread: 2 }), kitchen(0)] });
  const asked = await peer.take("history");
  assertEquals([asked.after, asked.room], [3, "lobby"]);
  await peer.ok(asked, page(5, saids(4, 5)));
  await peer.send(said(6));
  await turn();
  assertEquals(texts(scene), [1, 2, 3, 4, 5, 6].map((seq) => `message ${seq}`));
  assertEquals(scene.view("lobby").unread, 3);
});

Deno.test("restore() of a log that went on for long reads only its newest lines", async () => {
  await using scene = await begun();
  const peer = await scene.accept({ rooms: [lobbyRow(900, { read: 3, unread: 897 }), kitchen(0)] });
  assertEquals(texts(scene), []);
  const asked = await peer.take("history");
  assertEquals([asked.before, asked.limit], [901, 10]);
  await peer.ok(asked, page(900, saids(891, 900), { more: true }));
  await turn();
  assertEquals([texts(scene).length, scene.view("lobby").older], [10, true]);
  assertEquals(scene.view("lobby").unread, 897);
});

Deno.test("restore() of a log that is shorter now reads it anew", async () => {
  await using scene = await begun();
  const peer = await scene.accept({ rooms: [lobbyRow(1, { unread: 1 }), kitchen(0)] });
  const asked = await peer.take("history");
  await peer.ok(asked, page(1, [said(1, { text: "another log" })]));
  await turn();
  assertEquals(texts(scene), ["another log"]);
  assertEquals(scene.view("lobby").unread, 1);
});

Deno.test("restore() of what a node that is behind doesn't have yet is kept, and goes on", async () => {
  await using scene = await begun();
  const peer = await scene.accept({ rooms: [lobbyRow(1, { unread: 1 })], behind: true });
  // Also the room that isn't listed: whether it was left can't be known.
  const asked = await peer.take("history");
  assertEquals(asked.room, "Kitchen");
  await peer.refuse(asked, "not_allowed");
  await peer.send(said(2), said(3), said(4));
  await turn();
  assertEquals(texts(scene), [1, 2, 3, 4].map((seq) => `message ${seq}`));
  assertEquals([...scene.chat.state.conversations.keys()], ["lobby", "kitchen"]);
  assertEquals(scene.all("ended"), []);
});

Deno.test("restore() is thrown away where another server answers, or as somebody else", async () => {
  const { server } = welcome();
  const anew = [{ server: { ...Object(server), id: "s2" } }, { uid: "u9" }];
  for (const more of anew) {
    await using scene = await begun();
    const peer = await scene.accept({ ...more, rooms: [lobbyRow(1)] });
    await peer.accept("history", page(1, [said(1, { text: "elsewhere" })]));
    await turn();
    assertEquals(scene.all("new_server").length, 1);
    assertEquals(texts(scene), ["elsewhere"]);
    assertEquals([...scene.chat.state.conversations.keys()], ["lobby"]);
  }
});

Deno.test("restore() ends a room that was left on another device", async () => {
  await using scene = await begun();
  const peer = await scene.accept({ rooms: [lobbyRow(3, { read: 3 })] });
  assertEquals([...scene.chat.state.conversations.keys()], ["lobby"]);
  assertEquals(scene.all("ended").map(({ error }) => error), [undefined]);
  // Nothing is joined or read: the next that is asked is this.
  const pinged = scene.chat.send("ping", {});
  await peer.accept("ping");
  await pinged;
});

Deno.test("restore() joins a room again in which something was said meanwhile, and says it", async () => {
  await using scene = await begun();
  const cid = scene.chat.say("kitchen", "still there?");
  const peer = await scene.accept({ rooms: [lobbyRow(3, { read: 3 })] });
  assertEquals((await peer.accept("join", { ...kitchen(4), members: [] })).room, "Kitchen");
  const asked = await peer.take("say");
  assertEquals([asked.cid, asked.text], [cid, "still there?"]);
});

Deno.test("restore() lets what was read without a server be told to it", async () => {
  const kept = await earlier();
  await using scene = new ChatScene();
  const unread = kept.conversations.map((each) => ({ ...each, readSeq: 1, unread: 2 }));
  scene.chat.restore({ ...kept, conversations: unread });
  assertEquals(scene.view("lobby").unread, 2);
  scene.chat.focus("lobby");
  assertEquals(scene.view("lobby").unread, 0);
  const peer = await scene.accept({ rooms: [lobbyRow(3, { read: 1, unread: 2 }), kitchen(0)] });
  await scene.clock.tick(3000);
  assertEquals((await peer.take("read")).seq, 3);
  assertEquals(scene.view("lobby").unread, 0);
});

Deno.test("restore() does nothing once the server was reached", async () => {
  const kept = await earlier();
  await using scene = new ChatScene();
  await scene.accept();
  assertEquals(scene.chat.restore(kept), false);
  assertEquals(texts(scene), []);
});

Deno.test("what is kept is bounded, and nothing of it stands before a hole", async () => {
  const kept = await earlier(300);
  const [{ log }] = kept.conversations;
  assertEquals([log?.messages.length, log?.seq, log?.older], [100, 300, true]);
  await using scene = await begun(3);
  const peer = await scene.accept({ rooms: [lobbyRow(9), kitchen(0)] });
  await peer.accept("history", page(9, saids(8, 9), { first: 8 }));
  await turn();
  assertEquals([...scene.view("lobby").lost], [[3, 4]]);
  const seqs = keptOf(scene.chat.state).conversations[0].log?.messages.map(({ seq }) => seq);
  assertEquals(seqs, [8, 9]);
});

Deno.test("what isn't what was kept is left out", () => {
  assertEquals([undefined, "", {}, { me: {} }].map(keptAboutOf), Array(4).fill(undefined));
  assertEquals(
    keptConversationsOf([null, { room: 5 }, { room: "x", log: { messages: [{}] } }]),
    [],
  );
});
