/** What was asked for, as lines: who is here, rooms, help. Pure. */

import {
  alsoOf,
  rowOf,
  slashCalled,
  type SlashName,
  slashNames,
  usageOf,
} from "../client/slash.ts";
import type { Role } from "../wire/command_row.ts";
import type { Ok } from "../protocol.ts";
import { printableLine } from "../printable.ts";
import { placeName, type View } from "./view.ts";
import { pad, shorten, width, wrap } from "./wrap.ts";

/** Who is here. */
export function userLines(users: Ok<"users">["users"], view: View): string[] {
  const here = users.filter(({ online }) => online);
  const heading = view.paint.strong(`${here.length} here`);
  return [
    heading,
    ...here.map((user) => {
      const away = user.away === undefined ? "" : ` away: ${printableLine(user.away)}`;
      return personLine(user, away === " away: away" ? " away" : away, view);
    }),
  ];
}

/** Who is in a room, those who are connected first. */
export function memberLines(
  members: Ok<"members">["members"],
  place: string,
  view: View,
): string[] {
  const sorted = [...members].sort((one, other) => Number(other.online) - Number(one.online));
  return [
    view.paint.strong(`${members.length} in ${place}`),
    ...sorted.map((member) => personLine(member, member.online ? "" : " not connected", view)),
  ];
}

function personLine(
  person: { readonly user: string; readonly role: Role; readonly uid?: string },
  note: string,
  view: View,
): string {
  const { paint } = view;
  const name = shorten(printableLine(person.user), view.columns - 4);
  const role = person.role === "guest" ? "" : ` ${person.role}`;
  const you = person.uid !== undefined && person.uid === view.me.uid ? " (you)" : "";
  const rest = shorten(`${you}${role}${note}`, Math.max(4, view.columns - width(name) - 3));
  return `  ${paint.name(name)}${paint.quiet(rest)}`;
}

/** Rooms, or private conversations, those that the viewer is in marked. */
export function roomLines(rooms: Ok<"rooms">["rooms"], isPrivate: boolean, view: View): string[] {
  const { paint } = view;
  if (isPrivate) {
    const heading = `${rooms.length} private ${
      rooms.length === 1 ? "conversation" : "conversations"
    }`;
    return [paint.strong(heading), ...rooms.map((room) => `  ${paint.place(placeName(room))}`)];
  }
  const names = rooms.map((room) => shorten(placeName(room), Math.floor(view.columns / 2)));
  const widest = Math.max(0, ...names.map(width));
  return [
    paint.strong(`${rooms.length} ${rooms.length === 1 ? "room" : "rooms"}`),
    ...rooms.map((room, index) => {
      const count = room.count === 1 ? "1 person" : `${room.count} people`;
      const marks = [count, ...room.locked ? ["locked"] : [], ...room.joined ? ["joined"] : []];
      const topic = room.topic === "" ? "" : ` · ${printableLine(room.topic)}`;
      const rest = `${marks.join(", ")}${topic}`;
      const shown = shorten(rest, Math.max(8, view.columns - widest - 5));
      return `  ${paint.place(pad(names[index], widest))}  ${paint.quiet(shown)}`;
    }),
  ];
}

/** Every slash command with one line of help, or all that is known of one. */
export function helpLines(name: string | undefined, view: View): string[] {
  if (name !== undefined) {
    const called = slashCalled(name);
    if (called === undefined) return [view.paint.wrong(`There is no command "/${name}"`)];
    return explained(called, view);
  }
  const usages = slashNames.map(usageOf);
  const column = Math.max(...usages.map(width)) + 4;
  const wide = view.columns >= column + 30;
  const rows = slashNames.flatMap((each) => {
    const help = wrap(rowOf(each).help, Math.min(100, view.columns) - (wide ? column : 6));
    if (!wide) {
      return [
        `  ${usageOf(each)}`,
        ...help.map((line) => view.paint.quiet(`      ${line}`)),
      ];
    }
    const [first, ...others] = help;
    return [
      `  ${pad(usageOf(each), column - 2)}${view.paint.quiet(first)}`,
      ...others.map((line) => " ".repeat(column) + view.paint.quiet(line)),
    ];
  });
  return [view.paint.strong("What you can write"), ...rows, ...tips(view)];
}

function explained(name: SlashName, view: View): string[] {
  const { help, more } = rowOf(name);
  const also = alsoOf(name).map((other) => `/${other}`);
  const text = [`${help}.`, more ?? "", also.length === 0 ? "" : `Also ${also.join(", ")}.`]
    .filter((part) => part !== "")
    .join("\n");
  const lines = wrap(text, Math.min(100, view.columns) - 2);
  return [view.paint.strong(usageOf(name)), ...lines.map((line) => `  ${view.paint.quiet(line)}`)];
}

function tips(view: View): string[] {
  const text = "Anything else is said to everybody here. // at the beginning says a slash. " +
    "Tab completes commands, rooms, people and :emoji:. Alt+Enter begins a new line, shown as ⏎. " +
    "Ctrl+C empties the line, and on an empty one quits. /help COMMAND says more.";
  return wrap(text, Math.min(100, view.columns) - 2).map((line) => `  ${view.paint.quiet(line)}`);
}
