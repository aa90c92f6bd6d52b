/** What has happened, as lines for a terminal. Pure. */

import { sizeText } from "../client/amounts.ts";
import { actionIn } from "../client/doing.ts";
import { moderatedText } from "../client/moderated.ts";
import { roleText } from "../client/role_text.ts";
import { isSamePlace, type PassingEvent, type StoredEvent } from "../events.ts";
import { printable, printableLine } from "../printable.ts";
import { fileName } from "../client/find_file.ts";
import { type Circumstances, clockTime, dayName, placeName, type View } from "./view.ts";
import { shorten, width, wrap } from "./wrap.ts";

/** The lines of a stored event. */
export function renderStored(event: StoredEvent, view: View, how: Circumstances = {}): string[] {
  const who = view.paint.name(nameOf(event));
  switch (event.t) {
    case "said":
      return said(event, view, how);
    case "edited":
      return event.text === undefined ? [] : edited(event, event.text, view, how);
    case "deleted":
      return noticeOf(event, `${who} took back a message${about(view, how, false)}`, view);
    case "reacted":
      return noticeOf(
        event,
        event.on
          ? `${who} ${printableLine(event.emoji)}${about(view, how, true)}`
          : `${who} took back ${printableLine(event.emoji)}${about(view, how, true)}`,
        view,
      );
    case "joined":
      return noticeOf(event, `${who} joined${whereTo(event, view)}`, view);
    case "left": {
      const reason = event.reason === undefined ? "" : `: ${printableLine(event.reason)}`;
      return noticeOf(event, `${who} left${whereTo(event, view)}${reason}`, view);
    }
    case "retitled":
      return noticeOf(
        event,
        event.topic === ""
          ? `${who} cleared the topic`
          : `${who} set the topic: ${printableLine(event.topic)}`,
        view,
      );
    case "shared":
      return noticeOf(event, `${who} ${sharing(event)}`, view);
    case "removed":
      return noticeOf(event, `${who} took back ${whichFile(how)}`, view);
    case "declined":
      return noticeOf(event, `${who} declined ${whichFile(how)}`, view);
    case "taken":
      return noticeOf(event, `${who} has taken ${whichFile(how)}`, view);
    case "kicked":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "slowed":
    case "made_readonly":
      return noticeOf(event, `${who} ${moderatedText(event)}`, view);
    default:
      event satisfies never;
      return [];
  }
}

/** The lines of an event without a seq; none for those that only change the title or a count. */
export function renderPassing(event: PassingEvent, at: number, view: View): string[] {
  const name = (user: string) => view.paint.name(printableLine(user));
  switch (event.t) {
    case "came":
    case "went": {
      const others = event.users.filter((user) => user !== view.me.user);
      if (others.length === 0) return [];
      return notice(at, `${people(others.map(name))} ${event.t}`, view);
    }
    case "renamed":
      return notice(at, `${name(event.from)} is now called ${name(event.user)}`, view);
    case "gone_away": {
      if (event.text === undefined) return notice(at, `${name(event.user)} is back`, view);
      const text = printableLine(event.text);
      const why = text === "away" ? "" : `: ${text}`;
      return notice(at, `${name(event.user)} is away${why}`, view);
    }
    case "role_given": {
      const who = event.user === view.me.user ? "You are" : `${name(event.user)} is`;
      const by = event.by === undefined ? "" : `, by ${printableLine(event.by)}`;
      return notice(at, `${who} ${roleText(event.role)}${by}`, view);
    }
    case "closing":
      return trouble(at, closingSentence(event.reason), view);
    case "typed":
    case "seen":
    case "stalled":
    case "queued":
    case "granted":
    case "stored":
    case "part":
    case "fetched":
      return [];
    default:
      event satisfies never;
      return [];
  }
}

/** A quiet line about what isn't a message. */
export function notice(at: number, text: string, view: View): string[] {
  const lines = wrap(text, view.columns - 8);
  return lines.map((line, index) =>
    view.paint.quiet(index === 0 ? `${clockTime(at)} · ${line}` : `        ${line}`)
  );
}

