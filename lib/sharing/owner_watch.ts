/** The owner's hand in the files' folder of a running server. */

import { conversationKept } from "../peer/addressing.ts";
import { randomText } from "../clock.ts";
import type { Stored } from "../peer/deeds.ts";
import type { Core } from "../core.ts";
import type { Change, Person } from "../events.ts";
import type { Blobs } from "../file_store.ts";
import { pathOf } from "./file_steps.ts";
import type { ConversationId, FileId } from "../names.ts";
import { OwnerHand } from "./owner_hand.ts";
import { readStill } from "./still.ts";

/**
 * Looks at the folders of all rooms in use until it is closed, which has to be before `blobs` and
 * the core's storage are. What it shares comes from the server's owner by name, where there is one,
 * else from the server's own name.
 */
export function watchFolders(core: Core, blobs: Blobs): OwnerHand {
  const { backend: { library, nodes }, claims, clock, hub, journal, others, people, shelf } = core;
  return new OwnerHand({
    library,
    blobs,
    clock,
    leads: () => !others || (others.leads && claims?.knowsAll === true),
    caughtUp: async () => await nodes?.caughtUp() ?? true,
    name: () => people.sorted().find(({ role }) => role === "owner")?.person.user ?? core.name,
    rooms: () => [...hub.rooms()].map(({ id }) => id),
    fileId: () => randomText(12) as FileId,
    decide: (conversation, by, change) => decide(core, conversation, { by, change }),
    onRemoved: (entry) => shelf.lost(entry),
    onLeft: ({ left, why }) => journal.error("files", `Cannot share "${left}": ${why}`),
    onTrouble: (error) => journal.error("files", error),
  });
}

async function decide(
  core: Core,
  id: ConversationId,
  deed: { readonly by: Person; readonly change: Change },
): Promise<Stored> {
  const conversation = await conversationKept(core, id);
  if (!conversation) throw new Error(`There is no conversation "${id}"`);
  try {
    if (core.others) {
      const done = await readStill(conversation, () => doneBefore(core, id, deed.change));
      if (done) return done;
    }
    return await conversation.decide(deed);
  } finally {
    core.hub.release(conversation);
  }
}

/** What came of it where another node, which led before this one, was first. */
async function doneBefore(
  { backend: { library }, clock }: Core,
  id: ConversationId,
  change: Change,
): Promise<Stored | undefined> {
  if (change.t === "shared") {
    const there = await library.at(pathOf(id, change.file));
    return there && { seq: there.seq, at: there.file.at };
  }
  if (change.t !== "removed" || await library.file(change.file)) return undefined;
  return { seq: 0, at: clock.now() };
}
