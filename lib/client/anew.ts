/** What becomes of what wasn't answered where a server has begun anew. Pure. */

import { ChatError } from "../errors.ts";
import type { CommandName } from "../protocol.ts";

/**
 * Why a kept command can't go on, or `undefined` where it can. On another server (or a wiped one)
 * there are no messages or users that it could be about, but rooms are rooms: what was said in one
 * is said in the one of the same name. On the same server as another user it might be said twice,
 * because the first may have been stored under the other user's cid.
 */
export function refusalAnew(
  name: CommandName,
  options: { readonly fields: object; readonly isOtherServer: boolean },
): ChatError | undefined {
  if (name === "join" || (options.isOtherServer && isForRoom(name, options.fields))) {
    return undefined;
  }
  return new ChatError(
    "no_such_message",
    `Cannot ${name}: the server has begun anew, and what this was about isn't there`,
  );
}

function isForRoom(name: CommandName, fields: object): boolean {
  return name === "say" && !("with" in fields) && !("quote" in fields) &&
    "room" in fields && !String(fields.room).startsWith("@");
}
