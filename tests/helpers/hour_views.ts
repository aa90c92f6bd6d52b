/** What everybody sees at the end of an hour, as data, beside what the server has. */

import type { JsonObject } from "../../lib/wire/fields.ts";
import { isObject } from "../../lib/wire/fields.ts";
import type { Hour } from "./hour.ts";
import type { PageActor } from "./hour_page.ts";
import { garden, pairOf, rooms } from "./hour_said.ts";
import type { Peer } from "./peer.ts";
import type { SceneServer } from "./scene.ts";
import { differences, fateDifferences, lineDifferences, type ViewRow } from "./views.ts";

/** What is read of a row of the page, in the page. */
const rowsDrawn = `[...document.querySelectorAll("[role=log] [data-seq]")].map((row) => {
  const words = row.querySelector(".message-text")?.cloneNode(true);
  for (const each of words?.querySelectorAll(".edited, .tick") ?? []) each.remove();
  const textOf = (selector) => row.querySelector(selector)?.textContent;
  return {
    seq: Number(row.dataset.seq),
    by: textOf(".author"),
    said: words?.textContent,
    isGone: row.querySelector(".gone") !== null,
    isEdited: row.querySelector(".edited") !== null,
    isAnswer: row.querySelector(".quote") !== null,
    reactions: [...row.querySelectorAll(".reaction")].map((each) => each.textContent),
    file: textOf(".file-name"),
    event: [...row.querySelector("p.event")?.childNodes ?? []]
      .map((each) => each.nodeName === "TIME" ? "" : each.textContent).join("") || undefined,
  };
})`;

interface DrawnRow {
  readonly seq: number;
  readonly by?: string;
  readonly said?: string;
  readonly isGone: boolean;
  readonly isEdited: boolean;
  readonly isAnswer: boolean;
  readonly reactions: readonly string[];
  readonly file?: string;
  readonly event?: string;
}

/** Comings and goings are told of several at once: of them only those are asked for that are seen. */
const moves: readonly unknown[] = ["joined", "left"];
const shownKinds: readonly unknown[] = [
  "said",
  "retitled",
  "shared",
  "removed",
  "taken",
  "declined",
];
/** Between two looks at the list something has to be drawn in both. */
const stepPart = 0.5;

/** Everything that is wrong now, a sentence each. */
export async function wrongIn(hour: Hour, server: SceneServer): Promise<string[]> {
  const wrong: string[] = [];
  const reader = await server.join("Reader", hour.reader);
  hour.reader.token = reader.token;
  for (const room of [...rooms, garden]) await reader.ok({ t: "join", room });
  const logs = new Map<string, readonly JsonObject[]>();
  for (const room of [...rooms, garden]) logs.set(room, await history(reader, { room }));
  reader.close();
  for (const [room, log] of logs) wrong.push(...storedWrong(hour, room, log));
  for (const actor of hour.pages) {
    const there = [...rooms, ...actor.isInGarden ? [garden] : []];
    for (const room of there) {
      await actor.turn(room);
      const drawings = await drawingsOf(actor);
      const found = differences(truthOf(logs.get(room) ?? []), drawings);
      wrong.push(...found.map((sentence) => `${actor.name}, #${room}: ${sentence}`));
    }
    wrong.push(...await pairsWrong(hour, server, actor));
  }
  for (const { name, client } of hour.terminals) {
    for (const room of rooms) {
      const truth = saidIn(logs.get(room) ?? []).flatMap(({ text, edited }) =>
        typeof text === "string"
          ? [{ mark: text.split(" ")[0], isWhole: edited === undefined }]
          : []
      );
      const found = lineDifferences(truth, client.lines);
      wrong.push(...found.map((sentence) => `${name}, #${room}: ${sentence}`));
    }
  }
  return wrong;
}

/** What is wrong with a conversation's log itself: each message once, and the files. */
function storedWrong(
  { said: { fates, shared } }: Hour,
  room: string,
  log: readonly JsonObject[],
): string[] {
  const texts = saidIn(log).map(({ text }) => typeof text === "string" ? text : undefined);
  const meant = [...fates.values()].filter((fate) => fate.room === room);
  const wrong = fateDifferences(meant, texts);
  const names = log.flatMap(({ t, file }) => t === "shared" && isObject(file) ? [file.name] : []);
  for (const [name, where] of shared) {
    if (where !== room) continue;
    const count = names.filter((each) => each === name).length;
    if (count !== 1) wrong.push(`${name} is shared ${count} times`);
  }
  return wrong.map((sentence) => `The server, ${room}: ${sentence}`);
}

