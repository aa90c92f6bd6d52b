/** How things look on this screen: what every function that draws lines is given. */

import type { Place, StoredEvent } from "../events.ts";
import type { Uid } from "../names.ts";
import type { Paint } from "./paint.ts";
import { printableLine } from "../printable.ts";

/** What lines are drawn for. */
export interface View {
  /** The screen's width; `Infinity` where nothing is wrapped. */
  readonly columns: number;
  readonly paint: Paint;
  /** The conversation that is in front: its lines don't say where they belong. */
  readonly here?: Place;
  /** Who looks. */
  readonly me: { readonly user: string; readonly uid?: Uid };
}

/** What an event is drawn with, beside itself. */
export interface Circumstances {
  /** Whether the viewer's name is in it. */
  readonly mentions?: boolean;
  /** Whether its number is shown. */
  readonly numbered?: boolean;
  /** What it quotes, reacts to or takes back, where that is known. */
  readonly about?: StoredEvent;
}

/** A conversation's name as screens show it: `#general`, `@Bob`. */
export function placeName({ room }: Place): string {
  const name = printableLine(room);
  return name.startsWith("@") ? name : `#${name}`;
}

/** The time of day on this machine: `14:02`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Which day it was on this machine: equal for times of one day. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

const dayNames = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});

/** A day in words: `Monday 3 March 2025`. */
export function dayName(at: number): string {
  return dayNames.format(at).replace(",", "");
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
