/** Asks a worker for the words in code: one text at a time, and none for long. */

import type { Stop } from "../../lib/clock.ts";
import { type Asked, type Coloured, partsOf } from "./kinds.ts";
import { languageOf } from "./languages.ts";

/** What is used of a worker. */
export interface CodeWorker {
  /** `runs`: first that it is ready, then each answer, unchecked; `undefined`: it failed. */
  onAnswer: (runs: unknown) => void;
  ask(asked: Asked): void;
  end(): void;
}

/** What a painter is made with. */
export interface PainterOptions {
  /** Starts a worker. */
  open(): CodeWorker;
  after(ms: number, run: () => void): Stop;
}

/** Longer code stays plain: nobody reads it here, and it would be thousands of elements. */
const charsMax = 20_000;
const linesMax = 500;
/** More parts are as many elements. */
const partsMax = 4000;
/** A text that takes longer is left plain. Almost all take some milliseconds. */
const answerMs = 2000;
/** A new worker has to be fetched first. */
const readyMs = 20_000;
/** Of more that wait, those that were asked for first are out of sight again. */
const waitingMax = 50;
/** Texts whose colours are kept, for rows that come into sight again. */
const keptMax = 200;
/** Workers that were ended because they were late; after so many there is no other. */
const lateMax = 20;

interface Job extends Asked {
  readonly key: string;
  readonly done: (parts: readonly Coloured[] | undefined) => void;
}

/** Whether code is coloured at all. */
export function isPaintable(text: string, language: string | undefined): boolean {
  if (language === undefined || languageOf(language) === undefined) return false;
  return text.length <= charsMax && text.split("\n", linesMax + 1).length <= linesMax;
}

/** Colours code. */
export class Painter {
  readonly #options: PainterOptions;
  readonly #kept = new Map<string, readonly Coloured[] | undefined>();
  readonly #waiting: Job[] = [];
  #worker: CodeWorker | undefined;
  #current: Job | undefined;
  #isReady = false;
  #late = 0;
  #stop: Stop = () => {};

  constructor(options: PainterOptions) {
    this.#options = options;
  }

  /** The colours of a text that was asked for before. */
  known(text: string, language: string): readonly Coloured[] | undefined {
    return this.#kept.get(keyOf(text, language));
  }

  /** The colours of a text; `undefined` where it stays plain. */
  async paint(text: string, language: string): Promise<readonly Coloured[] | undefined> {
    const key = keyOf(text, language);
    if (this.#kept.has(key)) return this.#kept.get(key);
    const grammar = languageOf(language)?.grammar;
    if (grammar === undefined || this.#late >= lateMax || !isPaintable(text, language)) {
      return undefined;
    }
    return await new Promise((done) => {
      this.#waiting.push({ key, text, grammar, done });
      if (this.#waiting.length > waitingMax) this.#waiting.shift()?.done(undefined);
      this.#next();
    });
  }

  #next(): void {
    // The newest first: that is what is in sight.
    const job = this.#current === undefined ? this.#waiting.pop() : undefined;
    if (job === undefined) return;
    if (this.#kept.has(job.key)) {
      job.done(this.#kept.get(job.key));
      this.#next();
      return;
    }
    this.#current = job;
    try {
      this.#worker ??= this.#opened();
      this.#watch(this.#isReady ? answerMs : readyMs);
      this.#worker.ask({ text: job.text, grammar: job.grammar });
    } catch {
      // A browser without workers shows code plain.
      this.#late = lateMax;
      this.#answer(undefined);
    }
  }

  #opened(): CodeWorker {
    const worker = this.#options.open();
    this.#isReady = false;
    worker.onAnswer = (runs) => {
      if (this.#isReady || runs === undefined) return this.#answer(runs);
      this.#isReady = true;
      this.#watch(answerMs);
    };
    return worker;
  }

  #watch(ms: number): void {
    this.#stop();
    this.#stop = this.#options.after(ms, () => {
      this.#late++;
      this.#answer(undefined);
    });
  }

  #answer(runs: unknown): void {
    const job = this.#current;
    if (job === undefined) return;
    this.#stop();
    this.#current = undefined;
    const found = isRuns(runs) ? partsOf(job.text, runs) : undefined;
    if (found === undefined) {
      this.#worker?.end();
      this.#worker = undefined;
    }
    const parts = found !== undefined && found.length <= partsMax ? found : undefined;
    this.#keep(job.key, parts);
    job.done(parts);
    this.#next();
  }

  #keep(key: string, parts: readonly Coloured[] | undefined): void {
    this.#kept.set(key, parts);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function keyOf(text: string, language: string): string {
  return `${language}\n${text}`;
}

function isRuns(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}