/** Somebody's private conversations, which only they can read, with their own login. */
async function pairsWrong(hour: Hour, server: SceneServer, actor: PageActor): Promise<string[]> {
  const { visitor: { page }, name } = actor;
  const kept: { token: string } = await page.evaluate(`JSON.parse(localStorage["parley.login"])`);
  const peer = await server.join(name, kept);
  const { rooms: places } = await peer.ok({ t: "rooms", private: true, limit: 200 });
  const wrong: string[] = [];
  for (const place of Array.isArray(places) ? places.filter(isObject) : []) {
    const log = await history(peer, { room: place.room, with: place.with });
    const other = String(place.room).slice(1);
    wrong.push(...storedWrong(hour, pairOf(name, other), log));
    await page.evaluate(`location.hash = ${JSON.stringify(`#/with/${place.with}`)}`);
    await actor.visitor.isAt(`@${other}`);
    const found = differences(truthOf(log), await drawingsOf(actor));
    wrong.push(...found.map((sentence) => `${name}, @${other}: ${sentence}`));
  }
  peer.close();
  await actor.turn("kitchen");
  return wrong;
}

/** All of a log, as it stands. */
async function history(peer: Peer, place: JsonObject): Promise<readonly JsonObject[]> {
  const all: JsonObject[] = [];
  for (let after = 0, more = true; more;) {
    const page = await peer.ok({ t: "history", ...place, after, limit: 200 });
    const events = Array.isArray(page.events) ? page.events.filter(isObject) : [];
    all.push(...events);
    after = Number(events.at(-1)?.seq ?? after);
    more = page.more === true && events.length > 0;
  }
  return all;
}

function saidIn(log: readonly JsonObject[]): readonly JsonObject[] {
  return log.filter(({ t }) => t === "said");
}

/** What should be seen of a log. */
function truthOf(log: readonly JsonObject[]): ViewRow[] {
  return log.filter(({ t }) => shownKinds.includes(t)).map((event) => {
    const seq = Number(event.seq);
    const by = String(event.user);
    if (event.t === "shared" && isObject(event.file)) {
      return { seq, by, text: `shared ${event.file.name}` };
    }
    if (event.t === "retitled") return { seq, text: `topic ${event.topic}` };
    if (event.t !== "said") return { seq };
    const reactions = isObject(event.reactions) ? Object.entries(event.reactions) : [];
    const counts = reactions.map(([emoji, users]) =>
      `${emoji} ${Array.isArray(users) ? users.length : 0}`
    );
    return {
      seq,
      by,
      text: saidText({
        said: typeof event.text === "string" ? event.text : undefined,
        isEdited: event.edited !== undefined && event.text !== undefined,
        isAnswer: event.quote !== undefined,
        reactions: counts,
      }),
    };
  });
}

function saidText(
  { said, isEdited, isAnswer, reactions }: Pick<DrawnRow, "isEdited" | "isAnswer" | "reactions"> & {
    readonly said: string | undefined;
  },
): string {
  const marks = [...isAnswer ? ["answer"] : [], ...isEdited ? ["edited"] : []];
  const counts = reactions.map((each) => each.replace(/\s+/g, " ").trim()).toSorted();
  return [said?.trim() ?? "taken back", ...marks, ...counts].join(" · ");
}

/** Scrolls through the whole conversation in front: what was drawn, a look at a time. */
async function drawingsOf(actor: PageActor): Promise<ViewRow[][]> {
  await actor.isThrough();
  const { visitor } = actor;
  const { page, log } = visitor;
  const drawings: ViewRow[][] = [];
  await log.evaluate((box) => box.scrollTop = box.scrollHeight);
  for (;;) {
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))");
    const rows: DrawnRow[] = await page.evaluate(rowsDrawn);
    drawings.push(rows.flatMap((row) => viewOf(row) ?? []));
    const isFirst = await log.getByText("This is where it begins").count() > 0 ||
      rows.some(({ seq }) => seq === 1);
    const above = await log.evaluate((box, part) => {
      const before = box.scrollTop;
      box.scrollTop -= box.clientHeight * part;
      return before;
    }, stepPart);
    if (isFirst && above <= 0) break;
  }
  await log.evaluate((box) => box.scrollTop = box.scrollHeight);
  return drawings;
}

function viewOf(row: DrawnRow): ViewRow | undefined {
  const { seq, said, isGone, file, event } = row;
  const by = row.by === undefined ? {} : { by: row.by };
  if (said !== undefined || isGone) return { seq, ...by, text: saidText({ ...row, said }) };
  if (event === undefined) {
    return file === undefined ? undefined : { seq, ...by, text: `shared ${file}` };
  }
  const topic = /set the topic: (.*)$/.exec(event)?.[1];
  if (topic !== undefined) return { seq, text: `topic ${topic}` };
  return moves.some((move) => event.includes(` ${move}`)) ? undefined : { seq };
}
