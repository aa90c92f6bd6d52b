/** How runs end. */

import type { ChatError } from "../errors.ts";

/** The exit codes, for scripts. */
export const exitCodes = {
  ok: 0,
  /** The server refused something, or it isn't known whether it took it. */
  refused: 1,
  /** The arguments are wrong. */
  usage: 2,
  /** There is no server, or it was lost and didn't come back. */
  unreachable: 3,
} as const;

/** The same, as `--help` says it. */
export const exitCodesHelp =
  "Exit code: 0 all well, 1 refused, 2 wrong arguments, 3 the server can't be reached.";

/** What makes sense to say when a server doesn't let one in. */
export function refusedSentence(error: ChatError, user: string | undefined): string {
  switch (error.code) {
    case "name_taken":
      return `${error.message} with --user NAME`;
    case "server_full":
      return error.message;
    case "bad_version":
      return `${error.message}: this client and the server don't fit together; update the older one`;
    default:
      // The server's own sentence about a name says already what can't be.
      return user === undefined || error.message.startsWith("Cannot ")
        ? error.message
        : `Cannot join as "${user}": ${error.message}`;
  }
}
