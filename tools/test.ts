/**
 * `deno task test` and `deno task soak`: runs the tests, and says at the end how many passed, failed
 * and were skipped, and why. Words choose files whose path has one of them; flags go to `deno test`.
 *
 * Types aren't checked here: `deno task check` does that, for everything, and once.
 *
 * Some run once more with `PARLEY_NODES=3`: then each server that they start is three nodes
 * (on_nodes.ts). With `--nodes` all that can run so do, and nothing else.
 *
 * `--soak` runs the files that know larger numbers (tests/helpers/size.ts) with them, and with
 * `--short` with numbers between the usual and the large ones. `--times` prints what took longest.
 *
 * Told to end, by Ctrl+C or a signal, it ends what it runs, with everything that tests have started.
 */

import { join, relative } from "@std/path";
import { always, endToEnd } from "./on_nodes.ts";
import { endDescendants } from "./processes.ts";
import { isInstalled, pathOf, programNames, programs } from "./programs.ts";

/** What came of a run. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The names of the tests that were ignored. */
  readonly skipped: readonly string[];
}

/** How long a test took. */
export interface Took {
  readonly file: string;
  readonly name: string;
  readonly seconds: number;
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

/** How long each test of a JUnit report took, its steps with it, and which file registers it. */
export function readTimes(xml: string): readonly Took[] {
  const cases = xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)" time="([\d.]+)"/g);
  const all = [...cases].map(([, name, file, time]) => ({
    file: unescape(file).replace(/^\.\//, ""),
    name: unescape(name),
    seconds: Number(time),
  }));
  const names = new Set(all.map(({ name }) => name));
  return all.filter(({ name }) => !isStep(name, names));
}

/** The same with the file that names each test, where a helper registers it for that. */
async function inTheirFiles(times: readonly Took[], files: readonly string[]) {
  const texts = await Promise.all(files.map((path) => Deno.readTextFile(join(root, path))));
  return times.map((took) => {
    if (files.includes(took.file)) return took;
    const file = files.find((_path, index) => texts[index].includes(took.name));
    return { ...took, file: file ?? took.file };
  });
}

const slowest = 20;

/** The files and then the tests that took longest, a line each. */
export function timesText(times: readonly Took[]): readonly string[] {
  const files = new Map<string, number>();
  for (const { file, seconds } of times) files.set(file, (files.get(file) ?? 0) + seconds);
  const tests = times.map(({ file, name, seconds }) => [`${file}: ${name}`, seconds] as const);
  const top = (all: readonly (readonly [string, number])[]) =>
    all.toSorted(([, one], [, other]) => other - one).slice(0, slowest)
      .map(([what, seconds]) => `${seconds.toFixed(1).padStart(7)} s ${what}`);
  return ["Files that took longest:", ...top([...files]), "Tests:", ...top(tests)];
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
export async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* testFiles(path);
    else if (/_test\.tsx?$/.test(entry.name)) yield relative(root, path);
  }
}

/** Those of the files that use a helper. */
async function usersOf(helper: string, files: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(files.map((path) => Deno.readTextFile(join(root, path))));
  return files.filter((_path, index) => texts[index].includes(`helpers/${helper}`));
}

/**
 * What takes long, longest first: begun first, so that at the end nothing long runs by itself. A name
 * stands for every file whose path begins so.
 */
export const longest = [
  "tests/page/",
  "tests/nodes/nodes_test",
  "tests/nodes/nats_kept",
  "tests/tmux",
  "tests/backend/nats_",
  "tests/net/tls_bounds",
  "tests/contract/nats",
  "tests/fuzz",
  "tests/seeds",
  "tests/admin_test",
  "tests/terminal/program",
  "tests/net/hostile",
  "tests/contract/backend",
  "tests/sharing/cut_transfers",
  "tests/nginx",
  "tests/kill",
  "tests/invited_start",
  "tests/backup",
];

/** The same files, those that take long before the others. */
export function longestFirst(files: readonly string[]): readonly string[] {
  const rank = (path: string) => {
    const at = longest.findIndex((begin) => path.startsWith(begin));
    return at < 0 ? longest.length : at;
  };
  return files.toSorted((one, other) => rank(one) - rank(other));
}

