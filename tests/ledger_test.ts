import { assertEquals } from "@std/assert";
import {
  type Ledger,
  type Logged,
  numbered,
  readNumbered,
  violations,
  violationsOfNodes,
} from "./helpers/ledger.ts";

/** Two speakers in the lobby, and what two clients showed of it; the last isn't acknowledged. */
const log = [
  { seq: 1, user: "Ann", text: "Ann says 1" },
  { seq: 2, user: "Bob", text: "Bob says 1" },
  { seq: 3, user: "Cem" },
  { seq: 4, user: "Ann", text: "Ann says 2" },
  { seq: 5, user: "Bob", text: "Bob says 2" },
] as const;
const spoken = log.flatMap((entry) =>
  "text" in entry ? [{ seq: entry.seq, text: entry.text }] : []
);
const acknowledged = spoken.slice(0, 3).map((entry) => ({ ...entry, conversation: "lobby" }));
const good: Ledger = {
  acknowledged,
  logs: new Map([["lobby", log]]),
  shown: new Map([
    ["Ann", new Map([["lobby", spoken]])],
    ["Bob", new Map([["lobby", spoken]])],
  ]),
};

/** The same with another log, which every client showed just as it is. */
function withLog(other: readonly Logged[]): Ledger {
  const shown = other.flatMap(({ seq, text }) => text === undefined ? [] : [{ seq, text }]);
  return {
    ...good,
    logs: new Map([["lobby", other]]),
    shown: new Map([["Ann", new Map([["lobby", shown]])]]),
  };
}

/** The same where Bob was shown something else. */
function withShown(shown: readonly { readonly seq: number; readonly text: string }[]): Ledger {
  return { ...good, shown: new Map([...good.shown, ["Bob", new Map([["lobby", shown]])]]) };
}

Deno.test("numbered() is read back, also where the name looks like a text", () => {
  assertEquals(readNumbered(numbered("Ann says 3", 12)), { speaker: "Ann says 3", count: 12 });
  assertEquals(readNumbered("Ann says nothing"), undefined);
});

Deno.test("violations() finds none where everything is in its place", () => {
  assertEquals(violations(good), []);
});

Deno.test("violations() finds an acknowledged message that the log lost", () => {
  const lost = [
    ...log.slice(0, 3),
    { seq: 4, user: "Bob", text: "Bob says 2" },
  ];
  assertEquals(violations(withLog(lost)), [
    '"Ann says 2" was acknowledged and isn\'t in the log of lobby',
  ]);
});

Deno.test("violations() finds a whole log lost", () => {
  assertEquals(
    violations({ ...good, logs: new Map(), shown: new Map() }).length,
    acknowledged.length,
  );
});

Deno.test("violations() finds a message that one client wasn't shown", () => {
  assertEquals(violations(withShown(spoken.filter(({ seq }) => seq !== 4))), [
    'Bob in lobby was never shown 4, "Ann says 2"',
  ]);
});

Deno.test("violations() finds a client that was shown nothing", () => {
  assertEquals(violations(withShown([])).length, spoken.length);
});

Deno.test("violations() finds an acknowledged message doubled by a retry", () => {
  const doubled = [...log, { seq: 6, user: "Ann", text: "Ann says 2" }];
  assertEquals(violations(withLog(doubled)), [
    '"Ann says 2" is stored twice, as 4 in lobby and as 6 in lobby',
    '"Ann says 2" was acknowledged as 4 and is 6 in lobby',
  ]);
});

Deno.test("violations() finds a message doubled that was never acknowledged", () => {
  const doubled = [...log, { seq: 6, user: "Bob", text: "Bob says 2" }];
  assertEquals(violations(withLog(doubled)), [
    '"Bob says 2" is stored twice, as 5 in lobby and as 6 in lobby',
  ]);
});

Deno.test("violations() finds a message doubled in another conversation", () => {
  const other = [{ seq: 1, user: "Bob", text: "Bob says 2" }];
  const logs = new Map([...good.logs, ["dev", other]]);
  assertEquals(violations({ ...good, logs }), [
    '"Bob says 2" is stored twice, as 5 in lobby and as 1 in dev',
  ]);
});

Deno.test("violations() finds a message that one client was shown twice", () => {
  assertEquals(violations(withShown([...spoken, spoken[3]])), [
    'Bob in lobby was shown 5, "Bob says 2", twice',
  ]);
});

Deno.test("violations() finds two messages that changed places after they were acknowledged", () => {
  const swapped = [
    { seq: 1, user: "Bob", text: "Bob says 1" },
    { seq: 2, user: "Ann", text: "Ann says 1" },
    ...log.slice(2),
  ];
  assertEquals(violations(withLog(swapped)), [
    '"Ann says 1" was acknowledged as 1 and is 2 in lobby',
    '"Bob says 1" was acknowledged as 2 and is 1 in lobby',
  ]);
});

