/** How much a test does: little in every run, much when `deno task soak` asks for the long proof. */

/** `ci` in a usual run, `soak` where `PARLEY_SOAK` is set. */
export function size(ci: number, soak: number): number {
  return Deno.env.get("PARLEY_SOAK") === "1" ? soak : ci;
}
