/** What has become of the files of a conversation. Pure. */

import type { FileId } from "../../lib/names.ts";
import { type SharedFile, sharedFile, type StoredEvent } from "../../lib/events.ts";

/** A file, and whether it is still there. */
export interface FileHere {
  readonly file: SharedFile;
  readonly standing: "here" | "removed" | "declined" | "taken";
}

/** The files that were shared in `messages`, as later messages have left them. */
export function filesIn(messages: readonly StoredEvent[]): ReadonlyMap<FileId, FileHere> {
  const files = new Map<FileId, FileHere>();
  for (const event of messages) {
    if (event.t === "shared") {
      files.set(event.file.file, { file: sharedFile(event), standing: "here" });
    } else if (event.t === "removed" || event.t === "declined" || event.t === "taken") {
      const about = files.get(event.file);
      if (about) files.set(event.file, { ...about, standing: event.t });
    }
  }
  return files;
}
