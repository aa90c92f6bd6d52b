/** How transfers of a one-shot run go, on standard error: lines that change, or plain ones. */

import { sizeText } from "../client/amounts.ts";
import type { TransferView } from "../client/transfer_state.ts";
import type { Machine } from "./machine.ts";
import { paintFor } from "./paint.ts";
import { fileName } from "../client/find_file.ts";
import { footLines } from "./transfer_lines.ts";

/** Draws over what it drew last, where there is a terminal; elsewhere only beginnings and ends. */
export class Progress {
  readonly #machine: Machine;
  #rows = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** A line that stays. */
  say(sentence: string): void {
    this.#write(`${this.#erased()}${sentence}\n`);
  }

  began({ way, name, folder, size }: TransferView): void {
    if (this.#machine.progress !== undefined) return;
    const what = way === "up" ? "Sending" : "Fetching";
    this.say(
      `${what} "${fileName({ name, ...folder === undefined ? {} : { folder } })}" (${
        sizeText(size)
      })`,
    );
  }

  ended({ way, name, folder, size, standing }: TransferView): void {
    // What was fetched was told with the place where it is, and failures by whoever waits.
    if (way === "down" || standing.is !== "done") return;
    const file = fileName({ name, ...folder === undefined ? {} : { folder } });
    this.say(`Sent "${file}" (${sizeText(size)})`);
  }

  /** Shows what is under way now. */
  draw(transfers: readonly TransferView[]): void {
    const { progress } = this.#machine;
    if (progress === undefined) return;
    const view = { columns: progress.columns(), paint: paintFor(false), me: { user: "" } };
    const lines = footLines(transfers, view);
    this.#write(this.#erased() + lines.map((line) => `${line}\n`).join(""));
    this.#rows = lines.length;
  }

  #erased(): string {
    const rows = this.#rows;
    this.#rows = 0;
    return rows === 0 ? "" : `\x1b[${rows}A\r\x1b[J`;
  }

  #write(text: string): void {
    if (text !== "") this.#machine.say(text);
  }
}
