import { assertEquals, assertThrows } from "@std/assert";
import { decide } from "../lib/deciding.ts";
import { ChatError } from "../lib/errors.ts";
import type { Change, LogEvent, Person } from "../lib/events.ts";
import { type ConversationId, type FileId, lobby, pairId, type Uid } from "../lib/names.ts";
import {
  apply,
  applyToMessage,
  emptyRoom,
  type Facts,
  type Message,
  type Room,
} from "../lib/rooms.ts";

const alice: Person = { user: "Alice", uid: "a" as Uid };
const bob: Person = { user: "Bob", uid: "b" as Uid };

function room(...members: readonly Person[]): Room {
  const tea = emptyRoom("tea" as ConversationId, "Tea");
  for (const person of members) apply(tea, eventOf(tea, person, { t: "joined" }));
  return tea;
}

function eventOf({ seq }: { readonly seq: number }, by: Person, change: Change): LogEvent {
  return { ...change, ...by, seq: seq + 1, at: 0 };
}

function message(author: Person, reactions: Record<string, readonly string[]> = {}): Message {
  const sets = Object.entries(reactions).map(([emoji, uids]) =>
    [emoji, new Set(uids as Uid[])] as const
  );
  return { seq: 1, author: author.uid, deleted: false, reactions: new Map(sets) };
}

const facts: Facts = { membersMax: 2, now: 0, roleOf: () => "guest" };

function refusal(run: () => unknown): string {
  return assertThrows(run, ChatError).code;
}

Deno.test("decide() lets members speak and refuses others", () => {
  assertEquals(decide(room(alice), alice, { t: "said", text: "hi" }, facts), true);
  const code = refusal(() => decide(room(alice), bob, { t: "said", text: "hi" }, facts));
  assertEquals(code, "not_allowed");
});

Deno.test("decide() lets everybody speak in the lobby, and two in their private conversation", () => {
  const change = { t: "said", text: "hi" } as const;
  assertEquals(decide(emptyRoom(lobby, "lobby"), alice, change, facts), true);
  const pair = emptyRoom(pairId(alice.uid, bob.uid), "");
  assertEquals(decide(pair, alice, change, facts), true);
  const eve = { user: "Eve", uid: "e" as Uid };
  assertEquals(refusal(() => decide(pair, eve, change, facts)), "not_allowed");
});

Deno.test("decide() refuses one member too many", () => {
  const eve = { user: "Eve", uid: "e" as Uid };
  assertEquals(decide(room(alice), bob, { t: "joined" }, facts), true);
  const full = room(alice, bob);
  assertEquals(refusal(() => decide(full, eve, { t: "joined" }, facts)), "room_full");
  assertEquals(decide(full, bob, { t: "joined" }, facts), false);
});

Deno.test("decide() finds nothing to change in what is so already", () => {
  const tea = room(alice);
  assertEquals(decide(tea, alice, { t: "joined" }, facts), false);
  assertEquals(decide(tea, bob, { t: "left" }, facts), false);
  assertEquals(decide(tea, alice, { t: "retitled", topic: "" }, facts), false);
  const given = { ...facts, message: message(bob, { x: ["a"] }) };
  const react = { t: "reacted", target: 1, emoji: "x" } as const;
  assertEquals(decide(tea, alice, { ...react, on: true }, given), false);
  assertEquals(decide(tea, alice, { ...react, on: false }, given), true);
});

Deno.test("decide() lets only authors edit and delete, and only what is there", () => {
  const tea = room(alice, bob);
  for (
    const change of [{ t: "edited", target: 1, text: "x" }, { t: "deleted", target: 1 }] as const
  ) {
    assertEquals(decide(tea, bob, change, { ...facts, message: message(bob) }), true);
    const others = { ...facts, message: message(alice) };
    assertEquals(refusal(() => decide(tea, bob, change, others)), "not_allowed");
    const gone = { ...facts, message: { ...message(bob), deleted: true } };
    assertEquals(refusal(() => decide(tea, bob, change, gone)), "no_such_message");
    assertEquals(refusal(() => decide(tea, bob, change, facts)), "no_such_message");
  }
});

Deno.test("decide() refuses a fifty-first kind of reaction, but not one more of a known kind", () => {
  const kinds = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, ["b"]]));
  const given = { ...facts, message: message(alice, kinds) };
  const react = (emoji: string) =>
    decide(room(alice), alice, { t: "reacted", target: 1, emoji, on: true }, given);
  assertEquals(react("k7"), true);
  assertEquals(refusal(() => react("new")), "not_allowed");
});

Deno.test("apply() keeps members, topic and seq", () => {
  const tea = room(alice, bob);
  apply(tea, eventOf(tea, alice, { t: "retitled", topic: "green" }));
  apply(tea, eventOf(tea, bob, { t: "left" }));
  assertEquals([...tea.members.values()], [alice]);
  assertEquals([tea.topic, tea.seq], ["green", 4]);
});

Deno.test("applyToMessage() twice comes to the same as once", () => {
  const events: LogEvent[] = [
    eventOf({ seq: 1 }, bob, { t: "reacted", target: 1, emoji: "x", on: true }),
    eventOf({ seq: 2 }, alice, { t: "reacted", target: 1, emoji: "x", on: true }),
    eventOf({ seq: 3 }, bob, { t: "reacted", target: 1, emoji: "x", on: false }),
    eventOf({ seq: 4 }, bob, { t: "deleted", target: 9 }),
  ];
  const once = events.reduce(applyToMessage, message(alice));
  assertEquals(once.reactions, new Map([["x", new Set([alice.uid])]]));
  assertEquals(events.reduce(applyToMessage, once), once);
  const deleted = applyToMessage(once, eventOf({ seq: 5 }, alice, { t: "deleted", target: 1 }));
  assertEquals([deleted.deleted, deleted.reactions.size], [true, 0]);
});

Deno.test("decide() lets only who was sent a file take or decline it", () => {
  const pair = emptyRoom(pairId(alice.uid, bob.uid), "");
  const eve = { user: "Eve", uid: "e" as Uid };
  const file = { uid: alice.uid };
  for (const t of ["taken", "declined"] as const) {
    const change = { t, file: "f" as FileId };
    assertEquals(decide(pair, bob, change, { ...facts, file }), true);
    assertEquals(refusal(() => decide(pair, alice, change, { ...facts, file })), "not_allowed");
    assertEquals(refusal(() => decide(pair, eve, change, { ...facts, file })), "no_such_file");
    assertEquals(refusal(() => decide(pair, bob, change, facts)), "no_such_file");
    const tea = room(alice, bob);
    assertEquals(refusal(() => decide(tea, bob, change, { ...facts, file })), "not_allowed");
  }
});

Deno.test("apply() counts what happens to files, and changes nothing else", () => {
  const tea = room(alice);
  const before = { ...tea };
  apply(tea, eventOf(tea, alice, { t: "removed", file: "f" as FileId }));
  assertEquals(tea, { ...before, seq: before.seq + 1 });
});
