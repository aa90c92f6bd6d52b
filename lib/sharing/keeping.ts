/** What a server knows of files, made from what keeps them and from who is there. */

import { conversationKept } from "../peer/addressing.ts";
import { Claims } from "./claims.ts";
import { type Clock, randomText } from "../clock.ts";
import type { Stored } from "../peer/deeds.ts";
import { ChatError } from "../errors.ts";
import { completeSteps, type FileSteps, type Shared } from "./file_steps.ts";
import type { Blobs } from "../file_store.ts";
import type { Hub } from "../hub.ts";
import type { Bounds } from "../limits.ts";
import type { FileId } from "../names.ts";
import type { People } from "../people.ts";
import { Quota } from "./quota.ts";
import { Shelf } from "./shelf.ts";
import { readStill } from "./still.ts";
import type { Backend } from "../store.ts";
import { Uploads } from "./uploads.ts";

/** What {@linkcode keepFiles} needs. */
export interface KeepingOptions {
  readonly backend: Backend;
  readonly blobs: Blobs;
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly hub: Hub;
  readonly people: People;
  onTrouble(error: unknown): void;
}

/** Files that are shared, and those on their way. */
export interface Keeping {
  readonly shelf: Shelf;
  readonly uploads: Uploads;
  /** Which node receives what; missing where there is one. */
  readonly claims: Claims | undefined;
}

/** With every file that was kept, and every transfer as far as it had come. */
export async function keepFiles(options: KeepingOptions): Promise<Keeping> {
  const { backend: { library, records, nodes }, blobs, bounds, clock, onTrouble } = options;
  const steps: FileSteps = {
    library,
    blobs,
    now: () => clock.now(),
    fileId: () => randomText(12) as FileId,
    share: (shared) => share(options, shared),
  };
  // With other nodes, what is there may be theirs: one of them does this now and then.
  if (!nodes) await completeSteps(steps, onTrouble);
  const claims = nodes && await Claims.load({ records, nodes, clock, onTrouble });
  const quota = new Quota(bounds, await library.used());
  return {
    shelf: new Shelf({
      library,
      blobs,
      quota,
      hasOthers: nodes !== undefined,
      conversation: (id) => conversationKept(options, id),
      release: (conversation) => options.hub.release(conversation),
      onTrouble,
    }),
    uploads: await Uploads.load({
      ...{ steps, bounds, clock, quota, onTrouble },
      ...claims && { claims },
    }),
    claims,
  };
}

async function share(
  { hub, people, backend: { library, nodes } }: KeepingOptions,
  { conversation: id, by, file, cid }: Shared,
): Promise<Stored> {
  const conversation = await conversationKept({ hub, people }, id);
  if (!conversation) {
    throw new ChatError("no_such_user", "Cannot finish: who was to get it is gone for good");
  }
  try {
    // A node that was taken for gone may have gone on.
    const there = nodes && await readStill(conversation, () => library.file(file.file));
    if (there) return { seq: there.seq, at: there.file.at };
    return await conversation.decide({
      by,
      change: { t: "shared", file },
      ...cid !== undefined && { cid },
    });
  } finally {
    hub.release(conversation);
  }
}
