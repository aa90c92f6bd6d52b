/** The handlers of the commands about files, on a server that keeps none. */

import { ChatError } from "./errors.ts";
import type { fileCommands } from "./file_commands.ts";

/** Refuses whatever is about files. @throws {ChatError} `unsupported` */
function refuseFiles(): never {
  throw new ChatError("unsupported", "Cannot do that: this server keeps no files");
}

/** The handlers, one for each row of the table of commands about files. */
export const fileHandlers = {
  files: refuseFiles,
  offer: refuseFiles,
  part: refuseFiles,
  resume: refuseFiles,
  finish: refuseFiles,
  fetch: refuseFiles,
  cancel: refuseFiles,
  decline: refuseFiles,
  remove: refuseFiles,
} as const satisfies { readonly [K in keyof typeof fileCommands]: () => never };
