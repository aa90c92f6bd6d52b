/**
 * Which file lies under which path. Whoever wants a path adds a note that asks for it; of those that
 * stand on a path's subject the first one has it, and the others take theirs back. So NATS refuses
 * nothing, and each node sees the same one first.
 */

import type { FilePath } from "../../file_store.ts";
import type { ConversationId } from "../../names.ts";
import { checkFields, integer, note, optional } from "../../wire/fields.ts";
import type { FileLayout } from "./file_layout.ts";
import type { Notes } from "./notes.ts";
import { type Stored, storedFields } from "./pieces.ts";

/** A file under its name. */
export interface NamedFile extends Stored {
  readonly path: FilePath;
  /** The number of the note that gave it its name: while that is there, it has it. */
  readonly seq: number;
  /** When it got it, in milliseconds since 1970. */
  readonly at: number;
}

const namedFields = {
  conversation: note(1024),
  folder: optional(note(4096)),
  name: note(1024),
  at: integer(0),
  ...storedFields,
} as const;

/** Gives names to files. */
export class Paths {
  readonly #notes: Notes;
  readonly #layout: FileLayout;

  constructor({ notes, layout }: { readonly notes: Notes; readonly layout: FileLayout }) {
    this.#notes = notes;
    this.#layout = layout;
  }

  /** The file that has a path, or one that some file system holds for the same. */
  async holder(path: FilePath): Promise<NamedFile | undefined> {
    return (await this.#asking(this.#layout.path(path)))[0];
  }

  /** The file that lies under exactly this path. */
  async at(path: FilePath): Promise<NamedFile | undefined> {
    const holder = await this.holder(path);
    const isIt = holder?.path.name === path.name && holder.path.folder === path.folder;
    return isIt ? holder : undefined;
  }

  /** Whether a file still has the name that it had. */
  has({ seq }: NamedFile): Promise<boolean> {
    return this.#notes.has(seq);
  }

  /** Asks for a path; whether the file has it now. */
  async ask(path: FilePath, { blob, extents, size }: Stored, at: number): Promise<boolean> {
    const { conversation, folder, name } = path;
    const about = { conversation, ...folder !== undefined && { folder }, name, at };
    await this.#notes.add(this.#layout.path(path), { ...about, blob, extents, size });
    if ((await this.holder(path))?.blob === blob) return true;
    await this.withdraw(this.#layout.path(path), blob);
    return false;
  }

  /** Takes back what was asked for a file, on a path's subject. */
  async withdraw(subject: string, blob: string): Promise<void> {
    for (const one of await this.#asking(subject)) {
      if (one.blob === blob) await this.#notes.take(one.seq);
    }
  }

  /** Whether a file has the path of a subject. */
  async holds(subject: string, blob: string): Promise<boolean> {
    return (await this.#asking(subject))[0]?.blob === blob;
  }

  /** The files of a conversation. */
  async *of(conversation: ConversationId): AsyncIterable<NamedFile> {
    for (const subject of await this.#notes.subjects(this.#layout.pathsOf(conversation))) {
      const [holder] = await this.#asking(subject);
      if (holder) yield holder;
    }
  }

  async #asking(subject: string): Promise<readonly NamedFile[]> {
    return (await this.#notes.read(subject)).flatMap(({ seq, value }) => {
      const named = checkFields(namedFields, value);
      if (!named) return [];
      const { conversation, folder, name, at, blob, extents, size } = named;
      const path: FilePath = {
        conversation: conversation as ConversationId,
        ...folder !== undefined && { folder },
        name,
      };
      return [{ path, seq, at, blob, extents, size }];
    });
  }
}
