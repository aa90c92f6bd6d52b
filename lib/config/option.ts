/** What one option may be: how its value is written, read and written again. */

/** One option. Where its value comes from, a flag, a variable or a file, it is written the same. */
export interface Option<T> {
  /** One line for `--help` and the docs. */
  readonly help: string;
  /** Stands for the value in `--help`; empty for a switch, which needs none. */
  readonly value: string;
  /** Completes the sentence "it must be …". */
  readonly must: string;
  /** The value that `text` is, or `undefined` where it is none. */
  read(text: string): T | undefined;
  /** What {@linkcode Option.read} takes for `value`. */
  write(value: T): string;
}

/** An integer from `least` to `most`. */
export function count(least: number, most: number, help: string): Option<number> {
  return {
    help,
    value: "N",
    must: `an integer from ${least} to ${most}`,
    read: (text) => {
      const number = Number(text);
      return /^\d{1,15}$/.test(text) && number >= least && number <= most ? number : undefined;
    },
    write: String,
  };
}

/** A port to listen on. */
export function port(help: string): Option<number> {
  const integer = count(0, 65_535, help);
  return { ...integer, value: "PORT", must: "a port from 0 (any that is free) to 65535" };
}

const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};
const unitsDown = ["TiB", "GiB", "MiB", "KiB"] as const;

/** A number of bytes, which people write with a unit. */
export function size(help: string): Option<number> {
  return {
    help,
    value: "SIZE",
    must: "a size like 3MB, 512MiB or 20GiB",
    read: (text) => {
      const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,9})?) ?([a-z]{0,3})$/i.exec(text) ?? [];
      const factor = unit === undefined ? undefined : unitBytes[unit.toLowerCase()];
      if (digits === undefined || factor === undefined) return undefined;
      const bytes = Math.floor(Number(digits) * factor);
      return Number.isSafeInteger(bytes) ? bytes : undefined;
    },
    write: (bytes) => {
      const unit = unitsDown.find((unit) => bytes > 0 && bytes % bytesOf(unit) === 0);
      return unit === undefined ? String(bytes) : `${bytes / bytesOf(unit)}${unit}`;
    },
  };
}

function bytesOf(unit: string): number {
  return unitBytes[unit.toLowerCase()];
}

/** On or off; as a flag also `--no-…`. */
export function toggle(help: string): Option<boolean> {
  return {
    help,
    value: "",
    must: "true or false",
    read: (text) => text === "true" ? true : text === "false" ? false : undefined,
    write: String,
  };
}

/** One of some words. */
export function choice<const T extends string>(words: readonly T[], help: string): Option<T> {
  return {
    help,
    value: words.join("|"),
    must: words.join(" or "),
    read: (text) => words.find((word) => word === text),
    write: String,
  };
}

/** The path of a folder or file. */
export function path(value: "FOLDER" | "FILE", help: string): Option<string> {
  return {
    help,
    value,
    // Deno takes a comma in --allow-read as the end of a path, and knows no way around it.
    must: `the path of a ${value.toLowerCase()}, without commas and control characters`,
    read: (text) => isPrintable(text, 4096) && !text.includes(",") ? text : undefined,
    write: String,
  };
}

/** The path of a file that need not be: empty where there is none. */
export function file(help: string): Option<string> {
  const named = path("FILE", help);
  return {
    ...named,
    must: `${named.must}, or none`,
    read: (text) => text === "none" ? "" : named.read(text),
    write: (path) => path === "" ? "none" : path,
  };
}

/** An address to listen on. */
export function host(help: string): Option<string> {
  return {
    help,
    value: "ADDRESS",
    must: "an IP address of this machine, or localhost",
    read: (text) => {
      const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
      return isAddress(bare) ? bare.toLowerCase() : undefined;
    },
    write: String,
  };
}

/** Addresses of other programs, as their connections have them. */
export function addresses(help: string): Option<readonly string[]> {
  return {
    help,
    value: "ADDRESSES",
    must: "IP addresses like 127.0.0.1,::1, or none",
    read: (text) => {
      if (text === "none") return [];
      const list = text.toLowerCase().split(/[, ]+/).map((one) => one.replace(/^\[(.*)\]$/, "$1"));
      return list.every((one) => isAddress(one) && one !== "localhost") ? list : undefined;
    },
    write: (list) => list.length === 0 ? "none" : list.join(","),
  };
}

