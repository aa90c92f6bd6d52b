import { assertEquals, assertThrows } from "@std/assert";
import type { Role } from "../../lib/wire/command_row.ts";
import { decide } from "../../lib/deciding.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Change, LogEvent, Person } from "../../lib/events.ts";
import { limits } from "../../lib/limits.ts";
import { roleIn } from "../../lib/moderation/rules.ts";
import { type ConversationId, lobby, pairId, type Uid } from "../../lib/names.ts";
import {
  apply,
  copyRoom,
  emptyRoom,
  type Facts,
  type Message,
  type Room,
} from "../../lib/rooms.ts";
import { noRules } from "../../lib/moderation/rules.ts";

const alice = person("Alice");
const bob = person("Bob");
const carol = person("Carol");
const staff = person("Staff");
const boss = person("Boss");
const serverRoles: Readonly<Record<string, Role>> = { staff: "moderator", boss: "owner" };

function person(user: string): Person {
  return { user, uid: user.toLowerCase() as Uid };
}

/** A room that Alice has made. */
function made(...others: readonly Person[]): Room {
  const tea = emptyRoom("tea" as ConversationId, "Tea");
  for (const one of [alice, ...others]) did(tea, one, { t: "joined" });
  return tea;
}

/** It has happened, at a time in milliseconds. */
function did(room: Room, who: Person, change: Change, at = 0): void {
  const event: LogEvent = { ...change, ...who, seq: room.seq + 1, at };
  apply(room, event);
}

function facts(more: Partial<Facts> = {}): Facts {
  return { membersMax: 99, now: 0, roleOf: (uid) => serverRoles[uid] ?? "guest", ...more };
}

/** What comes of it: whether it changes anything, or the code of its refusal. */
function comes(room: Room, who: Person, change: Change, more: Partial<Facts> = {}) {
  try {
    return decide(room, who, change, facts(more));
  } catch (error) {
    if (error instanceof ChatError) return error.code;
    throw error;
  }
}

const by = (who: Person) => ({ by: who.user, by_uid: who.uid });
const kick = { t: "kicked", ...by(alice) } as const;
const mute = { t: "muted", ...by(alice) } as const;
const hi = { t: "said", text: "hi" } as const;

Deno.test("whoever makes a room moderates it, and nobody else of those who join", () => {
  const tea = made(bob, carol);
  assertEquals(comes(tea, alice, kick, { whom: bob }), true);
  assertEquals(comes(tea, bob, kick, { whom: carol }), "not_allowed");
  assertEquals(comes(tea, carol, { t: "slowed", seconds: 5 }), "not_allowed");
  assertEquals(roleIn(tea, alice.uid, "guest"), "owner");
  assertEquals(roleIn(tea, bob.uid, "member"), "member");
});

Deno.test("the server's moderators and its owner moderate rooms where they aren't", () => {
  const tea = made(bob);
  for (const who of [staff, boss]) {
    assertEquals(comes(tea, who, kick, { whom: alice }), true);
    assertEquals(comes(tea, who, { t: "made_readonly", on: true }), true);
  }
});

Deno.test("nobody moderates somebody of a higher role, or themselves", () => {
  const tea = made(bob, staff, boss);
  assertEquals(comes(tea, alice, kick, { whom: staff }), "not_allowed");
  assertEquals(comes(tea, staff, kick, { whom: boss }), "not_allowed");
  assertEquals(comes(tea, alice, kick, { whom: alice }), "not_allowed");
  did(tea, bob, { t: "appointed", ...by(alice), role: "moderator" });
  assertEquals(comes(tea, bob, mute, { whom: alice }), "not_allowed");
  assertEquals(
    comes(tea, bob, { t: "appointed", ...by(bob), role: "owner" }, { whom: staff }),
    "not_allowed",
  );
  assertEquals(comes(tea, alice, mute, { whom: bob }), true);
});

Deno.test("who was made a moderator moderates as long as they are in the room", () => {
  const tea = made(bob, carol);
  did(tea, bob, { t: "appointed", ...by(alice), role: "moderator" });
  assertEquals(comes(tea, bob, kick, { whom: carol }), true);
  did(tea, bob, { t: "left" });
  assertEquals(comes(tea, bob, kick, { whom: carol }), "not_allowed");
  did(tea, bob, { t: "joined" });
  assertEquals(comes(tea, bob, kick, { whom: carol }), true);
  did(tea, bob, { t: "appointed", ...by(alice), role: "member" });
  assertEquals(comes(tea, bob, kick, { whom: carol }), "not_allowed");
});

Deno.test("only an owner of a room makes owners of it", () => {
  const tea = made(bob, carol);
  did(tea, bob, { t: "appointed", ...by(alice), role: "moderator" });
  const owner = { t: "appointed", ...by(bob), role: "owner" } as const;
  assertEquals(comes(tea, bob, owner, { whom: carol }), "not_allowed");
  assertEquals(comes(tea, alice, owner, { whom: carol }), true);
});

