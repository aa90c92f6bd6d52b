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
