/** Tables as people write them with pipes. Pure, and bounded in time and in cells. */

import { type Inline, parseInline } from "./inline.ts";

/** How a column is aligned; `undefined`: as the text runs. */
export type Align = "left" | "center" | "right" | undefined;

/** What stands in a cell. */
export type Cell = readonly Inline[];

/** A table: each row has a cell for each column. */
export interface Table {
  readonly is: "table";
  readonly columns: readonly Align[];
  readonly head: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Lines with more are text. */
const columnsMax = 50;
/** Rows behind so many cells are text again. */
const cellsMax = 4000;
const ruled = /^:?-+:?$/;

/** The table whose head is the line `at`, and the line behind it; `isCut`: see parseInline(). */
export function tableAt(
  lines: readonly string[],
  at: number,
  isCut: boolean,
): { readonly block: Table; readonly end: number } | undefined {
  const rule = lines[at + 1] ?? "";
  if (!lines[at].includes("|") || !/^[\s|:-]*-[\s|:-]*$/.test(rule) || !rule.includes("|")) {
    return undefined;
  }
  const rules = cellsOf(rule);
  const head = cellsOf(lines[at]);
  const count = rules.length;
  const isTable = count === head.length && count <= columnsMax &&
    rules.every((each) => ruled.test(each));
  if (!isTable) return undefined;
  const rows: (readonly Cell[])[] = [];
  let end = at + 2;
  for (; lines[end]?.includes("|") && (rows.length + 2) * count <= cellsMax; end++) {
    const cells = cellsOf(lines[end]);
    rows.push(rules.map((_, index) => parseInline(cells[index] ?? "", isCut)));
  }
  const columns = rules.map(alignOf);
  return {
    block: { is: "table", columns, head: head.map((each) => parseInline(each, isCut)), rows },
    end,
  };
}

/** What stands between the pipes of a line; an escaped pipe is one of the text. */
function cellsOf(line: string): readonly string[] {
  const trimmed = line.trim();
  const cells = [""];
  for (const part of trimmed.split(/(\\\||\|)/)) {
    if (part === "|") cells.push("");
    else cells[cells.length - 1] += part === "\\|" ? "|" : part;
  }
  if (trimmed.startsWith("|")) cells.shift();
  if (cells.length > 1 && cells.at(-1) === "" && trimmed.endsWith("|")) cells.pop();
  return cells.map((cell) => cell.trim());
}

function alignOf(rule: string): Align {
  const isLeft = rule.startsWith(":");
  if (rule.endsWith(":")) return isLeft ? "center" : "right";
  return isLeft ? "left" : undefined;
}
