/** Who may do what: the tables that were written by hand against the server as it is. */

import { assert, assertEquals } from "@std/assert";
import { changeFields, passingFields } from "../lib/events.ts";
import { coreRoutes } from "../lib/net/web.ts";
import { WebCounts } from "../lib/net/web_counts.ts";
import { commands } from "../lib/protocol.ts";
import {
  accessOptions,
  AccessScene,
  harmlessCommands,
  requests,
  samples,
} from "./helpers/access_scene.ts";
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

/** What came of asking. */
interface Got {
  /** `ok`, a refusal's code, or a status. */
  readonly answer: string;
  /** Whether everything there is as it was made. */
  readonly isUntouched: boolean;
}

/** How the cells of a table are tried. */
interface Trial<C extends string, S extends AsyncDisposable> {
  readonly start: (by: C) => Promise<S>;
  readonly ask: (scene: S, row: Row, by: C) => Promise<Got>;
}

/** Asks for each cell in a scene that nothing has changed: those that nobody touched serve again. */
class Asking<C extends string, S extends AsyncDisposable> implements AsyncDisposable {
  readonly #trial: Trial<C, S>;
  readonly #untouched = new Map<C, S>();

  constructor(trial: Trial<C, S>) {
    this.#trial = trial;
  }

  async answer(row: Row, by: C): Promise<string> {
    const scene = this.#untouched.get(by) ?? await this.#trial.start(by);
    this.#untouched.delete(by);
    const { answer, isUntouched } = await this.#trial.ask(scene, row, by);
    if (isUntouched) this.#untouched.set(by, scene);
    else await scene[Symbol.asyncDispose]();
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const scene of this.#untouched.values()) await scene[Symbol.asyncDispose]();
  }
}

const commandTrial: Trial<Asker, AccessScene> = {
  start: (asker) => AccessScene.start(asker),
  ask: async (scene, { what, where }) => {
    const sample = Object.entries(samples).find(([name]) => name === what)?.[1];
    assert(sample, `There is no sample of "${what}"`);
    const answer = await scene.ann.ask({ t: what, ...sample(await scene.subject(where)) });
    const isOk = answer.t === "ok";
    return {
      answer: isOk ? "ok" : String(answer.code),
      isUntouched: !isOk || harmlessCommands.includes(what),
    };
  },
};

const coreRoutesHere = () => coreRoutes({ counts: new WebCounts() });

/** An {@linkcode AccessScene} behind a web port. */
class RequestScene extends AsyncDisposableStack {
  readonly web: WebScene;
  readonly scene: AccessScene;

  private constructor(web: WebScene, scene: AccessScene) {
    super();
    this.web = this.use(web);
    this.scene = scene;
  }

  static async start(by: Requester): Promise<RequestScene> {
    const web = await WebScene.start(coreRoutesHere(), accessOptions());
    return new RequestScene(web, await AccessScene.start(askerOf(by), web.server));
  }
}

function askerOf(by: Requester): Asker {
  return by === "stale" ? "nobody" : by;
}

const requestTrial: Trial<Requester, RequestScene> = {
  start: (by) => RequestScene.start(by),
  ask: async ({ web, scene }, { what, where }, by) => {
    const { path, headers = {}, body } = requests[what](await scene.subject(where));
    const method = what.split(" ")[0];
    const { status } = await web.ask(path, {
      method,
      headers: { ...by === "stale" && { authorization: "Bearer none" }, ...headers },
      ...askerOf(by) !== "nobody" && { as: scene.ann },
      ...body !== undefined && { body },
    });
    return {
      answer: String(status),
      isUntouched: status >= 400 || ["GET", "HEAD", "OPTIONS"].includes(method),
    };
  },
};

/** Where the server differs from a table. */
async function differences<C extends string, S extends AsyncDisposable>(
  rows: readonly Row[],
  columns: readonly C[],
  trial: Trial<C, S>,
): Promise<readonly string[]> {
  await using asking = new Asking(trial);
  const found: string[] = [];
  for (const row of rows) {
    const got = await Promise.all(columns.map((by) => asking.answer(row, by)));
    for (const [index, by] of columns.entries()) {
      if (got[index] === row.wanted[index]) continue;
      found.push(`${row.what} ${row.where} as ${by}: ${got[index]}, not ${row.wanted[index]}`);
    }
  }
  return found;
}

Deno.test("every command gives each role what the table says", async () => {
  const rows = rowsOf(commandTable, askers);
  const named = new Set(rows.map(({ what }) => what));
  assertEquals(Object.keys(commands).filter((name) => !named.has(name)), []);
  assertEquals(await differences(rows, askers, commandTrial), []);
});

Deno.test("every route gives each role what the table says", async () => {
  const rows = rowsOf(requestTable, requesters);
  const named = rows.map(({ what }) => what);
  const subject = { room: "tea", seq: 1, file: "f", name: "n", transfer: "t" };
  const asked = named.map((name) => `${name.split(" ")[0]} ${requests[name](subject).path}`);
  const missing = coreRoutesHere().filter(({ method, pattern }) => {
    const fits = new RegExp(`^${method} ${pattern.replaceAll(/:\w+/g, "[^/]+")}$`);
    return !asked.some((one) => fits.test(one));
  });
  assertEquals(missing.map(({ method, pattern }) => `${method} ${pattern}`), []);
  assertEquals(await differences(rows, requesters, requestTrial), []);
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
  const rows = rowsOf(commandTable, askers);
  await using asking = new Asking(commandTrial);
  const isNoticed = async (wanted: Asker, wrong: Asker) => {
    const [column, other] = [askers.indexOf(wanted), askers.indexOf(wrong)];
    // What is likely to tell them apart is asked first.
    const isLikely = (row: Row) => row.wanted[column] !== row.wanted[other];
    for (const row of [...rows.filter(isLikely), ...rows.filter((row) => !isLikely(row))]) {
      if (row.wanted[column] !== await asking.answer(row, wrong)) return true;
    }
    return false;
  };
  for (const [column, wanted] of askers.entries()) {
    for (const wrong of askers.slice(column + 1)) {
      assert(await isNoticed(wanted, wrong), `${wrong} in the place of ${wanted}`);
    }
  }
});
