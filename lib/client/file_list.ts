/** Lists files, page by page, and those that wait for an answer. */

import type { Chat } from "./chat.ts";
import { type Place, placeOf, type SharedFile } from "../events.ts";
import type { Command, Ok } from "../protocol.ts";

/** Files of one private conversation that are looked through. */
const waitingMax = 2000;

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
  const where = of && placeOf(of);
  for (;;) {
    const after = files.at(-1)?.file;
    const page = await asker.send("files", { ...where, ...after !== undefined && { after } });
    files.push(...page.files);
    if (!page.more || page.files.length === 0 || files.length >= most) return files;
  }
}

/** Files of the other in a private conversation that were neither taken, declined nor removed. */
export async function waitingIn(
  chat: Pick<Chat, "send" | "state">,
  place: Place,
): Promise<readonly SharedFile[]> {
  const { events } = await chat.send("history", { ...placeOf(place), limit: 200 });
  const mine = chat.state.me?.uid;
  const gone = new Set(
    events.flatMap(({ t, file }) => t === "shared" ? [] : typeof file === "string" ? [file] : []),
  );
  const ids = new Set(
    events.flatMap(({ t, file }) =>
      t === "shared" && typeof file === "object" && file !== null && "file" in file
        ? [file.file]
        : []
    ),
  );
  if (ids.size === 0) return [];
  const files = await listFiles(chat, place, waitingMax);
  return files.filter(({ file, uid }) => uid !== mine && ids.has(file) && !gone.has(file));
}
