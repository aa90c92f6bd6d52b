/** How a command changes a conversation, wherever that is, and is answered where it is a repeat. */

import { type Address, conversationOf, idOf } from "./addressing.ts";
import type { Outcome } from "./commands.ts";
import type { Core } from "../core.ts";
import { answerRepeat, type Deed } from "./deeds.ts";
import { ChatError } from "../errors.ts";
import { roomSeenBy } from "../entry/sight.ts";

/** Changes a conversation, where `about` is the message that the change quotes or changes. */
export function change(
  core: Core,
  wanted: Deed,
  address: Address,
  about?: number,
): Outcome | Promise<Outcome> {
  const conversation = roomSeenBy(core, address.room, wanted.by.uid);
  // Without waiting where it can be: most of what a server does goes this way.
  if (conversation && about === undefined) return { answer: conversation.decide(wanted) };
  return changeElsewhere(core, wanted, address, about);
}

async function changeElsewhere(
  core: Core,
  wanted: Deed,
  address: Address,
  about: number | undefined,
): Promise<Outcome> {
  const wantedIn = conversationOf(core, wanted.by, address, "write");
  const found = await orRepeat(core, wanted, address, wantedIn);
  if ("answer" in found) return found;
  if (about === undefined) return { answer: found.decide(wanted) };
  return { answer: (await found.decideOn(wanted, about)).stored };
}

/**
 * What was found; or, where it isn't there any more, the answer to a repeat of what was stored when
 * it was.
 *
 * @throws {ChatError} why it isn't there, where this is no repeat.
 */
export async function orRepeat<T>(
  core: Core,
  wanted: Deed,
  address: Address,
  found: Promise<T>,
): Promise<T | Outcome> {
  try {
    return await found;
  } catch (error) {
    const id = idOf(address, wanted.by.uid);
    if (!(error instanceof ChatError) || id === undefined || wanted.cid === undefined) throw error;
    const repeat = await core.backend.log.repeat(id, wanted.by.uid, wanted.cid);
    if (repeat === undefined) throw error;
    return { answer: { ...answerRepeat(repeat, wanted) } };
  }
}
