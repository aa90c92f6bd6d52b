import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import type { PassingEvent, StoredEvent } from "../../lib/events.ts";
import { paintFor } from "../../lib/terminal/paint.ts";
import { dayLine, renderPassing, renderStored } from "../../lib/terminal/render.ts";
import type { Circumstances, View } from "../../lib/terminal/view.ts";
import { width } from "../../lib/terminal/wrap.ts";
import { at, said, uid, viewOf } from "./views.ts";

const bob = { seq: 9, at, room: "lobby", user: "Bob", uid: uid("b") } as const;
const alice = { ...bob, user: "Alice", uid: uid("a") } as const;
const pair = { room: "@Bob", with: uid("b") } as const;

const stored: readonly [string, StoredEvent, readonly string[], Circumstances?, Partial<View>?][] =
  [
    ["a message", said("hello"), ["14:02 Bob: hello"]],
    ["one's own message with a tick", said("hello", alice), ["14:02 Alice: hello ✓"]],
    ["a message of another room", said("hello", { room: "dev" }), ["14:02 [#dev] Bob: hello"]],
    ["a room's name in any spelling", said("hello", { room: "Lobby" }), ["14:02 Bob: hello"]],
    ["a private message", said("psst", { ...pair }), ["14:02 [Bob → you] psst"]],
    [
      "one's own private message",
      said("psst", { ...alice, ...pair }),
      ["14:02 [you → Bob] psst ✓"],
    ],
    [
      "a private message in front",
      said("psst", { ...pair }),
      ["14:02 Bob: psst"],
      {},
      { here: { room: "@bob", with: uid("b") } },
    ],
    ["several lines under each other", said("one\n two\n\nthree"), [
      "14:02 Bob: one",
      "            two",
      "",
      "           three",
    ]],
    ["a thing done", said("_waves_"), ["14:02 * Bob waves"]],
    ["an edited message", said("new", { edited: at }), ["14:02 Bob: new (edited)"]],
    [
      "a message that was taken back",
      said("", { text: undefined, deleted: at }),
      ["14:02 Bob: [taken back]"],
    ],
    [
      "signs on a message",
      said("hi", { reactions: { "👍": ["a", "b"], "🎉": ["c"] } }),
      ["14:02 Bob: hi [👍 2 · 🎉]"],
    ],
    [
      "a quote that is known",
      said("yes", { quote: 3 }),
      ["14:02 Bob: │ Alice: is it?", "           yes"],
      { about: said("is it?", alice) },
    ],
    [
      "a quote that isn't known",
      said("yes", { quote: 3 }),
      ["14:02 Bob: │ an earlier message", "           yes"],
    ],
    ["its number where that is asked for", said("hi"), ["#7 14:02 Bob: hi"], { numbered: true }],
    ["joining", { t: "joined", ...bob }, ["14:02 · Bob joined"]],
    ["joining elsewhere", { t: "joined", ...bob, room: "dev" }, ["14:02 · Bob joined #dev"]],
    ["leaving, and why", { t: "left", ...bob, reason: "bye" }, ["14:02 · Bob left: bye"]],
    ["a topic", { t: "retitled", ...bob, topic: "cats" }, ["14:02 · Bob set the topic: cats"]],
    ["no topic", { t: "retitled", ...bob, topic: "" }, ["14:02 · Bob cleared the topic"]],
    [
      "an edit",
      { t: "edited", ...bob, target: 3, text: "new" },
      ["14:02 Bob: new (edited 14:02)"],
      { about: said("old") },
    ],
    ["an edit of what was taken back", { t: "edited", ...bob, target: 3 }, []],
    [
      "taking back",
      { t: "deleted", ...bob, target: 3 },
      ["14:02 · Bob took back a message of 14:02"],
      { about: said("secret") },
    ],
    [
      "a sign",
      { t: "reacted", ...bob, target: 3, emoji: "👍", on: true },
      ["14:02 · Bob 👍 “hello”"],
      { about: said("hello") },
    ],
    [
      "a sign on what isn't known",
      { t: "reacted", ...bob, target: 3, emoji: "👍", on: true },
      ["14:02 · Bob 👍 to an earlier message"],
    ],
    [
      "a sign taken back",
      { t: "reacted", ...bob, target: 3, emoji: "👍", on: false },
      ["14:02 · Bob took back 👍 “hello”"],
      { about: said("hello") },
    ],
  ];

for (const [what, event, lines, how, more] of stored) {
  Deno.test(`renderStored() shows ${what}`, () => {
    assertEquals(renderStored(event, viewOf(more), how), lines);
  });
}