/** The test files whose path has one of the words, or all. */
async function chosenFiles(words: readonly string[]): Promise<readonly string[]> {
  const all = (await Array.fromAsync(testFiles(join(root, "tests")))).toSorted();
  return words.length === 0 ? all : all.filter((path) => words.some((word) => path.includes(word)));
}

/** Those of them that run on one node, and those that run on three (on_nodes.ts). */
async function sharedOut(
  chosen: readonly string[],
  { soak, nodesOnly }: { readonly soak: boolean; readonly nodesOnly: boolean },
): Promise<Readonly<Record<"files" | "again", readonly string[]>>> {
  const able = await endToEnd(chosen, (path) => Deno.readTextFile(join(root, path)));
  const again = soak || nodesOnly ? able : able.filter((path) => always.includes(path));
  if (nodesOnly) return { files: [], again };
  return { files: soak ? await usersOf("size.ts", chosen) : chosen, again };
}

/** More files at a time than there are processors, as most tests mostly wait. */
const jobs = { DENO_JOBS: String(navigator.hardwareConcurrency + 2) };

/** The others go to `deno test`. */
const ownFlags: readonly string[] = ["--soak", "--short", "--times", "--nodes"];

/** Flags of `deno test` that take the next word as their value where they have none. */
const valued = /^--(filter|repeats|retry|seed|shard)$/;

/** The same words, each flag with its value as one of them. */
export function withValues(words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    if (valued.test(words[at - 1] ?? "")) return [];
    const value = words[at + 1];
    return [valued.test(word) && value !== undefined ? `${word}=${value}` : word];
  });
}

async function main(typed: readonly string[], told: AbortSignal): Promise<number> {
  const args = withValues(typed.filter((arg) => arg !== "--"));
  const soak = args.includes("--soak");
  const short = args.includes("--short");
  const flags = args.filter((arg) => arg.startsWith("-") && !ownFlags.includes(arg));
  const words = args.filter((arg) => !arg.startsWith("-"));
  const chosen = await chosenFiles(words);
  const shared = await sharedOut(chosen, { soak, nodesOnly: args.includes("--nodes") });
  const { files } = shared;
  if (files.length + shared.again.length === 0) {
    console.error("There is no such test file: words choose those whose path has one of them");
    return 2;
  }
  const isCi = Deno.env.get("CI") === "true";
  const missing = programNames.filter((name) => !isInstalled(name)).map((name) => programs[name]);
  const began = performance.now();
  const env: Readonly<Record<string, string>> = soak ? { PARLEY_SOAK: short ? "short" : "1" } : {};
  const options: RunOptions = { flags, env, told };
  const again = isInstalled("nats-server") ? longestFirst(shared.again) : [];
  // The long proof takes its hours one after the other: what it finds, nothing beside it has caused.
  const { outcome, times, success } = together(
    soak && !short
      ? [...await runSome(files, options), ...await runOnThree(again, options)]
      : await runUsual({ files, again }, options),
  );
  if (told.aborted) return 130;
  if (args.includes("--times")) {
    for (const line of timesText(await inTheirFiles(times, chosen))) console.log(line);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`\n${files.length} files, and ${again.length} on three nodes, in ${seconds} s`);
  for (const line of closing(outcome, missing, isCi)) console.log(line);
  return success && !(isCi && missing.length > 0) ? 0 : 1;
}

/** What came of a run, and whether everything in it went well. */
interface Ran {
  readonly outcome: Outcome;
  readonly times: readonly Took[];
  readonly success: boolean;
}

/**
 * What waits most of its time and takes little of the machine. Some of it is held to a bound by the
 * clock: servers of NATS and nodes that are lost have to be back, a server that is told to stop has to
 * end, and what is taken away to be gone.
 */
