/**
 * What a message's text is made of, as chat writes it: paragraphs, code, quotes, lists and tables.
 * Headings, pictures and HTML are only text. Pure, and bounded in time and depth.
 */

import { type Inline, parseInline } from "./inline.ts";
import { type Table, tableAt } from "./table.ts";

/** A part of a message. */
export type Block =
  | { readonly is: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly is: "code"; readonly text: string; readonly language?: string }
  | { readonly is: "quote"; readonly inside: readonly Block[] }
  | {
    readonly is: "list";
    /** The first number; missing where there are none. */
    readonly from?: number;
    readonly items: readonly ListItem[];
  }
  | Table;

/** What stands in a list. */
export interface ListItem {
  readonly inside: readonly Block[];
  /** Of a task: whether it is done. */
  readonly done?: boolean;
}

/** Quotes and lists inside each other; deeper ones are text. */
const depthMax = 4;
const fence = /^ {0,3}(`{3,})\s*([\w+#.-]{0,30})\s*$/;
/** A fence with code behind it on the same line: ```` ```one line``` ````. */
const fencedLine = /^ {0,3}```([^`]+)```\s*$/;
const quoted = /^ {0,3}> ?/;
const item = /^( {0,3})(?:[-*+]|(\d{1,3})[.)])( {1,3})(?=\S)/;
const task = /^\[([ xX])\] (?=\s*\S)/;

/** Where lines stand. */
interface Within {
  readonly depth: number;
  /** Whether the last line goes on where nobody looks. */
  readonly isCut: boolean;
}

/** The blocks of a message; `isCut`: only its beginning is shown. */
export function parseMarkdown(text: string, isCut = false): readonly Block[] {
  return blocksOf(text.split("\n"), { depth: 0, isCut });
}

function blocksOf(lines: readonly string[], within: Within): Block[] {
  const blocks: Block[] = [];
  let plain: string[] = [];
  const endParagraph = (isCut = false) => {
    const text = plain.join("\n");
    plain = [];
    if (text.trim() !== "") {
      blocks.push({ is: "paragraph", inside: parseInline(trimLines(text), isCut) });
    }
  };
  for (let at = 0; at < lines.length;) {
    const taken = within.depth > depthMax ? undefined : blockAt(lines, at, within);
    if (taken === undefined) {
      if (lines[at].trim() === "") endParagraph();
      else plain.push(lines[at]);
      at++;
      continue;
    }
    endParagraph();
    blocks.push(taken.block);
    at = taken.end;
  }
  endParagraph(within.isCut);
  return blocks;
}

interface Taken {
  readonly block: Block;
  /** The line behind it. */
  readonly end: number;
}

function blockAt(lines: readonly string[], at: number, within: Within): Taken | undefined {
  const line = lines[at];
  const whole = fencedLine.exec(line)?.[1];
  if (whole !== undefined) return { block: { is: "code", text: whole }, end: at + 1 };
  const [, ticks, language] = fence.exec(line) ?? [];
  if (ticks !== undefined) return codeAt(lines, at, ticks, language);
  if (quoted.test(line)) {
    const end = endOf(lines, at, (each) => quoted.test(each));
    const inside = lines.slice(at, end).map((each) => each.replace(quoted, ""));
    return { block: { is: "quote", inside: blocksOf(inside, inner(within, lines, end)) }, end };
  }
  return item.test(line) ? listAt(lines, at, within) : tableAt(lines, at, within.isCut);
}

/** One deeper; what ends before the last line isn't cut. */
function inner({ depth, isCut }: Within, lines: readonly string[], end: number): Within {
  return { depth: depth + 1, isCut: isCut && end >= lines.length };
}

function codeAt(
  lines: readonly string[],
  at: number,
  ticks: string,
  language: string | undefined,
): Taken {
  const isEnd = (line: string) => line.trim().length >= ticks.length && /^ {0,3}`+\s*$/.test(line);
  const end = endOf(lines, at + 1, (line) => !isEnd(line));
  const text = lines.slice(at + 1, end).join("\n");
  const block = { is: "code", text, ...language ? { language } : {} } as const;
  return { block, end: end + 1 };
}

function listAt(lines: readonly string[], at: number, within: Within): Taken {
  const items: ListItem[] = [];
  const first = item.exec(lines[at])?.[2];
  let end = at;
  while (end < lines.length) {
    const [lead, , number] = item.exec(lines[end]) ?? [];
    if (lead === undefined || (number === undefined) !== (first === undefined)) break;
    const next = endOf(lines, end + 1, (line) => indentOf(line) >= 2);
    const inside = lines.slice(end, next).map((line, index) =>
      index === 0 ? line.slice(lead.length) : line.slice(Math.min(lead.length, indentOf(line)))
    );
    const [box, mark] = task.exec(inside[0]) ?? [];
    if (box !== undefined) inside[0] = inside[0].slice(box.length);
    items.push({
      inside: blocksOf(inside, inner(within, lines, next)),
      ...mark !== undefined && { done: mark !== " " },
    });
    end = next;
  }
  const from = first === undefined ? {} : { from: Number(first) };
  return { block: { is: "list", ...from, items }, end };
}

function endOf(lines: readonly string[], at: number, holds: (line: string) => boolean): number {
  let end = at;
  while (end < lines.length && holds(lines[end])) end++;
  return end;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Without empty lines around it; space at the beginning of a line stays. */
function trimLines(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
}
