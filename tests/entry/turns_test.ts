import { assertEquals, assertRejects } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { Turns } from "../../lib/entry/turns.ts";

/** Work that is told when to end, and tells which has begun. */
function works() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (what: string) => () => {
      begun.push(what);
      return new Promise<string>((resolve) => ends.set(what, () => resolve(what)));
    },
    /** Resolves when what waited for it has had its turn. */
    end: async (what: string) => {
      ends.get(what)?.();
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

Deno.test("take() does so many at once, and the others when their turn comes", async () => {
  const { begun, work, end } = works();
  const turns = new Turns(2, 10);
  const done = ["a", "b", "c"].map((name) => turns.take({ name, address: name }, work(name)));
  assertEquals(begun, ["a", "b"]);
  await end("a");
  assertEquals(begun, ["a", "b", "c"]);
  for (const what of ["b", "c"]) await end(what);
  assertEquals(await Promise.all(done), ["a", "b", "c"]);
});

Deno.test("no two of one name run at once", async () => {
  const { begun, work, end } = works();
  const turns = new Turns(3, 10);
  const take = (name: string, what: string) => turns.take({ name, address: what }, work(what));
  const done = [take("a", "a1"), take("a", "a2"), take("b", "b1")];
  assertEquals(begun, ["a1", "b1"]);
  await end("a1");
  assertEquals(begun, ["a1", "b1", "a2"]);
  for (const what of ["a2", "b1"]) await end(what);
  await Promise.all(done);
});

Deno.test("addresses take turns: who asks for much waits behind themselves", async () => {
  const { begun, work, end } = works();
  const turns = new Turns(1, 10);
  const done = ["x1", "x2", "x3", "y1", "z1"].map((what) =>
    turns.take({ name: what, address: what[0] }, work(what))
  );
  for (const what of ["x1", "y1", "z1", "x2", "x3"]) await end(what);
  assertEquals(begun, ["x1", "y1", "z1", "x2", "x3"]);
  await Promise.all(done);
});

Deno.test("where too many wait, the last one goes of whom the most wait", async () => {
  const { begun, work, end } = works();
  const turns = new Turns(1, 3);
  const take = (what: string) => turns.take({ name: what, address: what[0] }, work(what));
  const [x1, x2, x3, x4] = ["x1", "x2", "x3", "x4"].map(take);
  const y1 = take("y1");
  assertEquals((await assertRejects(() => x4, ChatError)).code, "slow_down");
  const x5 = take("x5");
  assertEquals((await assertRejects(() => x5, ChatError)).code, "slow_down");
  for (const what of ["x1", "y1", "x2", "x3"]) await end(what);
  assertEquals(begun, ["x1", "y1", "x2", "x3"]);
  assertEquals(await Promise.all([x1, x2, x3, y1]), ["x1", "x2", "x3", "y1"]);
});

Deno.test("the next one has its turn after work that fails", async () => {
  const { work, end } = works();
  const turns = new Turns(1, 1);
  const whose = { name: "a", address: "x" };
  const failed = turns.take(whose, () => Promise.reject(new Error("it broke")));
  const waiting = turns.take(whose, work("next"));
  await assertRejects(() => failed, Error, "it broke");
  await end("next");
  assertEquals(await waiting, "next");
});

Deno.test("of so many addresses is known when they had a turn, however long some wait", async () => {
  const { work, end } = works();
  const turns = new Turns(1, 3);
  const take = (what: string) => turns.take({ name: what, address: what }, work(what));
  const done = [take("0"), take("1")];
  for (let next = 2; next < 20; next++) {
    done.push(take(`${next}`));
    await end(`${next - 2}`);
  }
  assertEquals(turns.size, 3);
  for (const what of ["18", "19"]) await end(what);
  assertEquals(turns.size, 0);
  await Promise.all(done);
});
