import { assertEquals } from "@std/assert";
import type { LinkStatus } from "../../lib/client/link.ts";
import type { ChatState, ConversationView, Outgoing } from "../../lib/client/state.ts";
import { footOf, statusLine, titleOf } from "../../lib/terminal/foot.ts";
import { at, conversationOf, uid, viewOf } from "./views.ts";

const online: LinkStatus = {
  is: "online",
  hello: {
    user: "Alice",
    uid: uid("a"),
    role: "guest",
    token: "t",
    server: { id: "s", name: "S", version: "1", at, features: [], addresses: [] },
    limits: {},
    rooms: [],
  },
  isStalled: false,
};
const waiting: LinkStatus = {
  is: "waiting",
  until: at + 3500,
  attempt: 2,
  reason: "No server answers",
};

function stateOf(status: LinkStatus, ...conversations: readonly ConversationView[]): ChatState {
  return {
    status,
    me: { user: "Alice", uid: uid("a"), role: "guest" },
    limits: {},
    conversations: new Map(conversations.map((each) => [each.key, each])),
    users: new Map(),
  };
}

const dev = conversationOf({ key: "dev", room: "dev", unread: 3 });
const bob = conversationOf({ key: "@b", room: "@Bob", with: uid("b"), unread: 1 });
const moment = { now: at };

Deno.test("the prompt says where one is", () => {
  const lobby = conversationOf();
  assertEquals(footOf(stateOf(online, lobby), lobby, viewOf(), moment), {
    lines: [],
    prompt: "#lobby › ",
  });
});

Deno.test("the prompt counts what is unread elsewhere, not here", () => {
  const lobby = conversationOf({ unread: 5 });
  const { prompt } = footOf(stateOf(online, lobby, dev, bob), lobby, viewOf(), moment);
  assertEquals(prompt, "#lobby (#dev 3 · @Bob 1) › ");
});

Deno.test("the prompt counts all together where there is little room", () => {
  const lobby = conversationOf();
  const view = viewOf({ columns: 40 });
  const { prompt } = footOf(stateOf(online, lobby, dev, bob), lobby, view, moment);
  assertEquals(prompt, "#lobby (4) › ");
});

Deno.test("what is on its way is shown when it takes long", () => {
  const outgoing = (now: number): Outgoing[] => [
    { cid: "1", text: "quick", at: now - 100, state: "sending" },
    { cid: "2", text: "slow\nand long", at: now - 400, state: "sending" },
    { cid: "3", text: "failed", at: now - 400, state: "failed" },
  ];
  const lobby = conversationOf({ outgoing: outgoing(at) });
  assertEquals(footOf(stateOf(online, lobby), lobby, viewOf(), moment).lines, [
    "14:01 … slow and long",
  ]);
  assertEquals(footOf(stateOf(online, lobby), dev, viewOf(), moment).lines, [
    "14:01 … [#lobby] slow and long",
  ]);
});

Deno.test("many that are on their way are counted", () => {
  const outgoing = Array.from({ length: 9 }, (_, index): Outgoing => {
    return { cid: `${index}`, text: `${index}`, at: at - 1000, state: "sending" };
  });
  const lobby = conversationOf({ outgoing });
  const { lines } = footOf(stateOf(online, lobby), lobby, viewOf(), moment);
  assertEquals(lines.length, 4);
  assertEquals(lines[3], "      … and 6 more to send");
});

const statuses: readonly [string, LinkStatus, boolean, string | undefined][] = [
  ["nothing while all is well", online, true, undefined],
  ["that it connects", { is: "connecting", attempt: 1 }, false, "Connecting…"],
  ["when it tries again", waiting, true, "Connection lost: trying again in 4 s"],
  ["why it can't connect", waiting, false, "No server answers: trying again in 4 s"],
  ["that it tries", { is: "connecting", attempt: 3 }, true, "Connection lost: trying again now"],
];

for (const [what, status, wasHere, line] of statuses) {
  Deno.test(`statusLine() says ${what}`, () => assertEquals(statusLine(status, wasHere, at), line));
}

Deno.test("the title counts what is new and says who is writing", () => {
  const lobby = conversationOf();
  const state = stateOf(online, lobby, dev, bob);
  assertEquals(titleOf(state, lobby, moment), "(4) #lobby · Parley");
  assertEquals(titleOf(stateOf(waiting, lobby), lobby, moment), "#lobby · Parley · not connected");
  assertEquals(
    titleOf(stateOf(online, lobby), lobby, { now: at, writing: ["Bob\x07"] }),
    "#lobby · Parley · Bob writing…",
  );
});
