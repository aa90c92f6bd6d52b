/** Spans of time, for people. Pure, and by itself: the page draws with it first of all. */

const spans = [[86_400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]] as const;

/** A span in whole seconds, for people: `90 minutes`, `1 hour`. */
export function spanText(seconds: number): string {
  const [size, name] = spans.find(([size]) => seconds % size === 0) ?? spans[3];
  const count = seconds / size;
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
