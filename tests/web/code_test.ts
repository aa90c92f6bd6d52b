import { assert, assertEquals } from "@std/assert";
import { colour } from "../../web/code/colouring.ts";
import { type Asked, partsOf } from "../../web/code/kinds.ts";
import { grammars, languageOf } from "../../web/code/languages.ts";
import { type CodeWorker, isPaintable, Painter } from "../../web/code/painter.ts";

const samples: Readonly<Record<string, string>> = {
  ts: "const name: string = `a ${1 + 2}`; // why",
  py: "def f(x):\n    return 'a', 1  # why",
  java: "public class A { int x = 1; }",
  "c++": "int main() { return 0; } // why",
  cs: 'public string Name => "a";',
  go: "func main() { x := 1 }",
  rs: "fn main() -> u8 { 1 }",
  sh: 'echo "$HOME" # why',
  sql: "SELECT 1 FROM a; -- why",
  html: '<p class="a">b<script>let c = 1;</script></p>',
  css: ".a { color: #fff; }",
  json: '{ "a": [1, true] }',
  yaml: "a: 1\nb: [c]",
  diff: "- a\n+ b",
  md: "# a\n\n- *b*",
};

for (const [language, text] of Object.entries(samples)) {
  Deno.test(`colour() finds words in ${language}, and keeps every character`, () => {
    const grammar = languageOf(language)?.grammar;
    assert(grammar !== undefined);
    const parts = partsOf(text, colour(text, grammar));
    assertEquals(parts?.map((part) => part.text).join(""), text);
    assert(parts?.some(({ kind }) => kind !== "plain"), JSON.stringify(parts));
  });
}

Deno.test("colour() knows every grammar that can be asked for", () => {
  for (const grammar of grammars) assertEquals(partsOf("a", colour("a", grammar))?.length, 1);
});

Deno.test("colour() tells what stands in a string from code in it", () => {
  const parts = partsOf(samples.ts, colour(samples.ts, "typescript"));
  const found = parts?.filter(({ text }) => ["const", "1", "// why"].includes(text));
  assertEquals(found?.map(({ kind }) => kind), ["keyword", "number", "comment"]);
});

Deno.test("partsOf() takes nothing that isn't of the text", () => {
  assertEquals(partsOf("abc", [0, 2, 1, 1]), [
    { kind: "plain", text: "ab" },
    { kind: "keyword", text: "c" },
  ]);
  assertEquals(partsOf("abc", [0, 2]), undefined);
  assertEquals(partsOf("abc", [0, 9]), undefined);
});

Deno.test("isPaintable() leaves long code and unknown languages plain", () => {
  assert(isPaintable("a", "ts"));
  assert(!isPaintable("a", undefined));
  assert(!isPaintable("a", "klingon"));
  assert(!isPaintable("a".repeat(20_001), "ts"));
  assert(!isPaintable("a\n".repeat(501), "ts"));
});

/** A painter with workers that answer when they are told to, and a clock that is moved by hand. */
function scene() {
  const asked: Asked[] = [];
  const workers: CodeWorker[] = [];
  let ended = 0;
  let due = () => {};
  const painter = new Painter({
    open() {
      const worker: CodeWorker = {
        onAnswer: () => {},
        ask: (each) => void asked.push(each),
        end: () => void ended++,
      };
      workers.push(worker);
      return worker;
    },
    after: (_ms, run) => {
      due = run;
      return () => due = () => {};
    },
  });
  const ready = new Set<CodeWorker>();
  const answer = (runs: unknown) => {
    const worker = workers[workers.length - 1];
    if (!ready.has(worker)) worker.onAnswer([]);
    ready.add(worker);
    worker.onAnswer(runs);
  };
  return { painter, asked, answer, late: () => due(), count: () => [workers.length, ended] };
}

Deno.test("Painter asks for one text at a time, the newest first, and for each once", async () => {
  const { painter, asked, answer, count } = scene();
  const all = ["a", "b", "c", "c"].map((text) => painter.paint(text, "js"));
  assertEquals(asked.map(({ text }) => text), ["a"]);
  answer([1, 1]);
  assertEquals(asked.map(({ text }) => text), ["a", "c"]);
  answer([0, 1]);
  answer([2, 1]);
  assertEquals(asked.map(({ text }) => text), ["a", "c", "b"]);
  const parts = await Promise.all(all);
  assertEquals(parts.map((each) => each?.[0].kind), ["keyword", "type", "plain", "plain"]);
  assertEquals(painter.known("a", "js")?.length, 1);
  assertEquals(count(), [1, 0]);
});

Deno.test("Painter ends a worker that is late, goes on with another, and asks it no more", async () => {
  const { painter, asked, answer, late, count } = scene();
  const [slow, quick] = [painter.paint("slow", "js"), painter.paint("quick", "js")];
  late();
  assertEquals(await slow, undefined);
  assertEquals(count(), [2, 1]);
  answer([0, 5]);
  assertEquals((await quick)?.length, 1);
  assertEquals(await painter.paint("slow", "js"), undefined);
  assertEquals(asked.length, 2);
});

Deno.test("Painter leaves code plain where a worker fails or answers nonsense", async () => {
  for (const runs of [undefined, "<b>", [0, 99], [0, "a"], {}]) {
    const { painter, answer, count } = scene();
    const painted = painter.paint("code", "js");
    answer(runs);
    assertEquals(await painted, undefined);
    assertEquals(count(), [1, 1]);
  }
});

Deno.test("Painter forgets what waited longest where much waits", async () => {
  const { painter, asked } = scene();
  const all = Array.from({ length: 60 }, (_, index) => painter.paint(`${index}`, "js"));
  assertEquals(asked.length, 1);
  assertEquals(await all[1], undefined);
});
