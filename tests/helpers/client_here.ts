/**
 * The terminal client in the test's own process, which may do anything: from its words to its exit code
 * what client.ts does, for whatever isn't about its process, what that may do, or a terminal. Another
 * one costs next to nothing.
 */

import { runChat } from "../../lib/terminal/chat_run.ts";
import { exitCodes } from "../../lib/terminal/exit.ts";
import { runJson } from "../../lib/terminal/json_run.ts";
import type { Machine } from "../../lib/terminal/machine.ts";
import { runHistory, runSend } from "../../lib/terminal/one_shot.ts";
import { runDownload, runFiles, runUpload } from "../../lib/terminal/one_shot_files.ts";
import { agentOf } from "../../lib/terminal/agent.ts";
import { readArguments } from "../../lib/terminal/options.ts";
import { UsageError } from "../../lib/terminal/usage_error.ts";
import { systemClock } from "../../lib/system_clock.ts";
import project from "../../deno.json" with { type: "json" };
import { type Ran, root } from "./client_program.ts";
import type { Running } from "./scene.ts";

/** Of the usual time between attempts to connect: a test has no minute to wait. */
const hurry = 0.1;
/** What may be typed before the client reads it, in writes. */
const typedMax = 1000;

type Bytes = Uint8Array<ArrayBuffer>;

/** What a client that runs here is given beside its words. */
export interface HereOptions {
  /** What the variable for a password holds. */
  readonly password?: string;
}

/** Starts what a command of `clientCommand()` starts, without its process. */
export function startHere(command: readonly string[], { password }: HereOptions = {}): Running {
  const words = command.slice(command.indexOf("client.ts") + 1);
  const input = new TransformStream<Bytes, Bytes>({}, {}, { highWaterMark: typedMax });
  const [stdout, stderr] = [new Outlet(), new Outlet()];
  const stopping = new AbortController();
  const said = (text: string) => void stderr.writeSync(new TextEncoder().encode(text));
  const machine: Machine = {
    clock: systemClock(),
    random: () => Math.random() * hurry,
    agent: agentOf(project.version, Deno.build),
    attended: false,
    asks: false,
    color: false,
    input: input.readable,
    output: stdout,
    standing: { folder: root },
    mayUse: () => true,
    lineThatMay: () => "",
    say: said,
    complain: (sentence) => said(`${sentence}\n`),
    ...password !== undefined && { password },
    ask: () => undefined,
    askSecret: () => undefined,
    onStop: (run) => {
      const { signal } = stopping;
      if (signal.aborted) run();
      signal.addEventListener("abort", run);
      return () => signal.removeEventListener("abort", run);
    },
  };
  const status = run(words, machine).finally(() => {
    stdout.close();
    stderr.close();
  });
  return {
    stdin: input.writable,
    stdout: stdout.readable,
    stderr: stderr.readable,
    status: status.then((code) => ({ code })),
    kill: () => stopping.abort(),
  };
}

/** The same as `runProgram()` of a command that `clientCommand()` made. */
export async function runHere(
  command: readonly string[],
  input = "",
  options: HereOptions = {},
): Promise<Ran> {
  const { stdin, stdout, stderr, status } = startHere(command, options);
  const writer = stdin.getWriter();
  // It may end without having read this.
  void writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  const texts = [stdout, stderr].map((from) => new Response(from).text());
  const [{ code }, out, err] = await Promise.all([status, ...texts]);
  return { code, out, err };
}

/** What is written at once, and read when somebody gets to it. */
class Outlet {
  readonly readable: ReadableStream<Bytes>;
  #controller: ReadableStreamDefaultController<Bytes> | undefined;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
    });
  }

  writeSync(bytes: Uint8Array): number {
    this.#controller?.enqueue(bytes.slice());
    return bytes.length;
  }

  /** What is written from now on is lost, as where a process has ended. */
  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
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
