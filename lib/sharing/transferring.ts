/** The handlers of the commands about files. */

import { conversationOf, idOf } from "../peer/addressing.ts";
import type { Along, Caller, Outcome } from "../peer/commands.ts";
import type { Conversation } from "../conversation.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import { filePage, sharedFile } from "../peer/listings.ts";
import type { ConversationId } from "../names.ts";
import type { Standing } from "./offering.ts";
import { partBytesOf } from "../wire/part_bytes.ts";
import type { Command } from "../protocol.ts";
import type { Known } from "../known.ts";
import { takesPart } from "./shelf.ts";

/** The handlers, one for each row of the table of commands about files. */
export const fileHandlers = {
  files: async (core: Core, { known }: Caller, command: Command<"files">): Promise<Outcome> => ({
    answer: await filePage(core, known, command),
  }),
  offer,
  part,
  resume,
  finish,
  fetch,
  cancel,
  decline: (core: Core, { known }: Caller, { file }: Command<"decline">): Outcome => ({
    answer: core.shelf.decline(known, file),
  }),
  remove: (core: Core, { known }: Caller, { file }: Command<"remove">): Outcome => ({
    answer: core.shelf.remove(known, file),
  }),
} as const;

async function offer(core: Core, caller: Caller, command: Command<"offer">): Promise<Outcome> {
  const { known, files } = caller;
  const { person: by, role } = known;
  const isGuest = role === "guest";
  const repeated = async (id: ConversationId | undefined) =>
    id && await core.uploads.repeated({ by, conversation: id, offer: command }, files);
  const found = await whereToOffer(core, known, command).catch(async (error) => {
    // A repeat is answered like the first also where one might not offer it now.
    const before = await repeated(idOf(command, by.uid));
    if (before) return before;
    throw error;
  });
  if ("ready" in found) return { answer: begun(caller, found.ready) };
  const { id: conversation } = found;
  await requireFresh(core, known, conversation, command);
  core.floods.countOffer(caller);
  const requireMay = () => requireMayOffer(known, found);
  const offering = { by, isGuest, conversation, offer: command, requireMay };
  const { ready } = await core.uploads.offer(offering, files);
  return { answer: begun(caller, ready) };
}

async function whereToOffer(
  core: Core,
  known: Known,
  command: Command<"offer">,
): Promise<Conversation> {
  const conversation = await conversationOf(core, known.person, command, "write");
  requireMayOffer(known, conversation);
  return conversation;
}

function requireMayOffer(known: Known, conversation: Conversation): void {
  const { id, room } = conversation;
  if (takesPart(known, id)) return conversation.requireMayShare(known.person);
  throw new ChatError("not_allowed", `Cannot share files in "${room.name}": join it first`);
}

/** That the cid of an offer doesn't stand for something else than an offer. */
async function requireFresh(
  core: Core,
  { uid }: Known,
  conversation: ConversationId,
  { cid }: Command<"offer">,
): Promise<void> {
  if (cid === undefined) return;
  const { library, log } = core.backend;
  if (await library.offered(conversation, uid, cid)) return;
  if (await log.repeat(conversation, uid, cid) === undefined) return;
  throw new ChatError("bad_message", "Cannot do that: this cid stood for something else before");
}

/** What answers that a transfer may go on: with the answer it is this connection's. */
async function begun(caller: Caller, ready: Promise<Standing>): Promise<() => JsonObject> {
  const standing = await ready;
  return () => {
    const { transfer, offset, place } = standing();
    caller.files.begin(transfer);
    return { transfer, offset, place };
  };
}

function part(
  core: Core,
  { known, files }: Caller,
  command: Command<"part">,
  { body }: Along,
): Outcome | Promise<Outcome> {
  const { transfer, offset } = command;
  try {
    if (command.bytes !== undefined && body === undefined) {
      core.uploads.missed(transfer, known.uid, files);
      return taken;
    }
    const bytes = partBytesOf(command, body);
    const done = () => body && files.reuse(body);
    const before = core.uploads.part(transfer, known.uid, files, { ...bytes, offset, done });
    return before ? before.then(() => taken) : taken;
  } catch (error) {
    const isMissing = error instanceof ChatError && error.code === "no_such_transfer";
    if (isMissing && files.isKnownMissing(transfer)) return taken;
    throw error;
  }
}

/** Nothing to say. */
const taken: Outcome = { answer: {} };

async function resume(core: Core, caller: Caller, command: Command<"resume">): Promise<Outcome> {
  const { known, files } = caller;
  const { transfer } = command;
  const found = await core.uploads.resume(transfer, known.uid, files);
  if ("file" in found) {
    return { answer: { transfer, file: await sharedFile(core, known, found) } };
  }
  const answer = found.ready.then((standing) => () => {
    const stands = standing();
    files.begin(transfer);
    return stands;
  });
  // With the answer the transfer is this connection's: parts may have been sent behind it at once.
  return { answer, comesFirst: true };
}

function finish(
  core: Core,
  { known, files }: Caller,
  { transfer, sha256 }: Command<"finish">,
): Outcome {
  const finished = core.uploads.finish(transfer, known.uid, sha256);
  const answer = finished.then(async ({ conversation, file, seq, at }) => {
    files.forget(transfer);
    return { file: await sharedFile(core, known, { conversation, file }), seq, at };
  });
  return { answer };
}

function fetch(
  _core: Core,
  { files }: Caller,
  command: Command<"fetch">,
  { id }: Along,
): Outcome {
  if (id === undefined) throw new ChatError("bad_message", 'Cannot fetch: "id" must be there');
  return { answer: files.fetches.begin(id, command) };
}

async function cancel(
  core: Core,
  { known, files }: Caller,
  command: Command<"cancel">,
): Promise<Outcome> {
  const { transfer, fetch: re } = command;
  if ((transfer === undefined) === (re === undefined)) {
    throw new ChatError("bad_message", 'Cannot cancel: name either a "transfer" or a "fetch"');
  }
  if (re !== undefined) files.fetches.cancel(re);
  if (transfer === undefined) return taken;
  await core.uploads.cancel(transfer, known.uid);
  files.forget(transfer);
  return taken;
}
