/** Who may do what: the tables that were written by hand against the server as it is. */

import { assert, assertEquals } from "@std/assert";
import { changeFields, passingFields } from "../lib/events.ts";
import { coreRoutes } from "../lib/net/web.ts";
import { WebCounts } from "../lib/net/web_counts.ts";
import { commands } from "../lib/protocol.ts";
import { accessBounds, AccessScene, requests, samples } from "./helpers/access_scene.ts";
import {
  type Asker,
  askers,
  commandTable,
  eventsElsewhere,
  eventTable,
  hearers,
  type Requester,
  requesters,
  requestTable,
} from "./helpers/access_table.ts";
import { HearingScene } from "./helpers/hearing_scene.ts";
import { WebScene } from "./helpers/web_scene.ts";

interface Row {
  readonly what: string;
  readonly where: string;
  readonly wanted: readonly string[];
}

/** The rows of a table, checked against its heading. */
function rowsOf(table: string, columns: readonly string[]): readonly Row[] {
  const lines = table.split("\n").map((line) => line.trim().split(/\s+/));
  const [heading, ...rows] = lines.filter(([first]) => first !== "");
  assertEquals(heading.slice(2), columns);
  return rows.map(([what, where, ...wanted]) => {
    assertEquals(wanted.length, columns.length, `The row "${what} ${where}"`);
    return { what: what.replace(/^([A-Z]+)_/, "$1 "), where, wanted };
  });
}

/** What is answered to a command: `ok`, or the refusal's code. */
async function answered({ what, where }: Row, asker: Asker): Promise<string> {
  await using scene = await AccessScene.start(asker);
  const sample = Object.entries(samples).find(([name]) => name === what)?.[1];
  assert(sample, `There is no sample of "${what}"`);
  const answer = await scene.ann.ask({ t: what, ...sample(scene.subject(where)) });
  return answer.t === "ok" ? "ok" : String(answer.code);
}

const coreRoutesHere = () => coreRoutes({ cookie: "parley", counts: new WebCounts() });

/** The status that a request is answered with. */
async function status({ what, where }: Row, by: Requester): Promise<string> {
  await using web = await WebScene.start(coreRoutesHere(), { bounds: accessBounds });
  const asker = by === "stale" ? "nobody" : by;
  const scene = await AccessScene.start(asker, web.server);
  const { path, headers = {}, body } = requests[what](scene.subject(where));
  const answer = await web.ask(path, {
    method: what.split(" ")[0],
    headers: { ...by === "stale" && { authorization: "Bearer none" }, ...headers },
    ...asker !== "nobody" && { as: scene.ann },
    ...body !== undefined && { body },
  });
  return String(answer.status);
}

interface Table<C extends string> {
  readonly text: string;
  readonly columns: readonly C[];
  /** What one who asks gets. */
  readonly get: (row: Row, by: C) => Promise<string>;
}

const commandRows: Table<Asker> = { text: commandTable, columns: askers, get: answered };
const requestRows: Table<Requester> = { text: requestTable, columns: requesters, get: status };

/** Where the server differs from a table. */
async function differences<C extends string>(
  { text, columns, get }: Table<C>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of rowsOf(text, columns)) {
    const got = await Promise.all(columns.map((by) => get(row, by)));
    for (const [index, by] of columns.entries()) {
      if (got[index] === row.wanted[index]) continue;
      found.push(`${row.what} ${row.where} as ${by}: ${got[index]}, not ${row.wanted[index]}`);
    }
  }
  return found;
}

/** Whether somebody of another role than the table's column gets something else anywhere. */
async function isNoticed(wanted: Asker, wrong: Asker): Promise<boolean> {
  const column = askers.indexOf(wanted);
  for (const row of rowsOf(commandTable, askers)) {
    if (row.wanted[column] !== await answered(row, wrong)) return true;
  }
  return false;
}

Deno.test("every command gives each role what the table says", async () => {
  const named = new Set(rowsOf(commandTable, askers).map(({ what }) => what));
  assertEquals(Object.keys(commands).filter((name) => !named.has(name)), []);
  assertEquals(await differences(commandRows), []);
});

Deno.test("every route gives each role what the table says", async () => {
  const named = rowsOf(requestTable, requesters).map(({ what }) => what);
  const subject = { room: "tea", seq: 1, file: "f", name: "n", transfer: "t" };
  const asked = named.map((name) => `${name.split(" ")[0]} ${requests[name](subject).path}`);
  const missing = coreRoutesHere().filter(({ method, pattern }) => {
    const fits = new RegExp(`^${method} ${pattern.replaceAll(/:\w+/g, "[^/]+")}$`);
    return !asked.some((one) => fits.test(one));
  });
  assertEquals(missing.map(({ method, pattern }) => `${method} ${pattern}`), []);
  assertEquals(await differences(requestRows), []);
});

Deno.test("every event is heard by those whom the table says, and by nobody else", async () => {
  const rows = rowsOf(eventTable, hearers);
  const named = [...rows.map(({ what }) => what), ...Object.keys(eventsElsewhere)];
  const kinds = [...Object.keys(changeFields), ...Object.keys(passingFields)];
  assertEquals(kinds.filter((kind) => !named.includes(kind)), []);
  const found: string[] = [];
  for (const { what, where, wanted } of rows) {
    await using scene = await HearingScene.start();
    await scene.happen(what, where);
    const heard = await scene.heard(what);
    for (const [index, hearer] of hearers.entries()) {
      const got = heard[hearer] ? "yes" : "-";
      if (got !== wanted[index]) found.push(`${what} ${where} to ${hearer}: ${got}`);
    }
  }
  assertEquals(found, []);
});

Deno.test("a wrong role is noticed, whichever it is", async () => {
  for (const [column, wanted] of askers.entries()) {
    for (const wrong of askers.slice(column + 1)) {
      assert(await isNoticed(wanted, wrong), `${wrong} in the place of ${wanted}`);
    }
  }
});
