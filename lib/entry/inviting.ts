/** The handlers of the commands about invitations. */

import { conversationOf } from "../peer/addressing.ts";
import { isAtLeast, type Role } from "../wire/command_row.ts";
import type { Caller, Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { Invitation, Offered } from "./kept_invitations.ts";
import { operatorUid } from "../known.ts";
import { limits } from "../limits.ts";
import { fitting } from "../peer/listings.ts";
import { type ConversationId, pairOf } from "../names.ts";
import type { Known } from "../known.ts";
import type { Command } from "../protocol.ts";
import { takesPart } from "../sharing/shelf.ts";

/** The handlers, one for each row of the table of commands about invitations. */
export const inviteHandlers = { invite, invites, uninvite } as const;

async function invite(core: Core, caller: Caller, command: Command<"invite">): Promise<Outcome> {
  const { known } = caller;
  const { role = "guest", uses, seconds = limits.inviteSecondsUsual } = command;
  requireMayGive(known, role);
  const room = command.room === undefined ? undefined : await roomOf(core, known, command.room);
  const offered: Offered = {
    role,
    until: core.clock.now() + seconds * 1000,
    ...room !== undefined && { room },
    ...uses !== undefined && { uses },
  };
  const answer = core.invitations.make(offered, known.person).then(({ invitation, code }) => ({
    code,
    ...core.invitations.linksOf(code),
    invite: invitation.id,
  }));
  return { answer };
}

function requireMayGive({ role: own }: Known, role: Role): void {
  const isTooMuch = role === "owner" || !isAtLeast(own, role);
  const isOwners = role === "moderator" && own !== "owner";
  if (!isTooMuch && !isOwners) return;
  const may = role === "moderator" ? "only the owner may" : "nobody may";
  throw new ChatError("not_allowed", `Cannot invite somebody as ${role}: ${may}`);
}

async function roomOf(core: Core, known: Known, room: string): Promise<ConversationId> {
  const { id } = await conversationOf(core, known.person, { room }, "read");
  if (pairOf(id)) {
    throw new ChatError("not_allowed", `Cannot invite to "${room}": it is for two only`);
  }
  if (takesPart(known, id) || known.uid === operatorUid) return id;
  throw new ChatError("not_allowed", `Cannot invite to "${room}": join it first`);
}

function invites(core: Core, { known }: Caller, command: Command<"invites">): Outcome {
  const { after, limit = limits.pageUsual } = command;
  const all = seenBy(core, known);
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const page = all.slice(from, from + Math.min(limit, limits.pageMax));
  const shown = fitting(page.map((invitation) => shownOf(core, invitation)));
  return { answer: { invites: shown, more: from + shown.length < all.length } };
}

function seenBy({ invitations }: Core, { uid, role }: Known): readonly Invitation[] {
  return role === "owner" ? invitations.all() : invitations.all(uid);
}

function shownOf({ hub }: Core, invitation: Invitation): JsonObject {
  const { id, by, room, role, at, uses, until, used } = invitation;
  const rest = {
    ...{ role, at, used },
    ...uses !== undefined && { uses },
    ...until !== undefined && { until },
  };
  const name = room === undefined ? {} : { room: hub.room(room)?.room.name ?? room };
  return { invite: id, ...by, ...rest, ...name };
}

function uninvite(core: Core, { known }: Caller, command: Command<"uninvite">): Outcome {
  const invitation = seenBy(core, known).find(({ id }) => id === command.invite);
  if (invitation === undefined) {
    throw new ChatError("bad_invite", "There is no such invitation of yours (any more)");
  }
  return { answer: core.invitations.withdraw(invitation.id).then(() => ({})) };
}
