/** A line that is typed and never shown, such as a password. Pure but for what was typed so far. */

import { limits } from "../limits.ts";

/** What keys made of it. */
export type SecretTyped =
  | { readonly is: "more" }
  /** `rest`: the keys behind Enter. */
  | { readonly is: "entered"; readonly text: string; readonly rest: string }
  | { readonly is: "given_up" };

/** UTF-16 units, as many as a server takes: what comes behind is dropped. */
const charsMax = limits.passwordTextMax;
/** What keys that move the cursor send. */
// deno-lint-ignore no-control-regex -- escape sequences begin with a control character
const sequences = /\x1b(?:[[O][\x20-\x3f]*[\x40-\x7e]|.)?/gs;

/** One line, from its first key to Enter or Ctrl+C. */
export class SecretLine {
  #text = "";

  /** Takes keys as a terminal sends them. */
  press(keys: string): SecretTyped {
    const chars = [...keys.replace(sequences, "")];
    for (const [index, char] of chars.entries()) {
      if (char === "\r" || char === "\n") {
        return { is: "entered", text: this.#text, rest: chars.slice(index + 1).join("") };
      }
      // Ctrl+C, and Ctrl+D where nothing is typed.
      if (char === "\x03" || (char === "\x04" && this.#text === "")) return { is: "given_up" };
      this.#take(char);
    }
    return { is: "more" };
  }

  #take(char: string): void {
    if (char === "\x7f" || char === "\b") this.#text = [...this.#text].slice(0, -1).join("");
    else if (char === "\x15") this.#text = "";
    else if (!/\p{Cc}/u.test(char) && this.#text.length < charsMax) this.#text += char;
  }
}
