/** On how many nodes a run's tests are. */

/**
 * How many nodes stand for a server that a test starts: one, but where the run asks for more, so that
 * the same tests tell whether anybody notices.
 */
export function nodesWanted(): number {
  return Number(Deno.env.get("PARLEY_NODES") ?? 1);
}
