import { assertEquals } from "@std/assert";
import { auditLine } from "../../lib/client/audit_text.ts";
import { mayModerate, mayModerateWhom, whyNotWrite } from "../../lib/client/may.ts";
import { moderatedText } from "../../lib/client/moderated.ts";
import { moderate } from "../../lib/client/moderate.ts";
import { parseLineTyped } from "../../lib/client/slash.ts";
import { decodeStored } from "../../lib/wire/decode.ts";
import type { Uid } from "../../lib/names.ts";
import { noRules } from "../../lib/moderation/rules.ts";
import { conversationOf } from "../terminal/views.ts";

const who = { user: "Bob", uid: "b" as Uid, seq: 1, at: 0, room: "tea" };
const by = { by: "Alice", by_uid: "a" as Uid };

for (
  const [event, text] of [
    [{ t: "kicked", ...by, reason: "spam" }, "was put out by Alice: spam"],
    [{ t: "kicked", ...by, banned: true, seconds: 3600 }, "was banned by Alice for 1 hour"],
    [{ t: "unbanned", ...by }, "was unbanned by Alice"],
    [{ t: "muted", ...by, seconds: 90 }, "was muted by Alice for 90 seconds"],
    [{ t: "appointed", ...by, role: "owner" }, "was made an owner of the room by Alice"],
    [{ t: "locked", on: true }, "locked the room: joining it needs a key"],
    [{ t: "slowed", seconds: 0 }, "lets everybody write as often as they like"],
    [{ t: "made_readonly", on: true }, "made the room read-only"],
    [{ t: "muted", ...by, by: "Al\u202eice" }, "was muted by Alice"],
  ] as const
) {
  Deno.test(`what a moderator did reads "${text}"`, () => {
    const stored = decodeStored({ ...event, ...who });
    if (stored === undefined || stored.t === "said") throw new Error("It is no event");
    switch (stored.t) {
      case "kicked":
      case "unbanned":
      case "muted":
      case "appointed":
      case "locked":
      case "slowed":
      case "made_readonly":
        return assertEquals(moderatedText(stored), text);
      default:
        throw new Error(`"${stored.t}" isn't a moderator's`);
    }
  });
}

Deno.test("the trail reads as sentences", () => {
  const entry = { at: 0, by: "Alice", by_uid: "a" as Uid, user: "Bob", uid: "b" as Uid };
  const room = "tea";
  assertEquals(
    [
      auditLine({ ...entry, did: "muted", room, seconds: 600, reason: "loud" }),
      auditLine({ ...entry, did: "banned" }),
      auditLine({ ...entry, did: "slowed", room, seconds: 30 }),
      auditLine({ ...entry, did: "deleted", room, target: 7 }),
      auditLine({ ...entry, did: "removed", room, file: "a\u202etxt.exe" }),
    ],
    [
      "Alice muted Bob in #tea for 10 minutes: loud",
      "Alice banned Bob on the server",
      "Alice slowed writing in #tea to one message each 30 seconds",
      "Alice deleted message 7 of Bob in #tea",
      "Alice removed atxt.exe of Bob in #tea",
    ],
  );
});

Deno.test("what is typed becomes what is sent, about the room in front or the server", async () => {
  const sent: unknown[] = [];
  const chat = {
    send: (...line: readonly unknown[]) => {
      sent.push(line);
      return Promise.resolve({} as never);
    },
  };
  const tea = conversationOf({ key: "tea", room: "tea" });
  const lobby = conversationOf();
  for (
    const [line, here] of [
      ["/kick @Bob, out of here", tea],
      ["/ban Bob 2h spam", tea],
      ["/ban server Bob", tea],
      ["/ban Bob", lobby],
      ["/ban 192.0.2.7 1day", tea],
      ["/mute Bob 10min", tea],
      ["/unban 2001:db8::/64", tea],
      ["/mute Bob loud", lobby],
      ["/slow 90", tea],
      ["/slow off", tea],
      ["/lock two words", tea],
      ["/unlock", tea],
    ] as const
  ) {
    const action = parseLineTyped(line);
    if (action?.is !== "moderate") throw new Error(line);
    if (action.what.is === "audit" || action.what.is === "bans") throw new Error(line);
    await moderate(chat, here, action.what);
  }
  const room = "tea";
  assertEquals(sent, [
    ["kick", { room, user: "Bob", reason: "out of here" }],
    ["ban", { user: "Bob", room, seconds: 7200, reason: "spam" }],
    ["ban", { user: "Bob" }],
    ["ban", { user: "Bob" }],
    ["ban", { address: "192.0.2.7", seconds: 86_400 }],
    ["mute", { room, user: "Bob", seconds: 600 }],
    ["unban", { address: "2001:db8::/64" }],
    ["mute", { room: "lobby", user: "Bob", reason: "loud" }],
    ["slow", { room, seconds: 90 }],
    ["slow", { room, seconds: 0 }],
    ["lock", { room, key: "two words" }],
    ["lock", { room }],
  ]);
});

Deno.test("a client knows whom its user moderates, and why they can't write", () => {
  const me = { user: "Alice", uid: "a" as Uid, role: "guest" } as const;
  const bob = { uid: "b" as Uid };
  const rules = { ...noRules, roles: new Map([[me.uid, "moderator" as const]]) };
  const tea = conversationOf({ key: "tea", room: "tea", rules });
  assertEquals([mayModerate(tea, me), mayModerateWhom(tea, me, bob)], [true, true]);
  assertEquals(mayModerateWhom(tea, me, { ...bob, role: "moderator" }), false);
  assertEquals(mayModerateWhom(tea, me, me), false);
  const other = conversationOf({ key: "tea", room: "tea", rules: { ...noRules, slow: 30 } });
  assertEquals(whyNotWrite({ ...other, spokeAt: 1000 }, me, 2000)?.retryMs, 29_000);
  assertEquals(whyNotWrite(other, me, 2000), undefined);
  const shut = { ...other, rules: { ...noRules, isReadOnly: true } };
  assertEquals(whyNotWrite(shut, me, 0)?.code, "not_allowed");
});