Deno.test("in the lobby only the server's moderators moderate, and nobody is put out of it", () => {
  const all = emptyRoom(lobby, "lobby");
  assertEquals(comes(all, alice, mute, { whom: bob }), "not_allowed");
  assertEquals(comes(all, staff, mute, { whom: bob }), true);
  assertEquals(comes(all, staff, kick, { whom: bob }), "not_allowed");
  assertEquals(comes(all, boss, { t: "locked", on: true, key: "k" }), "not_allowed");
  assertEquals(
    comes(all, boss, { t: "appointed", ...by(boss), role: "moderator" }, { whom: bob }),
    "not_allowed",
  );
});

Deno.test("nobody moderates a private conversation", () => {
  const pair = emptyRoom(pairId(alice.uid, boss.uid), "");
  assertEquals(comes(pair, boss, mute, { whom: alice }), "not_allowed");
  const message: Message = { seq: 1, author: alice.uid, deleted: false, reactions: new Map() };
  assertEquals(comes(pair, boss, { t: "deleted", target: 1 }, { message }), "not_allowed");
});

Deno.test("who was kicked is out, has no role, and may come back", () => {
  const tea = made(bob);
  did(tea, bob, { t: "appointed", ...by(alice), role: "moderator" });
  did(tea, bob, kick);
  assertEquals([tea.members.has(bob.uid), tea.rules.roles.has(bob.uid)], [false, false]);
  assertEquals(comes(tea, bob, hi), "not_allowed");
  assertEquals(comes(tea, bob, { t: "joined" }), true);
  assertEquals(comes(tea, alice, kick, { whom: bob }), "no_such_user");
});

Deno.test("who was banned may not come back until it is over or taken back", () => {
  const tea = made(bob, carol);
  did(tea, bob, { ...kick, banned: true, seconds: 60 }, 1000);
  did(tea, carol, { ...kick, banned: true }, 1000);
  assertEquals(comes(tea, bob, { t: "joined" }, { now: 60_999 }), "banned");
  assertEquals(comes(tea, bob, { t: "joined" }, { now: 61_000 }), true);
  assertEquals(comes(tea, carol, { t: "joined" }, { now: 1e15 }), "banned");
  assertEquals(comes(tea, alice, { t: "unbanned", ...by(alice) }, { whom: carol }), true);
  did(tea, carol, { t: "unbanned", ...by(alice) });
  assertEquals(comes(tea, carol, { t: "joined" }), true);
  assertEquals(comes(tea, alice, { t: "unbanned", ...by(alice) }, { whom: carol }), false);
});

Deno.test("a refusal that passes with time says when", () => {
  const tea = made(bob);
  did(tea, bob, { ...mute, seconds: 60 }, 1000);
  const error = assertThrows(() => decide(tea, bob, hi, facts({ now: 31_000 })), ChatError);
  assertEquals([error.code, error.retryMs], ["muted", 30_000]);
  did(tea, bob, mute, 1000);
  const forGood = assertThrows(() => decide(tea, bob, hi, facts({ now: 31_000 })), ChatError);
  assertEquals([forGood.code, forGood.retryMs], ["muted", undefined]);
});

Deno.test("how long a ban lasts is told in minutes, hours or days", () => {
  for (
    const [seconds, words] of [
      [30, "for a moment"],
      [600, "for 10 minutes"],
      [7200, "for 2 hours"],
      [86_400 * 3, "for 3 days"],
    ] as const
  ) {
    const tea = made(bob);
    did(tea, bob, { t: "kicked", ...by(alice), banned: true, seconds }, 1000);
    const joins = () => decide(tea, bob, { t: "joined" }, facts({ now: 1000 }));
    assertThrows(joins, ChatError, `you are banned from it ${words}`);
  }
});

Deno.test("who says a wrong key hears that it is wrong, and who says none that there is one", () => {
  const tea = made(bob);
  did(tea, bob, { t: "left" });
  did(tea, alice, { t: "locked", on: true, key: "right" });
  const joins = (entry: Facts["entry"]) => () =>
    decide(tea, bob, { t: "joined" }, facts({ entry }));
  assertThrows(joins({}), ChatError, "it is locked; whoever is in it knows its key");
  assertThrows(joins({ key: "wrong" }), ChatError, "that isn't its key; whoever is in it");
});

Deno.test("who is muted says, edits, reacts and titles nothing, but takes back their own", () => {
  const tea = made(bob);
  const message: Message = { seq: 1, author: bob.uid, deleted: false, reactions: new Map() };
  const changes: readonly Change[] = [
    hi,
    { t: "edited", target: 1, text: "x" },
    { t: "reacted", target: 1, emoji: "x", on: true },
    { t: "retitled", topic: "x" },
  ];
  did(tea, bob, mute);
  for (const change of changes) assertEquals(comes(tea, bob, change, { message }), "muted");
  assertEquals(comes(tea, bob, { t: "deleted", target: 1 }, { message }), true);
  assertEquals(comes(tea, alice, hi), true);
  did(tea, bob, { t: "unmuted", ...by(alice) });
  for (const change of changes) assertEquals(comes(tea, bob, change, { message }), true);
});

