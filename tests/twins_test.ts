import { assertEquals } from "@std/assert";
import type { Deed } from "../lib/peer/deeds.ts";
import type { Uid } from "../lib/names.ts";
import { Twins } from "../lib/twins.ts";

function deedOf(user: string, cid?: string): Deed {
  const change = { t: "said", text: "hi" } as const;
  return { by: { user, uid: user as Uid }, change, ...cid !== undefined && { cid } };
}

Deno.test("what waits is found by whose it is and its cid, until it doesn't wait any more", () => {
  const twins = new Twins<number>();
  twins.add(deedOf("alice", "c1"), 1);
  twins.add(deedOf("alice", "c2"), 2);
  twins.add(deedOf("bob", "c1"), 3);
  assertEquals(twins.of(deedOf("alice", "c1")), 1);
  assertEquals(twins.of(deedOf("bob", "c1")), 3);
  assertEquals(twins.of(deedOf("bob", "c2")), undefined);
  twins.delete(deedOf("alice", "c1"));
  twins.delete(deedOf("bob", "c1"));
  assertEquals(twins.of(deedOf("alice", "c1")), undefined);
  assertEquals(twins.of(deedOf("bob", "c1")), undefined);
  assertEquals(twins.of(deedOf("alice", "c2")), 2);
  twins.clear();
  assertEquals(twins.of(deedOf("alice", "c2")), undefined);
});

Deno.test("what has no cid has no twin", () => {
  const twins = new Twins<number>();
  twins.add(deedOf("alice"), 1);
  twins.delete(deedOf("alice"));
  assertEquals(twins.of(deedOf("alice")), undefined);
});
