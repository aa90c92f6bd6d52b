/** That there is no room for a file's bytes, wherever they are kept. */

import { ChatError } from "../errors.ts";

/** What whoever sends hears then. */
export function fullError(): ChatError {
  return new ChatError("disk_full", "Cannot take it: the server's disk has no room for it");
}
