/** The invitations that one sees, page by page. */

import { wireLimits } from "../../lib/wire/wire_limits.ts";
import type { Ok } from "../../lib/protocol.ts";
import type { Model } from "../model.ts";

/** One of them, as the server lists it. */
export type Invite = Ok<"invites">["invites"][number];

/**
 * All of them, oldest first: the owner sees everybody's.
 *
 * @throws {ChatError} what the server refuses a page with.
 */
export async function goodInvites({ send }: Pick<Model, "send">): Promise<readonly Invite[]> {
  const found = new Map<string, Invite>();
  for (;;) {
    const before = found.size;
    const after = [...found.keys()].at(-1);
    const page = await send("invites", {
      limit: wireLimits.pageMax,
      ...after !== undefined && { after },
    });
    for (const invite of page.invites) found.set(invite.invite, invite);
    // Where the last one was withdrawn meanwhile, a list begins again.
    if (!page.more || found.size === before) return [...found.values()];
  }
}
