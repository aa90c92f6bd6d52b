/**
 * What is known of unfinished files: notes of who writes them, of which each follows from one before
 * it. What a node has said that was cut off, and comes when another one goes on, follows from nothing
 * and is passed over. So nothing is refused by NATS, and all nodes read the same.
 */

import { ChatError } from "../../errors.ts";
import type { TransferId } from "../../names.ts";
import { checkFields, exactly, integer, list, note, opaque, optional } from "../../wire/fields.ts";
import type { FileLayout } from "./file_layout.ts";
import type { Note, Notes } from "./notes.ts";
import {
  type Extent,
  extentsMax,
  newName,
  pieceBytes,
  type Pieces,
  type Stored,
  storedFields,
} from "./pieces.ts";

/** An unfinished file. */
export interface Unfinished extends Stored {
  /** Subjects of the paths that it has asked for. */
  readonly asked: readonly string[];
}

/** The same, as the notes tell of it. */
interface Told extends Unfinished {
  readonly writer: string;
  /** Whether its writer may have written more than `size`. */
  readonly isOpen: boolean;
  /** The number of the last note. */
  readonly last: number;
}

/** What a writer begins with. */
export interface Begun {
  readonly stored: Stored;
  /** The bytes of the last piece, where it isn't whole. */
  readonly tail: Uint8Array;
  /** Whether these can't be written once more behind what follows. */
  readonly isSure: boolean;
  /** The number of the note that says so, which goes when another one has begun. */
  readonly seq: number;
}

/** Names that one file asks for, until one is free. */
const askedMax = 1000;
const subject = note(256);
/** Somebody begins to write, behind `size` bytes that were there. */
const beganFields = {
  is: exactly("began"),
  /** The writer before. */
  after: optional(opaque()),
  writer: opaque(),
  ...storedFields,
  asked: list(subject, askedMax),
} as const;
const endedFields = { is: exactly("ended"), writer: opaque(), size: integer(0) } as const;
const askedFields = { is: exactly("asked"), path: subject } as const;

/** Reads and adds to what is known of unfinished files. */
export class UnfinishedFiles {
  readonly #notes: Notes;
  readonly #pieces: Pieces;
  readonly #layout: FileLayout;

  constructor(
    { notes, pieces, layout }: {
      readonly notes: Notes;
      readonly pieces: Pieces;
      readonly layout: FileLayout;
    },
  ) {
    this.#notes = notes;
    this.#pieces = pieces;
    this.#layout = layout;
  }