Deno.test("in a read-only room moderators write", () => {
  const tea = made(bob, staff);
  did(tea, alice, { t: "made_readonly", on: true });
  assertEquals(comes(tea, bob, hi), "not_allowed");
  assertEquals([comes(tea, alice, hi), comes(tea, staff, hi)], [true, true]);
  assertEquals(comes(tea, alice, { t: "made_readonly", on: true }), false);
});

Deno.test("in a slow room each says one thing in so many seconds, moderators as they like", () => {
  const tea = made(bob, carol);
  did(tea, alice, { t: "slowed", seconds: 30 });
  for (const who of [alice, bob]) did(tea, who, hi, 1000);
  assertEquals(comes(tea, bob, hi, { now: 30_999 }), "slow_down");
  assertEquals(comes(copyRoom(tea), bob, hi, { now: 30_999 }), "slow_down");
  assertEquals(comes(tea, bob, hi, { now: 31_000 }), true);
  assertEquals(comes(tea, carol, hi, { now: 1000 }), true);
  assertEquals(comes(tea, alice, hi, { now: 1000 }), true);
  did(tea, alice, { t: "slowed", seconds: 0 });
  assertEquals(comes(tea, bob, hi, { now: 1000 }), true);
});

Deno.test("who has spoken in a slow room is kept only as long as it matters", () => {
  const tea = made();
  did(tea, alice, { t: "slowed", seconds: 1 });
  for (let index = 0; index < 100; index++) did(tea, person(`p${index}`), hi, index * 100);
  assertEquals(tea.spoke?.size, 10);
});

Deno.test("a locked room is joined with its key, an invitation or a role", () => {
  const tea = made(bob);
  did(tea, bob, { t: "left" });
  did(tea, alice, { t: "locked", on: true, key: "right" });
  const join = { t: "joined" } as const;
  assertEquals(comes(tea, bob, join), "room_locked");
  assertEquals(comes(tea, bob, join, { entry: { key: "wrong" } }), "room_locked");
  assertEquals(comes(tea, bob, join, { entry: { key: "right" } }), true);
  assertEquals(comes(tea, bob, join, { entry: { isInvited: true } }), true);
  assertEquals(comes(tea, staff, join), true);
  did(tea, alice, { t: "left" });
  assertEquals(comes(tea, alice, join), true);
  did(tea, alice, { t: "locked", on: false });
  assertEquals(comes(tea, bob, join), true);
});

Deno.test("who comes into an empty room has made it; its lock and its bans stay", () => {
  const tea = made(bob);
  did(tea, bob, { ...kick, banned: true });
  did(tea, alice, { t: "locked", on: true, key: "k" });
  did(tea, alice, { t: "made_readonly", on: true });
  did(tea, alice, { t: "left" });
  did(tea, carol, { t: "joined" });
  assertEquals(tea.rules, {
    ...noRules,
    roles: new Map([[carol.uid, "owner" as const]]),
    banned: tea.rules.banned,
    lock: "k",
  });
  assertEquals(comes(tea, bob, { t: "joined" }, { entry: { key: "k" } }), "banned");
});

Deno.test("moderators take away what others of no higher role said", () => {
  const tea = made(bob, staff);
  const delete1 = { t: "deleted", target: 1 } as const;
  const from = (author: Person): Message => {
    return { seq: 1, author: author.uid, deleted: false, reactions: new Map() };
  };
  assertEquals(comes(tea, alice, delete1, { message: from(bob) }), true);
  assertEquals(comes(tea, bob, delete1, { message: from(alice) }), "not_allowed");
  assertEquals(comes(tea, alice, delete1, { message: from(staff) }), "not_allowed");
  assertEquals(comes(tea, boss, delete1, { message: from(alice) }), true);
  const edit1 = { t: "edited", target: 1, text: "x" } as const;
  assertEquals(comes(tea, alice, edit1, { message: from(bob) }), "not_allowed");
});

Deno.test("a room's lists of who may not what are bounded, and forget what is over", () => {
  const tea = made();
  for (let index = 0; index < limits.roomRulesMax; index++) {
    did(tea, person(`p${index}`), { ...mute, seconds: 10 });
  }
  assertEquals(comes(tea, alice, mute, { whom: bob, now: 9999 }), "not_allowed");
  assertEquals(comes(tea, alice, mute, { whom: person("p0"), now: 9999 }), true);
  assertEquals(comes(tea, alice, mute, { whom: bob, now: 10_000 }), true);
  did(tea, bob, mute, 10_000);
  assertEquals(tea.rules.muted.size, 1);
});
