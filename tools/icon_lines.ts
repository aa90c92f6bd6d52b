/**
 * `deno run -A --no-lock tools/icon_lines.ts`: takes the page's icons out of Lucide, each as the one
 * line that draws it, into web/views/icon_lines.ts and, of those that the first drawing doesn't
 * need, web/views/icon_lines_later.ts. They are kept with the sources: a build fetches none. To have
 * another icon, name it here and run this again.
 */

import { fromFileUrl } from "@std/path";

/** The version that they are from. */
const version = "1.65.0";
/** A square of this many units a side, which every icon is drawn on. */
const side = 24;

/** Icons of the first drawing, by what the page calls them. */
const first = {
  attach: "Paperclip",
  check: "Check",
  checks: "CheckCheck",
  clock: "Clock",
  edit: "Pencil",
  hash: "Hash",
  help: "CircleQuestionMark",
  leave: "LogOut",
  library: "Folder",
  menu: "Menu",
  more: "Ellipsis",
  people: "Users",
  plus: "Plus",
  search: "Search",
  send: "ArrowUp",
  smile: "FaceSlightlySmiling",
  transfers: "ArrowDownUp",
} as const;

/** Those that come behind it. */
const later = {
  back: "Undo2",
  bell: "Bell",
  silent: "BellOff",
  camera: "Camera",
  close: "X",
  copy: "Copy",
  down: "ArrowDown",
  download: "Download",
  file: "File",
  invite: "UserPlus",
  key: "KeyRound",
  link: "Link",
  next: "ChevronRight",
  previous: "ChevronLeft",
  reply: "Reply",
  select: "TextCursor",
  settings: "SlidersHorizontal",
  trash: "Trash",
  warning: "TriangleAlert",
  zoom_in: "ZoomIn",
  zoom_out: "ZoomOut",
} as const;

type Attributes = Readonly<Record<string, string>>;
type Part = readonly [tag: string, attributes: Attributes];

async function main(): Promise<void> {
  // Named at run time: 34 MB that nothing else needs.
  const from: string = `npm:lucide@${version}`;
  const { icons } = await import(from) as { icons: Readonly<Record<string, readonly Part[]>> };
  const linesOf = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([name, called]) => {
      const parts = icons[called];
      if (parts === undefined) throw new Error(`Lucide ${version} has no "${called}"`);
      return `  ${name}: "${parts.map(lineOf).join("")}",`;
    });
  await write("icon_lines.ts", "iconLines", "Icons of the first drawing", linesOf(first));
  await write("icon_lines_later.ts", "laterLines", "Icons that come behind it", linesOf(later));
}

async function write(file: string, name: string, what: string, lines: readonly string[]) {
  const path = fromFileUrl(new URL(`../web/views/${file}`, import.meta.url));
  const text = `/**
 * ${what}, each as the line that draws it on ${side} by ${side} units. Made by
 * tools/icon_lines.ts from Lucide ${version}, ISC License, Copyright (c) Lucide Icons
 * and Contributors; those that come from Feather: MIT License, Copyright (c) Cole Bemis.
 */

/** By what the page calls them. */
export const ${name} = {
${lines.join("\n")}
} as const;
`;
  await Deno.writeTextFile(path, text);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", path] }).output();
}

/** A part of an icon as the `d` of a path. */
function lineOf([tag, at]: Part): string {
  const number = (name: string): number => Number(at[name] ?? 0);
  switch (tag) {
    case "path":
      return standing(at.d);
    case "circle":
    case "ellipse": {
      const [x, y] = [number("cx"), number("cy")];
      const [rx, ry] = tag === "circle" ? [number("r"), number("r")] : [number("rx"), number("ry")];
      return `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0 ${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
    }
    case "line":
      return `M${at.x1} ${at.y1}L${at.x2} ${at.y2}`;
    case "polyline":
    case "polygon":
      return `M${at.points}${tag === "polygon" ? "z" : ""}`;
    case "rect": {
      const [x, y, width, height] = ["x", "y", "width", "height"].map(number);
      const round = number("rx");
      const [across, down] = [width - 2 * round, height - 2 * round];
      const corner = (dx: number, dy: number) => `a${round} ${round} 0 0 1 ${dx} ${dy}`;
      return `M${x + round} ${y}h${across}${corner(round, round)}v${down}${corner(-round, round)}` +
        `h${-across}${corner(-round, -round)}v${-down}${corner(round, -round)}z`;
    }
    default:
      throw new Error(`An icon has a "${tag}", which isn't known here`);
  }
}

/** A line that begins where it says: behind another one an `m` would go on from that one's end. */
function standing(line: string): string {
  const [, x, y, rest] = /^m\s*(-?[\d.]+)[\s,]*(-?[\d.]+)\s*([^]*)$/.exec(line) ?? [];
  if (rest === undefined) return line;
  return `M${x} ${y}${/^[-.\d]/.test(rest) ? "l" : ""}${rest}`;
}

await main();
