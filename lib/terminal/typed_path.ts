/** Paths as people type them. */

import { isAbsolute, join, normalize } from "@std/path";

/** Where relative paths begin, and what `~` is; `home` is missing where Deno doesn't tell it. */
export interface Standing {
  readonly folder: string;
  readonly home?: string;
}

/** The path that was typed: `~` is the home, a relative one begins where the user stood. */
export function typedPath(typed: string, { folder, home }: Standing): string {
  const [, below] = /^~(?:[/\\](.*))?$/s.exec(typed) ?? ["", undefined];
  if (home !== undefined && /^~($|[/\\])/.test(typed)) return normalize(join(home, below ?? ""));
  return isAbsolute(typed) ? normalize(typed) : normalize(join(folder, typed));
}

/** The folder that is looked into for what a path that is being typed can go on with. */
export function folderTyped(typed: string, standing: Standing): string {
  const [above = ""] = /^.*\//s.exec(typed) ?? [];
  return typedPath(above === "" ? "." : above, standing);
}

/**
 * What a path that is being typed can go on with, as far as Deno lets one look: names in its folder,
 * folders with a `/` behind them. Hidden ones only where a dot was typed.
 */
export function pathsFrom(typed: string, standing: Standing): readonly string[] {
  const [, above = "", start = ""] = /^(.*\/)?([^/]*)$/s.exec(typed) ?? [];
  const folder = folderTyped(typed, standing);
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") return [];
  try {
    return [...Deno.readDirSync(folder)]
      .filter(({ name }) => name.startsWith(start) && (start !== "" || !name.startsWith(".")))
      .map(({ name, isDirectory }) => `${above}${name}${isDirectory ? "/" : ""}`)
      .toSorted();
  } catch {
    return [];
  }
}
