import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  closing,
  longest,
  longestFirst,
  readReport,
  readTimes,
  testFiles,
  timesText,
  waiting,
  withValues,
} from "../tools/test.ts";
import { always, endToEnd, onOneNode } from "../tools/on_nodes.ts";
import { checkMarkdown } from "../tools/docs.ts";
import project from "../deno.json" with { type: "json" };

const root = fromFileUrl(new URL("../", import.meta.url));

const report = `<testsuites name="deno test" tests="3" failures="1" errors="0" time="0.005">
  <testsuite name="./t_test.ts" tests="3" disabled="1" errors="0" failures="1">
    <testcase name="a" classname="./t_test.ts" time="0.000" line="1" col="6">
    </testcase>
    <testcase name="a &gt; one" classname="./t_test.ts" time="0.000" line="1" col="6">
    </testcase>
    <testcase name="b is &lt;skipped&gt;" classname="./t_test.ts" time="0.000" line="1" col="32">
      <skipped/>
    </testcase>
    <testcase name="c" classname="./t_test.ts" time="0.001" line="1" col="92">
      <failure message="Uncaught Error: x">Error: x</failure>
    </testcase>
  </testsuite>
</testsuites>`;

Deno.test("readReport() counts what passed and failed, and names what was skipped, steps apart", () => {
  assertEquals(readReport(report), { passed: 1, failed: 1, skipped: ["b is <skipped>"] });
});

Deno.test("readTimes() tells how long tests took, steps apart", () => {
  assertEquals(readTimes(report), [
    { file: "t_test.ts", name: "a", seconds: 0 },
    { file: "t_test.ts", name: "b is <skipped>", seconds: 0 },
    { file: "t_test.ts", name: "c", seconds: 0.001 },
  ]);
});

Deno.test("timesText() has the slowest files first, then the slowest tests", () => {
  const took = (file: string, name: string, seconds: number) => ({ file, name, seconds });
  const times = [took("a_test.ts", "1", 2), took("b_test.ts", "2", 3), took("a_test.ts", "3", 2)];
  assertEquals(timesText(times), [
    "Files that took longest:",
    "    4.0 s a_test.ts",
    "    3.0 s b_test.ts",
    "Tests:",
    "    3.0 s b_test.ts: 2",
    "    2.0 s a_test.ts: 1",
    "    2.0 s a_test.ts: 3",
  ]);
});

Deno.test("longestFirst() puts what takes long before the others, which stay in their order", () => {
  const [first, second] = longest.map((begin) => `${begin}_test.ts`);
  assertEquals(
    longestFirst(["tests/b_test.ts", second, "tests/a_test.ts", first]),
    [first, second, "tests/b_test.ts", "tests/a_test.ts"],
  );
});

Deno.test("what takes long, and what waits, is there", async () => {
  const paths = await Array.fromAsync(testFiles(`${root}tests`));
  for (const begin of [...longest, ...waiting]) {
    assert(paths.some((path) => path.startsWith(begin)), begin);
  }
});

Deno.test("closing() ends with one line that counts", () => {
  assertEquals(closing({ passed: 3, failed: 0, skipped: [] }, [], true), ["3 passed, 0 failed"]);
});

Deno.test("closing() names what was skipped, and what to install", () => {
  const lines = closing({ passed: 1, failed: 0, skipped: ["two terminals talk"] }, ["tmux"], false);
  assertStringIncludes(lines.join("\n"), "two terminals talk");
  assertStringIncludes(lines.join("\n"), "apt-get install tmux");
});

/** What a task's command ends with. */
async function runTest(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "tools/test.ts", ...args],
    cwd: root,
    env: { NO_COLOR: "1", ...env },
    stderr: "null",
  }).output();
  return { code, output: new TextDecoder().decode(stdout).trimEnd().split("\n") };
}

Deno.test("withValues() takes the word behind a flag that needs one as its value", () => {
  const words = ["a", "--filter", "b c", "--fail-fast", "d", "--filter=e", "f", "--shard"];
  const joined = ["a", "--filter=b c", "--fail-fast", "d", "--filter=e", "f", "--shard"];
  assertEquals(withValues(words), joined);
});

// A file that drives no program, and runs in no time.
const quick = ["log_test", "--filter", "/action\\(\\) writes/"];

Deno.test("the test task passes words and flags on, and ends with the count", async () => {
  const { code, output } = await runTest(quick, { CI: "" });
  assertEquals([code, output.at(-1)], [0, "4 passed, 0 failed"]);
});

