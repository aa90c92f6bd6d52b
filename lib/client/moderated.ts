/** What moderators did, as words behind the name of whom an event is about. Pure. */

import type { StoredEvent } from "../events.ts";
import type { Moderation } from "../moderation/moderation.ts";
import { printableLine } from "../printable.ts";
import { spanText } from "./spans.ts";

/** An event that says what a moderator did. */
export type Moderated = Extract<StoredEvent, { readonly t: Moderation["t"] }>;

/** `was muted by Alice for 10 minutes: too loud`. */
export function moderatedText(event: Moderated): string {
  switch (event.t) {
    case "kicked":
      return `was ${event.banned ? "banned" : "put out"}${how(event)}`;
    case "unbanned":
      return `was unbanned${how(event)}`;
    case "muted":
      return `was muted${how(event)}`;
    case "unmuted":
      return `was unmuted${how(event)}`;
    case "appointed":
      return `${given[event.role]}${how(event)}`;
    case "locked":
      return event.on ? "locked the room: joining it needs a key" : "unlocked the room";
    case "slowed":
      return event.seconds === 0
        ? "lets everybody write as often as they like"
        : `slowed the room: a message each ${spanText(event.seconds)}`;
    case "made_readonly":
      return event.on ? "made the room read-only" : "lets everybody write again";
    default:
      return event satisfies never;
  }
}

const given = {
  guest: "is no moderator any more",
  member: "is no moderator any more",
  moderator: "was made a moderator",
  owner: "was made an owner of the room",
} as const;

function how(
  { by, seconds, reason }: {
    readonly by: string;
    readonly seconds?: number;
    readonly reason?: string;
  },
): string {
  const long = seconds === undefined ? "" : ` for ${spanText(seconds)}`;
  const why = reason === undefined ? "" : `: ${printableLine(reason)}`;
  return ` by ${printableLine(by)}${long}${why}`;
}
