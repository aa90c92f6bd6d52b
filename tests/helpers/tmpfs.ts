/** A disk so small that a test can fill it: a tmpfs, which only root may mount. */

import { join } from "@std/path";

/** Whether a small disk can be mounted here: Linux, root, and the right to mount. */
export function canMount(): boolean {
  if (Deno.build.os !== "linux") return false;
  const path = Deno.makeTempDirSync({ prefix: "parley-test-" });
  try {
    if (!run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path)) return false;
    return run("umount", path);
  } finally {
    Deno.removeSync(path);
  }
}

/** A mounted disk, unmounted with the test. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string;
  readonly #filler: string;

  private constructor(path: string) {
    this.path = path;
    this.#filler = join(path, "filler");
  }

  /** Mounts one of `bytes` bytes. */
  static async mount(bytes: number): Promise<SmallDisk> {
    const path = await Deno.makeTempDir({ prefix: "parley-test-" });
    if (!run("mount", "-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", path)) {
      await Deno.remove(path);
      throw new Error(`Cannot mount a disk at "${path}"`);
    }
    return new SmallDisk(path);
  }

  /** Takes all the room that is left. */
  async fill(): Promise<void> {
    using file = await Deno.open(this.#filler, { create: true, append: true });
    const bytes = new Uint8Array(4096);
    try {
      for (;;) await file.write(bytes);
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  /** Gives back the room that {@linkcode SmallDisk.fill} took. */
  async free(): Promise<void> {
    await Deno.remove(this.#filler);
  }

  /** Makes it a disk of `bytes` bytes, with all that it holds. */
  grow(bytes: number): void {
    if (run("mount", "-o", `remount,size=${bytes}`, this.path)) return;
    throw new Error(`Cannot grow the disk at "${this.path}"`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Lazily: whatever a failed test has left open goes when it is closed.
    run("umount", "-l", this.path);
    await Deno.remove(this.path);
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOSPC";
}

function run(command: string, ...args: readonly string[]): boolean {
  try {
    return new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}