Deno.test("the test task fails in CI where a program is missing, and else tells", async () => {
  const hidden = { PATH: "/nowhere" };
  const inCi = await runTest(quick, { ...hidden, CI: "true" });
  const elsewhere = await runTest(quick, { ...hidden, CI: "" });
  assertEquals([inCi.code, elsewhere.code], [1, 0]);
  assertMatch(elsewhere.output.at(-2) ?? "", /^MISSING tmux, /);
});

Deno.test("the test task refuses words that choose no file", async () => {
  assertEquals((await runTest(["no_such_file"], {})).code, 2);
});

Deno.test("every task has a description, and its files exist", async () => {
  for (const [name, { command, description }] of Object.entries(project.tasks)) {
    assertMatch(description, /^[A-Z]/, name);
    for (const [path] of command.matchAll(/\S+\.ts\b/g)) await Deno.stat(`${root}${path}`);
  }
});

Deno.test("deno.lock names no host", async () => {
  const lock = await Deno.readTextFile(`${root}deno.lock`);
  assertEquals(lock.match(/https?:|localhost|\d+\.\d+\.\d+\.\d+:/g), null);
});

Deno.test("every package has an exact version", () => {
  for (const [name, target] of Object.entries(project.imports)) {
    assertMatch(target, /^npm:(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+(\/|$)/, name);
  }
});

const examples: readonly [string, string, RegExp][] = [
  ["an unknown task", "```sh\ndeno task sever\n```", /a.md:2: There is no task "sever"/],
  [
    "an unknown option",
    "```sh\n$ deno task server --prot 1\n```",
    /a.md:2: There is no option "--prot"/,
  ],
  [
    "a bad value",
    "```sh\nnpx -y deno task server -- --port x\n```",
    /a.md:2: Cannot take "--port=x"/,
  ],
  [
    "a bad option of the window's",
    "```sh\ndeno task gui --hots x\n```",
    /a.md:2: There is no option "--hots"/,
  ],
  [
    "a bad variable",
    "```sh\nPARLEY_PORT=x deno task server\n```",
    /a.md:2: Cannot take PARLEY_PORT/,
  ],
  ["a bad key", '```jsonc\n// mine\n{"prot": 1}\n```', /a.md:2: There is no key "prot"/],
  ["a file that isn't there", "see [it](nowhere.md)", /a.md:1: There is no file "nowhere.md"/],
];

for (const [what, markdown, sentence] of examples) {
  Deno.test(`the docs task notices ${what}`, () => {
    assertMatch(checkMarkdown("a.md", markdown, () => false).join("\n"), sentence);
  });
}

Deno.test("the docs task passes examples that are right", () => {
  const markdown = [
    "```sh",
    "# a comment",
    "PARLEY_NAME='Our place' deno task server 5001 \\",
    "  --preset classroom --file-bytes-max=3MB  # as in class",
    "deno task server -- --host 0.0.0.0 --open > log.txt 2>&1 &",
    "deno task client -- --user Alice",
    "git clone x && cd x",
    "```",
    "```jsonc",
    '{ "port": 5000 } // yes',
    "```",
    "[here](#there) [web](https://example.com) [file](b.md)",
  ];
  assertEquals(checkMarkdown("a.md", markdown.join("\n"), (path) => path === "b.md"), []);
});

Deno.test("endToEnd() takes what starts a server, but what is about one process or nodes", async () => {
  const texts: Readonly<Record<string, string>> = {
    "tests/kill_test.ts": 'import { RealServer } from "./helpers/real_server.ts";',
    "tests/page/a_test.ts": 'import { pageTest } from "../helpers/browser.ts";',
    "tests/pure_test.ts": 'import { Chance } from "./helpers/chance.ts";',
    "tests/backup_test.ts": 'import { RealServer } from "./helpers/real_server.ts";',
    "tests/nodes/b_test.ts": 'import { RealServer } from "../helpers/real_server.ts";',
  };
  const taken = await endToEnd(Object.keys(texts), (file) => Promise.resolve(texts[file]));
  assertEquals(taken, ["tests/kill_test.ts", "tests/page/a_test.ts"]);
});

Deno.test("what runs on three nodes always can, and what can't is there", async () => {
  const read = (file: string) => Deno.readTextFile(`${root}${file}`);
  assertEquals(await endToEnd(always, read), always);
  const excluded = Object.keys(onOneNode);
  for (const file of excluded) assert(Deno.statSync(`${root}${file}`).isFile, file);
  assertEquals(await endToEnd(excluded, read), []);
});
