/** Names of files that are safe to lie in a folder, whatever was offered. A leaf, pure. */

import { utf8Length } from "../wire/fields.ts";
import { limits } from "../limits.ts";

/** What names of files are compared by. */
export type FileKey = string & { readonly fileKey: unique symbol };

/** What a path, or Windows, takes for something else than a name. */
const separators = /[/\\<>:"|?*\u2044\u2215\u29f8\uff0f\uff3c]/gu;
/** Not seen, or turning the direction in which the rest is read. */
const unseen = new RegExp(
  "[\\p{Cc}\\p{Bidi_Control}\\p{Noncharacter_Code_Point}\\p{Zl}\\p{Zp}\\u2800\\ufff9-\\ufffb]" +
    "|(?![\\u200c\\u200d\\ufe0f])\\p{Default_Ignorable_Code_Point}",
  "gu",
);
/** Scripts in which invisible joiners change how a word is written. */
const joining = "[" + [
  "Arabic",
  "Syriac",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Oriya",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Sinhala",
  "Khmer",
  "Mongolian",
].map((script) => `\\p{Script=${script}}`).join("") + "]";
const picture = "[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\p{Regional_Indicator}]";
/** Joiners and emoji signs where they join nothing: two names could look the same by them. */
const idleJoiners = new RegExp(
  `(?<!${picture}|[#*0-9])\\ufe0f` +
    `|(?<!${joining}|${picture}\\ufe0f?)\\u200d|\\u200d(?!${joining}|${picture})` +
    `|(?<!${joining})\\u200c|\\u200c(?!${joining})`,
  "gu",
);
/** Windows opens a device, whatever comes behind the first dot. */
const device =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]) *(?:\.|$)/i;
/** The end of a name that says what is in the file: kept where a name is cut. */
const ending = /(?:\.tar)?\.[^. ]{1,16}$/iu;
/** Folders within folders: deeper is no folder that somebody made by hand. */
const folderDepthMax = 32;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * The name that a file offered under `name` may have: one part of a path, in NFC, at most 255 bytes
 * of UTF-8, no device and nothing hidden on any system, and without what isn't seen. A safe name
 * comes out as it is. `undefined` where nothing is left.
 */
export function safeName(name: string): string | undefined {
  // What one step takes out may be what another one looked at.
  for (let safe = name;;) {
    const next = cleaned(safe);
    if (next === safe) return safe === "" ? undefined : safe;
    safe = next;
  }
}

function cleaned(name: string): string {
  const seen = name.toWellFormed().replace(unseen, "").replace(idleJoiners, "").normalize("NFC");
  const plain = seen.replace(separators, "_").replace(/\p{Zs}/gu, " ");
  const trimmed = plain.replace(/^[. ]+/, "").replace(/[. ]+$/, "");
  return cutTo(device.test(trimmed) ? `_${trimmed}` : trimmed, limits.fileNameBytesMax);
}

/** At most `bytesMax` bytes of a name, with its ending, no character broken. */
function cutTo(name: string, bytesMax: number): string {
  if (utf8Length(name) <= bytesMax) return name;
  const [stem, end] = parted(name);
  return beginning(stem, bytesMax - utf8Length(end)) + end;
}

/** A name's stem, and its ending with the dot or nothing. */
function parted(name: string): readonly [stem: string, end: string] {
  const at = ending.exec(name)?.index ?? name.length;
  return at === 0 ? [name, ""] : [name.slice(0, at), name.slice(at)];
}

/** As many whole characters as fit; of one that is too long by itself, code points. */
function beginning(text: string, bytesMax: number): string {
  // A UTF-16 unit has at least one byte: what is behind them never fits.
  const most = text.slice(0, bytesMax).toWellFormed();
  const characters = [...graphemes.segment(most)].map(({ segment }) => segment);
  return fitting(characters, bytesMax) || fitting([...most], bytesMax);
}

function fitting(pieces: readonly string[], bytesMax: number): string {
  let bytes = 0;
  const over = pieces.findIndex((piece) => (bytes += utf8Length(piece)) > bytesMax);
  return (over < 0 ? pieces : pieces.slice(0, over)).join("");
}

/**
 * What two names have in common where they would be one file on some file system: those that fold
 * case, normalise, or pass over what isn't seen.
 */
export function fileKey(name: string): FileKey {
  const seen = name.replace(/\p{Default_Ignorable_Code_Point}/gu, "").normalize("NFD");
  return folded(folded(seen)).normalize("NFC") as FileKey;
}

function folded(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().normalize("NFD");
}

/**
 * `name`, which is safe, or where that is taken the first free one of `name (2)`, `name (3)` and so
 * on, the number before the ending.
 */
export function freeName(name: string, isTaken: (key: FileKey) => boolean): string {
  if (!isTaken(fileKey(name))) return name;
  const [stem, end] = parted(name);
  for (let number = 2;; number++) {
    const tail = ` (${number})${end}`;
    const free = beginning(stem, limits.fileNameBytesMax - utf8Length(tail)) + tail;
    if (!isTaken(fileKey(free))) return free;
  }
}

/**
 * The path that folders offered as `path`, like `a/b/c`, may have below another one, each part made
 * safe. `undefined` where it is absolute, goes up, has an empty part, or is too long or too deep.
 */
export function safeFolder(path: string): string | undefined {
  const parts = path.split("/");
  if (parts.length > folderDepthMax || /^[a-z]:/i.test(path)) return undefined;
  const safe = parts.map((part) => /^\.{1,2}$/.test(part) ? undefined : safeName(part));
  if (safe.includes(undefined)) return undefined;
  const joined = safe.join("/");
  return joined.length <= limits.folderCharsMax ? joined : undefined;
}

/** Whether a name ends in one of `endings`, like `.pdf`; all names do where there are none. */
export function isOfType(name: string, endings: readonly string[]): boolean {
  const key: string = fileKey(name);
  return endings.length === 0 || endings.some((end) => key.endsWith(fileKey(end)));
}
