/**
 * Makes what others wrote safe for a screen. Everything that came from the wire passes through
 * here before it is shown: names, texts, topics, reasons.
 */

/* Escape sequences, with ESC or as one C1 character: first those that carry a string up to its
   terminator (title, clipboard, device control), then CSI, then the short ones. */
const sequences = new RegExp(
  [
    "(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])" +
    "[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)",
    "(?:\\u001b\\[|\\u009b)[\\u0030-\\u003f]*[\\u0020-\\u002f]*[\\u0040-\\u007e]",
    "\\u001b[\\u0020-\\u002f]*[\\u0030-\\u007e]",
  ].join("|"),
  "g",
);
// deno-lint-ignore no-control-regex -- control characters are what it looks for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
/* What reorders or hides text: marks, embeddings, overrides and isolates of direction, invisible
   spaces and operators, annotations. The joiners stay: emoji and several scripts need them. */
const invisible =
  /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g;
/** Marks that pile up over and under the lines around them. */
const pile = /(\p{M}{6})\p{M}+/gu;

/** `text` for a screen: nothing in it moves the cursor, hides or reorders; newlines stay. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(sequences, "")
    .replace(/\r\n?|\u2028|\u2029|\u0085/g, "\n")
    .replace(controls, "")
    .replace(invisible, "")
    .replace(pile, "$1")
    .replaceAll("\t", "    ");
}

/** The same on one line: for names, topics, reasons and what is quoted. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", " ").trim();
}
