/** What happened, with what moderators did. Pure. */

import { moderatedText } from "../../lib/client/moderated.ts";
import { happened, type Happening } from "./happened.ts";

/** The same as {@linkcode happened}, and `was muted by Alice`. */
export function whatHappened(event: Happening, file: string | undefined): string {
  switch (event.t) {
    case "kicked":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "slowed":
    case "made_readonly":
      return moderatedText(event);
    default:
      return happened(event, file);
  }
}
