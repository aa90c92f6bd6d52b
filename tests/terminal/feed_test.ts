import { assertEquals } from "@std/assert";
import type { ChatChange, ConversationView } from "../../lib/client/state.ts";
import { ChatError } from "../../lib/errors.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { Feed } from "../../lib/terminal/feed.ts";
import { at, conversationOf, said, uid, viewOf } from "./views.ts";

const lobby = conversationOf();
const dev = conversationOf({ key: "dev", room: "dev" });
const day = 24 * 60 * 60 * 1000;

function event(
  event: StoredEvent,
  more: { conversation?: ConversationView; live?: boolean; own?: boolean; mentions?: boolean } = {},
): ChatChange {
  const { conversation = lobby, live = true, own = false, mentions = false } = more;
  return { is: "event", conversation, event, own, live, mentions };
}

function linesOf(feed: Feed, ...changes: readonly ChatChange[]): string[] {
  return changes.flatMap((change) => feed.take(change, viewOf(), at).lines);
}

function entered(...messages: readonly StoredEvent[]): Feed {
  const feed = new Feed();
  feed.enter(conversationOf({ messages }), viewOf(), at);
  return feed;
}

Deno.test("enter() shows the place, its topic and its last 20 lines", () => {
  const messages = Array.from({ length: 30 }, (_, index) => said(`${index}`, { seq: index + 1 }));
  const lines = new Feed().enter(conversationOf({ topic: "cats", messages }), viewOf(), at);
  assertEquals(lines.length, 21);
  assertEquals(lines[0], "── #lobby · cats ──");
  assertEquals(lines.at(-1), "14:02 Bob: 29");
});

Deno.test("enter() shows once more only what is new", () => {
  const feed = entered(said("one", { seq: 1 }));
  const both = conversationOf({ messages: [said("one", { seq: 1 }), said("two", { seq: 2 })] });
  assertEquals(feed.enter(both, viewOf(), at), ["── #lobby ──", "14:02 Bob: two"]);
});

Deno.test("enter() says the day of what isn't of today", () => {
  const messages = [said("old", { seq: 1, at: at - day }), said("new", { seq: 2 })];
  assertEquals(new Feed().enter(conversationOf({ messages }), viewOf(), at), [
    "── #lobby ──",
    "── Sunday 2 March 2025 ──",
    "14:02 Bob: old",
    "── Monday 3 March 2025 ──",
    "14:02 Bob: new",
  ]);
});

Deno.test("a day line comes before the first message of a new day", () => {
  assertEquals(linesOf(entered(), event(said("next", { at: at + day }))), [
    "── Tuesday 4 March 2025 ──",
    "14:02 Bob: next",
  ]);
});

Deno.test("an event is shown once", () => {
  const feed = entered(said("one", { seq: 7 }));
  assertEquals(linesOf(feed, event(said("one")), event(said("two", { seq: 8 }))), [
    "14:02 Bob: two",
  ]);
});

Deno.test("history of a room that nobody looked at isn't shown", () => {
  const old = event(said("old", { room: "dev" }), { conversation: dev, live: false });
  assertEquals(linesOf(entered(), old), []);
});

Deno.test("what was missed is counted before it is shown, and says where it belongs", () => {
  const feed = entered();
  const missed = (text: string, seq: number) =>
    event(said(text, { room: "dev", seq }), { conversation: dev, live: false });
  const gap: ChatChange = { is: "gap", conversation: dev, missed: 2, lost: 0 };
  assertEquals(linesOf(feed, gap, missed("one", 3), missed("two", 4), missed("three", 5)), [
    "── 2 missed in #dev ──",
    "14:02 [#dev] Bob: one",
    "14:02 [#dev] Bob: two",
  ]);
});

Deno.test("what the server no longer keeps is said", () => {
  assertEquals(linesOf(entered(), { is: "gap", conversation: lobby, missed: 1, lost: 5 }), [
    "── 5 older ones are no longer kept ──",
    "── 1 missed ──",
  ]);
});

const calls: readonly [string, boolean, ChatChange][] = [
  ["a mention calls", true, event(said("Alice!"), { mentions: true })],
  ["a private message calls", true, event(said("psst", { room: "@Bob", with: uid("b") }))],
  ["any other message doesn't call", false, event(said("hello"))],
  ["one's own message doesn't call", false, event(said("Alice"), { own: true, mentions: true })],
  [
    "old history doesn't call",
    false,
    event(said("Alice", { seq: 8 }), { live: false, mentions: true }),
  ],
];

for (const [what, called, change] of calls) {
  Deno.test(what, () => assertEquals(entered().take(change, viewOf(), at).calls, called));
}

