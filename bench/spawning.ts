/** How the processes that are measured are started. */

/** How a program is started. */
export interface Spawning {
  /** The core that it stays on; `undefined`: any. */
  readonly core: number | undefined;
}

/** A server that runs. */
export interface Served {
  readonly port: number;
  readonly child: Deno.ChildProcess;
  /** What it needs beside itself, whose use of the machine is told apart. */
  readonly beside?: readonly (AsyncDisposable & { readonly pid: number })[];
}

/** A program whose output is read, and which may be held to one core. */
export function program(
  path: string,
  args: readonly string[],
  { core }: Spawning,
): Deno.Command {
  const options = { stdout: "piped", stderr: "inherit" } as const;
  if (core === undefined) return new Deno.Command(path, { ...options, args: [...args] });
  return new Deno.Command("taskset", { ...options, args: ["-c", String(core), path, ...args] });
}

/** The port in the line that says where a server listens. */
export async function portOf(
  output: ReadableStream<Uint8Array>,
  which: string,
): Promise<number> {
  const [, port] = await said(output, /^Listening on \S+:(\d+)$/m, which);
  return Number(port);
}

/** What a server says about itself when it has begun; what comes after is read and dropped. */
export async function said(
  output: ReadableStream<Uint8Array>,
  what: RegExp,
  which: string,
): Promise<RegExpExecArray> {
  const [mine, rest] = output.tee();
  void rest.pipeTo(new WritableStream());
  let text = "";
  for await (const piece of mine.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const found = what.exec(text);
    if (found) return found;
  }
  throw new Error(`The server "${which}" has not begun to listen: what it said is above`);
}
