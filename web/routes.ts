/** What stands in the middle, as the address behind `#` says it. Pure. */

import type { Route } from "./model.ts";

const plain = [
  "search",
  "library",
  "transfers",
  "rooms",
  "settings",
  "account",
  "invite",
  "audit",
  "bans",
  "help",
] as const;

/** A route as the address has it: `#/room/dev`, `#/with/UID/120`, `#/library`. */
export function hashOf(route: Route): string {
  if (route.is !== "chat") return `#/${route.is}`;
  const { key, seq } = route;
  const [kind, name] = key.startsWith("@") ? ["with", key.slice(1)] : ["room", key];
  const message = seq === undefined ? "" : `/${seq}`;
  return `#/${kind}/${encodeURIComponent(name)}${message}`;
}

/** What an address says; `undefined` where it says nothing that there is. */
export function routeOf(hash: string): Route | undefined {
  const [, kind, name, message] = /^#\/([a-z]+)(?:\/([^/]+))?(?:\/([1-9]\d{0,14}))?$/.exec(hash) ??
    [];
  if (name === undefined) {
    const is = plain.find((each) => each === kind);
    return is && { is };
  }
  const decoded = decode(name);
  if (decoded === undefined || (kind !== "room" && kind !== "with")) return undefined;
  const key = kind === "with" ? `@${decoded}` : decoded;
  return message === undefined ? { is: "chat", key } : { is: "chat", key, seq: Number(message) };
}

/** The name that whoever filled in the form elsewhere brings along: `#/as/Alice`. */
export function nameIn(hash: string): string | undefined {
  const [, name] = /^#\/as\/([^/]+)$/.exec(hash) ?? [];
  return name === undefined ? undefined : decode(name);
}

/** The invitation that a link brings along: `#invite=k7mp2x-wd34fg-hj56mn`. */
export function inviteIn(hash: string): string | undefined {
  return /^#invite=([\w-]+)$/.exec(hash)?.[1];
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
