/** How runs end. */

import { timeText } from "../client/amounts.ts";
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

/** That it is too soon, and when it isn't. */
export function slowSentence({ message, retryMs }: ChatError): string {
  return retryMs === undefined
    ? message
    : `${message}; try it again in ${timeText(Math.ceil(retryMs / 1000))}`;
}

/** What makes sense to say when a server doesn't let one in. */
export function refusedSentence(error: ChatError, user: string | undefined): string {
  switch (error.code) {
    case "name_taken":
      return error.account
        ? `${error.message}; give its password with --password-file FILE or in PARLEY_PASSWORD`
        : `${error.message} with --user NAME`;
    case "bad_invite":
      return `${error.message}; give it with --invite CODE`;
    case "revoked":
      return `${error.message}; the login that was kept here is forgotten`;
    case "slow_down":
      return slowSentence(error);
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