const passing: readonly [string, PassingEvent, readonly string[]][] = [
  ["who came", { t: "came", users: ["Bob"] }, ["14:02 · Bob came"]],
  ["who went", { t: "went", users: ["Bob", "Cy"] }, ["14:02 · Bob and Cy went"]],
  ["nothing of oneself", { t: "came", users: ["Alice"] }, []],
  [
    "a crowd as a number",
    { t: "came", users: ["B", "C", "D", "E", "F", "G", "H"] },
    ["14:02 · B, C, D and 4 more came"],
  ],
  [
    "a new name",
    { t: "renamed", from: "Bob", user: "Rob", uid: uid("b") },
    ["14:02 · Bob is now called Rob"],
  ],
  ["who is away", { t: "gone_away", user: "Bob", text: "lunch" }, ["14:02 · Bob is away: lunch"]],
  [
    "what somebody may do from now on",
    { t: "role_given", user: "Bob", uid: uid("b"), role: "owner", by: "Al", by_uid: uid("a") },
    ["14:02 · Bob is an owner of this server now, by Al"],
  ],
  [
    "what oneself may do from now on",
    { t: "role_given", user: "Alice", uid: uid("a"), role: "member" },
    ["14:02 · You are a member of this server now"],
  ],
  ["who is back", { t: "gone_away", user: "Bob" }, ["14:02 · Bob is back"]],
  ["that it stops", { t: "closing", reason: "the server is stopping" }, [
    "14:02 ! The server is stopping",
  ]],
  ["that it ends", { t: "closing", reason: "upgrade" }, ["14:02 ! The server is closing: upgrade"]],
  ["nothing of typing", { t: "typed", room: "lobby", user: "Bob" }, []],
  ["nothing of reading", { t: "seen", room: "@Bob", user: "Bob", seq: 1 }, []],
];

for (const [what, event, lines] of passing) {
  Deno.test(`renderPassing() shows ${what}`, () => {
    assertEquals(renderPassing(event, at, viewOf()), lines);
  });
}

const long = "The quick brown fox jumps over the lazy dog, 敏捷的棕色狐狸跳过了懒狗 😀 and more";

Deno.test("renderStored() wraps under the text on 40 columns", () => {
  assertEquals(renderStored(said(long), viewOf({ columns: 40 })), [
    "14:02 Bob: The quick brown fox jumps",
    "           over the lazy dog, 敏捷的棕色",
    "           狐狸跳过了懒狗 😀 and more",
  ]);
});

Deno.test("renderStored() indents less where the beginning takes more than half the screen", () => {
  const lines = renderStored(said(long, { room: "a-room-with-a" }), viewOf({ columns: 40 }));
  assertEquals(lines[0], "14:02 [#a-room-with-a] Bob: The quick");
  assertEquals(lines[1], "      brown fox jumps over the lazy dog,");
});

Deno.test("renderStored() puts the text below where names leave no room beside them", () => {
  const event = said("_thinks_", { room: "a-much-longer-room-name", user: "Bartholomew" });
  assertEquals(renderStored(event, viewOf({ columns: 40 })), [
    "14:02 [#a-much-longer-…] * Bartholomew",
    "      thinks",
  ]);
});

const longest = { user: "W".repeat(32), room: "r".repeat(32) };

Deno.test("no line is wider than the screen, on any screen", () => {
  const events = [
    said(long, longest),
    said("_waves_", longest),
    said(long, { ...longest, quote: 2 }),
    said(long, { ...pair, user: longest.user }),
    said(long, { quote: 2 }),
    said(`${long}\n${long}`, { ...alice, room: "dev", edited: at }),
    said(long, { ...alice, ...pair }),
    { t: "retitled", ...bob, topic: long } as const,
  ];
  for (let columns = 40; columns <= 130; columns += 3) {
    for (const event of events) {
      const lines = renderStored(event, viewOf({ columns }), { numbered: true, about: said(long) });
      assert(lines.every((line) => width(line) <= columns), `${columns}: ${lines.join("\n")}`);
    }
  }
});

Deno.test("nothing that others wrote reaches the screen as it came", () => {
  const evil = "\x1b]0;owned\x07\x1b[2J\u202eevil";
  const from = { ...bob, user: evil, room: evil };
  const events: StoredEvent[] = [
    said(evil, from),
    said(evil, { ...from, quote: 1 }),
    { t: "joined", ...from },
    { t: "left", ...from, reason: evil },
    { t: "retitled", ...from, topic: evil },
    { t: "edited", ...from, target: 1, text: evil },
    { t: "deleted", ...from, target: 1 },
    { t: "reacted", ...from, target: 1, emoji: evil, on: true },
    said(evil, { ...from, reactions: { [evil]: ["x"] } }),
  ];
  const shown = [
    ...events.flatMap((event) => renderStored(event, viewOf(), { about: said(evil, from) })),
    ...renderPassing({ t: "came", users: [evil] }, at, viewOf()),
    ...renderPassing({ t: "gone_away", user: evil, text: evil }, at, viewOf()),
    ...renderPassing({ t: "renamed", from: evil, user: evil, uid: uid("x") }, at, viewOf()),
    ...renderPassing({ t: "closing", reason: evil }, at, viewOf()),
  ];
  for (const line of shown) assertEquals(/[\p{Cc}\u202e]/u.test(line), false, line);
});

Deno.test("colours change nothing but colours, and mark one's name", () => {
  const event = said("hello @Alice and alicebot", { room: "dev" });
  const plain = renderStored(event, viewOf(), { mentions: true });
  const painted = renderStored(event, viewOf({ paint: paintFor(true) }), { mentions: true });
  assertEquals(painted.map(stripAnsiCode), plain);
  assertStringIncludes(painted[0], "\x1b[33m@Alice\x1b[39m");
  assertEquals(painted[0].includes("\x1b[33malice"), false);
});

Deno.test("a name has one colour, whatever its case", () => {
  const { name } = paintFor(true);
  assertEquals(name("Bob").replace("Bob", ""), name("bob").replace("bob", ""));
});

Deno.test("dayLine() says the day in words", () => {
  assertEquals(dayLine(at, viewOf()), "── Monday 3 March 2025 ──");
});