  /** Every transfer of which something is known. */
  async all(): Promise<readonly TransferId[]> {
    const subjects = await this.#notes.subjects(this.#layout.uploads);
    return subjects.map((one) => this.#layout.transferOf(one));
  }

  /** One with all bytes that are written, or `undefined` where there is none. */
  async find(transfer: TransferId): Promise<Unfinished | undefined> {
    const told = await this.#told(transfer);
    return told && await this.#measured(told);
  }

  /**
   * Begins to write one, made where there is none. From now on, what others write who began before is
   * no part of it.
   *
   * @throws {ChatError} `moved` where another one begins at the same time
   */
  async begin(transfer: TransferId): Promise<Begun> {
    return await this.#begin(transfer, await this.#told(transfer), Infinity);
  }

  /**
   * The same for whoever has begun before, behind the first `size` bytes.
   *
   * @throws {ChatError} `moved` where another one has begun since
   */
  async beginAnew(transfer: TransferId, { stored }: Begun, size: number): Promise<Begun> {
    const told = await this.#told(transfer);
    if (told?.writer !== writerOf(stored)) throw moved(transfer);
    return await this.#begin(transfer, told, size);
  }

  /**
   * That nobody has begun since; by the way, as one replica of NATS knows it.
   *
   * @throws {ChatError} `moved`
   */
  async requireNewest(transfer: TransferId, { seq }: Begun): Promise<void> {
    if (!await this.#notes.has(seq)) throw moved(transfer);
  }

  /** The same for certain. @throws {ChatError} `moved` */
  async requireWriter(transfer: TransferId, { stored }: Begun): Promise<void> {
    if ((await this.#told(transfer))?.writer !== writerOf(stored)) throw moved(transfer);
  }

  async #begin(transfer: TransferId, told: Told | undefined, most: number): Promise<Begun> {
    const before = told ? await this.#measured(told) : undefined;
    const size = Math.min(before?.size ?? 0, most);
    const [writer, blob] = [newName(), before?.blob ?? newName()];
    const from = Math.floor(size / pieceBytes);
    const extents: readonly Extent[] = [
      ...(before?.extents ?? []).filter((extent) => extent.from < from),
      { writer, from },
    ];
    if (extents.length > extentsMax) {
      throw new Error(`Transfer ${transfer} was begun anew too often; it has to be sent again`);
    }
    const tail = before ? await this.#tail({ ...before, size }) : new Uint8Array();
    // In this order, whoever reads that there are `size` bytes finds them.
    const isSure = tail.length === 0 || await this.#pieces.put({ blob, writer, index: from }, tail);
    const stored = { blob, extents, size };
    const at = this.#layout.upload(transfer);
    const seq = await this.#notes.add(at, {
      is: "began",
      ...told && { after: told.writer },
      writer,
      ...stored,
      asked: told?.asked ?? [],
    });
    const begun = { stored, tail, isSure, seq };
    await this.requireWriter(transfer, begun);
    // Nobody needs what it was before: it is all in the newest.
    if (told) await this.#notes.drop(at, told.last + 1);
    return begun;
  }

  /** A writer writes no more, and there are `size` bytes. */
  async end(transfer: TransferId, { stored }: Begun, size: number): Promise<void> {
    const writer = writerOf(stored);
    await this.#notes.add(this.#layout.upload(transfer), { is: "ended", writer, size });
  }

  /** It is about to ask for the path of a subject. */
  async asks(transfer: TransferId, path: string, { asked }: Unfinished): Promise<void> {
    if (asked.includes(path)) return;
    if (asked.length >= askedMax) throw new Error(`${askedMax} names for one file are taken`);
    await this.#notes.add(this.#layout.upload(transfer), { is: "asked", path });
  }

  /** Forgets one. */
  async forget(transfer: TransferId): Promise<void> {
    await this.#notes.drop(this.#layout.upload(transfer));
  }

  async #told(transfer: TransferId): Promise<Told | undefined> {
    return toldBy(await this.#notes.read(this.#layout.upload(transfer)));
  }

  async #measured(told: Told): Promise<Unfinished> {
    const { blob, extents, asked, isOpen } = told;
    const size = isOpen ? await this.#pieces.size(told) : told.size;
    return { blob, extents, asked, size };
  }

  /** The bytes of the last piece, where it isn't whole. */
  async #tail(stored: Stored): Promise<Uint8Array> {
    const index = Math.floor(stored.size / pieceBytes);
    if (stored.size === index * pieceBytes) return new Uint8Array();
    const piece = await this.#pieces.get(stored, index);
    if (piece) return piece;
    throw new Error(`Bytes of an unfinished file are missing: piece ${index} of ${stored.blob}`);
  }
}

function writerOf({ extents }: Stored): string | undefined {
  return extents.at(-1)?.writer;
}

function moved(transfer: TransferId): ChatError {
  const how = 'it goes on at another node; "resume" takes it back';
  return new ChatError("moved", `Cannot go on with this transfer: ${how}`, { transfer });
}

/** What notes come to, in their order. */
function toldBy(notes: readonly Note[]): Told | undefined {
  let told: Told | undefined;
  for (const { seq, value } of notes) {
    const began = checkFields(beganFields, value);
    const ended = checkFields(endedFields, value);
    const asked = checkFields(askedFields, value);
    if (began && (!told || began.after === told.writer)) {
      const { writer, blob, extents, size } = began;
      const paths = [...new Set([...told?.asked ?? [], ...began.asked])];
      told = { writer, blob, extents, size, asked: paths, isOpen: true, last: seq };
    } else if (ended && told?.writer === ended.writer) {
      told = { ...told, isOpen: false, size: ended.size };
    } else if (asked && told) {
      told = { ...told, asked: [...new Set([...told.asked, asked.path])] };
    }
    if (told) told = { ...told, last: seq };
  }
  return told;
}
