/** Which programs show a page on this kind of machine, the best one first. */

/** Kinds of machines that are known. */
export type System = "linux" | "darwin" | "windows";

/** One way to show a page. */
export interface Opening {
  /** A program by its name or path, as the permissions in deno.json name it, too. */
  readonly command: string;
  readonly args: readonly string[];
  /** How people are told of it. */
  readonly as: "an app window" | "the usual browser";
}

/** Browsers that know app windows, by name where the system looks for programs, else by path. */
const browsers: Readonly<Record<System, readonly string[]>> = {
  linux: [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "brave-browser",
  ],
  darwin: ["Google Chrome", "Microsoft Edge", "Brave Browser", "Chromium"].map((name) =>
    `/Applications/${name}.app/Contents/MacOS/${name}`
  ),
  windows: [
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    "C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe",
    "C:\\Program Files\\BraveSoftware\\Brave-Browser\\Application\\brave.exe",
  ],
};

/** What opens an address in whatever browser its user has chosen. */
const openers: Readonly<Record<System, string>> = {
  linux: "xdg-open",
  darwin: "open",
  windows: "explorer",
};

/**
 * All ways, in the order in which to try them. An app window has neither tabs nor bookmarks of its
 * user's: it gets a folder `profile` of its own.
 */
export function openingsOf(
  system: System,
  { url, profile }: { readonly url: string; readonly profile: string },
): readonly Opening[] {
  const args = [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--no-default-browser-check",
  ];
  return [
    ...browsers[system].map((command): Opening => ({ command, args, as: "an app window" })),
    { command: openers[system], args: [url], as: "the usual browser" },
  ];
}
