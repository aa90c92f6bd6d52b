/** Where there is no terminal: plain lines out, lines in. */

import { TextLineStream } from "@std/streams";
import { stripAnsiCode } from "@std/fmt/colors";
import type { Surface } from "./talk_options.ts";

/** Writes lines as they are; nothing is drawn twice. */
export class PlainSurface implements Surface {
  readonly columns = Infinity;
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.#write(lines.map((line) => `${stripAnsiCode(line)}\n`).join(""));
  }

  setFoot(): void {}
  setTitle(): void {}
  bell(): void {}
  clear(): void {}
}

/**
 * Writes to standard output before it returns: a reader that is slow makes the client slow, and not
 * its memory large. Calls `onGone` when nobody reads any more.
 */
export function writerTo(
  output: { writeSync(bytes: Uint8Array): number },
  onGone: () => void,
): (text: string) => void {
  const encoder = new TextEncoder();
  let gone = false;
  return (text) => {
    if (gone) return;
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      gone = true;
      onGone();
    }
  };
}

/** The lines of what is piped in. */
export function linesOf(input: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return input
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
}
