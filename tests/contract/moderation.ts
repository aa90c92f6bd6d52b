/** What every implementation keeps of what moderators did: a room's rules, and the trail. */

import { assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import type { AuditEntry } from "../../lib/moderation/audit_entry.ts";
import { apply, emptyRoom } from "../../lib/rooms.ts";
import { contentDigest } from "../../lib/store.ts";
import { forGood, type Rules } from "../../lib/moderation/rules.ts";
import {
  alice,
  all,
  bob,
  carol,
  event,
  keep,
  type Open,
  report,
  room,
  said,
  timeOf,
} from "./scene.ts";

const by = { by: alice.user, by_uid: alice.uid };

/** One of each: what Alice does as the moderator of a room. */
export const moderated = [
  event(1, { t: "joined" }),
  event(2, { t: "joined" }, { by: bob }),
  event(3, { t: "joined" }, { by: carol }),
  event(4, { t: "appointed", ...by, role: "moderator" }, { by: bob, cid: "c4" }),
  event(5, { t: "muted", ...by, seconds: 60, reason: "too loud" }, { by: bob, cid: "c5" }),
  event(6, { t: "muted", ...by }, { by: carol }),
  event(7, { t: "unmuted", ...by }, { by: carol }),
  event(8, { t: "kicked", ...by, reason: "spam", banned: true }, { by: carol, cid: "c8" }),
  event(9, { t: "locked", on: true, key: "salt.digest" }),
  event(10, { t: "slowed", seconds: 30 }),
  event(11, { t: "made_readonly", on: true }),
];

/** What the room is then. */
export const rulesThen: Rules = {
  roles: new Map([[alice.uid, "owner"], [bob.uid, "moderator"]]),
  muted: new Map([[bob.uid, { user: "Bob", until: timeOf(5) + 60_000 }]]),
  banned: new Map([[carol.uid, { user: "Carol", until: forGood }]]),
  lock: "salt.digest",
  slow: 30,
  isReadOnly: true,
};

/** Registers what keeping rules and the trail must do. */
export function moderationContract(name: string, open: Open): void {
  rules(name, open);
  trail(name, open);
}

function rules(name: string, open: Open): void {
  Deno.test(`${name}: append() keeps what moderators did, and a room's rules and members`, async () => {
    await using backend = await open();
    await keep(backend, moderated);
    assertEquals(await all(backend), moderated);
    const kept = await backend.log.open(room);
    assertEquals(kept?.rules, rulesThen);
    assertEquals([...kept?.members.keys() ?? []].sort(), [alice.uid, bob.uid]);
    assertEquals((await backend.log.rooms())[0].rules, rulesThen);
  });

  Deno.test(`${name}: open() gives the rules that apply() comes to, append by append`, async () => {
    await using backend = await open();
    const applied = emptyRoom(room, "Physics");
    const more = [
      event(12, { t: "unbanned", ...by }, { by: carol }),
      event(13, { t: "left" }, { by: bob }),
      event(14, { t: "left" }),
      event(15, { t: "joined" }, { by: carol }),
      event(16, { t: "locked", on: false }, { by: carol }),
    ];
    for (const one of [...moderated, ...more]) {
      await keep(backend, [one]);
      apply(applied, one);
      assertEquals((await backend.log.open(room))?.rules, applied.rules);
    }
    assertEquals([...applied.rules.roles], [[carol.uid, "owner"]]);
  });

  Deno.test(`${name}: repeat() finds who was moderated by the cid of who did it`, async () => {
    await using backend = await open();
    await keep(backend, moderated);
    const kicked = moderated[7];
    const repeat = { seq: 8, at: timeOf(8), digest: contentDigest(kicked) };
    assertEquals(await backend.log.repeat(room, alice.uid, "c8"), repeat);
    assertEquals(await backend.log.repeat(room, carol.uid, "c8"), undefined);
    const again = event(12, { t: "unbanned", ...by }, { by: carol, cid: "c8" });
    const appended = await backend.log.append({
      conversation: room,
      name: "Physics",
      after: 11,
      events: [again],
    });
    assertEquals(appended.outcome, "conflict");
    assertEquals(contentDigest(kicked) === contentDigest({ ...kicked, ...bob }), false);
  });
}

function trail(name: string, open: Open): void {
  Deno.test(`${name}: audit has each thing that a moderator did, the newest first`, async () => {
    await using backend = await open();
    await keep(backend, moderated);
    const { entries, next } = await backend.audit.read({ limit: 100 });
    assertEquals(next, undefined);
    const who = entries.map(({ did, by, user, room }) => [did, by, user, room].join(" "));
    assertEquals(who, [
      "made_readonly Alice  Physics",
      "slowed Alice  Physics",
      "locked Alice  Physics",
      "banned Alice Carol Physics",
      "unmuted Alice Carol Physics",
      "muted Alice Carol Physics",
      "muted Alice Bob Physics",
      "appointed Alice Bob Physics",
    ]);
    assertEquals(entries[6], {
      at: timeOf(5),
      did: "muted",
      by: "Alice",
      by_uid: alice.uid,
      room: "Physics",
      user: "Bob",
      uid: bob.uid,
      reason: "too loud",
      seconds: 60,
    });
  });

  Deno.test(`${name}: audit has what was taken from others, not what was taken back`, async () => {
    await using backend = await open();
    await keep(backend, [
      said(1, "mine", { by: bob }),
      said(2, "yours", { by: carol }),
      event(3, { t: "shared", file: report }),
      event(4, { t: "deleted", target: 1 }, { by: bob }),
      event(5, { t: "deleted", target: 2 }, { by: bob }),
      event(6, { t: "removed", file: report.file }, { by: bob }),
      event(7, { t: "shared", file: { ...report, file: "f-2" as typeof report.file } }),
      event(8, { t: "removed", file: "f-2" as typeof report.file }),
    ]);
    const { entries } = await backend.audit.read({ limit: 100 });
    assertEquals(
      entries.map(({ did, user, target, file }) => [did, user, target, file]),
      [
        ["removed", "Alice", undefined, report.name],
        ["deleted", "Carol", 2, undefined],
      ],
    );
  });

  Deno.test(`${name}: audit is read in pages, together with what is in no log`, async () => {
    await using backend = await open();
    const entry: AuditEntry = {
      at: 5,
      did: "banned",
      by: "Alice",
      by_uid: alice.uid,
      address: "192.0.2.1",
    };
    await backend.audit.add(entry);
    await keep(backend, moderated);
    await backend.audit.add({ ...entry, did: "unbanned" });
    const seen: string[] = [];
    let page = await backend.audit.read({ limit: 3 });
    for (;;) {
      seen.push(...page.entries.map(({ did }) => did));
      if (page.next === undefined) break;
      page = await backend.audit.read({ limit: 3, before: page.next });
    }
    assertEquals([seen.length, seen[0], seen.at(-1)], [10, "unbanned", "banned"]);
    assertEquals((await backend.audit.read({ limit: limits.pageMax })).entries.at(-1), entry);
  });
}
