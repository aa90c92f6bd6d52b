/**
 * The server's log: one line for each action of a user, without what anybody wrote, every error in
 * full, and what becomes of the other nodes. A leaf. It is called a journal, since a log here is a
 * conversation's.
 */

import type { Clock } from "./clock.ts";

/** What a user did. */
export interface Action {
  readonly command: string;
  /** Missing before `hello` has succeeded. */
  readonly user?: string;
  readonly address: string;
  readonly room?: string;
  readonly seq?: number;
  /** The id of the file that it was about, where it has one yet. */
  readonly file?: string;
  /** What that file is called. */
  readonly name?: string;
  /** The code of the refusal that it was answered with. */
  readonly refused?: string;
}

/** What a {@linkcode Journal} is made of. */
export interface JournalOptions {
  /** Takes whole lines; while its promise is pending, more lines gather. */
  readonly write: (lines: string) => Promise<unknown> | void;
  readonly clock: Pick<Clock, "now" | "soon">;
  readonly format: "text" | "json";
  /** Whether actions are left out. */
  readonly quiet?: boolean;
  /** UTF-16 units that may wait for `write`; what comes beyond is dropped, counted and told. */
  readonly waitingMax?: number;
}

/** Enough for what a busy server writes in some tenths of a second. */
const waitingUsual = 1024 * 1024;
/** What is kept of a value that a peer chose. */
const valueMax = 200;
/** What is kept of an error: a stack and its causes. */
const errorMax = 16 * 1024;
const causesMax = 5;

// Control characters end lines and start escape sequences; format characters (among them those that
// turn the direction of writing) and line separators change what a reader takes for the line.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u;
const unsafeAll = new RegExp(unsafe, "gu");
const word = /^[\p{L}\p{N}\p{M}_.@:+[\]-]+$/u;

/** Gathers lines, and writes what a turn of the event loop has at once. */
export class Journal {
  readonly #options: JournalOptions;
  readonly #waitingMax: number;
  readonly #text: boolean;
  #waiting = "";
  #dropped = 0;
  #scheduled = false;
  #writing: Promise<unknown> | undefined;
  #second = NaN;
  #secondText = "";

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#waitingMax = options.waitingMax ?? waitingUsual;
    this.#text = options.format === "text";
  }

  /** Whether nobody is told what users do. */
  get isQuiet(): boolean {
    return this.#options.quiet === true;
  }

  /** One line for what a user did: never with the text of a message. */
  action(action: Action): void {
    if (this.isQuiet) return;
    const { user, address, command, room, seq, file, name, refused } = action;
    if (!this.#text) {
      const place = { room: clip(room), seq, file: clip(file), name: clip(name) };
      return this.#add(this.#json({ user: clip(user), address, command, ...place, refused }));
    }
    const place = `${room === undefined ? "" : ` ${asWord(room)}`}${
      seq === undefined ? "" : ` #${seq}`
    }`;
    const what = `${file === undefined ? "" : ` file=${asWord(file)}`}${
      name === undefined ? "" : ` name=${asWord(name)}`
    }`;
    const who = user === undefined ? "-" : asWord(user);
    const end = refused === undefined ? "" : ` refused ${refused}`;
    const did = `${asWord(command)}${place}${what}${end}`;
    this.#add(`${this.#time()} ${who} ${asWord(address)} ${did}\n`);
  }

  /** An error in full, and where it was caught. */
  error(where: string, error: unknown): void {
    const text = describe(error).slice(0, errorMax);
    if (!this.#text) return this.#add(this.#json({ error: where, text }));
    // Lines after the first are set off, so that no message of an error can pass for a line here.
    const lines = text.split("\n").map(safe).join("\n    | ");
    this.#add(`${this.#time()} ERROR ${asWord(where)} ${lines}\n`);
  }

  /** One line of what whoever runs the server wants to know, and what it is about. */
  note(about: string, text: string): void {
    const line = clipped(text);
    if (!this.#text) return this.#add(this.#json({ note: about, text: line }));
    this.#add(`${this.#time()} NOTE ${asWord(about)} ${safe(line)}\n`);
  }

  /** Resolves when all that waits has been written, or could not be. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined || this.#waiting !== "" || this.#dropped > 0) {
      if (this.#writing === undefined) this.#write();
      await this.#writing;
    }
  }

  #add(line: string): void {
    if (this.#waiting.length + line.length > this.#waitingMax) {
      this.#dropped++;
      return;
    }
    this.#waiting += line;
    if (this.#scheduled || this.#writing !== undefined) return;
    this.#scheduled = true;
    this.#options.clock.soon(() => {
      this.#scheduled = false;
      if (this.#writing === undefined) this.#write();
    });
  }

  #write(): void {
    const lines = this.#waiting + this.#tellDropped();
    this.#waiting = "";
    if (lines === "") return;
    const written = this.#options.write(lines);
    if (written === undefined) return;
    // A log that can't be written stops no chat: there is nowhere left to say so.
    this.#writing = written.catch(() => {}).then(() => {
      this.#writing = undefined;
      if (this.#waiting !== "" || this.#dropped > 0) this.#write();
    });
  }

  #tellDropped(): string {
    const dropped = this.#dropped;
    if (dropped === 0) return "";
    this.#dropped = 0;
    if (!this.#text) return this.#json({ dropped });
    return `${this.#time()} ERROR log ${dropped} lines dropped: they came faster than written\n`;
  }

  #json(fields: object): string {
    const json = JSON.stringify({ at: this.#time(), ...fields });
    return `${unsafe.test(json) ? json.replaceAll(unsafeAll, escape) : json}\n`;
  }

  /** Most lines share their second with the one before, and a date takes long to write. */
  #time(): string {
    const now = this.#options.clock.now();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = new Date(second * 1000).toISOString().slice(0, -"000Z".length);
    }
    return `${this.#secondText}${String(Math.floor(now) - second * 1000).padStart(3, "0")}Z`;
  }
}

/** A journal that writes nothing, errors included. */
export function silentJournal(): Journal {
  const clock = { now: () => 0, soon: (run: () => void) => run() };
  return new Journal({ write: () => {}, clock, format: "text", quiet: true });
}

function describe(error: unknown): string {
  const parts: string[] = [];
  let next: unknown = error;
  for (let depth = 0; depth < causesMax && next !== undefined; depth++) {
    parts.push(next instanceof Error ? next.stack ?? String(next) : String(next));
    next = next instanceof Error ? next.cause : undefined;
  }
  return parts.join("\ncaused by ");
}

function clip(text: string | undefined): string | undefined {
  return text === undefined ? undefined : clipped(text);
}

function clipped(text: string): string {
  return text.length > valueMax ? `${text.slice(0, valueMax)}…` : text;
}

function asWord(text: string): string {
  const value = clipped(text);
  return word.test(value) ? value : safe(JSON.stringify(value));
}

function safe(text: string): string {
  return unsafe.test(text) ? text.replaceAll(unsafeAll, escape) : text;
}

function escape(sign: string): string {
  return [...sign].map((one) => {
    const units = Array.from({ length: one.length }, (_, index) => one.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  }).join("");
}
