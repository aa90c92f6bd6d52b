import { assert, assertEquals, assertLess, assertMatch, assertNotMatch } from "@std/assert";
import { type Action, Journal, type JournalOptions, silentJournal } from "../lib/log.ts";
import { size } from "./helpers/size.ts";

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const said: Action = {
  user: "alice",
  address: "127.0.0.1:4000",
  command: "say",
  room: "lobby",
  seq: 7,
};

/** A journal with a clock that stands still, and what it wrote. */
function open(options: Partial<JournalOptions> = {}) {
  const writes: string[] = [];
  const turns: (() => void)[] = [];
  const clock = { now: () => at, soon: (run: () => void) => void turns.push(run) };
  const write = (lines: string) => void writes.push(lines);
  const journal = new Journal({ write, clock, format: "text", ...options });
  return { journal, writes, turn: () => turns.splice(0).forEach((run) => run()) };
}

Deno.test("action() writes time, user, address, command, room and seq in one line", () => {
  const { journal, writes, turn } = open();
  journal.action(said);
  turn();
  assertEquals(writes, ["2026-01-02T03:04:05.006Z alice 127.0.0.1:4000 say lobby #7\n"]);
});

Deno.test("action() writes a JSON object a line when the format is json", () => {
  const { journal, writes, turn } = open({ format: "json" });
  journal.action({ ...said, refused: "muted" });
  turn();
  assertEquals(JSON.parse(writes.join("")), {
    at: "2026-01-02T03:04:05.006Z",
    ...said,
    refused: "muted",
  });
});

