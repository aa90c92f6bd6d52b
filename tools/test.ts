/**
 * `deno task test` and `deno task soak`: runs the tests, and says at the end how many passed, failed
 * and were skipped, and why. Words choose files whose path has one of them; flags go to `deno test`.
 *
 * Types aren't checked here: `deno task check` does that, for everything, and once.
 *
 * `--soak` runs the files that know larger numbers (tests/helpers/size.ts) with them, and with
 * `--short` with numbers between the usual and the large ones.
 */

import { join, relative } from "@std/path";
import { isInstalled, programNames, programs } from "./programs.ts";

/** What came of a run. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The names of the tests that were ignored. */
  readonly skipped: readonly string[];
}

const root = join(import.meta.dirname ?? ".", "..");

/** The outcome that a JUnit report tells; steps of a test, "test > step" there, count as one with it. */
export function readReport(xml: string): Outcome {
  const cases = [...xml.matchAll(/<testcase name="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g)]
    .map(([, name, rest]) => ({ name: unescape(name), rest }));
  const names = new Set(cases.map(({ name }) => name));
  const tests = cases.filter(({ name }) => !isStep(name, names));
  const skipped = tests.filter(({ rest }) => rest.includes("<skipped"));
  const failed = tests.filter(({ rest }) => /<(failure|error)\b/.test(rest)).length;
  const passed = tests.length - skipped.length - failed;
  return { passed, failed, skipped: skipped.map(({ name }) => name) };
}

function isStep(name: string, names: ReadonlySet<string>): boolean {
  const end = name.lastIndexOf(" > ");
  return end > 0 && (names.has(name.slice(0, end)) || isStep(name.slice(0, end), names));
}

const entities = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" };

function unescape(text: string): string {
  return Object.entries(entities).reduce((out, [code, sign]) => out.replaceAll(code, sign), text);
}

/** The closing lines of a run: what was skipped and why, then the count. */
export function closing(
  { passed, failed, skipped }: Outcome,
  missing: readonly string[],
  isCi: boolean,
): readonly string[] {
  const lines: string[] = [];
  if (skipped.length > 0) {
    lines.push(
      `SKIPPED ${skipped.length}:`,
      ...skipped.map((name) => `  ${name}`),
    );
  }
  if (missing.length > 0) {
    const effect = isCi ? "which fails this run" : "so that tests which drive them were skipped";
    lines.push(
      `MISSING ${missing.join(", ")}: ${effect}; on Debian: apt-get install ${missing.join(" ")}`,
    );
  }
  lines.push(`${passed} passed, ${failed} failed`);
  return lines;
}

/** Every test file under `folder`, as paths from the project's. */
async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* testFiles(path);
    else if (/_test\.tsx?$/.test(entry.name)) yield relative(root, path);
  }
}

async function isSized(path: string): Promise<boolean> {
  return (await Deno.readTextFile(join(root, path))).includes("helpers/size.ts");
}

async function chosenFiles(words: readonly string[], soak: boolean): Promise<readonly string[]> {
  const all = (await Array.fromAsync(testFiles(join(root, "tests")))).toSorted();
  const chosen = all.filter((path) =>
    words.length === 0 || words.some((word) => path.includes(word))
  );
  if (!soak) return chosen;
  const sized = await Promise.all(chosen.map(isSized));
  return chosen.filter((_path, index) => sized[index]);
}

async function main(given: readonly string[]): Promise<number> {
  const args = given.filter((arg) => arg !== "--");
  const soak = args.includes("--soak");
  const short = args.includes("--short");
  const flags = args.filter((arg) => arg.startsWith("-") && arg !== "--soak" && arg !== "--short");
  const files = await chosenFiles(args.filter((arg) => !arg.startsWith("-")), soak);
  if (files.length === 0) {
    console.error("There is no such test file: words choose those whose path has one of them");
    return 2;
  }
  const isCi = Deno.env.get("CI") === "true";
  const missing = programNames.filter((name) => !isInstalled(name)).map((name) => programs[name]);
  const began = performance.now();
  const { outcome, success } = soak
    ? await run(files, flags, { PARLEY_SOAK: short ? "short" : "1" })
    : await runUsual(files, flags);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`\n${files.length} files in ${seconds} s`);
  for (const line of closing(outcome, missing, isCi)) console.log(line);
  return success && !(isCi && missing.length > 0) ? 0 : 1;
}

/** What came of a run, and whether everything in it went well. */
interface Ran {
  readonly outcome: Outcome;
  readonly success: boolean;
}

/** Two files at a time, as most tests mostly wait; then those that measure, one after the other. */
async function runUsual(files: readonly string[], flags: readonly string[]): Promise<Ran> {
  const sized = await Promise.all(files.map(isSized));
  const [measuring, others] = [true, false].map((is) => files.filter((_, at) => sized[at] === is));
  const two = { DENO_JOBS: "2" };
  const ran = [
    ...others.length > 0 ? [await run(others, ["--parallel", ...flags], two)] : [],
    ...measuring.length > 0 ? [await run(measuring, flags, {})] : [],
  ];
  return {
    outcome: {
      passed: ran.reduce((sum, { outcome }) => sum + outcome.passed, 0),
      failed: ran.reduce((sum, { outcome }) => sum + outcome.failed, 0),
      skipped: ran.flatMap(({ outcome }) => outcome.skipped),
    },
    success: ran.every(({ success }) => success),
  };
}

async function run(
  files: readonly string[],
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", `--junit-path=${report}`, ...flags, ...files],
      cwd: root,
      env,
    }).spawn().status;
    const outcome = readReport(await Deno.readTextFile(report));
    // A file that doesn't load has no test that could fail.
    const failed = success ? outcome.failed : Math.max(1, outcome.failed);
    return { outcome: { ...outcome, failed }, success };
  } finally {
    await Deno.remove(report);
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
