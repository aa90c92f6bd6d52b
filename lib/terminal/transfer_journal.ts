/** What was under way when a client ended, kept beside its saved login for the next start. */

import type { Clock, Stop } from "../clock.ts";
import type { KeptTransfer } from "../client/transfer_state.ts";
import { fileFields } from "../events.ts";
import {
  checkFields,
  exactly,
  type Field,
  integer,
  isObject,
  type JsonObject,
  list,
  note,
  opaque,
  optional,
  record,
} from "../fields.ts";
import { limits } from "../limits.ts";
import type { TransferId, Uid } from "../names.ts";

const place = record({ room: note(limits.idCharsMax * 4), with: optional(opaque<Uid>()) });
const uploadFields = {
  way: exactly("up"),
  origin: note(8192),
  stamp: note(100),
  name: note(1000),
  folder: optional(note(limits.folderCharsMax)),
  place,
  cid: opaque(),
  transfer: optional(opaque<TransferId>()),
  server: optional(opaque()),
} as const;
const downloadFields = {
  way: exactly("down"),
  file: record({
    ...fileFields,
    room: note(limits.idCharsMax * 4),
    with: optional(opaque<Uid>()),
  }),
} as const;
const transfer: Field<KeptTransfer, "needed"> = {
  must: "an upload or a download",
  presence: "needed",
  check: (value) => isObject(value) ? transferOf(value) : undefined,
};
const journalFields = { v: integer(1), transfers: list(transfer, 100_000) } as const;

/** So many are written as soon as they change: that takes less time than one part of a file. */
const fewMax = 100;
/** More of them are written at most this often, in milliseconds. */
const apartMs = 1000;

/** One client's journal; without a path nothing is kept. */
export class TransferJournal {
  readonly #path: string | undefined;
  readonly #clock: Clock;
  #wroteAt = -Infinity;
  #due: readonly KeptTransfer[] | undefined;
  #stop: Stop | undefined;

  constructor(path: string | undefined, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Whether anything is kept. */
  get isKept(): boolean {
    return this.#path !== undefined;
  }

  /** What was under way; nothing where that can't be read. */
  read(): readonly KeptTransfer[] {
    if (this.#path === undefined) return [];
    try {
      const value: unknown = JSON.parse(Deno.readTextFileSync(this.#path));
      return isObject(value) ? checkFields(journalFields, value)?.transfers ?? [] : [];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  /** Keeps what is under way now: few at once, so that a crash loses none of them, many soon. */
  keep(transfers: readonly KeptTransfer[]): void {
    if (this.#path === undefined) return;
    this.#due = transfers;
    const ms = transfers.length <= fewMax ? 0 : this.#wroteAt + apartMs - this.#clock.now();
    if (ms <= 0) this.flush();
    else this.#stop ??= this.#clock.after(ms, () => this.flush());
  }

  /** Writes what is due, whole or not at all. */
  flush(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#due === undefined || this.#path === undefined) return;
    const unfinished = `${this.#path}.new`;
    const text = JSON.stringify({ v: 1, transfers: this.#due });
    Deno.writeTextFileSync(unfinished, `${text}\n`, { mode: 0o600 });
    Deno.renameSync(unfinished, this.#path);
    this.#due = undefined;
    this.#wroteAt = this.#clock.now();
  }
}

function transferOf(value: JsonObject): KeptTransfer | undefined {
  return value.way === "up" ? checkFields(uploadFields, value) : checkFields(downloadFields, value);
}
