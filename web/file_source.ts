/** A file that this user chose, as an upload reads it. */

import type { Source } from "../lib/client/transfer_state.ts";
import { ChatError } from "../lib/errors.ts";
import type { OfferedPicture } from "../lib/events.ts";

/** A file with what the browser knows of where it lies. */
export interface Chosen {
  readonly file: File;
  /** Folders above it, like `a/b`, where a folder was chosen. */
  readonly folder?: string;
  /** What opens it again after a reload, where the browser gives such things. */
  readonly handle?: FileSystemFileHandle;
}

/** What changes when a file's bytes may have. */
export function stampOf({ size, lastModified }: Pick<File, "size" | "lastModified">): string {
  return `${size}-${lastModified}`;
}

/** What tells what a file looks like, where it is a picture or a film. Never rejects. */
export type Look = (file: File) => Promise<OfferedPicture | undefined>;

/** Reads a chosen file; `origin` is what it is kept under for the next visit. */
export class FileSource implements Source {
  readonly name: string;
  readonly folder?: string;
  readonly size: number;
  readonly mime?: string;
  readonly origin: string;
  readonly stamp: string;
  readonly #file: File;
  readonly #look: Look;
  #picture: ReturnType<Look> | undefined;

  constructor({ file, folder }: Chosen, origin: string, look: Look) {
    this.#file = file;
    this.#look = look;
    this.name = file.name;
    this.size = file.size;
    this.origin = origin;
    this.stamp = stampOf(file);
    if (folder !== undefined) this.folder = folder;
    if (file.type !== "") this.mime = file.type;
  }

  picture(): ReturnType<Look> {
    return this.#picture ??= this.#look(this.#file);
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    const piece = await this.#bytes(offset, offset + into.length);
    into.set(piece);
    return piece.length;
  }

  /** A browser refuses to read a file that isn't what it was when it was chosen. */
  async isSame(): Promise<boolean> {
    await this.#bytes(0, 1);
    return true;
  }

  close(): void {
    // A File holds nothing open.
  }

  async #bytes(from: number, to: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.#file.slice(from, to).arrayBuffer());
    } catch {
      const sentence = `"${this.name}" was changed or moved while it was sent: choose it again`;
      throw new ChatError("file_name", sentence);
    }
  }
}
