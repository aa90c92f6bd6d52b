/**
 * The terminal itself: a line that is typed below, and lines that appear above it without touching
 * it. The only file that writes escape sequences for the cursor.
 */

import { Buffer } from "node:buffer";
import process from "node:process";
import * as readline from "node:readline";
import { Readable, Writable } from "node:stream";
import type { Completion } from "./complete.ts";
import { newlineSign, PasteFilter, pasteMarks } from "./paste.ts";
import { SecretLine } from "./secret_line.ts";
import { wrap } from "./wrap.ts";

/** What a screen tells of. */
export interface ScreenEvents {
  onLine(line: string): void;
  /** Ctrl+C on an empty line, or the end of what is typed. */
  onEnd(): void;
  /** Something was typed; the line as it is now. */
  onTyping(line: string): void;
  onResize(): void;
  /** What Tab makes of the line so far. */
  complete(line: string): Completion;
}

/** What stands below everything: lines that may change, then the prompt. */
export interface Foot {
  readonly lines: readonly string[];
  readonly prompt: string;
}

/** Questions whose answers aren't shown; the first is the one that is asked now. */
interface Asking {
  readonly questions: readonly string[];
  readonly answers: readonly string[];
  readonly line: SecretLine;
  /** What was being typed before. */
  readonly draft: string;
  answer(answers: readonly string[] | undefined): void;
}

/** Keys that aren't left to readline. */
// deno-lint-ignore no-control-regex -- Alt+Enter is sent as an escape before the return
const tabOrAltEnter = /(\t|\x1b\r)/;

/** Text that came in at once, which readline is given whole: it paints after every key. */
// deno-lint-ignore no-control-regex -- everything but control characters
const textAtOnce = /([^\x00-\x1f\x7f]{16,})/;

/** A terminal in use; closing it leaves it as it was found. */
export class Screen implements Disposable {
  readonly #keys = new Keys();
  readonly #out = new Joined();
  readonly #line: Line;
  readonly #events: ScreenEvents;
  readonly #paste = new PasteFilter();
  readonly #decoder = new TextDecoder();
  #title = "";
  #foot: Foot = { lines: [], prompt: "" };
  #asking: Asking | undefined;
  #closed = false;

