/** One file on its way from the server. */

import { ChatError } from "../errors.ts";
import { placeOf, type SharedFile } from "../events.ts";
import { limits } from "../limits.ts";
import type { Fetching } from "./exchange.ts";
import type { KeptDownload, Sink, TransferStanding, TransferView } from "./transfer_state.ts";
import { type Line, type TransferHost, Transferring } from "./transferring.ts";

/** Fetches what is missing, checks the whole, and only then gives it its name. */
export class Download extends Transferring {
  readonly file: SharedFile;
  readonly #sink: Sink;
  #fetching: Fetching | undefined;

  constructor(host: TransferHost, file: SharedFile, sink: Sink) {
    super(host);
    this.file = file;
    this.#sink = sink;
  }

  get view(): Omit<TransferView, "number"> {
    const { name, folder, size } = this.file;
    const { bytes, rate, standing } = this;
    return {
      ...{ way: "down", name, place: placeOf(this.file), bytes, size, rate, standing },
      ...folder === undefined ? {} : { folder },
    };
  }

  /** What goes on after a restart. */
  get kept(): KeptDownload {
    return { way: "down", file: this.file };
  }

  protected async attempt(line: Line): Promise<TransferStanding> {
    const { size, sha256, file, name } = this.file;
    const there = await this.#sink.open();
    this.requireOn(line);
    this.stand({ is: "moving" });
    this.reached(there);
    // Nothing comes of an empty file, but the server is to know that it was fetched.
    if (size === 0) await this.#fetch(line, 0);
    while (this.bytes < size) await this.#fetch(line, this.bytes);
    this.stand({ is: "checking" });
    if (this.bytes !== size || this.#sink.sha256() !== sha256) {
      await this.#sink.drop();
      this.bytes = 0;
      const what = `what came of "${name}" isn't what was shared`;
      throw new ChatError("bad_hash", `Cannot keep it: ${what}`, { transfer: file });
    }
    return { is: "done", file: this.file, path: await this.#sink.finish() };
  }

  protected async beginAnew(): Promise<void> {
    await this.#sink.drop();
    this.bytes = 0;
  }

  protected async giveUp(line: Line | undefined): Promise<void> {
    const { id } = this.#fetching ?? {};
    if (line && !line.isLost() && id !== undefined) {
      await line.link.send("cancel", { fetch: id }, { once: true }).catch(() => {});
    }
    await this.#sink.drop();
  }

  protected close(): Promise<void> | void {
    return this.#sink.close();
  }

  /** Fetches the next piece: what is on its way when the connection breaks comes once more. */
  async #fetch(line: Line, offset: number): Promise<void> {
    const { file, size } = this.file;
    const isLast = size - offset <= limits.fetchBytesUsual;
    const length = isLast ? {} : { length: limits.fetchBytesUsual };
    this.#fetching = line.link.fetch({ file, offset, ...length }, {
      part: async (bytes, at) => {
        // What comes after it was given up has nowhere to go.
        if (this.isOver) return;
        if (at !== this.bytes || at + bytes.length > size) {
          throw new ChatError("bad_offset", "The server has sent other bytes than were asked for");
        }
        await this.#sink.write(bytes);
        this.reached(at + bytes.length);
      },
    });
    const { done } = this.#fetching;
    try {
      await Promise.race([done, this.over]);
    } finally {
      this.#fetching = undefined;
    }
    this.requireOn(line);
    if (this.bytes === offset && offset < size) {
      throw new ChatError("bad_offset", "The server has sent none of the bytes asked for");
    }
  }
}
