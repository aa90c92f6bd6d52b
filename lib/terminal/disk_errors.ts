/** What the disk says, as people are told it. */

import { ChatError } from "../errors.ts";

/** An error of the disk as a sentence; `doing` is what failed, like `read "notes.txt"`. */
export function diskError(error: unknown, doing: string): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof Deno.errors.NotFound) {
    return new ChatError("no_such_file", `Cannot ${doing}: it isn't there`);
  }
  if (error instanceof Deno.errors.NotCapable) {
    return new ChatError("not_allowed", `Cannot ${doing}: Deno was not told that this client may`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ChatError("not_allowed", `Cannot ${doing}: the system doesn't allow it`);
  }
  const why = error instanceof Error ? error.message : String(error);
  const code = /no space left|os error 28\b/i.test(why) ? "disk_full" : "not_allowed";
  return new ChatError(code, `Cannot ${doing}: ${why.replace(/ \(os error \d+\).*$/s, "")}`);
}
