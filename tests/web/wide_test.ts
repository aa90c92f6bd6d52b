import { assert, assertEquals } from "@std/assert";
import type { KnownUser } from "../../lib/client/state.ts";
import { type Entry, onlineCount, Roster } from "../../web/list/roster.ts";
import { isShort, rowAfterKey, scrollToRow, toDraw } from "../../web/list/window.ts";
import { Chance } from "../helpers/chance.ts";

function called(user: string, online = true): Entry {
  return [user, { user, online }];
}

function names(list: readonly KnownUser[]): string {
  return list.map(({ user }) => user).join(" ");
}

Deno.test("Roster has those online first, then by name, whatever the case", () => {
  const roster = new Roster();
  const all = [called("bob"), called("Ann", false), called("Cid"), called("anna")];
  assertEquals(names(roster.take(all)), "anna bob Cid Ann");
  assertEquals(onlineCount(roster.take(all)), 3);
});

Deno.test("Roster is the same list as long as nothing changes", () => {
  const roster = new Roster();
  const all = [called("bob"), called("ann")];
  assert(roster.take(all) === roster.take(all));
  assert(roster.take(all) !== roster.take([all[0]]));
});

Deno.test("Roster is what sorting everybody gives, however they come, go and are renamed", () => {
  const chance = Chance.ofRun("Roster");
  const roster = new Roster();
  const all = new Map<string, KnownUser>();
  for (let turn = 0; turn < 300; turn++) {
    for (let change = chance.below(turn % 50 === 0 ? 200 : 6); change > 0; change--) {
      const id = `u${chance.below(300)}`;
      if (chance.once(4)) all.delete(id);
      else all.set(id, { user: `name ${chance.below(40)} ${id}`, online: chance.once(2) });
    }
    const fresh = new Roster().take(all);
    const kept = roster.take(all);
    assertEquals(names(kept), names(fresh));
    assertEquals(kept.length, all.size);
    assertEquals(onlineCount(kept), [...all.values()].filter(({ online }) => online).length);
  }
});

const sight = { above: 4000, sight: 400, rowHeight: 40 };

Deno.test("toDraw() has the rows in sight and as many before and behind, within the list", () => {
  assertEquals(toDraw(sight, 5000), { from: 90, to: 120 });
  assertEquals(toDraw({ ...sight, above: 0 }, 5000), { from: 0, to: 20 });
  assertEquals(toDraw({ ...sight, above: -900 }, 5000), { from: 0, to: 10 });
  assertEquals(toDraw(sight, 95), { from: 85, to: 95 });
  assertEquals(toDraw(sight, 0), { from: 0, to: 0 });
});

Deno.test("isShort() says so before rows that weren't drawn come in sight", () => {
  const drawn = toDraw(sight, 5000);
  assert(!isShort(drawn, sight, 5000));
  assert(!isShort(drawn, { ...sight, above: 4000 + 200 }, 5000));
  assert(isShort(drawn, { ...sight, above: 4000 + 280 }, 5000));
  assert(isShort(drawn, { ...sight, above: 4000 - 280 }, 5000));
});

Deno.test("rowAfterKey() goes by rows, by pages and to the ends, and no further", () => {
  const at = (key: string, index: number) => rowAfterKey(key, { index, count: 100, page: 9 });
  assertEquals([at("ArrowDown", 3), at("ArrowUp", 3), at("PageDown", 3)], [4, 2, 12]);
  assertEquals([at("Home", 50), at("End", 50), at("ArrowUp", 0), at("ArrowDown", 99)], [
    ...[0, 99, 0, 99],
  ]);
  assertEquals([at("a", 3), at("toString", 3)], [undefined, undefined]);
  assertEquals(rowAfterKey("ArrowDown", { index: 0, count: 0, page: 9 }), undefined);
});

Deno.test("scrollToRow() brings a row wholly into sight, and leaves one that is there", () => {
  assertEquals(scrollToRow(sight, 100), 0);
  assertEquals(scrollToRow(sight, 99), -40);
  assertEquals(scrollToRow(sight, 110), 40);
  assertEquals(scrollToRow({ ...sight, above: 4010 }, 100), -10);
});
