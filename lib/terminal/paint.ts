/** The colours of the terminal client, by what they mean. */

import { nameKey } from "../names.ts";

/** Puts colour on text, or none. */
export interface Paint {
  /** What is beside the point: times, comings and goings, hints. */
  quiet(text: string): string;
  /** What stands out: one's own name where it is mentioned. */
  mention(text: string): string;
  /** What went wrong. */
  wrong(text: string): string;
  /** What went right: the tick of a stored message. */
  right(text: string): string;
  /** Where a line belongs. */
  place(text: string): string;
  strong(text: string): string;
  /** Somebody's name in the colour that it always has. */
  name(name: string): string;
}

/** Of the 256 colours those that are told apart and can be read on black and on white. */
const nameColors = [33, 37, 64, 71, 97, 98, 130, 132, 133, 136, 166, 167, 168, 172, 31, 105];

const plain: Paint = {
  quiet: same,
  mention: same,
  wrong: same,
  right: same,
  place: same,
  strong: same,
  name: same,
};

const bold = marked(1, 22);

const coloured: Paint = {
  quiet: marked(2, 22),
  mention: (text) => bold(marked(33, 39)(text)),
  wrong: marked(31, 39),
  right: marked(32, 39),
  place: marked(36, 39),
  strong: bold,
  name: (name) => marked(`38;5;${nameColors[hash(nameKey(name)) % nameColors.length]}`, 39)(name),
};

/** Text between two "select graphic rendition" sequences: on, and off again. */
function marked(on: number | string, off: number): (text: string) => string {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Colours, or the same interface without any. */
export function paintFor(color: boolean): Paint {
  return color ? coloured : plain;
}

function same(text: string): string {
  return text;
}

/** FNV-1a: names that differ in one letter are far apart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  }
  return (value ^ (value >>> 16)) >>> 0;
}
