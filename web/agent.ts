/** What a browser is called among its user's devices. Pure. */

const browsers = [
  ["Firefox", "Firefox"],
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Chrome", "Chrome"],
  ["Safari", "Safari"],
] as const;

/** Android calls itself Linux, too. */
const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux"];

/** `Chrome on Linux`; without what can't be told. */
export function agentOf(userAgent: string): string {
  // Each of them calls itself by the names of others, too.
  const browser = browsers.find(([mark]) => userAgent.includes(mark))?.[1] ?? "A browser";
  const system = systems.find((name) => userAgent.includes(name));
  return system === undefined ? browser : `${browser} on ${system}`;
}