Deno.test("which messages call is chosen for each conversation by itself", () => {
  const feed = entered();
  const called = (change: ChatChange) => feed.take(change, viewOf(), at).calls;
  feed.setCallLevel("lobby", "all");
  assertEquals(called(event(said("hello", { seq: 7 }))), true);
  const mine = event(said("me again", { seq: 8 }), { own: true });
  const inDev = event(said("hi", { seq: 3, room: "dev" }), { conversation: dev });
  assertEquals([called(mine), called(inDev)], [false, false]);
  feed.setCallLevel("lobby", "none");
  assertEquals(called(event(said("Alice", { seq: 9 }), { mentions: true })), false);
  assertEquals([feed.callLevel("lobby"), feed.callLevel("dev")], ["none", "mentions"]);
});

Deno.test("ignored people are not shown, until they are again", () => {
  const feed = entered();
  assertEquals(feed.toggleIgnored(uid("b"), "Bob"), true);
  assertEquals(linesOf(feed, event(said("one", { seq: 8 }))), []);
  assertEquals(feed.toggleIgnored(uid("b"), "Bob"), false);
  assertEquals(linesOf(feed, event(said("two", { seq: 9 }))), ["14:02 Bob: two"]);
});

Deno.test("signs in other rooms are shown on one's own messages only", () => {
  const sign = {
    ...said(""),
    t: "reacted",
    target: 3,
    emoji: "👍",
    on: true,
    room: "dev",
  } as const;
  const on = (message: StoredEvent): ChatChange => ({
    is: "changed",
    conversation: dev,
    event: sign,
    own: false,
    live: true,
    message,
  });
  assertEquals(linesOf(entered(), on(said("his", { room: "dev" }))), []);
  assertEquals(linesOf(entered(), on(said("mine", { room: "dev", uid: uid("a") }))), [
    "14:02 · [#dev] Bob 👍 “mine”",
  ]);
});

function status(status: Extract<ChatChange, { is: "status" }>["status"]): ChatChange {
  return { is: "status", status };
}

const waiting = status({ is: "waiting", until: at, attempt: 1, reason: "No server answers" });

function online(isStalled: boolean = false): ChatChange {
  const hello = { user: "Alice", uid: uid("a"), role: "guest", token: "t", rooms: [] } as const;
  const server = { id: "s", name: "S", version: "1", at, features: [], addresses: [] };
  return status({ is: "online", hello: { ...hello, server, limits: {} }, isStalled });
}

Deno.test("a lost connection is told once, and that it is back", () => {
  const feed = entered();
  assertEquals(linesOf(feed, online(), waiting, waiting, online()), [
    "14:02 ! Connection lost: trying again until it is back; /reconnect tries now",
    "14:02 · Connected again",
  ]);
  assertEquals(linesOf(new Feed(), waiting), [
    "14:02 ! No server answers; trying until it answers, Ctrl+C stops",
  ]);
});

Deno.test("that nothing can be kept is told once, through lost connections too, and when it is over", () => {
  const feed = entered();
  const stalled = (on: boolean): ChatChange => ({ is: "passing", event: { t: "stalled", on } });
  const began = "14:02 ! The server can't save anything now; what you write is sent when it can";
  const ended = "14:02 · The server saves everything again";
  assertEquals(linesOf(feed, online(), stalled(true), stalled(false)), [began, ended]);
  assertEquals(linesOf(feed, stalled(true), waiting, online(true), waiting, online()), [
    began,
    "14:02 ! Connection lost: trying again until it is back; /reconnect tries now",
    "14:02 · Connected again",
    "14:02 ! Connection lost: trying again until it is back; /reconnect tries now",
    "14:02 · Connected again",
    ended,
  ]);
  assertEquals(linesOf(new Feed(), online(true), stalled(false)), [began, ended]);
});

Deno.test("a message that was refused is named with the reason", () => {
  const error = new ChatError("slow_down", "Cannot say that: too fast");
  const failed = { is: "failed", conversation: lobby, cid: "c", text: "hi", error } as const;
  assertEquals(linesOf(entered(), failed), [
    "14:02 ! Not sent: “hi” (14:02): Cannot say that: too fast",
  ]);
});

Deno.test("list() numbers messages and says each day", () => {
  const events = [said("old", { seq: 1, at: at - day }), said("new", { seq: 2 })];
  assertEquals(new Feed().list(events, lobby, viewOf()), [
    "── Sunday 2 March 2025 ──",
    "#1 14:02 Bob: old",
    "── Monday 3 March 2025 ──",
    "#2 14:02 Bob: new",
  ]);
});
