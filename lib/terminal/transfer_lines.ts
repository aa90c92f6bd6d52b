/** Files and files on their way, as lines. Pure. */

import { sizeText, timeText } from "../client/amounts.ts";
import { fileName } from "../client/find_file.ts";
import type { TransferView } from "../client/transfer_state.ts";
import { isSamePlace, type SharedFile } from "../events.ts";
import { printableLine } from "../printable.ts";
import { clockTime, dayOf, placeName, type View } from "./view.ts";
import { pad, shorten, shortenMiddle, width, wrap } from "./wrap.ts";

/** Transfers shown below the messages; the rest are counted. */
const linesMax = 4;
const barColumnsMax = 20;

/** What is under way, for below the messages: a line each, and a count of the rest. */
export function footLines(transfers: readonly TransferView[], view: View): string[] {
  const shown = transfers.slice(0, transfers.length > linesMax ? linesMax - 1 : linesMax);
  const lines = shown.map((each) => progressLine(each, view));
  const others = transfers.slice(shown.length);
  if (others.length === 0) return lines;
  const bytes = others.reduce((sum, each) => sum + each.size - each.bytes, 0);
  const rest = `… and ${others.length} more files, ${sizeText(bytes)} to go; /transfers lists them`;
  return [...lines, view.paint.quiet(shorten(rest, view.columns - 1))];
}

/** One transfer: `↑ notes.txt ███████░░░ 70% 3.1 MB/s 12 s`, as much of it as there is room for. */
export function progressLine(transfer: TransferView, view: View): string {
  const { paint } = view;
  const sign = transfer.way === "up" ? "↑" : "↓";
  const part = transfer.size === 0 ? 1 : transfer.bytes / transfer.size;
  const percent = `${Math.min(100, Math.floor(part * 100))}%`.padStart(4);
  const state = standingText(transfer);
  const columns = Math.min(view.columns, 100) - 1;
  const name = shortenMiddle(printableLine(transfer.name), Math.max(6, Math.floor(columns / 3)));
  const left = columns - width(`${sign} ${name} ${percent} ${state} `);
  const bar = left >= 6 ? barOf(part, Math.min(left, barColumnsMax)) : "";
  const text = [`${sign} ${name}`, bar, `${percent} ${state}`].filter((piece) => piece !== "");
  return paint.quiet(shorten(text.join(" "), columns));
}

function barOf(part: number, columns: number): string {
  const full = Math.round(Math.min(1, part) * columns);
  return "█".repeat(full) + "░".repeat(columns - full);
}

function standingText({ standing, bytes, size, rate }: TransferView): string {
  switch (standing.is) {
    case "waiting":
      return "waiting";
    case "queued":
      return `place ${standing.place} in the queue`;
    case "moving":
      return rate === 0 ? "" : `${sizeText(rate)}/s ${timeText((size - bytes) / rate)}`;
    case "checking":
      return "checking";
    case "done":
      return standing.path === undefined ? "done" : `in ${printableLine(standing.path)}`;
    case "failed":
      return `failed: ${printableLine(standing.error.message)}`;
    case "cancelled":
      return "cancelled";
    default:
      return standing satisfies never;
  }
}

/** What `/transfers` shows: each with the number that `/cancel` takes. */
export function transferLines(transfers: readonly TransferView[], view: View): string[] {
  if (transfers.length === 0) return ["No files are on their way"];
  return transfers.map((each) => {
    const number = `${each.number}.`.padStart(4);
    return `${number} ${progressLine(each, { ...view, columns: view.columns - 5 })}`;
  });
}

/** Files that are there, each with the number that `/download` takes. */
export function fileLines(files: readonly SharedFile[], view: View, now: number): string[] {
  if (files.length === 0) {
    return wrap("There are no files here: /upload PATH puts one here", view.columns);
  }
  const { paint } = view;
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  const sizes = files.map(({ size }) => sizeText(size));
  const column = Math.max(...sizes.map(width));
  const lines = files.map((file, index) => {
    const number = `${index + 1}.`.padStart(4);
    const when = dayOf(file.at) === dayOf(now) ? clockTime(file.at) : dayOf(file.at);
    const where = isSamePlace(file, view.here) ? "" : ` in ${placeName(file)}`;
    const by = `${printableLine(file.user)}, ${when}${where}`;
    const lead = `${number} ${pad(sizes[index], column)} `;
    const most = view.columns - width(lead);
    const name = shortenMiddle(fileName(file), Math.max(most / 2, most - width(by) - 3));
    return `${paint.quiet(lead)}${paint.strong(name)} ${
      paint.quiet(shorten(by, Math.max(8, most - width(name) - 2)))
    }`;
  });
  return [paint.strong(count), ...lines];
}
