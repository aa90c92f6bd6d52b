/** The owner's hand in the files' folder of a running server. */

import { conversationKept } from "./addressing.ts";
import { randomText } from "./clock.ts";
import type { Stored } from "./deeds.ts";
import type { Core } from "./core.ts";
import type { Change, Person } from "./events.ts";
import type { Blobs } from "./file_store.ts";
import type { ConversationId, FileId } from "./names.ts";
import { OwnerHand } from "./owner_hand.ts";

/**
 * Looks at the folders of all rooms in use until it is closed, which has to be before `blobs` and
 * the core's storage are. What it shares comes from the server's owner by name, where there is one,
 * else from the server's own name.
 */
export function watchFolders(core: Core, blobs: Blobs): OwnerHand {
  const { backend: { library }, clock, hub, journal, people, shelf } = core;
  return new OwnerHand({
    library,
    blobs,
    clock,
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
    return await conversation.decide(deed);
  } finally {
    core.hub.release(conversation);
  }
}
