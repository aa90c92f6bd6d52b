/** Lists files, page by page. */

import type { Place, SharedFile } from "../events.ts";
import type { Command, Ok } from "../protocol.ts";

/** Whoever can ask the server. */
interface Asker {
  send(name: "files", fields: Command<"files">): Promise<Ok<"files">>;
}

/**
 * The files of a conversation, or of all that one is in, the newest first: at least the first
 * `most`, where there are as many.
 *
 * @throws {ChatError} what the server refuses it with.
 */
export async function listFiles(
  asker: Asker,
  of?: Place,
  most: number = Infinity,
): Promise<readonly SharedFile[]> {
  const files: SharedFile[] = [];
  // A conversation as it is known carries more than its place.
  const where = of && { room: of.room, ...of.with !== undefined && { with: of.with } };
  for (;;) {
    const after = files.at(-1)?.file;
    const page = await asker.send("files", { ...where, ...after !== undefined && { after } });
    files.push(...page.files);
    if (!page.more || page.files.length === 0 || files.length >= most) return files;
  }
}
