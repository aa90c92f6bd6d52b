/** Tells pasted text from typed keys, where the terminal marks it (bracketed paste). */

import { printable } from "../printable.ts";

/** Makes a terminal mark what is pasted, and stop doing so. */
export const pasteMarks = { on: "\x1b[?2004h", off: "\x1b[?2004l" } as const;

/** Stands for a new line inside the line that is typed. */
export const newlineSign = "⏎";

/** What came from a terminal. */
export type Typed =
  | { readonly is: "keys"; readonly keys: string }
  | { readonly is: "paste"; readonly text: string };

const begin = "\x1b[200~";
const end = "\x1b[201~";
/** A paste over this, in characters, is cut: no message is that long. */
const pasteCharsMax = 64 * 1024;

/** Cuts what comes from a terminal into keys and pastes; each paste is told whole. */
export class PasteFilter {
  /** What has been pasted so far; `undefined` outside a paste. */
  #pasted: string | undefined;
  /** The beginning of what may be a mark. */
  #held = "";

  push(chunk: string): Typed[] {
    const typed: Typed[] = [];
    let rest = this.#held + chunk;
    this.#held = "";
    while (rest !== "") {
      const mark = this.#pasted === undefined ? begin : end;
      const at = rest.indexOf(mark);
      if (at >= 0) {
        this.#take(rest.slice(0, at), typed);
        this.#turn(typed);
        rest = rest.slice(at + mark.length);
        continue;
      }
      // A lone escape is a key, so outside a paste only a longer beginning is waited for.
      const least = this.#pasted === undefined ? 3 : 1;
      const held = beginningAtEnd(rest, mark, least);
      this.#held = rest.slice(rest.length - held);
      this.#take(rest.slice(0, rest.length - held), typed);
      rest = "";
    }
    return typed;
  }

  #take(text: string, typed: Typed[]): void {
    if (text === "") return;
    if (this.#pasted === undefined) typed.push({ is: "keys", keys: text });
    else this.#pasted = (this.#pasted + text).slice(0, pasteCharsMax);
  }

  #turn(typed: Typed[]): void {
    if (this.#pasted === undefined) {
      this.#pasted = "";
      return;
    }
    typed.push({ is: "paste", text: oneLine(this.#pasted) });
    this.#pasted = undefined;
  }
}

/** Pasted text as it stands in the line that is typed: new lines as signs, nothing that acts. */
export function oneLine(pasted: string): string {
  return printable(pasted).replace(/^\n+|\s+$/g, "").replaceAll("\n", newlineSign);
}

/** A typed line as it is sent. */
export function withNewlines(line: string): string {
  return line.replaceAll(newlineSign, "\n");
}

/** How many characters at the end of `text` may begin `mark`. */
function beginningAtEnd(text: string, mark: string, least: number): number {
  for (let length = Math.min(mark.length - 1, text.length); length >= least; length--) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