  constructor(events: ScreenEvents) {
    this.#events = events;
    this.#line = new Line({
      input: this.#keys,
      output: this.#out,
      terminal: true,
      historySize: 500,
      removeHistoryDuplicates: true,
    });
    this.#line.on("line", (line: string) => this.#entered(line));
    this.#line.on("SIGINT", () => this.#interrupted());
    // Stopping the process would take a permission that the client doesn't have.
    this.#line.on("SIGTSTP", () => {});
    this.#line.on("close", () => this.#closed || events.onEnd());
    process.stdin.setRawMode(true);
    process.stdin.on("data", this.#typed);
    // A screen before this one has paused it, and listening alone doesn't take that back.
    process.stdin.resume();
    process.stdout.on("resize", this.#resized);
    this.#out.write(pasteMarks.on);
  }

  /** The columns that lines may take. */
  get columns(): number {
    return process.stdout.columns || 80;
  }

  /** Shows lines above the one that is typed. */
  print(lines: readonly string[]): void {
    if (this.#closed || lines.length === 0) return;
    this.#erase();
    this.#out.write(lines.map((line) => `${line}\r\n`).join(""));
    this.#line.redraw();
  }

  /** Replaces what stands below; what is typed stays. */
  setFoot(foot: Foot): void {
    this.#foot = foot;
    const [question] = this.#asking?.questions ?? [foot.prompt];
    const prompt = [...foot.lines, question].join("\n");
    if (this.#closed || prompt === this.#line.getPrompt()) return;
    this.#erase();
    this.#line.setPrompt(prompt);
    this.#line.redraw();
  }

  /** Asks one after the other, and nothing that is typed is shown; `undefined`: given up. */
  askSecrets(questions: readonly string[]): Promise<readonly string[] | undefined> {
    return new Promise((answer) => {
      const draft = this.#line.line;
      this.#setLine("");
      this.#ask({ questions, answers: [], line: new SecretLine(), draft, answer });
    });
  }

  setTitle(title: string): void {
    if (this.#closed || title === this.#title) return;
    this.#title = title;
    this.#out.write(`\x1b]0;${title}\x07`);
  }

  bell(): void {
    if (!this.#closed) this.#out.write("\x07");
  }

  clear(): void {
    this.#out.write("\x1b[H\x1b[2J");
    this.#line.forgetRows();
    this.#line.redraw();
  }

  /** Runs what reads from the terminal itself, without a line being typed. */
  aside(run: () => void): void {
    this.#erase();
    this.#out.write(pasteMarks.off);
    this.#out.flush();
    process.stdin.setRawMode(false);
    try {
      run();
    } finally {
      process.stdin.setRawMode(true);
      this.#out.write(pasteMarks.on);
      this.#line.redraw();
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#ask(undefined);
    this.#erase();
    this.#closed = true;
    this.#out.write(`${this.#title === "" ? "" : "\x1b]0;\x07"}${pasteMarks.off}`);
    this.#out.flush();
    process.stdin.off("data", this.#typed);
    process.stdout.off("resize", this.#resized);
    this.#line.close();
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }

  #typed = (chunk: Buffer | string): void => {
    const text = typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true });
    for (const typed of this.#paste.push(text)) {
      if (this.#closed) return;
      if (this.#asking) {
        this.#answered(typed.is === "paste" ? typed.text : typed.keys, this.#asking);
      } else if (typed.is === "paste") this.#line.write(typed.text);
      else this.#press(typed.keys);
    }
    if (!this.#closed && this.#line.line !== "") this.#events.onTyping(this.#line.line);
  };

  /** Keys while something is asked. */
  #answered(keys: string, asking: Asking): void {
    const typed = asking.line.press(keys);
    if (typed.is === "more") return;
    if (typed.is === "given_up") return this.#ask(undefined);
    const [, ...questions] = asking.questions;
    const answers = [...asking.answers, typed.text];
    if (questions.length === 0) {
      this.#ask(undefined, answers);
      return this.#press(typed.rest);
    }
    const next = { ...asking, questions, answers, line: new SecretLine() };
    this.#ask(next);
    this.#answered(typed.rest, next);
  }

  /** Asks what is next; where nothing is, whoever asked has the answers. */
  #ask(asking: Asking | undefined, answers?: readonly string[]): void {
    const before = this.#asking;
    this.#asking = asking;
    this.setFoot(this.#foot);
    if (asking !== undefined || before === undefined) return;
    this.#setLine(before.draft);
    before.answer(answers);
  }

  #setLine(text: string): void {
    this.#erase();
    this.#line.set(text);
    this.#line.redraw();
  }

  #press(keys: string): void {
    for (const key of keys.split(tabOrAltEnter)) {
      if (this.#closed) return;
      if (key === "\t") this.#complete();
      else if (key === "\x1b\r") this.#line.write(newlineSign);
      else if (key !== "") this.#pressRun(key);
    }
  }

  #pressRun(keys: string): void {
    // What stands behind an escape may belong to it.
    const runs = keys.includes("\x1b") ? [keys] : keys.split(textAtOnce);
    for (const run of runs) {
      if (this.#closed) return;
      if (runs.length > 1 && textAtOnce.test(run)) this.#line.write(run);
      else if (run !== "") this.#keys.press(run);
    }
  }

  #complete(): void {
    const { word, replacements } = this.#events.complete(this.#line.beforeCursor);
    const common = commonStart(replacements);
    if (common.length > word.length || (replacements.length === 1 && common !== word)) {
      this.#erase();
      this.#line.replace(word, common);
      this.#line.redraw();
    } else if (replacements.length > 1) {
      const all = replacements.map((each) => each.trim()).join("  ");
      this.print(wrap(all, this.columns - 2).map((line) => `  ${line}`));
    }
  }

  #resized = (): void => {
    this.#out.emit("resize");
    this.#events.onResize();
  };

  #entered(line: string): void {
    // Entering has moved the cursor below the line; its message will be shown when it is stored.
    this.#out.write(`\x1b[${this.#line.rowsOf(line)}A\r\x1b[J`);
    this.#line.forgetRows();
    this.#events.onLine(line);
    this.#line.redraw();
  }

  #interrupted(): void {
    if (this.#line.line === "") {
      this.#events.onEnd();
      return;
    }
    this.#setLine("");
  }

  #erase(): void {
    const { rows } = this.#line.getCursorPos();
    this.#out.write(`${rows > 0 ? `\x1b[${rows}A` : ""}\r\x1b[J`);
    this.#line.forgetRows();
  }
}

/** A readline interface whose line can be taken off the screen and put back. */
class Line extends readline.Interface {
  declare prevRows: number;
  declare line: string;
  declare cursor: number;

  constructor(options: readline.ReadLineOptions) {
    super(options);
  }

  redraw(): void {
    this.prompt(true);
  }

  /** Says that the cursor stands where the prompt is to begin. */
  forgetRows(): void {
    this.prevRows = 0;
  }

  set(text: string): void {
    this.line = text;
    this.cursor = text.length;
  }

  get beforeCursor(): string {
    return this.line.slice(0, this.cursor);
  }

  /** Puts `replacement` in the place of `word`, which stands before the cursor. */
  replace(word: string, replacement: string): void {
    const before = this.line.slice(0, this.cursor - word.length);
    this.line = before + replacement + this.line.slice(this.cursor);
    this.cursor = before.length + replacement.length;
  }

  /** How many rows prompt and `line` took. */
  rowsOf(line: string): number {
    const { line: typed, cursor } = this;
    this.line = line;
    this.cursor = line.length;
    const { rows } = this.getCursorPos();
    this.line = typed;
    this.cursor = cursor;
    return rows + 1;
  }
}

/** Keys, handed on at once and in order with what is pasted. */
class Keys extends Readable {
  override _read(): void {}

  press(keys: string): void {
    this.emit("data", Buffer.from(keys));
  }
}

/** Standard output, written once for all that one turn of the event loop wrote: nothing flickers. */
class Joined extends Writable {
  readonly isTTY = true;
  #pending = "";

  get columns(): number {
    return process.stdout.columns || 80;
  }

  get rows(): number {
    return process.stdout.rows || 24;
  }

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    if (this.#pending === "") queueMicrotask(() => this.flush());
    this.#pending += chunk.toString();
    done();
  }

  flush(): void {
    const pending = this.#pending;
    this.#pending = "";
    if (pending !== "") process.stdout.write(pending);
  }
}

/** What all of them begin with, in the spelling of the first. */
function commonStart(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const other of others) {
    while (!other.toLowerCase().startsWith(first.slice(0, length).toLowerCase())) length--;
  }
  return first.slice(0, length);
}
