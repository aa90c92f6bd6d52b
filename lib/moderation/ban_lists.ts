/** Who is banned, from a room or from the server, for those who may take it back. */

import { conversationOf } from "../peer/addressing.ts";
import type { Caller, Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import { limits } from "../limits.ts";
import { fitting } from "../peer/listings.ts";
import { requireModerator } from "./moderation.ts";
import type { Known } from "../known.ts";
import type { Command, Ok } from "../protocol.ts";
import { forGood } from "./rules.ts";
import { requireStaff } from "./server_bans.ts";

type Listed = Ok<"bans">["bans"][number];

/** Lists them a page at a time, in the order of what tells them apart. */
export async function bans(
  core: Core,
  { known }: Caller,
  { room, after = "", limit = limits.pageUsual }: Command<"bans">,
): Promise<Outcome> {
  const all = room === undefined ? onServer(core, known) : await inRoom(core, known, room);
  const rest = all.map((ban) => ({ ban, id: ban.uid ?? ban.address ?? "" }))
    .filter(({ id }) => id > after)
    .sort((a, b) => a.id < b.id ? -1 : 1)
    .map(({ ban }) => ban);
  const page = fitting(rest.slice(0, Math.min(limit, limits.pageMax)));
  return { answer: { bans: page, more: page.length < rest.length } };
}

function onServer({ bans, clock }: Core, known: Known): readonly Listed[] {
  requireStaff(known);
  const now = clock.now();
  return bans.all().filter(({ until }) => until > now).map(({ whom, until, reason }) => ({
    ...whom.is === "user" ? whom.user : { address: whom.address },
    ...untilOf(until),
    ...reason !== undefined && { reason },
  }));
}

async function inRoom(core: Core, known: Known, room: string): Promise<readonly Listed[]> {
  const { decided } = await conversationOf(core, known.person, { room }, "read");
  requireModerator(decided, known.person, { roleOf: (uid) => core.people.roleOf(uid) });
  const now = core.clock.now();
  return [...decided.rules.banned].filter(([, { until }]) => until > now)
    .map(([uid, { user, until }]) => ({ user, uid, ...untilOf(until) }));
}

function untilOf(until: number): { readonly until?: number } {
  return until === forGood ? {} : { until };
}
