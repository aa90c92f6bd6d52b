/** Terminals as people have them: programs run in tmux, keys go in, what the screen shows comes out. */

import { assert } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { barrierMs } from "./patience.ts";

/** From the first piece of a drawing to a look at it, when its other pieces have come as well. */
const drawMs = 40;

/** How large a terminal is. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A tmux server of its own, ended with everything in it. */
export class Tmux implements AsyncDisposable {
  readonly #socket = `parley-test-${crypto.randomUUID()}`;
  readonly #watches: Watch[] = [];

  /** Runs a command in a new terminal. */
  async open(
    command: readonly string[],
    options: TerminalSize & { readonly cwd: string },
  ): Promise<Terminal> {
    const name = `t${this.#watches.length + 1}`;
    const { columns, rows, cwd } = options;
    // A shell in between tells the exit code, which tmux sometimes misses, and keeps the last
    // screen; tmux would also wake what it started itself when that is stopped.
    const line = `${command.map(quote).join(" ")}; printf '[ended %s]\\n' $?; exec sleep 600`;
    const size = ["-x", String(columns), "-y", String(rows)];
    await this.run("new-session", "-d", "-s", name, ...size, "-c", cwd, line);
    const attach = ["-C", "attach", "-f", "ignore-size,read-only", "-t", name];
    // Nothing is left where the test's process is ended.
    const withIt = ["set-option", "-t", name, "destroy-unattached", "on"];
    const watch = new Watch(this.#process([...attach, ";", ...withIt], "piped"));
    this.#watches.push(watch);
    return new Terminal(this, name, watch);
  }

  /** Runs a command of tmux; resolves what it prints. */
  async run(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#process(args).output();
    assert(code === 0, `tmux ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process(["kill-server"]).output();
    await Promise.all(this.#watches.map(({ ended }) => ended));
  }

  #process(args: readonly string[], stdin: "null" | "piped" = "null"): Deno.Command {
    return new Deno.Command("tmux", {
      args: ["-u", "-f", "/dev/null", "-L", this.#socket, ...args],
      env: { LC_ALL: "C.UTF-8", NO_COLOR: "", TERM: "xterm-256color" },
      stdin,
      stdout: "piped",
      stderr: "piped",
    });
  }
}

/** Another program at the same terminal, that tmux tells whatever is written to it. */
class Watch {
  /** Resolves when it has ended, which it does with its terminal. */
  readonly ended: Promise<void>;
  #written = Promise.withResolvers<void>();

  constructor(command: Deno.Command) {
    this.ended = this.#read(command.spawn());
  }

  /** Resolves when something is written after this call. */
  written(): Promise<void> {
    return this.#written.promise;
  }

  async #read({ stdin, stdout, stderr, status }: Deno.ChildProcess): Promise<void> {
    for await (const _ of stdout) {
      this.#written.resolve();
      this.#written = Promise.withResolvers<void>();
    }
    await stderr.cancel();
    await status;
    // Until then it would end with its input.
    await stdin.close().catch(() => {});
  }
}

/** One terminal with a program in it. */
export class Terminal {
  readonly #tmux: Tmux;
  readonly #name: string;
  readonly #watch: Watch;

  constructor(tmux: Tmux, name: string, watch: Watch) {
    this.#tmux = tmux;
    this.#name = name;
    this.#watch = watch;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#tmux.run("send-keys", "-t", this.#name, "-l", text);
  }

  /** Presses keys by tmux's names for them: `Enter`, `Tab`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux.run("send-keys", "-t", this.#name, ...keys);
  }

  /** Types a line and enters it. */
  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.press("Enter");
  }

  /** Pastes text as a terminal does, marked where the program has asked for that. */
  async paste(text: string): Promise<void> {
    await this.#tmux.run("set-buffer", "-b", this.#name, text);
    await this.#tmux.run("paste-buffer", "-p", "-b", this.#name, "-t", this.#name);
  }

  /** The screen's lines without the empty ones at its end. */
  async lines(): Promise<string[]> {
    const screen = await this.#tmux.run("capture-pane", "-p", "-t", this.#name);
    return screen.trimEnd().split("\n").map((line) => line.trimEnd());
  }

  /** Everything that was shown, what has scrolled away too, with the colours' codes. */
  async colours(): Promise<string> {
    return await this.#tmux.run("capture-pane", "-p", "-e", "-S", "-", "-t", this.#name);
  }

  /** Resolves the screen's lines as soon as they are what is wanted. */
  async until(
    wanted: string | RegExp | ((lines: readonly string[]) => boolean),
  ): Promise<string[]> {
    const isThere = typeof wanted === "function"
      ? wanted
      : (lines: readonly string[]) =>
        typeof wanted === "string"
          ? lines.some((line) => line.includes(wanted))
          : wanted.test(lines.join("\n"));
    const end = Date.now() + barrierMs;
    for (;;) {
      const written = this.#watch.written();
      const lines = await this.lines();
      if (isThere(lines)) return lines;
      const left = Math.max(0, end - Date.now());
      await deadline(written, left).catch((cause) => {
        throw new Error(`There is no ${wanted} on the screen:\n${lines.join("\n")}`, { cause });
      });
      await new Promise((resolve) => setTimeout(resolve, drawMs));
    }
  }

  async resize({ columns, rows }: TerminalSize): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    await this.#tmux.run("resize-window", "-t", this.#name, ...size);
  }

  /** The window's title, as the program has set it. */
  async title(): Promise<string> {
    return (await this.#ask("#{pane_title}")).trim();
  }

  /** Sends a signal to the program. */
  async signal(signal: Deno.Signal): Promise<void> {
    const shell = (await this.#ask("#{pane_pid}")).trim();
    const { stdout } = await new Deno.Command("pgrep", { args: ["-P", shell] }).output();
    Deno.kill(Number(new TextDecoder().decode(stdout)), signal);
  }

  /** Resolves the program's exit code when it has ended. */
  async ended(): Promise<number> {
    const lines = await this.until(/^\[ended \d+\]$/m);
    return Number(/\d+/.exec(lines.at(-1) ?? "")?.[0]);
  }

  #ask(format: string): Promise<string> {
    return this.#tmux.run("display-message", "-p", "-t", this.#name, format);
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
