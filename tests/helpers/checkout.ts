/** A copy of what a server is made of, and lines of a shell that start something there. */

import { fromFileUrl, join } from "@std/path";
import { TextLineStream } from "@std/streams";
import project from "../../deno.json" with { type: "json" };

const root = fromFileUrl(new URL("../../", import.meta.url));
/** The page of a copy. */
export const page = "<!doctype html><title>Parley</title>";

/** A copy of what a server is made of, in a folder that needs quoting, and a folder elsewhere. */
export class Checkout implements AsyncDisposable {
  private constructor(readonly folder: string, readonly elsewhere: string) {}

  static async make(): Promise<Checkout> {
    const made = await Deno.makeTempDir();
    const folder = join(made, "it's $HOME");
    await Deno.mkdir(folder);
    for (const name of ["deno.json", "deno.lock", "server.ts", "admin.ts", "lib", "types"]) {
      await copy(join(root, name), join(folder, name));
    }
    for (const path of project.workspace) {
      await Deno.mkdir(join(folder, path), { recursive: true });
      await copy(join(root, path, "deno.json"), join(folder, path, "deno.json"));
    }
    // In the place of the page and of what builds it, which has tests of its own.
    for (const path of ["tools", "web/dist"]) await Deno.mkdir(join(folder, path));
    await Deno.writeTextFile(join(folder, "tools", "web.ts"), "");
    await Deno.writeTextFile(join(folder, "web", "dist", "index.html"), page);
    const elsewhere = join(made, "else where");
    await Deno.mkdir(elsewhere);
    return new Checkout(folder, elsewhere);
  }

  /** Takes away what servers have kept in it: what is in a new copy Deno has to compile anew. */
  async emptied(): Promise<this> {
    for (const name of ["data", "shared_files", "backups"]) {
      await Deno.remove(join(this.folder, name), { recursive: true }).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(join(this.folder, ".."), { recursive: true });
  }
}

/** What a task runs in the end, without what it does before: for whatever isn't about that. */
export function runLine(program: "server" | "admin", ...words: readonly string[]): string {
  return ["deno run -q --no-prompt", `-P=${program}`, `${program}.ts`, ...words].join(" ");
}

async function copy(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** A shell's line, running; its end is the end of everything that it started. */
export class Running implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly lines: ReadableStreamDefaultReader<string>;

  constructor(line: string, cwd: string) {
    this.#process = new Deno.Command("sh", {
      args: ["-c", line],
      cwd,
      env: { INIT_CWD: cwd, NO_COLOR: "1" },
      stdout: "piped",
      stderr: "inherit",
      detached: true,
    }).spawn();
    const text = this.#process.stdout.pipeThrough(new TextDecoderStream());
    this.lines = text.pipeThrough(new TextLineStream()).getReader();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What was started detached leads a group of its own.
    Deno.kill(-this.#process.pid, "SIGTERM");
    // A shell doesn't wait for what it has started, which holds the other end until it ends.
    while (!(await this.lines.read()).done);
    await this.#process.status;
  }
}
