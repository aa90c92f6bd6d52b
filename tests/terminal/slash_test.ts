import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  alsoOf,
  parseLineTyped,
  rowOf,
  slashCalled,
  slashNames,
  slashOf,
  usageOf,
} from "../../lib/client/slash.ts";
import { sizeOf } from "../../lib/client/slash_files.ts";
import { secondsOf } from "../../lib/client/slash_times.ts";
import type { AccountAction, Action, FileAction } from "../../lib/client/slash_row.ts";
import { actionIn, asAction } from "../../lib/client/doing.ts";
import { commands } from "../../lib/protocol.ts";

const newest = { by: "newest", back: 0 } as const;
const account = (what: AccountAction): Action => ({ is: "account", what });
const file = (what: FileAction): Action => ({ is: "file", what });
const lines: readonly [string, Action | undefined][] = [
  ["hello", { is: "say", text: "hello" }],
  ["  indented code  ", { is: "say", text: "  indented code" }],
  ["   ", undefined],
  ["", undefined],
  ["//etc is a path", { is: "say", text: "/etc is a path" }],
  ["/broadcast to all", { is: "say", text: "to all" }],
  ["/me waves", { is: "say", text: "_waves_" }],
  ["/users", { is: "users" }],
  ["/who", { is: "users" }],
  ["/help", { is: "help", name: undefined }],
  ["/help /join", { is: "help", name: "join" }],
  ["/quit", { is: "quit" }],
  ["/exit", { is: "quit" }],
  ["/EXIT", { is: "quit" }],
  ["/join dev", { is: "join", room: "dev" }],
  ["/join #dev", { is: "join", room: "dev" }],
  ["/join schachtnetzwerken", { is: "join", room: "schachtnetzwerken" }],
  ["/join dev key:k7mp2x", { is: "join", room: "dev", key: "k7mp2x" }],
  ["/register", account({ is: "register" })],
  ["/login @Bob", account({ is: "login", user: "Bob" })],
  ["/logout", account({ is: "logout", all: false })],
  ["/logout ALL", account({ is: "logout", all: true })],
  ["/devices", account({ is: "logins" })],
  ["/revoke #2", account({ is: "revoke", login: "2" })],
  ["/whois @Bob", account({ is: "whois", user: "Bob" })],
  ["/role Bob Moderator", account({ is: "role", user: "Bob", role: "moderator" })],
  ["/role @Bob member #dev", account({ is: "role", user: "Bob", role: "member", room: "dev" })],
  ["/invite", account({ is: "invite", wish: {} })],
  [
    "/invite 2h 5x moderator dev",
    account({ is: "invite", wish: { seconds: 7200, uses: 5, role: "moderator", room: "dev" } }),
  ],
  ["/invite #2h", account({ is: "invite", wish: { room: "2h" } })],
  ["/uninvite 1", account({ is: "uninvite", invite: "1" })],
  ["/bans", { is: "moderate", what: { is: "bans", onServer: false } }],
  ["/bans Server", { is: "moderate", what: { is: "bans", onServer: true } }],
  ["/leave", { is: "leave", room: undefined }],
  ["/leave dev", { is: "leave", room: "dev" }],
  ["/switch @Bob", { is: "switch", to: "@Bob" }],
  ["/rooms", { is: "rooms", private: false }],
  ["/rooms private", { is: "rooms", private: true }],
  ["/members", { is: "members", room: undefined }],
  ["/whisper Bob a  secret", { is: "whisper", user: "Bob", text: "a  secret" }],
  ["/w @Bob: hi", { is: "whisper", user: "Bob", text: "hi" }],
  ["/msg Bob", { is: "whisper", user: "Bob", text: undefined }],
  ["/topic", { is: "topic" }],
  ["/topic all about cats", { is: "topic", topic: "all about cats" }],
  ["/topic -", { is: "topic", topic: "" }],
  ["/reply yes", { is: "reply", ref: newest, text: "yes" }],
  ["/reply ^2 yes", { is: "reply", ref: { by: "newest", back: 1 }, text: "yes" }],
  ["/reply @Bob yes", { is: "reply", ref: { by: "user", user: "Bob" }, text: "yes" }],
  ["/reply #12 yes", { is: "reply", ref: { by: "seq", seq: 12 }, text: "yes" }],
  ["/reply 12 monkeys", { is: "reply", ref: newest, text: "12 monkeys" }],
  ["/edit new text", { is: "edit", ref: newest, text: "new text" }],
  ["/delete", { is: "delete", ref: newest }],
  ["/delete #3", { is: "delete", ref: { by: "seq", seq: 3 } }],
  ["/react 👍", { is: "react", ref: newest, emoji: "👍", on: true }],
  ["/react ^ -👍", { is: "react", ref: newest, emoji: "👍", on: false }],
  ["/react +1", { is: "react", ref: newest, emoji: "+1", on: true }],
  ["/react -1", { is: "react", ref: newest, emoji: "-1", on: true }],
  ["/history", { is: "history", room: undefined, count: undefined }],
  ["/history 50", { is: "history", room: undefined, count: 50 }],
  ["/history #dev 5", { is: "history", room: "dev", count: 5 }],
  ["/search two words", { is: "search", text: "two words", room: undefined }],
  ["/search in:@Bob word", { is: "search", text: "word", room: "@Bob" }],
  ["/more", { is: "more" }],
  ["/show #12", { is: "show", ref: { by: "seq", seq: 12 } }],
  ["/retry", { is: "retry" }],
  ["/drop", { is: "drop" }],
  ["/resume a b.mp4", file({ is: "resume", name: "a b.mp4" })],
  ["/resume", file({ is: "resume" })],
  ["/away lunch", { is: "away", text: "lunch" }],
  ["/away", { is: "away", text: "away" }],
  ["/back", { is: "away" }],
  ["/typing off", { is: "typing", on: false }],
  ["/ignore Bob", { is: "ignore", user: "Bob" }],
  ["/ignore", { is: "ignore" }],
  ["/notify None", { is: "notify", level: "none" }],
  ["/notify", { is: "notify" }],
  ["/clear", { is: "clear" }],
  ["/upload a file.txt", file({ is: "send_file", path: "a file.txt", to: "room" })],
  ['/upload "a file.txt"', file({ is: "send_file", path: "a file.txt", to: "room" })],
  ["/send ~/notes.txt", file({ is: "send_file", path: "~/notes.txt", to: "here" })],
  ["/sendfile notes.txt Bob", file({ is: "send_file", path: "notes.txt", to: { user: "Bob" } })],
  ["/sendfile 'a b.txt' @Bob", file({ is: "send_file", path: "a b.txt", to: { user: "Bob" } })],
  ["/sendfile a\\ b.txt Bob", file({ is: "send_file", path: "a b.txt", to: { user: "Bob" } })],
  ["/files", file({ is: "files" })],
  ["/files #dev", file({ is: "files", room: "dev" })],
  ["/download my notes.txt", file({ is: "download", name: "my notes.txt" })],
  [
    "/sendfile my \\'own.txt Bob",
    file({ is: "send_file", path: "my 'own.txt", to: { user: "Bob" } }),
  ],
  ["/sendfile a b.txt Bob", file({ is: "send_file", path: "a b.txt", to: { user: "Bob" } })],
  ["/accept", file({ is: "accept" })],
  ["/accept notes.txt", file({ is: "accept", name: "notes.txt" })],
  ["/decline", file({ is: "decline" })],
  ["/remove notes.txt", file({ is: "remove", name: "notes.txt" })],
  ["/take", file({ is: "take" })],
  ["/take all 1.5 GB", file({ is: "take", mode: "all", bytesMax: 1.5e9 })],
  ["/take NONE", file({ is: "take", mode: "none" })],
  ["/transfers", file({ is: "transfers" })],
  ["/cancel", file({ is: "cancel" })],
  ["/cancel 3", file({ is: "cancel", which: 3 })],
  ["/cancel all", file({ is: "cancel", which: "all" })],
  ["/read", { is: "read" }],
  ["/ping", { is: "ping" }],
  ["/reconnect", { is: "reconnect" }],
];

