/** Times and days as the page writes them, in the reader's own language and zone. Pure. */

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, {
  ...{ weekday: "long", day: "numeric", month: "long", year: "numeric" },
});
const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const dateOfYear = new Intl.DateTimeFormat(undefined, {
  ...{ day: "numeric", month: "short", year: "numeric" },
});
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** The time of day: `14:02`. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** A day: `Today`, `Yesterday`, `Monday, 3 March`, with the year where it is another. */
export function dayText(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return isSameYear(at, now) ? day.format(at) : dayOfYear.format(at);
}

/** When, as briefly as it can be said: the time today, else the date. */
export function shortTime(at: number, now: number): string {
  if (daysBetween(at, now) === 0) return clock.format(at);
  return isSameYear(at, now) ? date.format(at) : dateOfYear.format(at);
}

/** When, to the minute: the time today, else the date and the time. */
export function dayAndTime(at: number, now: number): string {
  const brief = shortTime(at, now);
  return daysBetween(at, now) === 0 ? brief : `${brief}, ${clock.format(at)}`;
}

/** When, to the second. */
export function wholeTime(at: number): string {
  return whole.format(at);
}

function daysBetween(at: number, now: number): number {
  const [one, other] = [at, now].map((each) => new Date(each).setHours(12, 0, 0, 0));
  return Math.round((other - one) / 86_400_000);
}

function isSameYear(one: number, other: number): boolean {
  return new Date(one).getFullYear() === new Date(other).getFullYear();
}