Deno.test("violations() finds two messages that one client was shown in another order", () => {
  assertEquals(violations(withShown([spoken[1], spoken[0], ...spoken.slice(2)])), [
    'Bob in lobby was shown 1, "Ann says 1", after 2',
  ]);
});

Deno.test("violations() finds two texts that changed places at one client", () => {
  const [one, two, ...rest] = spoken;
  const swapped = [{ seq: 1, text: two.text }, { seq: 2, text: one.text }, ...rest];
  assertEquals(violations(withShown(swapped)), [
    'Bob in lobby was shown "Bob says 1" as 1, which isn\'t in the log',
    'Bob in lobby was shown "Ann says 1" as 2, which isn\'t in the log',
  ]);
});

Deno.test("violations() finds a seq that the log left out", () => {
  const gap = [...log.slice(0, 4), { seq: 6, user: "Bob", text: "Bob says 2" }];
  assertEquals(violations(withLog(gap)), ["The log of lobby has 6 where 5 is due"]);
});

Deno.test("violations() finds a log whose beginning is missing", () => {
  const late = log.slice(1);
  assertEquals(violations({ ...withLog(late), acknowledged: [] }), [
    "The log of lobby has 2 where 1 is due",
  ]);
});

Deno.test("violations() finds a speaker's messages out of their order", () => {
  const turned = [
    { seq: 1, user: "Ann", text: "Ann says 2" },
    { seq: 2, user: "Ann", text: "Ann says 1" },
  ];
  assertEquals(violations({ ...withLog(turned), acknowledged: [] }), [
    '"Ann says 1" is 2 in the log of lobby, behind number 2 of the same speaker',
  ]);
});

Deno.test("violations() finds a message acknowledged twice", () => {
  assertEquals(violations({ ...good, acknowledged: [...acknowledged, acknowledged[0]] }), [
    '"Ann says 1" was acknowledged twice',
  ]);
});

Deno.test("violations() finds a message under somebody else's name", () => {
  const stolen = [{ ...log[0], user: "Bob" }, ...log.slice(1)];
  assertEquals(violations(withLog(stolen)), [
    'The log of lobby has "Ann says 1" as 1 by Bob, who never said it',
  ]);
});

Deno.test("violations() finds a message shown that no log has", () => {
  assertEquals(violations(withShown([...spoken, { seq: 9, text: "Ann says 3" }])), [
    'Bob in lobby was shown "Ann says 3" as 9, which isn\'t in the log',
  ]);
});

/** The same where another node has another log. */
function onNodes(other: readonly Logged[]): string[] {
  const nodes = [["one", good.logs], ["two", new Map([["lobby", other]])]] as const;
  return violationsOfNodes(good, new Map<string, Ledger["logs"]>(nodes));
}

Deno.test("violationsOfNodes() finds none where each node has the same", () => {
  assertEquals(onNodes(log), []);
});

Deno.test("violationsOfNodes() finds what one node doesn't have, acknowledged or not", () => {
  assertEquals(onNodes(log.slice(0, 4)), ['lobby 5 is nothing on two, Bob: "Bob says 2" on one']);
  assertEquals(onNodes(log.slice(0, 3)).toSorted(), [
    'lobby 4 is nothing on two, Ann: "Ann says 2" on one',
    'lobby 5 is nothing on two, Bob: "Bob says 2" on one',
    'two: "Ann says 2" was acknowledged and isn\'t in the log of lobby',
  ]);
});

Deno.test("violationsOfNodes() finds what one node has twice", () => {
  assertEquals(onNodes([...log, { ...log[4], seq: 6 }]), [
    'two: "Bob says 2" is stored twice, as 5 in lobby and as 6 in lobby',
    'lobby 6 is Bob: "Bob says 2" on two, nothing on one',
  ]);
});

Deno.test("violationsOfNodes() finds what one node has in another order", () => {
  const [one, two, three, four, five] = log;
  const swapped = [one, two, three, { ...five, seq: 4 }, { ...four, seq: 5 }];
  assertEquals(onNodes(swapped), [
    'two: "Ann says 2" was acknowledged as 4 and is 5 in lobby',
    'lobby 4 is Bob: "Bob says 2" on two, Ann: "Ann says 2" on one',
    'lobby 5 is Ann: "Ann says 2" on two, Bob: "Bob says 2" on one',
  ]);
});

Deno.test("violationsOfNodes() finds a conversation that one node doesn't have", () => {
  const other = new Map([...good.logs, ["dev", [{ seq: 1, user: "Ann" }]]]);
  const nodes = new Map<string, Ledger["logs"]>([["one", other], ["two", good.logs]]);
  assertEquals(violationsOfNodes(good, nodes), ['dev 1 is nothing on two, Ann: "" on one']);
});
