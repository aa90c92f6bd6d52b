/** What whoever comes in is told and asked, with a machine that answers from a list. */

import { assertEquals } from "@std/assert";
import { ChatError } from "../../lib/errors.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { enterAs } from "../../lib/terminal/enter.ts";
import type { Machine } from "../../lib/terminal/machine.ts";
import { readArguments } from "../../lib/terminal/options.ts";

/** What is said on the way in where the server refuses the first name with `error`. */
async function saidWhen(error: ChatError, attended: boolean): Promise<readonly string[]> {
  const state = await Deno.makeTempDir();
  const said: string[] = [];
  const machine: Machine = {
    clock: systemClock(),
    random: () => 0,
    version: "0",
    attended,
    asks: attended,
    color: false,
    input: new ReadableStream(),
    output: { writeSync: (bytes) => bytes.length },
    standing: { folder: state },
    mayUse: () => true,
    lineThatMay: () => "deno task client",
    say: () => {},
    complain: (sentence) => void said.push(sentence),
    ask: (question) => {
      said.push(question);
      return "Dora";
    },
    onStop: () => () => {},
  };
  const wanted = readArguments(["--user", "Bob", "--state", state]);
  if (wanted.is !== "chat") throw new Error("These are the arguments of a chat");
  await enterAs({
    wanted,
    machine,
    share: false,
    attempt: (user) =>
      Promise.resolve(user === "Bob" ? { is: "refused", error } : { is: "over", code: 0 }),
  });
  await Deno.remove(state, { recursive: true });
  return said;
}

const taken = new ChatError("name_taken", 'The name "Bob" is taken: choose another one');
const invalid = new ChatError("name_invalid", 'Cannot be called "Bob": a name is something else');

Deno.test("whoever is asked for another name is told once that theirs is taken", async () => {
  assertEquals(await saidWhen(taken, true), [taken.message, "Another name:"]);
});

Deno.test("who can't be asked is told of --user where the name is taken", async () => {
  assertEquals(await saidWhen(taken, false), [`${taken.message} with --user NAME`]);
});

Deno.test("a name that can't be is refused in the server's words", async () => {
  assertEquals(await saidWhen(invalid, false), [invalid.message]);
});
