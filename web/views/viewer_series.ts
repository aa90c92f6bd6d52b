/** Which pictures and films are looked at one after the other. */

import { isSamePlace, type SharedFile } from "../../lib/events.ts";
import { filesIn } from "../list/files.ts";
import type { Model } from "../model.ts";
import { kindOf } from "../text/kinds.ts";

/** Pictures and films in the order in which they were shared. */
export interface Series {
  readonly files: readonly SharedFile[];
  /** Whether there may be some before them that aren't known here yet. */
  readonly older: boolean;
}

/** Those of a file's conversation: as it is in front, or as the list of files has it. */
export function seriesOf(file: SharedFile, model: Model): Series {
  const here = model.here.value;
  const all = model.route.value.is === "library" || !isSamePlace(here, file)
    ? model.library.value.files.filter((each) => isSamePlace(each, file)).toReversed()
    : filesHere(model);
  const asked = new Set(model.asked.value.map((each) => each.file));
  const files = all.filter((each) => isLookedAt(each) && !asked.has(each.file));
  return { files, older: model.route.value.is === "chat" && (here?.older ?? false) };
}

/** Whether a file is looked at in the viewer. */
export function isLookedAt(file: SharedFile): boolean {
  const kind = kindOf(file);
  return kind === "image" || kind === "video";
}

function filesHere({ here }: Model): readonly SharedFile[] {
  return [...filesIn(here.value?.messages ?? []).values()]
    .filter(({ standing }) => standing === "here" || standing === "taken")
    .map(({ file }) => file);
}