Deno.test("action() writes the id and the name of a file", () => {
  const about = { file: "f1", name: "my notes.txt" };
  const { journal, writes, turn } = open();
  journal.action({ ...said, command: "finish", ...about });
  turn();
  assertMatch(writes.join(""), /000 finish lobby #7 file=f1 name="my notes\.txt"\n$/);
  const json = open({ format: "json" });
  json.journal.action({ ...said, ...about });
  json.turn();
  assertEquals(JSON.parse(json.writes.join("")), {
    at: "2026-01-02T03:04:05.006Z",
    ...said,
    ...about,
  });
});

Deno.test("action() writes - for a user who hasn't said who they are", () => {
  const { journal, writes, turn } = open();
  journal.action({ address: "10.0.0.1:1", command: "hello", refused: "name_taken" });
  turn();
  assertMatch(writes.join(""), /Z - 10\.0\.0\.1:1 hello refused name_taken\n$/);
});

const forgeries = [
  "x\n2026-01-02T03:04:05.006Z root 127.0.0.1:1 role",
  "x\r\nroot",
  "\u001b[2J\u001b]0;owned\u0007",
  "\u009b31m",
  "a\u202eb\u2066c",
  "a\u2028b\u2029c\u0085d",
  "\ud800 lone",
  "a b #9 refused no",
];

Deno.test("no value that a peer chose can forge a line or an escape sequence", async (t) => {
  for (const format of ["text", "json"] as const) {
    for (const forged of forgeries) {
      await t.step(`${format} ${JSON.stringify(forged)}`, () => {
        const { journal, writes, turn } = open({ format });
        journal.action({ ...said, user: forged, room: forged, file: forged, name: forged });
        turn();
        const line = writes.join("").slice(0, -1);
        // deno-lint-ignore no-control-regex -- control characters are what it looks for
        assertNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
        if (format === "json") assertEquals(JSON.parse(line).user, forged);
        else assertEquals(line.replaceAll(/"(?:[^"\\]|\\.)*"/g, "Q").split(" ").length, 8);
      });
    }
  }
});

Deno.test("a long value is cut", () => {
  const { journal, writes, turn } = open();
  journal.action({ ...said, room: "r".repeat(100_000) });
  turn();
  assertLess(writes.join("").length, 400);
});

Deno.test("error() writes the stack and its causes, and sets lines after the first off", () => {
  const { journal, writes, turn } = open();
  journal.error("storage", new Error("no\n2026-01-02 forged", { cause: new TypeError("disk") }));
  turn();
  const [first, ...others] = writes.join("").trimEnd().split("\n");
  assertMatch(first, /Z ERROR storage Error: no$/);
  assert(others.every((line) => line.startsWith("    | ")));
  assert(others.some((line) => line.includes("caused by TypeError: disk")));
});

Deno.test("error() takes what isn't an Error", () => {
  const { journal, writes, turn } = open({ format: "json" });
  journal.error("sweep", "a string");
  turn();
  assertEquals(JSON.parse(writes.join("")).text, "a string");
});

Deno.test("lines of one turn are written at once", () => {
  const { journal, writes, turn } = open();
  for (let line = 0; line < 3; line++) journal.action(said);
  assertEquals(writes, []);
  turn();
  assertEquals(writes.length, 1);
  assertEquals(writes[0].split("\n").length, 4);
});

Deno.test("note() writes one line, whatever is in it", () => {
  const { journal, writes, turn } = open();
  journal.note("nodes", "10.0.0.2:5000 is there");
  journal.note("nodes", "x\n2026 forged");
  turn();
  assertEquals(writes.join("").split("\n"), [
    "2026-01-02T03:04:05.006Z NOTE nodes 10.0.0.2:5000 is there",
    "2026-01-02T03:04:05.006Z NOTE nodes x\\u000a2026 forged",
    "",
  ]);
  const json = open({ format: "json" });
  json.journal.note("nodes", "10.0.0.2:5000 is gone");
  json.turn();
  assertEquals(JSON.parse(json.writes.join("")), {
    at: "2026-01-02T03:04:05.006Z",
    note: "nodes",
    text: "10.0.0.2:5000 is gone",
  });
});

Deno.test("a quiet journal writes errors and notes, and no actions", () => {
  const { journal, writes, turn } = open({ quiet: true });
  journal.action(said);
  journal.note("nodes", "everything is kept again");
  journal.error("storage", new Error("no"));
  turn();
  const [first, second] = writes.join("").split("\n");
  assertMatch(first, /^\S+ NOTE nodes everything is kept again$/);
  assertMatch(second, /^\S+ ERROR storage/);
});

Deno.test("a silent journal takes everything", () => {
  const journal = silentJournal();
  journal.action(said);
  journal.error("storage", new Error("no"));
});

Deno.test("lines over the bound are dropped while the writer is busy, and counted", async () => {
  const writes: string[] = [];
  const first = Promise.withResolvers<void>();
  const write = (lines: string) => writes.push(lines) === 1 ? first.promise : Promise.resolve();
  const { journal, turn } = open({ write, waitingMax: 200 });
  journal.action(said);
  turn();
  for (let line = 0; line < 10; line++) journal.action(said);
  turn();
  assertEquals(writes.length, 1);
  first.resolve();
  await journal.flush();
  const lines = writes.slice(1).join("").trimEnd().split("\n");
  assertEquals(lines.length, 4);
  assertMatch(lines[3], /ERROR log 7 lines dropped/);
});

Deno.test("a writer that fails stops nothing", async () => {
  const writes: string[] = [];
  const write = (lines: string) => {
    writes.push(lines);
    return Promise.reject(new Error("broken pipe"));
  };
  const { journal } = open({ write });
  journal.action(said);
  await journal.flush();
  journal.action(said);
  await journal.flush();
  assertEquals(writes.length, 2);
});

Deno.test("action() costs no more than a few times what writing it as JSON does", () => {
  const { journal, turn } = open();
  const texts: string[] = [];
  const windows = Array.from({ length: size(30, 300) }, () => ({
    action: microsecondsOf((line) => {
      journal.action(said);
      if (line % 100 === 0) turn();
    }),
    json: microsecondsOf((line) => void (texts[line % 100] = JSON.stringify({ ...said, line }))),
  }));
  // Others may be busy on this machine: the quickest windows had it for themselves.
  const [action, json] = (["action", "json"] as const).map((what) =>
    Math.min(...windows.map((window) => window[what]))
  );
  console.log(`      ${action.toFixed(2)} µs a line, ${json.toFixed(2)} µs as JSON`);
  assertLess(action, json * 10);
});

/** What one of a thousand runs takes. */
function microsecondsOf(run: (line: number) => void): number {
  const began = performance.now();
  for (let line = 0; line < 1000; line++) run(line);
  return performance.now() - began;
}
