/** Files on their way out: a note says so until their names and bytes are gone. */

import { checkFields, integer, note } from "../../wire/fields.ts";
import type { FileLayout } from "./file_layout.ts";
import type { Notes } from "./notes.ts";
import type { NamedFile, Paths } from "./paths.ts";
import type { Pieces } from "./pieces.ts";

/** What {@linkcode Leaving} needs. */
export interface LeavingOptions {
  readonly notes: Notes;
  readonly pieces: Pieces;
  readonly paths: Paths;
  readonly layout: FileLayout;
}

/** What is to be taken out: bytes, and what has asked for a path's subject for them. */
interface Leaver {
  readonly blob: string;
  readonly subject: string;
  readonly size: number;
}

const leaverFields = { subject: note(256), size: integer(0) } as const;

/** Takes files out, in steps of which each may be done again, by whichever node. */
export class Leaving {
  readonly #options: LeavingOptions;

  constructor(options: LeavingOptions) {
    this.#options = options;
  }

  /** Takes one out; once that is noted, it goes whatever becomes of this node. */
  async remove({ path, blob, size }: NamedFile): Promise<void> {
    const { notes, layout } = this.#options;
    const subject = layout.path(path);
    await notes.add(layout.leaving(blob), { subject, size });
    await this.#complete({ blob, subject, size });
  }

  /** Goes on with what nodes have left that are gone; of one that isn't, the same is done twice. */
  async complete(): Promise<void> {
    const { notes, layout } = this.#options;
    for (const subject of await notes.subjects(layout.allLeaving)) {
      for (const { value } of await notes.read(subject)) {
        const leaver = checkFields(leaverFields, value);
        if (leaver) await this.#complete({ blob: layout.blobOf(subject), ...leaver });
      }
    }
  }

  async #complete({ blob, subject, size }: Leaver): Promise<void> {
    const { notes, paths, pieces, layout } = this.#options;
    await paths.withdraw(subject, blob);
    await pieces.drop({ blob, size });
    await notes.drop(layout.leaving(blob));
  }
}
