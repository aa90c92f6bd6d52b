/** What a terminal client is called among its user's devices. Pure. */

/** Systems as people call them; others as Deno does. */
const systems: ReadonlyMap<string, string> = new Map([
  ["darwin", "macOS"],
  ["windows", "Windows"],
  ["linux", "Linux"],
  ["android", "Android"],
  ["freebsd", "FreeBSD"],
]);

/**
 * `Parley 1.2.0 in a terminal on Linux (aarch64)`. A machine's own name would say more, but reading
 * it takes a permission, and sending it tells whoever runs the server what one calls one's machine.
 */
export function agentOf(version: string, { os, arch }: { os: string; arch: string }): string {
  return `Parley ${version} in a terminal on ${systems.get(os) ?? os} (${arch})`;
}
