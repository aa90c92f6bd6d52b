import { assert, assertEquals } from "@std/assert";
import { answerDoor, Caller, type Door } from "../../lib/backend/sqlite/doorbell.ts";

function open(): { readonly caller: Caller; readonly door: Door } {
  let door: Door | undefined;
  const caller = new Caller({ postMessage: (given) => void (door = given) });
  assert(door);
  return { caller, door };
}

Deno.test("calls are taken in their order, with a rest after each, until there are no more", () => {
  const { caller, door } = open();
  const done: string[] = [];
  for (const call of ["one", "two", "three"]) caller.call(call);
  answerDoor(door, (call) => {
    done.push(call);
    if (call === "two") caller.end();
  }, () => {
    done.push("rest");
    return Infinity;
  });
  assertEquals(done, ["one", "rest", "two", "rest"]);
});

Deno.test("a rest is over after as many milliseconds as it says, where nobody calls", () => {
  const { caller, door } = open();
  let rests = 0;
  answerDoor(door, () => {}, () => {
    if (++rests === 3) caller.end();
    return 1;
  });
  assertEquals(rests, 3);
});

Deno.test("a call that comes during a rest isn't slept through", () => {
  const { caller, door } = open();
  const calls = ["one", "two"];
  const taken: string[] = [];
  answerDoor(door, (call) => void taken.push(call), () => {
    const call = calls.shift();
    if (call === undefined) caller.end();
    else caller.call(call);
    return Infinity;
  });
  assertEquals(taken, ["one", "two"]);
});
