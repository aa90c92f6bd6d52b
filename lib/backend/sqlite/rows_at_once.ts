/** Adds rows, many with one statement: a third of what a message costs was one call for each. */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** Into which columns of which table. */
export interface Into {
  readonly table: string;
  readonly columns: readonly string[];
  /** What is done where a row is there already: an error, unless it says otherwise. */
  readonly or?: "IGNORE";
}

/** Rows added by one statement, where there are as many. */
const rowsUsual = 20;

/** Adds rows to one table. */
export class RowsAtOnce {
  readonly #columns: number;
  readonly #rowsMax: number;
  readonly #one: StatementSync;
  readonly #many: StatementSync;

  constructor(db: DatabaseSync, into: Into, rowsMax: number = rowsUsual) {
    const { table, columns, or = "ABORT" } = into;
    const insert = `INSERT OR ${or} INTO ${table} (${columns.join()}) VALUES`;
    const row = `(${columns.map(() => "?").join()})`;
    this.#columns = columns.length;
    this.#rowsMax = rowsMax;
    this.#one = db.prepare(`${insert} ${row}`);
    this.#many = db.prepare(`${insert} ${Array(rowsMax).fill(row).join()}`);
  }

  /** Adds rows, given as their values one after the other. */
  add(values: readonly SQLInputValue[]): void {
    const step = this.#columns * this.#rowsMax;
    let at = 0;
    for (; at + step <= values.length; at += step) this.#many.run(...values.slice(at, at + step));
    for (; at < values.length; at += this.#columns) {
      this.#one.run(...values.slice(at, at + this.#columns));
    }
  }
}
