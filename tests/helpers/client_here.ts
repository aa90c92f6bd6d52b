/**
 * The terminal client in the test's own process, which may do anything: for whatever isn't about its
 * process, what that may do, or a terminal. Another one costs next to nothing.
 */

import { assert } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { runChat } from "../../lib/terminal/chat_run.ts";
import { exitCodes } from "../../lib/terminal/exit.ts";
import { runJson } from "../../lib/terminal/json_run.ts";
import type { Machine } from "../../lib/terminal/machine.ts";
import { runHistory, runSend } from "../../lib/terminal/one_shot.ts";
import { runDownload, runFiles, runUpload } from "../../lib/terminal/one_shot_files.ts";
import { readArguments } from "../../lib/terminal/options.ts";
import { UsageError } from "../../lib/terminal/usage_error.ts";
import type { Ran } from "./client_program.ts";
import { machineHere } from "./machine_here.ts";
import { barrierMs } from "./patience.ts";

/** What a client that runs here is given beside its words. */
export interface HereOptions {
  /** What the variable for a password holds. */
  readonly password?: string;
}

/** The same as `runProgram()` of a command that `clientCommand()` made. */
export async function runHere(
  command: readonly string[],
  input = "",
  options: HereOptions = {},
): Promise<Ran> {
  await using client = new ClientHere(command, options);
  client.write(input);
  const code = await client.end();
  const { out, err } = client;
  return { code, out, err };
}

/** A client without a terminal that runs here: lines in, lines out. */
export class ClientHere implements AsyncDisposable {
  /** What it has written. */
  out = "";
  /** What it has said beside that. */
  err = "";
  #input: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  readonly #code: Promise<number>;
  #over = false;
  #stop: (() => void)[] = [];
  #wake: (() => void)[] = [];

  /** Starts what a command of `clientCommand()` starts. */
  constructor(command: readonly string[], { password }: HereOptions = {}) {
    const input = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => this.#input = controller,
      // It may end without having read everything.
      cancel: () => this.#input = undefined,
    });
    const decoder = new TextDecoder();
    const machine = machineHere({
      input,
      output: {
        writeSync: (bytes) => {
          this.out += decoder.decode(bytes, { stream: true });
          this.#woken();
          return bytes.length;
        },
      },
      said: (text) => this.#said(text),
      onStop: (run) => {
        this.#stop.push(run);
        return () => this.#stop = this.#stop.filter((each) => each !== run);
      },
      ...password !== undefined && { password },
    });
    const words = command.slice(command.indexOf("client.ts") + 1);
    this.#code = run(words, machine).finally(() => {
      this.#over = true;
      this.#woken();
    });
    // Whoever waits for its end hears of it.
    this.#code.catch(() => {});
  }

  /** The lines that it has written, and then those that it has said. */
  get lines(): string[] {
    // The last one may be in the middle of being written.
    return [this.out, this.err].flatMap((text) => text.split("\n").slice(0, -1));
  }

  /** The lines that have `text` in them. */
  all(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }

  /** Puts text into its input. */
  write(text: string): void {
    this.#input?.enqueue(new TextEncoder().encode(text));
  }

  /** Types lines. */
  type(...lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Resolves the first line, come or coming, that has `text` in it. */
  sees(text: string): Promise<string> {
    return deadline(this.#find(text), barrierMs).catch((cause) => {
      throw new Error(`Nothing says "${text}" in\n${this.lines.join("\n")}`, { cause });
    });
  }

  /** Ends its input; resolves its exit code when it has done what was typed. */
  async end(): Promise<number> {
    this.#endInput();
    return await this.ended();
  }

  /** Resolves its exit code when it ends by itself. */
  async ended(): Promise<number> {
    return await deadline(this.#code, barrierMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stop) stop();
    this.#endInput();
    await this.#code.catch(() => {});
  }

  #endInput(): void {
    this.#input?.close();
    this.#input = undefined;
  }

  async #find(text: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      assert(!this.#over, "It has ended");
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #said(text: string): void {
    this.err += text;
    this.#woken();
  }

  #woken(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Does what client.ts does with these words; the exit code. */
async function run(words: readonly string[], machine: Machine): Promise<number> {
  try {
    const wanted = readArguments(words);
    switch (wanted.is) {
      case "chat":
        return await (wanted.json ? runJson : runChat)(wanted, machine);
      case "send":
        return await runSend(wanted, machine);
      case "history":
        return await runHistory(wanted, machine);
      case "upload":
        return await runUpload(wanted, machine);
      case "download":
        return await runDownload(wanted, machine);
      case "files":
        return await runFiles(wanted, machine);
      default:
        throw new Error(`"${wanted.is}" is for a program of its own`);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    machine.complain(error.message);
    return exitCodes.usage;
  }
}