for (const [line, action] of lines) {
  Deno.test(`the line ${JSON.stringify(line)} is understood`, () => {
    assertEquals<unknown>(plain(parseLineTyped(line)), plain(action));
  });
}

/** Without the fields that are there and have no value. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

const wrong: readonly [string, RegExp][] = [
  ["/jion dev", /^There is no command "\/jion": did you mean \/join\?$/],
  ["/usr/bin/env", /^There is no command .*write another \/ before it$/],
  ["/", /^There is no command/],
  ["/join", /^Write \/join ROOM \[key:KEY\]$/],
  ["/join a b", /^Names of rooms have no spaces: write \/join ROOM \[key:KEY\]$/],
  ["/join k7mp2x-wd34fg-hj56mn", /^That is an invitation: .* write \/join ROOM key:INVITATION$/],
  ["/join parley://box/k7mp2x-wd34fg-hj56mn", /^That is an invitation/],
  ["/join http://box:8080/#invite=k7mp2x-wd34fg-hj56mn", /^That is an invitation/],
  ["/whisper", /^Write \/whisper USER \[TEXT\]$/],
  ["/users all", /^Write \/users$/],
  ["/typing maybe", /^Write \/typing on \| off$/],
  ["/notify some", /^Write \/notify \[all \| mentions \| none\]$/],
  ["/reply ^2", /^Write \/reply/],
  ["/delete that", /^Write \/delete/],
  ["/search", /^Write \/search/],
  ["/show soup", /^Write \/show MESSAGE$/],
  ["/upload", /^Write \/upload PATH$/],
  ["/sendfile notes.txt", /^Write \/sendfile PATH USER$/],
  ["/sendfile 'a b.txt'", /^Write \/sendfile PATH USER$/],
  ["/sendfile a\\ b.txt", /^Write \/sendfile PATH USER$/],
  ["/download", /^Write \/download NAME$/],
  ["/take some", /^Write \/take/],
  ["/take all of it", /^Write \/take/],
  ["/cancel that", /^Write \/cancel/],
  ["/history a b", /^Write \/history/],
  ["/register open sesame", /^Write \/register$/],
  ["/logout some", /^Write \/logout \[all\]$/],
  ["/role Bob king", /^Write \/role USER ROLE \[ROOM\]$/],
  ["/invite dev 2h 3h", /^Write \/invite/],
  ["/invite 10", /^"10" is no TIME: .* 10d; USES are written 10x, and a ROOM of that name #10$/],
  ["/mute", /^Write \/mute USER \[TIME\] \[REASON\]$/],
  ["/mute Bob 60 too loud", /^"60" is no TIME: write it like 60s, 60m, .*; a REASON doesn't begin/],
  ["/ban server Bob 1.5h", /^"1.5h" is no TIME: write it like 1s, 1m/],
  ["/ban 192.0.2.7 0", /^"0" is no TIME: write it like 10s/],
  ["/slow", /^Write \/slow TIME \| off$/],
  ["/slow down", /^"down" is no TIME: write it like 10s, 10m, 10h or 10d$/],
];

for (const [line, sentence] of wrong) {
  Deno.test(`the line ${JSON.stringify(line)} is refused with a sentence`, () => {
    const parsed = parseLineTyped(line);
    assert(parsed?.is === "wrong");
    assertMatch(parsed.sentence, sentence);
  });
}

Deno.test("every command of the protocol is reached by a slash command", () => {
  for (const name of Object.keys(commands)) assert(Object.hasOwn(slashOf, name), name);
});

Deno.test("no two slash commands share a name", () => {
  const all = slashNames.flatMap((name) => [name, ...alsoOf(name)]);
  assertEquals(all.length, new Set(all).size);
});

Deno.test("every slash command is found by each of its names and explains itself", () => {
  for (const name of slashNames) {
    for (const each of [name, ...alsoOf(name)]) assertEquals(slashCalled(each), name);
    assert(rowOf(name).help.length > 5);
    assert(usageOf(name).startsWith(`/${name}`));
  }
});

Deno.test("actionIn() finds what asAction() made, and nothing in other texts", () => {
  assertEquals(actionIn(asAction("waves")), "waves");
  assertEquals(actionIn(asAction("a")), "a");
  for (const text of ["__init__", "_a_b", "snake_case", "_", "__", "_a\nb_"]) {
    assertEquals(actionIn(text), undefined, text);
  }
});

Deno.test("sizeOf() takes sizes as people write them", () => {
  const written = [
    "500",
    "20kB",
    "50MB",
    "1.5 GB",
    "2T",
    "3MiB",
    "x",
    "",
    "-1",
    "1e9",
    "5 MB more",
  ];
  assertEquals(written.map(sizeOf), [
    ...[500, 20_000, 50_000_000, 1_500_000_000, 2e12, 3_000_000],
    ...[undefined, undefined, undefined, undefined, undefined],
  ]);
});

Deno.test("secondsOf() takes times as people write them", () => {
  const written = ["90s", "1m", "10min", "2hours", "2HRS", "1day", "7d", "3weeks", "1year"];
  assertEquals(written.map(secondsOf), [
    ...[90, 60, 600, 7200, 7200, 86_400, 604_800, 1_814_400, 31_536_000],
  ]);
  for (const other of ["", "s", "60", "0m", "1.5h", "1month", "1h30m", "10 m", "-1d"]) {
    assertEquals(secondsOf(other), undefined, other);
  }
});
