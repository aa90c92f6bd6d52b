/** What happened where nobody said anything, as words behind a name. Pure. */

import type { Moderated } from "../../lib/client/moderated.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";

/** Something that isn't said, nor changes what was. */
export type Happening = Exclude<
  StoredEvent,
  { readonly t: "said" | "edited" | "deleted" | "reacted" }
>;

/** `joined`, `set the topic: soup`; `file`: the name of the file that it is about, if known. */
export function happened(event: Happening, file: string | undefined): string {
  const what = file === undefined ? "a file" : printableLine(file);
  switch (event.t) {
    case "joined":
      return "joined";
    case "left":
      return event.reason === undefined ? "left" : `left: ${printableLine(event.reason)}`;
    case "retitled":
      return event.topic === ""
        ? "cleared the topic"
        : `set the topic: ${printableLine(event.topic)}`;
    case "shared":
      return `${event.with === undefined ? "shared" : "sent"} ${printableLine(event.file.name)}`;
    case "removed":
      return `took back ${what}`;
    case "declined":
      return `declined ${what}`;
    case "taken":
      return `has taken ${what}`;
    default:
      // What moderators did is said by what_happened.ts, which is loaded later.
      event satisfies Moderated;
      return "";
  }
}
