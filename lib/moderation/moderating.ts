/** The handlers of the commands that keep order in rooms. */

import { bans } from "./ban_lists.ts";
import { change } from "../peer/changing.ts";
import type { Caller, Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import type { Deed } from "../peer/deeds.ts";
import { ChatError } from "../errors.ts";
import type { Change, Person } from "../events.ts";
import type { TransferRecord } from "../file_store.ts";
import { limits } from "../limits.ts";
import { nameKey, roomId, type Uid } from "../names.ts";
import type { Command } from "../protocol.ts";
import { newLock } from "../entry/room_keys.ts";
import type { Rules, Sanction } from "./rules.ts";
import { roomSeenBy } from "../entry/sight.ts";
import { repeatKey } from "../store.ts";
import { banFromServer, unbanFromServer } from "./server_bans.ts";

/** The handlers, one for each row of the table of commands that keep order. */
export const moderationHandlers = {
  kick,
  mute,
  unmute,
  ban,
  unban,
  bans,
  lock,
  slow: (core: Core, caller: Caller, command: Command<"slow">): Promise<Outcome> =>
    moderate(core, caller, command, { t: "slowed", seconds: command.seconds }),
  readonly: (core: Core, caller: Caller, command: Command<"readonly">): Promise<Outcome> =>
    moderate(core, caller, command, { t: "made_readonly", on: command.on }),
  audit,
} as const;

/** Where, and about whom. */
interface InRoom {
  readonly room: string;
  readonly cid?: string;
  readonly whom?: Person;
}

/** Says what somebody may do in a room. */
export function appoint(
  core: Core,
  caller: Caller,
  { room, user, role }: Command<"role"> & { readonly room: string },
): Promise<Outcome> {
  const whom = holder(core, user);
  return moderate(core, caller, { room, whom }, { t: "appointed", ...by(caller), role });
}

function kick(core: Core, caller: Caller, command: Command<"kick">): Promise<Outcome> {
  const whom = holder(core, command.user);
  return moderate(core, caller, { ...command, whom }, { t: "kicked", ...by(caller, command) });
}

function mute(core: Core, caller: Caller, command: Command<"mute">): Promise<Outcome> {
  const whom = holder(core, command.user);
  return moderate(core, caller, { ...command, whom }, { t: "muted", ...by(caller, command) });
}

function unmute(core: Core, caller: Caller, command: Command<"unmute">): Promise<Outcome> {
  const muted = rulesSeen(core, caller, command.room)?.muted;
  const whom = sanctionedAs(core, muted, command.user) ?? holder(core, command.user);
  return moderate(core, caller, { ...command, whom }, { t: "unmuted", ...by(caller) });
}

async function ban(core: Core, caller: Caller, command: Command<"ban">): Promise<Outcome> {
  const { room, user, address } = command;
  if (room === undefined) return banFromServer(core, caller, command);
  const whom = holder(core, userIn({ user, address }));
  const banned = { t: "kicked", ...by(caller, command), banned: true } as const;
  return await moderate(core, caller, { ...command, room, whom }, banned);
}

async function unban(core: Core, caller: Caller, command: Command<"unban">): Promise<Outcome> {
  const { room } = command;
  if (room === undefined) return unbanFromServer(core, caller, command);
  const user = userIn(command);
  const banned = rulesSeen(core, caller, room)?.banned;
  const whom = sanctionedAs(core, banned, user) ?? holder(core, user);
  return await moderate(core, caller, { ...command, room, whom }, { t: "unbanned", ...by(caller) });
}

async function lock(core: Core, caller: Caller, command: Command<"lock">): Promise<Outcome> {
  const { key, cid } = command;
  const repeat = cid === undefined ? undefined : repeatKey(caller.known.uid, cid);
  const locked: Change = key === undefined
    ? { t: "locked", on: false }
    : { t: "locked", on: true, key: await core.floods.key(caller, () => newLock(key, repeat)) };
  return await moderate(core, caller, command, locked);
}

async function audit(core: Core, _caller: Caller, command: Command<"audit">): Promise<Outcome> {
  const { before, limit = limits.pageUsual } = command;
  const number = before === undefined ? undefined : Number(before);
  if (number !== undefined && !Number.isSafeInteger(number)) {
    throw new ChatError("bad_message", 'Cannot go on: "before" must be what audit answered');
  }
  const page = { limit: Math.min(limit, limits.pageMax), ...number && { before: number } };
  const { entries, next } = await core.backend.audit.read(page);
  const more = next !== undefined;
  return { answer: { entries, more, ...more && { cursor: String(next) } } };
}

/** Decides what a moderator does in a room; what it means for files and invitations comes behind it. */
async function moderate(
  core: Core,
  { known }: Caller,
  { room, cid, whom }: InRoom,
  what: Change,
): Promise<Outcome> {
  const wanted: Deed = { by: known.person, change: what, ...cid !== undefined && { cid }, whom };
  const { answer, ...outcome } = await change(core, wanted, { room });
  const out = what.t === "kicked" ? whom : undefined;
  return {
    ...outcome,
    answer: Promise.resolve(answer).then(async (done) => {
      await Promise.all([endUploads(core, room), out && withdraw(core, room, out)]);
      return done;
    }),
  };
}

/** Nobody comes by what they made who was put out, they least of all. */
async function withdraw({ invitations, journal }: Core, room: string, { uid }: Person) {
  const withdrawn = invitations.withdrawOf(uid, roomId(room));
  await withdrawn.catch((error) => journal.error("invitations", error));
}

/** What is on its way to a room ends where its sender may not share it there any more. */
async function endUploads(core: Core, room: string): Promise<void> {
  const conversation = core.hub.room(room);
  if (!conversation) return;
  const mayNot = ({ conversation: to, by }: TransferRecord) => {
    return to === conversation.id && !conversation.takesFrom(by);
  };
  await core.uploads.endThose(mayNot).catch((error) => core.journal.error("uploads", error));
}

function by({ known }: Caller, why: { readonly reason?: string; readonly seconds?: number } = {}) {
  const { user, uid } = known.person;
  const { reason, seconds } = why;
  return {
    by: user,
    by_uid: uid,
    ...reason !== undefined && { reason },
    ...seconds !== undefined && { seconds },
  };
}

/** Who is called so now. @throws {ChatError} `no_such_user` */
export function holder({ people }: Core, user: string): Person {
  const known = people.holder(user);
  if (known) return known.person;
  throw new ChatError("no_such_user", `There is no user "${user}" now`);
}

function rulesSeen(core: Core, { known }: Caller, room: string): Rules | undefined {
  return roomSeenBy(core, room, known.uid)?.decided.rules;
}

/** Who was called so when they were muted or banned: they may be gone, and their name another's. */
/** Whom it lasts for, of those who had the name then. */
function sanctionedAs(
  { clock }: Core,
  sanctions: ReadonlyMap<Uid, Sanction> | undefined,
  name: string,
): Person | undefined {
  const now = clock.now();
  for (const [uid, { user, until }] of sanctions ?? []) {
    if (until > now && nameKey(user) === nameKey(name)) return { user, uid };
  }
  return undefined;
}

function userIn(
  { user, address }: { readonly user?: string; readonly address?: string },
): string {
  if (user !== undefined && address === undefined) return user;
  throw new ChatError(
    "bad_message",
    'Cannot do that: name one "user"; an address is banned from the whole server, without "room"',
  );
}
