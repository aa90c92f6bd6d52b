/**
 * Text inside a line, in pieces: emphasis, code, links, who and which room is named. Time grows with
 * the length of the text only, and pieces nest to a bound, whatever was written. Pure.
 */

import { linkAt, safeLink } from "./links.ts";

/** A piece of a line. */
export type Inline =
  | { readonly is: "text" | "code"; readonly text: string }
  /** A spoiler is hidden until it is asked for. */
  | {
    readonly is: "strong" | "emphasis" | "struck" | "spoiler";
    readonly inside: readonly Inline[];
  }
  /** `to` is safe to follow. */
  | { readonly is: "link"; readonly to: string; readonly inside: readonly Inline[] }
  /** `@name`: perhaps somebody is called so. */
  | { readonly is: "person"; readonly name: string }
  /** `#name`: perhaps a room is called so. */
  | { readonly is: "room"; readonly name: string };

/** Marks that wait for their other half; more than these are text. */
const openMax = 12;

type Mark = "**" | "~~" | "||" | "*" | "_" | "[";

interface Open {
  readonly mark: Mark | undefined;
  inside: Inline[];
}

/** A letter of a script that puts spaces between words. */
const wordChar = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}_]/u;
const anyChar = /[\p{L}\p{M}\p{N}_]/u;
const escapable = /[!-/:-@[-`{-~]/;
const named = /[@#][\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*/uy;
/** What stands behind a link's text, with one pair of round brackets in it at most. */
const target =
  /\]\( {0,9}<?([^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200})?)>? {0,9}\)/y;
/** What begins a piece, or may. */
const special = /[\\`*_~[\]@#<|]|https?:\/\/|mailto:/gi;

/** What stands for a spoiler where it can't be asked for. */
const hidden = "[spoiler]";

/** The pieces of `text`; `isCut`: it goes on, and so does a spoiler that isn't closed in it. */
export function parseInline(text: string, isCut = false): readonly Inline[] {
  return new Scan(text).run(isCut);
}

/** What `pieces` say without their dress, and without what is hidden. */
export function plainText(pieces: readonly Inline[]): string {
  return pieces.map((piece) => {
    switch (piece.is) {
      case "text":
      case "code":
        return piece.text;
      case "person":
        return `@${piece.name}`;
      case "room":
        return `#${piece.name}`;
      case "spoiler":
        return hidden;
      default:
        return plainText(piece.inside);
    }
  }).join("");
}

class Scan {
  readonly #text: string;
  #at = 0;
  /** The line itself first, then every mark that isn't closed yet. */
  readonly #open: Open[] = [{ mark: undefined, inside: [] }];
  /** Runs of backticks that nothing closes, by their length. */
  readonly #neverClosed = new Set<number>();

  constructor(text: string) {
    this.#text = text;
  }

  run(isCut: boolean): readonly Inline[] {
    while (this.#at < this.#text.length) {
      special.lastIndex = this.#at;
      const next = special.exec(this.#text)?.index ?? this.#text.length;
      this.#say(this.#text.slice(this.#at, next));
      this.#at = next;
      if (next < this.#text.length && !this.#piece()) {
        this.#say(this.#text[this.#at]);
        this.#at++;
      }
    }
    while (this.#open.length > 1) {
      if (isCut && this.#isIn("||")) this.#put({ is: "spoiler", inside: this.#close("||") });
      else this.#asText();
    }
    return this.#open[0].inside;
  }

  /** Takes the piece that begins here; `false` where none does. */
  #piece(): boolean {
    switch (this.#text[this.#at]) {
      case "\\":
        return this.#escape();
      case "`":
        return this.#code();
      case "[":
        return this.#begin("[");
      case "]":
        return this.#endLink();
      case "@":
      case "#":
        return this.#name();
      case "<":
        return this.#bracketed();
      case "*":
      case "_":
      case "~":
      case "|":
        return this.#emphasis();
      default:
        return this.#link();
    }
  }

  #escape(): boolean {
    const next = this.#text[this.#at + 1];
    if (next === undefined || !escapable.test(next)) return false;
    this.#say(next);
    this.#at += 2;
    return true;
  }

  #code(): boolean {
    const fence = this.#run("`");
    const from = this.#at + fence;
    const end = this.#neverClosed.has(fence) ? -1 : this.#runOf(fence, from);
    if (end < 0) {
      this.#neverClosed.add(fence);
      this.#say(this.#text.slice(this.#at, from));
      this.#at = from;
      return true;
    }
    const code = this.#text.slice(from, end);
    const isPadded = code.startsWith(" ") && code.endsWith(" ") && code.trim() !== "";
    this.#put({ is: "code", text: isPadded ? code.slice(1, -1) : code });
    this.#at = end + fence;
    return true;
  }

  #runOf(length: number, from: number): number {
    for (let at = this.#text.indexOf("`", from); at >= 0;) {
      let end = at;
      while (this.#text[end] === "`") end++;
      if (end - at === length) return at;
      at = this.#text.indexOf("`", end);
    }
    return -1;
  }

  #link(): boolean {
    const link = anyChar.test(this.#before()) ? undefined : linkAt(this.#text, this.#at);
    const to = link === undefined ? undefined : safeLink(link);
    if (link === undefined || to === undefined) return false;
    this.#put({ is: "link", to, inside: [{ is: "text", text: link }] });
    this.#at += link.length;
    return true;
  }

  #bracketed(): boolean {
    const link = linkAt(this.#text, this.#at + 1);
    const to = link === undefined ? undefined : safeLink(link);
    if (link === undefined || to === undefined) return false;
    if (this.#text[this.#at + 1 + link.length] !== ">") return false;
    this.#put({ is: "link", to, inside: [{ is: "text", text: link }] });
    this.#at += link.length + 2;
    return true;
  }

  #endLink(): boolean {
    if (!this.#isIn("[")) return false;
    target.lastIndex = this.#at;
    const found = target.exec(this.#text);
    const to = found ? safeLink(found[1]) : undefined;
    const inside = this.#close("[");
    if (!found || to === undefined) {
      this.#say("[");
      for (const piece of inside) this.#put(piece);
      return false;
    }
    const shown = withoutLinks(inside);
    const text = plainText(shown).trim() === "" ? [{ is: "text", text: to } as const] : shown;
    this.#put({ is: "link", to, inside: text });
    this.#at += found[0].length;
    return true;
  }

  #name(): boolean {
    if (anyChar.test(this.#before())) return false;
    named.lastIndex = this.#at;
    // A name may hold a stop and a dash, but a sentence may end behind one.
    const found = named.exec(this.#text)?.[0].replace(/[.-]+$/, "");
    if (found === undefined || found.length > 200) return false;
    this.#put({ is: found[0] === "@" ? "person" : "room", name: found.slice(1) });
    this.#at += found.length;
    return true;
  }

  #emphasis(): boolean {
    const char = this.#text[this.#at];
    const length = this.#run(char);
    const mark = this.#open.at(-1)?.mark === char && length === 3 ? char : markOf(char, length);
    if (mark === undefined) {
      this.#say(char.repeat(length));
      this.#at += length;
      return true;
    }
    const before = this.#before();
    const after = this.#charAt(this.#at + length);
    const isWide = mark === "**" || mark === "~~";
    const closes = before !== "" && !/\s/.test(before) && (isWide || !wordChar.test(after));
    if (closes && this.#isIn(mark)) {
      const inside = this.#close(mark);
      if (inside.length === 0) this.#say(mark + mark);
      else this.#put({ is: kindOf(mark), inside });
      this.#at += mark.length;
      return true;
    }
    const opens = after !== "" && !/\s/.test(after) && (isWide || !wordChar.test(before));
    return opens && !this.#isIn(mark) && this.#begin(mark);
  }

  #begin(mark: Mark): boolean {
    if (this.#open.length > openMax) return false;
    this.#open.push({ mark, inside: [] });
    this.#at += mark.length;
    return true;
  }

  #isIn(mark: Mark): boolean {
    return this.#open.some((each) => each.mark === mark);
  }

  /** What stands inside the last `mark`; marks in between were only text. */
  #close(mark: Mark): Inline[] {
    while (this.#open.at(-1)?.mark !== mark) this.#asText();
    return this.#open.pop()?.inside ?? [];
  }

  #asText(): void {
    const last = this.#open.pop();
    if (last?.mark === undefined) return;
    this.#say(last.mark);
    for (const piece of last.inside) this.#put(piece);
  }

  #say(text: string): void {
    if (text !== "") this.#put({ is: "text", text });
  }

  #put(piece: Inline): void {
    const inside = this.#open[this.#open.length - 1].inside;
    const last = inside.at(-1);
    if (piece.is === "text" && last?.is === "text") {
      inside[inside.length - 1] = { is: "text", text: last.text + piece.text };
    } else {
      inside.push(piece);
    }
  }

  #run(char: string): number {
    let end = this.#at;
    while (this.#text[end] === char) end++;
    return end - this.#at;
  }

  /** The character before this place; empty at the beginning. */
  #before(): string {
    const low = this.#text[this.#at - 1] ?? "";
    const isPair = /[\udc00-\udfff]/.test(low);
    return isPair ? this.#text.slice(this.#at - 2, this.#at) : low;
  }

  #charAt(at: number): string {
    const code = this.#text.codePointAt(at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }
}

/**
 * Longer runs, `~` and `|` alone, are no marks; of `***` the two are taken first. `__` is none either:
 * where people write about programs it mostly stands in names.
 */
function markOf(char: string, length: number): Mark | undefined {
  if (char === "~") return length === 2 ? "~~" : undefined;
  if (char === "|") return length === 2 ? "||" : undefined;
  if (char === "_") return length === 1 ? "_" : undefined;
  if (length > 3) return undefined;
  return length === 1 ? "*" : "**";
}

/** A link in a link is text. */
function withoutLinks(pieces: readonly Inline[]): readonly Inline[] {
  return pieces.flatMap((piece) => {
    if (!("inside" in piece)) return [piece];
    const inside = withoutLinks(piece.inside);
    return piece.is === "link" ? inside : [{ ...piece, inside }];
  });
}

function kindOf(mark: Mark): "strong" | "emphasis" | "struck" | "spoiler" {
  if (mark === "~~") return "struck";
  if (mark === "||") return "spoiler";
  return mark.length === 2 ? "strong" : "emphasis";
}