/** A line that says what went wrong. */
export function trouble(at: number, text: string, view: View): string[] {
  return wrap(text, view.columns - 8).map((line, index) =>
    index === 0
      ? `${view.paint.quiet(clockTime(at))} ${view.paint.wrong(`! ${line}`)}`
      : `        ${view.paint.wrong(line)}`
  );
}

/** A line across the screen with a word in it: a new day, messages that were missed. */
export function rule(text: string, view: View): string {
  const side = "─".repeat(2);
  return view.paint.quiet(`${side} ${shorten(text, Math.max(8, view.columns - 6))} ${side}`);
}

/** The line before the first message of a day. */
export function dayLine(at: number, view: View): string {
  return rule(dayName(at), view);
}

/** Names as a part of a sentence; a crowd as its number. */
export function people(names: readonly string[]): string {
  if (names.length > 5) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** What a message says, in few words: for quotes and reactions. */
function gist(event: StoredEvent | undefined, columns: number): string | undefined {
  if (event === undefined || !("text" in event) || event.text === undefined) return undefined;
  const text = printableLine(event.text);
  return shorten(actionIn(text) ?? text, columns);
}

type Said = Extract<StoredEvent, { t: "said" }>;
type Edited = Extract<StoredEvent, { t: "edited" }>;

function said(event: Said, view: View, how: Circumstances): string[] {
  const mark = how.numbered ? `#${event.seq} ` : "";
  if (event.text === undefined) {
    const gone = event.deleted === undefined ? "[no text]" : "[taken back]";
    return message(event, mark, { text: gone, quiet: true }, view);
  }
  const tags = event.edited === undefined ? reactions(event) : `(edited) ${reactions(event)}`;
  const body = { text: printable(event.text), tags, mentions: how.mentions };
  if (event.quote === undefined) return message(event, mark, body, view);
  const quoted = gist(how.about, 40);
  const author = how.about === undefined ? "" : `${printableLine(how.about.user)}: `;
  const quote = quoted === undefined ? "an earlier message" : `${author}${quoted}`;
  return message(event, mark, { ...body, quote }, view);
}

function edited(event: Edited, text: string, view: View, how: Circumstances): string[] {
  const when = how.about === undefined ? "" : ` ${clockTime(how.about.at)}`;
  const body = { text: printable(text), tags: `(edited${when})`, mentions: how.mentions };
  return message(event, "", body, view);
}

interface Body {
  readonly text: string;
  readonly quote?: string;
  /** Shown small after the text. */
  readonly tags?: string;
  readonly mentions?: boolean;
  readonly quiet?: boolean;
}

/** Less than this many columns beside who says it, and the text begins on the next line. */
const besideMin = 10;
/** How far text is indented that can't stand beside who says it. */
const indentUsual = 6;

/** A message: who says it in front, every further line under the text. */
function message(event: StoredEvent, mark: string, body: Body, view: View): string[] {
  const { paint, columns } = view;
  const lead = leadOf(event, mark, actionIn(body.text) !== undefined, view);
  const isTight = columns - lead.columns < besideMin;
  const indent = isTight || lead.columns > columns / 2 ? indentUsual : lead.columns;
  const tags = (body.tags ?? "").trim();
  const end = `${tags === "" ? "" : ` ${tags}`}${isOwn(event, view) ? "\u00a0✓" : ""}`;
  const text = (actionIn(body.text) ?? body.text) + end;
  const beside = isTight ? indent : lead.columns;
  // The first line has less room where the lead is longer than the indent: a blank stands for it.
  const blank = body.quote === undefined ? "\u00a0".repeat(beside - indent) : "";
  const drawn = wrap(blank + text, columns - indent).map((line, index) => {
    const bare = index === 0 ? line.slice(blank.length) : line;
    return body.quiet ? paint.quiet(bare) : paintText(bare, tags, body.mentions === true, view);
  });
  const rows = body.quote === undefined
    ? drawn
    : [paint.quiet(`│ ${shorten(body.quote, columns - beside - 2)}`), ...drawn];
  const space = " ".repeat(indent);
  if (isTight) return [lead.text.trimEnd(), ...rows.map((line) => under(space, line))];
  return rows.map((line, index) => index === 0 ? lead.text + line : under(space, line));
}

/** An empty line needs no space before it. */
function under(space: string, line: string): string {
  return line === "" ? "" : space + line;
}

/** What stands before a message's text, and how wide it is. Long names are cut to fit. */
function leadOf(event: StoredEvent, mark: string, isAction: boolean, view: View) {
  const { paint } = view;
  const time = clockTime(event.at);
  const half = Math.floor(view.columns / 2);
  const name = shorten(nameOf(event), half - 1);
  const elsewhere = !isSamePlace(event, view.here);
  if (elsewhere && event.with !== undefined) {
    const other = shorten(printableLine(event.room).replace(/^@/, ""), half - 1);
    const way = isOwn(event, view) ? `[you → ${other}]` : `[${name} → you]`;
    return {
      columns: width(`${mark}${time} ${way} `),
      text: `${paint.quiet(`${mark}${time}`)} ${paint.place(way)} `,
    };
  }
  const room = view.columns - width(`${mark}${time} [] * ${name}: `);
  const place = elsewhere ? `[${shorten(placeName(event), Math.max(2, room))}] ` : "";
  const sign = isAction ? "* " : "";
  const after = isAction ? " " : ": ";
  return {
    columns: width(`${mark}${time} ${place}${sign}${name}${after}`),
    text: `${paint.quiet(`${mark}${time}`)} ${place === "" ? "" : paint.place(place)}${sign}` +
      `${paint.strong(paint.name(name))}${after}`,
  };
}

function paintText(line: string, tags: string, mentions: boolean, view: View): string {
  const { paint } = view;
  let rest = line;
  let end = "";
  if (rest.endsWith("\u00a0✓") || rest === "✓") {
    rest = rest.slice(0, -1).trimEnd();
    end = ` ${paint.right("✓")}`;
  }
  if (tags !== "" && rest.endsWith(tags)) {
    rest = rest.slice(0, -tags.length);
    end = paint.quiet(tags) + end;
  }
  return (mentions ? highlight(rest, view) : rest) + end;
}

function highlight(line: string, view: View): string {
  const name = RegExp.escape(view.me.user);
  const word = new RegExp(`(?<![\\p{L}\\p{N}_])@?${name}(?![\\p{L}\\p{N}_])`, "giu");
  return line.replace(word, (found) => view.paint.mention(found));
}

function reactions(event: Said): string {
  const all = Object.entries(event.reactions ?? {}).map(([emoji, users]) =>
    users.length > 1 ? `${printableLine(emoji)} ${users.length}` : printableLine(emoji)
  );
  return all.length === 0 ? "" : `[${all.join(" · ")}]`;
}

/** What an event is about, as the end of its sentence. */
function about(view: View, how: Circumstances, quoting: boolean): string {
  if (how.about === undefined) return quoting ? " to an earlier message" : "";
  const said = quoting ? gist(how.about, Math.max(16, view.columns / 2)) : undefined;
  return said === undefined ? ` of ${clockTime(how.about.at)}` : ` “${said}”`;
}

function noticeOf(event: StoredEvent, text: string, view: View): string[] {
  const said = event.t === "joined" || event.t === "left";
  const place = said || isSamePlace(event, view.here) ? "" : `[${placeName(event)}] `;
  return notice(event.at, place + text, view);
}

function sharing({ file, with: other }: Extract<StoredEvent, { t: "shared" }>): string {
  return `${other === undefined ? "shared" : "sent"} ${fileName(file)} (${sizeText(file.size)})`;
}

function whichFile({ about }: Circumstances): string {
  return about?.t === "shared" ? fileName(about.file) : "a file";
}

function whereTo(event: StoredEvent, view: View): string {
  return isSamePlace(event, view.here) ? "" : ` ${placeName(event)}`;
}

function nameOf(event: StoredEvent): string {
  return printableLine(event.user);
}

/** Whether the viewer did it. */
function isOwn(event: StoredEvent, view: View): boolean {
  return view.me.uid === undefined ? event.user === view.me.user : event.uid === view.me.uid;
}

function closingSentence(given: string): string {
  const reason = printableLine(given).trim();
  const isSame = /^(the server is (closing|stopping))?$/i.test(reason);
  return isSame ? "The server is stopping" : `The server is closing: ${reason}`;
}
