/** The terminal client in the test's own process: all of it but the process, for what isn't about that. */

import { assert } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { systemClock } from "../../lib/system_clock.ts";
import { runChat } from "../../lib/terminal/chat_run.ts";
import { exitCodes } from "../../lib/terminal/exit.ts";
import type { Machine } from "../../lib/terminal/machine.ts";
import { runDownload, runFiles, runUpload } from "../../lib/terminal/one_shot_files.ts";
import { readArguments } from "../../lib/terminal/options.ts";
import { UsageError } from "../../lib/terminal/usage_error.ts";
import { clientCommand, type Ran, root } from "./client_program.ts";
import { barrierMs } from "./patience.ts";

type Where = Parameters<typeof clientCommand>[0];
type Bytes = Uint8Array<ArrayBuffer>;

/** Of the usual time between attempts to connect: a test has no minute to wait. */
const hurry = 0.1;
/** Lines that may be typed before the client reads them. */
const typedMax = 1000;

/** What people and scripts see of a client: lines in, lines out. */
export class ClientHere implements AsyncDisposable {
  /** Everything it has written, to what would be stdout and stderr alike. */
  readonly lines: string[] = [];
  readonly #input: WritableStreamDefaultWriter<Bytes>;
  readonly #ended: Promise<number>;
  #stop = () => {};
  #over = false;
  #wake: (() => void)[] = [];

  /** With the words that start the program there. */
  constructor(there: Where, ...args: readonly string[]) {
    const typed = new TransformStream<Bytes, Bytes>({}, {}, { highWaterMark: typedMax });
    this.#input = typed.writable.getWriter();
    const machine = machineHere({
      input: typed.readable,
      write: (text) => this.#keep(text),
      onStop: (run) => this.#stop = run,
    });
    this.#ended = run(wordsFor(there, args), machine).finally(() => {
      this.#over = true;
      this.#changed();
    });
    // Whoever waits for it hears of it.
    this.#ended.catch(() => {});
  }

  /** Types a line. */
  async type(...lines: readonly string[]): Promise<void> {
    await this.#input.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  /** Resolves the first line, come or coming, that has `text` in it. */
  sees(text: string): Promise<string> {
    return deadline(this.#find(text), barrierMs).catch((error) => {
      throw new Error(`Nothing says "${text}" in\n${this.lines.join("\n")}`, { cause: error });
    });
  }

  /** The lines that have `text` in them. */
  all(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }

  /** Ends its input, and resolves its exit code when it has done what was typed. */
  async finish(): Promise<number> {
    await this.#input.close();
    return await this.ended();
  }

  /** Resolves its exit code when it ends by itself. */
  ended(): Promise<number> {
    return deadline(this.#ended, barrierMs);
  }

  /** As Ctrl+C ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#ended;
    await this.#input.close().catch(() => {});
  }

  async #find(text: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      assert(!this.#over, "It has ended");
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #keep(text: string): void {
    this.lines.push(...text.replace(/\n$/, "").split("\n"));
    this.#changed();
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

/** The same for one thing done from a script. */
export async function scriptHere(there: Where, ...args: readonly string[]): Promise<Ran> {
  const ran = { out: "", err: "" };
  const machine = machineHere({
    input: new Blob([]).stream(),
    write: (text, to) => ran[to] += text,
    onStop: () => {},
  });
  const code = await run(wordsFor(there, args), machine);
  return { code, ...ran };
}

/** What stands behind the program's name. */
function wordsFor(there: Where, args: readonly string[]): readonly string[] {
  const command = clientCommand(there, ...args);
  return command.slice(command.indexOf("client.ts") + 1);
}

/** Does what `client.ts` does with its arguments; the exit code. */
async function run(args: readonly string[], machine: Machine): Promise<number> {
  try {
    const wanted = readArguments(args);
    switch (wanted.is) {
      case "chat":
        return await runChat(wanted, machine);
      case "upload":
        return await runUpload(wanted, machine);
      case "download":
        return await runDownload(wanted, machine);
      case "files":
        return await runFiles(wanted, machine);
      default:
        throw new Error(`Only the program itself does what "${wanted.is}" asks for`);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    machine.complain(error.message);
    return exitCodes.usage;
  }
}

/** A machine where nobody sits at a terminal, and the client may use every file. */
function machineHere(
  { input, write, onStop }: {
    readonly input: ReadableStream<Bytes>;
    readonly write: (text: string, to: "out" | "err") => void;
    readonly onStop: (run: () => void) => void;
  },
): Machine {
  const decoder = new TextDecoder();
  return {
    clock: systemClock(),
    random: () => Math.random() * hurry,
    agent: "Parley of a test",
    attended: false,
    asks: false,
    color: false,
    input,
    output: {
      writeSync(bytes) {
        write(decoder.decode(bytes, { stream: true }), "out");
        return bytes.length;
      },
    },
    standing: { folder: root },
    mayUse: () => true,
    lineThatMay: () => "",
    say: (text) => write(text, "err"),
    complain: (sentence) => write(`${sentence}\n`, "err"),
    ask: () => undefined,
    askSecret: () => undefined,
    onStop(run) {
      onStop(run);
      return () => onStop(() => {});
    },
  };
}
