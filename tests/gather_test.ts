import { assertEquals } from "@std/assert";
import type { Clock } from "../lib/clock.ts";
import { Conversation } from "../lib/conversation.ts";
import { lobby, type Uid } from "../lib/names.ts";
import { emptyRoom } from "../lib/rooms.ts";
import type { Append, Appended, Log } from "../lib/store.ts";

const by = { user: "Alice", uid: "alice" as Uid };

/** Turns of the event loop, one at a time. */
class Turns implements Clock {
  #due: (() => void)[] = [];

  now(): number {
    return 1;
  }

  after(): () => void {
    throw new Error("Nothing here waits for a time");
  }

  soon(run: () => void): void {
    this.#due.push(run);
  }

  async turn(): Promise<void> {
    const due = this.#due;
    this.#due = [];
    for (const run of due) run();
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}

function begin() {
  const clock = new Turns();
  const sizes: number[] = [];
  const commits: ((appended: Appended) => void)[] = [];
  const append = ({ events }: Append) => {
    sizes.push(events.length);
    return new Promise<Appended>((resolve) => commits.push(resolve));
  };
  const conversation = new Conversation(emptyRoom(lobby, lobby), {
    log: { append } as Partial<Log> as Log,
    clock,
    roleOf: () => "guest",
    membersMax: 10,
    onAppending() {},
    onCommitted() {},
    onTrouble(error) {
      throw error;
    },
  });
  return {
    sizes,
    turn: () => clock.turn(),
    say(count: number) {
      for (let said = 0; said < count; said++) {
        void conversation.decide({ by, change: { t: "said", text: "hi" } });
      }
    },
    async commit() {
      commits.shift()!({ outcome: "committed" });
      await clock.turn();
    },
  };
}

Deno.test("what one turn brings is appended after it", async () => {
  const { sizes, say, turn } = begin();
  say(1);
  say(2);
  assertEquals(sizes, []);
  await turn();
  assertEquals(sizes, [3]);
});

Deno.test("two crowds that would take turns become one", async () => {
  const { sizes, say, turn, commit } = begin();
  say(50);
  await turn();
  say(50);
  await commit();
  assertEquals(sizes, [50], "The second fifty wait for those that the first ones bring");
  say(20);
  await turn();
  say(30);
  await turn();
  assertEquals(sizes, [50, 100]);
});

Deno.test("nobody waits for a crowd that has gone quiet", async () => {
  const { sizes, say, turn, commit } = begin();
  say(50);
  await turn();
  await commit();
  say(5);
  for (let turns = 0; turns < 65; turns++) await turn();
  assertEquals(sizes, [50]);
  await turn();
  assertEquals(sizes, [50, 5]);
  await commit();
  say(5);
  await turn();
  assertEquals(sizes, [50, 5, 5], "Few were there last: there is no crowd to wait for");
});