export const waiting = [
  "tests/backend/nats_",
  "tests/interrupt",
  "tests/log_test",
  "tests/net/hostile_websocket",
  "tests/net/tls_bounds",
  "tests/nodes/nats_",
  "tests/nodes/nodes_",
  "tests/sharing/owner_files",
  "tests/taken_away",
  "tests/tmux",
];

/**
 * Those that mostly wait; beside them all others, with what they leave of the machine, and those on
 * three nodes; then, one after the other, those that measure (tests/helpers/load.ts).
 */
async function runUsual(
  { files, again }: { readonly files: readonly string[]; readonly again: readonly string[] },
  options: RunOptions,
): Promise<readonly Ran[]> {
  const measuring = await usersOf("load.ts", files);
  const first = files.filter((path) => waiting.some((begin) => path.startsWith(begin)));
  const others = files.filter((path) => !measuring.includes(path) && !first.includes(path));
  const flags = ["--parallel", ...options.flags];
  const many = { ...options, flags, env: { ...options.env, ...jobs } };
  const behind = { ...many, nice: pathOf("nice") };
  const rest = async () => [
    ...await runSome(longestFirst(others), behind),
    ...await runOnThree(again, behind),
  ];
  const ahead = runSome(longestFirst(first), many);
  // Without a way to stand back, others wait.
  if (behind.nice === undefined) await ahead;
  const ran = await Promise.all([ahead, rest()]);
  return [...ran.flat(), ...await runSome(measuring, options)];
}

/** A run of these with three nodes in the place of each server. */
function runOnThree(files: readonly string[], options: RunOptions): Promise<readonly Ran[]> {
  return runSome(files, { ...options, env: { ...options.env, PARLEY_NODES: "3" } });
}

/** A run of these, where there are any. */
async function runSome(files: readonly string[], options: RunOptions): Promise<readonly Ran[]> {
  return files.length > 0 && !options.told.aborted ? [await run(files, options)] : [];
}

/** What came of several runs. */
function together(ran: readonly Ran[]): Ran {
  return {
    outcome: {
      passed: ran.reduce((sum, { outcome }) => sum + outcome.passed, 0),
      failed: ran.reduce((sum, { outcome }) => sum + outcome.failed, 0),
      skipped: ran.flatMap(({ outcome }) => outcome.skipped),
    },
    times: ran.flatMap(({ times }) => times),
    success: ran.every(({ success }) => success),
  };
}

/** How files are run. */
interface RunOptions {
  /** For `deno test`. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The program that lets others go first, where they do. */
  readonly nice?: string | undefined;
  /** From when on nothing more is begun. */
  readonly told: AbortSignal;
}

async function run(
  files: readonly string[],
  { flags, env, nice }: RunOptions,
): Promise<Ran> {
  // Nothing is waited for before it is there to be ended.
  const report = Deno.makeTempFileSync({ suffix: ".xml" });
  try {
    const [program, ...words] = [...nice === undefined ? [] : [nice, "-n10"], Deno.execPath()];
    const { success } = await new Deno.Command(program, {
      args: [...words, "test", "-A", "--no-check", `--junit-path=${report}`, ...flags, ...files],
      cwd: root,
      env,
    }).spawn().status;
    const xml = await Deno.readTextFile(report);
    const outcome = readReport(xml);
    // A file that doesn't load has no test that could fail.
    const failed = success ? outcome.failed : Math.max(1, outcome.failed);
    return { outcome: { ...outcome, failed }, times: readTimes(xml), success };
  } finally {
    await Deno.remove(report);
  }
}

/** Ends what runs when this process is told to end; what is begun after that would outlive it. */
function endAtSignal(): { readonly told: AbortSignal; ended(): Promise<void> } {
  const controller = new AbortController();
  let ending = Promise.resolve();
  const signals = Deno.build.os === "windows"
    ? ["SIGINT"] as const
    : ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      if (controller.signal.aborted) return;
      controller.abort();
      ending = endDescendants(Deno.pid);
    });
  }
  return { told: controller.signal, ended: () => ending };
}

if (import.meta.main) {
  const { told, ended } = endAtSignal();
  const code = await main(Deno.args, told);
  await ended();
  Deno.exit(code);
}
