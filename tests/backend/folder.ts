/** A folder for one test, and what can be seen of it from outside. */

import { DatabaseSync } from "node:sqlite";
import { openSqlite, type SqliteBackend } from "../../lib/backend/sqlite.ts";
import { systemClock } from "../../lib/system_clock.ts";

/** A temporary folder; what is opened in it has to be closed by the test. */
export class DataFolder implements AsyncDisposable {
  readonly path = `${Deno.makeTempDirSync()}/data`;

  open(): Promise<SqliteBackend> {
    return openSqlite(this.path, systemClock());
  }

  /** Opens the log's file beside the backend, as somebody else would. */
  database(): DatabaseSync {
    return new DatabaseSync(`${this.path}/parley.db`);
  }

  /** The files that have a text in them, as it would be found by a search of the disk. */
  filesWith(text: string): string[] {
    const wanted = new TextEncoder().encode(text);
    return this.names().filter((name) => {
      const bytes = Deno.readFileSync(`${this.path}/${name}`);
      return bytes.some((_, at) => wanted.every((byte, index) => bytes[at + index] === byte));
    });
  }

  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(`${this.path}/..`, { recursive: true });
  }
}
