/** What clients have of the table of commands, against the table. */

import { assertEquals } from "@std/assert";
import { answerFields, unorderedAnswers } from "../../lib/wire/answer_fields.ts";
import { storing } from "../../lib/client/cid.ts";
import type { CommandRow } from "../../lib/wire/command_row.ts";
import { commands } from "../../lib/protocol.ts";

const rows: readonly (readonly [string, CommandRow])[] = Object.entries(commands);
const namesOf = (isMeant: (row: CommandRow) => boolean) =>
  rows.filter(([, row]) => isMeant(row)).map(([name]) => name).toSorted();

Deno.test("what ok carries is told of every command, and of nothing else", () => {
  assertEquals(Object.keys(answerFields).toSorted(), Object.keys(commands).toSorted());
  for (const [name, row] of rows) {
    assertEquals(
      row.ok === Object.entries(answerFields).find(([key]) => key === name)?.[1],
      true,
      name,
    );
  }
});

Deno.test("clients know which answers may come late", () => {
  assertEquals([...unorderedAnswers].toSorted(), namesOf((row) => row.unordered !== undefined));
});

Deno.test("clients give a cid to whatever stores something", () => {
  // Repeated, these change nothing: they are sent again without one.
  const harmless = ["join", "leave"];
  const takesCid = namesOf((row) => "cid" in row.fields);
  assertEquals([...storing].toSorted(), takesCid.filter((name) => !harmless.includes(name)));
});
