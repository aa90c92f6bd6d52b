/** Who is banned, as those read it who may let them in again. */

import { assert, assertEquals } from "@std/assert";
import { banText } from "../../lib/client/ban_list.ts";
import type { Uid } from "../../lib/names.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

/** What a peer is answered, without the uids. */
async function listed(peer: Peer, more: Record<string, unknown> = {}): Promise<unknown[]> {
  const { bans } = await peer.ok({ t: "bans", ...more });
  assert(Array.isArray(bans));
  return bans.map(({ uid: _uid, ...rest }) => rest);
}

Deno.test("bans lists to a room's moderators who may not come in, while it lasts", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  await server.join("Carl", "tea");
  await server.join("Dora", "tea");
  await alice.ok({ t: "ban", room: "tea", user: "Carl", seconds: 60 });
  await alice.ok({ t: "ban", room: "tea", user: "Dora", reason: "spam" });
  const until = clock.now() + 60_000;
  const byName = (all: unknown[]) => all.map((each) => JSON.stringify(each)).sort();
  assertEquals(
    byName(await listed(alice, { room: "TEA" })),
    byName([{ user: "Carl", until }, { user: "Dora" }]),
  );
  assertEquals(await bob.refused({ t: "bans", room: "tea" }), "not_allowed");
  assertEquals(await alice.refused({ t: "bans" }), "not_allowed");
  await clock.tick(60_000);
  assertEquals(await listed(alice, { room: "tea" }), [{ user: "Dora" }]);
  await alice.ok({ t: "unban", room: "tea", user: "Dora" });
  assertEquals(await listed(alice, { room: "tea" }), []);
});

Deno.test("bans lists to the server's moderators who is banned from it, page by page", async () => {
  await using server = await TestServer.start();
  const staff = await server.join("Staff");
  await server.give("Staff", "moderator");
  const addresses = Array.from({ length: 7 }, (_, host) => `192.0.2.${host}`);
  for (const address of addresses) await staff.ok({ t: "ban", address, reason: "noise" });
  await server.join("Eve");
  await staff.ok({ t: "ban", user: "Eve" });
  const seen: string[] = [];
  for (let after: string | undefined, more: unknown = true; more;) {
    const page = await staff.ok({ t: "bans", limit: 3, ...after !== undefined && { after } });
    assert(Array.isArray(page.bans) && page.bans.length <= 3);
    seen.push(...page.bans.map(({ user, address }) => user ?? address));
    const { uid, address } = page.bans.at(-1);
    after = uid ?? address;
    more = page.more;
  }
  assertEquals(seen.toSorted(), [...addresses, "Eve"]);
  assertEquals(await listed(staff, { room: "lobby" }), []);
});

Deno.test("unban and unmute find whom it lasts for, of those who had one name", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice", "tea");
  for (const seconds of [60, 6000]) {
    const bob = await server.join("Bob", "tea");
    for (const t of ["mute", "ban"]) await alice.ok({ t, room: "tea", user: "Bob", seconds });
    await bob.ok({ t: "logout" });
    await bob.end();
  }
  await clock.tick(60_000);
  await alice.ok({ t: "unban", room: "tea", user: "Bob" });
  assertEquals(await listed(alice, { room: "tea" }), []);
  await alice.ok({ t: "unmute", room: "tea", user: "Bob" });
  const { events } = await alice.ok({ t: "history", room: "tea" });
  assert(Array.isArray(events));
  assertEquals(events.at(-1).t, "unmuted");
});

const day = 86_400_000;
const uid = "b" as Uid;
const written = [
  [{ user: "Bob", uid }, "Bob for good"],
  [{ user: "Bob", uid, until: 1000 + 600_000, reason: "spam" }, "Bob for 10 minutes more: spam"],
  [{ address: "192.0.2.7", until: 1000 + 1 }, "192.0.2.7 for 1 minute more"],
  [{ address: "192.0.2.7", until: 1000 + 2.1 * day }, "192.0.2.7 for 3 days more"],
  [{ user: "Bob", uid, until: 1000 + 0.9 * day }, "Bob for 22 hours more"],
] as const;
for (const [ban, text] of written) {
  Deno.test(`a ban reads "${text}"`, () => assertEquals(banText(ban, 1000), text));
}
