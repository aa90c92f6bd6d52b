/** Which lines are said to others, and which are /commands. Pure. */

/** What a line says; `undefined` where it is a /command. `//` stands for a leading slash. */
export function spokenIn(line: string): string | undefined {
  if (line.startsWith("//")) return line.slice(1).trimEnd();
  return line.startsWith("/") ? undefined : line.trimEnd();
}