function isAddress(text: string): boolean {
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)) return text.split(".").every((n) => Number(n) < 256);
  if (text.includes(":")) return URL.canParse(`http://[${text}]/`);
  return text.toLowerCase() === "localhost";
}

/** One line that people read. */
export function line(charsMax: number, help: string): Option<string> {
  return {
    help,
    value: "TEXT",
    must: `one line of 1 to ${charsMax} characters`,
    read: (text) => isPrintable(text, charsMax) ? text : undefined,
    write: String,
  };
}

/** A user's name that need not be: empty where there is none. */
export function userName(help: string): Option<string> {
  return {
    help,
    value: "USER",
    must: "a user's name, or none",
    read: (text) => text === "none" ? "" : isPrintable(text, 64) ? text : undefined,
    write: (name) => name === "" ? "none" : name,
  };
}

/** Endings of file names. */
export function endings(help: string): Option<readonly string[]> {
  return {
    help,
    value: "LIST",
    must: "endings of file names like .txt,.pdf, or all",
    read: (text) => {
      if (text === "all") return [];
      const list = text.toLowerCase().split(/[, ]+/).map((end) => `.${end.replace(/^\./, "")}`);
      return list.every((end) => /^\.[\p{L}\p{N}]{1,16}$/u.test(end)) ? list : undefined;
    },
    write: (list) => list.length === 0 ? "all" : list.join(","),
  };
}

/** Names that a server is reached by, as browsers write them. */
export function hostNames(help: string): Option<readonly string[]> {
  return {
    help,
    value: "NAMES",
    must: "names like chat.example.org,parley.local, or none",
    read: (text) => {
      if (text === "none") return [];
      const list = text.toLowerCase().split(/[, ]+/);
      return list.every(isHostName) ? list : undefined;
    },
    write: (list) => list.length === 0 ? "none" : list.join(","),
  };
}

/** A name or an IP address that need not be: empty where there is none. */
export function reachedAt(help: string): Option<string> {
  return {
    help,
    value: "HOST",
    must: "a name like chat1.example.org or an IP address, or none",
    read: (text) => {
      if (text === "none") return "";
      const bare = text.toLowerCase().replace(/^\[(.*)\]$/, "$1");
      return isAddress(bare) || isHostName(bare) ? bare : undefined;
    },
    write: (host) => host === "" ? "none" : host,
  };
}

/** Servers of one NATS. */
export function natsServers(help: string): Option<readonly string[]> {
  return {
    help,
    value: "URLS",
    must: "addresses like nats://127.0.0.1:4222,tls://USER:PASSWORD@nats.example.org, or none",
    read: (text) => {
      if (text === "none") return [];
      const list = text.split(",");
      return list.every(isNatsServer) ? list : undefined;
    },
    write: (list) => list.length === 0 ? "none" : list.map(withoutPassword).join(","),
  };
}

/** What is printed is read by others, too. */
function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/(?:[^:@]*:)?).*@/, "$1PASSWORD@");
}

function isNatsServer(text: string): boolean {
  if (!isPrintable(text, 1024) || !/^(?:nats|tls):\/\/[^/?#\s]+\/?$/.test(text)) return false;
  return URL.canParse(text);
}

/** One word that other programs take for a name. */
export function word(charsMax: number, help: string): Option<string> {
  return {
    help,
    value: "NAME",
    must: `1 to ${charsMax} letters, digits, - and _`,
    read: (text) => /^[\w-]+$/.test(text) && text.length <= charsMax ? text : undefined,
    write: String,
  };
}

/** Not one whose last part is a number: that would be an address. */
function isHostName(text: string): boolean {
  const part = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
  return text.length <= 253 && new RegExp(`^(?:${part}\\.)*(?![0-9.]+$)${part}$`).test(text);
}

function isPrintable(text: string, charsMax: number): boolean {
  return text !== "" && text.length <= charsMax && text.isWellFormed() && !/\p{Cc}/u.test(text);
}
