/** How much a test does: little in every run, much when `deno task soak` asks for the long proof. */

/**
 * `ci` in a usual run, `soak` in `deno task soak`, and in its short form what lies a tenth of
 * the way between, in orders of magnitude, where nothing else is said.
 */
export function size(
  ci: number,
  soak: number,
  short: number = Math.round(ci * (soak / ci) ** 0.1),
): number {
  switch (Deno.env.get("PARLEY_SOAK")) {
    case "1":
      return soak;
    case "short":
      return short;
    default:
      return ci;
  }
}

/**
 * All of them where {@linkcode size} is more than a usual run's, else `count`, and others in each
 * `turn`; in the order that they have.
 */
export function someOf<T>(all: readonly T[], count: number, turn: number): readonly T[] {
  const many = Math.min(size(count, all.length, all.length), all.length);
  return all.filter((_, at) => (at + all.length - turn * many % all.length) % all.length < many);
}
