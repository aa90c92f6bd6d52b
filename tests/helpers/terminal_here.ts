/**
 * The terminal client in the test's own process: from its arguments to its exit code the program that
 * people start, without a process, which takes the most of what one costs. What only a process has, its
 * permissions and its end without a warning, tests/terminal/program_test.ts is about.
 */

import { assert } from "@std/assert";
import { runChat } from "../../lib/terminal/chat_run.ts";
import { readArguments } from "../../lib/terminal/options.ts";
import { machineHere } from "./machine_here.ts";
import type { Running } from "./scene.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is written at once and read when somebody gets to it. */
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

  write(text: string): void {
    this.writeSync(new TextEncoder().encode(text));
  }

  /** What is written from now on is lost, as where a process has ended. */
  close(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}

/** Starts one that chats, with what would stand behind `client.ts`. */
export function startTerminal(args: readonly string[]): Running {
  const wanted = readArguments(args);
  assert(wanted.is === "chat", "Only what chats goes on while a test does something else");
  const input = new TransformStream<Bytes, Bytes>();
  const [stdout, stderr] = [new Outlet(), new Outlet()];
  const stopping = new AbortController();
  const machine = machineHere({
    input: input.readable,
    output: stdout,
    said: (text) => stderr.write(text),
    onStop: (run) => {
      const { signal } = stopping;
      if (signal.aborted) run();
      signal.addEventListener("abort", run);
      return () => signal.removeEventListener("abort", run);
    },
  });
  const run = async () => {
    try {
      return { code: await runChat(wanted, machine) };
    } finally {
      stdout.close();
      stderr.close();
    }
  };
  return {
    stdin: input.writable,
    stdout: stdout.readable,
    stderr: stderr.readable,
    status: run(),
    kill: () => stopping.abort(),
  };
}
