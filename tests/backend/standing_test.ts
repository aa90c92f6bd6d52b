import { assert, assertEquals } from "@std/assert";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Row } from "../../lib/backend/sqlite/database.ts";
import { Standing } from "../../lib/backend/sqlite/standing.ts";
import { limits } from "../../lib/limits.ts";
import { keep, room, said } from "../contract/scene.ts";
import { DataFolder } from "./folder.ts";

const messages = 300;
const text = "x".repeat(limits.textBytesMax);

/** Counts the events that come out of a database. */
class Taken {
  rows = 0;

  /** The same database; what is prepared from now on is counted. */
  of(database: DatabaseSync): DatabaseSync {
    const { prepare } = database;
    database.prepare = (sql) => {
      const statement = prepare.call(database, sql);
      return sql.includes("FROM event") ? this.#counted(statement) : statement;
    };
    return database;
  }

  #counted(statement: StatementSync): StatementSync {
    statement.all = new Proxy(statement.all, {
      apply: (all, _this, values) => {
        const rows: Row[] = Reflect.apply(all, statement, values);
        this.rows += rows.length;
        return rows;
      },
    });
    statement.iterate = new Proxy(statement.iterate, {
      apply: (iterate, _this, values) => {
        const rows: IteratorObject<Row> = Reflect.apply(iterate, statement, values);
        return rows.map((row) => {
          this.rows++;
          return row;
        });
      },
    });
    return statement;
  }
}

const ranges = { newest: { before: messages + 1 }, oldest: { after: 0 } };
for (const [which, range] of Object.entries(ranges)) {
  Deno.test(`of long texts only as many are read as a page has, the ${which} too`, async () => {
    await using folder = new DataFolder();
    {
      await using backend = await folder.open();
      await keep(backend, Array.from({ length: messages }, (_, index) => said(index + 1, text)));
    }
    using database = folder.database();
    const taken = new Taken();
    const standing = new Standing(taken.of(database));
    const head = standing.head(room);
    assert(head, "The conversation isn't there");
    const bytes = limits.textPageBytes;
    const { events, more } = standing.page(head, { ...range, limit: limits.pageMax, bytes });
    assert(more, "All of it was on the page");
    assertEquals(events.length, Math.floor(bytes / text.length) - 1);
    // The one after them tells that they aren't all.
    assertEquals(taken.rows, events.length + 1);
  });
}
