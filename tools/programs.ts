/** The programs beside Deno that some tests drive, and whether they are installed. */

/** Each program, and the Debian package that has it. */
export const programs = {
  tmux: "tmux",
  chromium: "chromium",
  "nats-server": "nats-server",
  strace: "strace",
  curl: "curl",
  nginx: "nginx",
  openssl: "openssl",
} as const;

/** A program that some tests need. */
export type ProgramName = keyof typeof programs;

/** All of them. */
export const programNames = Object.keys(programs) as readonly ProgramName[];

/** Whether a program is on the path. */
export function isInstalled(name: ProgramName): boolean {
  return pathOf(name) !== undefined;
}

/** What makes tests faster where it is there. */
export type HelpfulName = "chromium-headless-shell" | "nice";

/** Where a program is. */
export function pathOf(name: ProgramName | HelpfulName): string | undefined {
  // Debian keeps what listens out of the path of those who aren't its administrator.
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin"];
  return folders.map((folder) => `${folder}/${name}`).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
