/**
 * `deno task docs`: checks the examples in README.md and docs/: tasks and their options in `sh`
 * blocks, config files in `jsonc` blocks, types in `ts` blocks, links to files, and the tables of
 * docs/protocol.md.
 */

import { dirname, join, normalize } from "@std/path";
import { ConfigError, readConfig } from "../lib/config.ts";
import { readArguments as readAdminArguments } from "../lib/admin/arguments.ts";
import {
  readArguments as readGuiArguments,
  UsageError as GuiUsageError,
} from "../lib/gui/arguments.ts";
import { readArguments } from "../lib/terminal/options.ts";
import { UsageError } from "../lib/terminal/usage_error.ts";
import { pagePath, tables, withTables } from "./protocol_doc.ts";
import project from "../deno.json" with { type: "json" };

/** A fenced block of a page. */
interface Block {
  readonly language: string;
  /** The number of its first line of content. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** What is wrong in a page, as sentences that begin with its path and line. */
export function checkMarkdown(
  path: string,
  markdown: string,
  isThere: (path: string) => boolean,
): readonly string[] {
  const { blocks, prose } = split(markdown);
  const wrong = prose.flatMap(([line, text]) =>
    linksOf(text).filter((link) => !isThere(normalize(join(dirname(path), link))))
      .map((link) => `${path}:${line}: There is no file "${link}"`)
  );
  for (const block of blocks) {
    for (const [offset, mistake] of mistakesIn(block)) {
      wrong.push(`${path}:${block.line + offset}: ${mistake}`);
    }
  }
  return wrong;
}

function split(markdown: string) {
  const blocks: Block[] = [];
  const prose: (readonly [number, string])[] = [];
  let open: { language: string; line: number; lines: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const [, language] = /^\s*```(\w*)/.exec(text) ?? [];
    if (open !== undefined && language !== undefined) {
      blocks.push(open);
      open = undefined;
    } else if (open !== undefined) open.lines.push(text);
    else if (language !== undefined) open = { language, line: index + 2, lines: [] };
    else prose.push([index + 1, text]);
  }
  return { blocks, prose };
}

function linksOf(text: string): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.split("#")[0]);
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

function mistakesIn(block: Block): readonly (readonly [number, string])[] {
  if (block.language === "jsonc") {
    const mistake = mistakeOf(() => start([], {}, block.lines.join("\n")));
    return mistake === undefined ? [] : [[0, mistake]];
  }
  if (block.language !== "sh") return [];
  return commandsOf(block.lines).flatMap(([offset, words]) => {
    const mistake = mistakeOf(() => checkCommand(words));
    return mistake === undefined ? [] : [[offset, mistake] as const];
  });
}

function mistakeOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    const isTold = [ConfigError, UsageError, GuiUsageError].some((kind) => error instanceof kind);
    if (isTold && error instanceof Error) return error.message;
    throw error;
  }
}

/** The commands of a block by words, each with the offset of its first line. */
function commandsOf(lines: readonly string[]): readonly (readonly [number, readonly string[]])[] {
  const commands: (readonly [number, readonly string[]])[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let text = lines[at].replace(/^\s*\$ /, "");
    while (text.endsWith("\\") && at + 1 < lines.length) text = text.slice(0, -1) + lines[++at];
    for (const words of wordsOf(text)) commands.push([first, words]);
  }
  return commands;
}

/** A line's commands, each by words, as far as a shell's rules are used in examples. */
function wordsOf(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const tokens =
    /\s*(#.*$|\d?>+&?\d?\s*[^\s&|;]*|&&|\|\||[|;&]|(?:'[^']*'|"[^"]*"|\\.|[^\s|;&<>'"\\])+)/g;
  for (const [, token] of text.matchAll(tokens)) {
    if (token.startsWith("#") || /^\d?>/.test(token)) continue;
    if (/^(&&|\|\||[|;&])$/.test(token)) commands.push([]);
    else commands[commands.length - 1].push(token.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
  }
  return commands.filter((words) => words.length > 0);
}

/** @throws {ConfigError | UsageError | GuiUsageError} */
function checkCommand(words: readonly string[]): void {
  const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = words.slice(0, Math.max(0, first)).map((word) => word.split(/=(.*)/s));
  const command = words.slice(first);
  const task = /^(npx -y )?deno task (-q )?/.exec(`${command.join(" ")} `);
  if (task === null) return;
  const [name, ...args] = command.slice(task[0].trim().split(" ").length);
  if (!Object.hasOwn(project.tasks, name)) throw new ConfigError(`There is no task "${name}"`);
  if (name === "server") start(args, Object.fromEntries(env));
  if (name === "client") readArguments(args);
  if (name === "gui") readGuiArguments(args);
  if (name === "admin") readAdminArguments(args);
}

/** @throws {ConfigError} */
function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  file?: string,
): void {
  readConfig({
    args,
    env: { get: (name) => env[name], names: () => Object.keys(env) },
    // Only an example of a file is given one; a file that an example names is thought to be empty.
    readFile: (path) => path === "parley.jsonc" ? file : "{}",
    version: project.version,
    place: {
      program: "server",
      start: "deno task server",
      granted: () => true,
      grantsAlways: () => true,
      line: (args) => args.join(" "),
      widerLine: (_needs, args) => args.join(" "),
    },
  });
}

async function main(): Promise<number> {
  const root = join(import.meta.dirname ?? ".", "..");
  const pages = (await Array.fromAsync(pagesIn(root))).toSorted();
  const isThere = (path: string) => {
    try {
      return Deno.statSync(join(root, path)) !== undefined;
    } catch {
      return false;
    }
  };
  const wrong = pages.flatMap((page) =>
    checkMarkdown(page, Deno.readTextFileSync(join(root, page)), isThere)
  );
  const page = Deno.readTextFileSync(pagePath);
  if (page !== withTables(page, await tables())) {
    wrong.push(
      "docs/protocol.md: Its tables are old, deno run -A tools/protocol_doc.ts makes them",
    );
  }
  for (const sentence of wrong) console.error(sentence);
  const typed = await new Deno.Command(Deno.execPath(), {
    args: ["check", "-q", "--doc-only", ...pages],
    cwd: root,
  }).spawn().status;
  if (wrong.length === 0 && typed.success) console.log(`${pages.length} pages are right`);
  return wrong.length === 0 && typed.success ? 0 : 1;
}

/** The pages at the top, and those in docs/. */
async function* pagesIn(root: string, folder = ""): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = join(folder, entry.name);
    if (entry.isFile && path.endsWith(".md")) yield path;
    if (entry.isDirectory && (folder === "" ? entry.name === "docs" : true)) {
      yield* pagesIn(root, path);
    }
  }
}

if (import.meta.main) Deno.exit(await main());
