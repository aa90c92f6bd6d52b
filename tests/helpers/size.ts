/** How much a test does: little in every run, much when `deno task soak` asks for the long proof. */

/**
 * `ci` in a usual run, `soak` in `deno task soak`, and in its short form what lies half-way in
 * orders of magnitude (their geometric mean).
 */
export function size(ci: number, soak: number): number {
  switch (Deno.env.get("PARLEY_SOAK")) {
    case "1":
      return soak;
    case "short":
      return Math.round(Math.sqrt(ci * soak));
    default:
      return ci;
  }
}
