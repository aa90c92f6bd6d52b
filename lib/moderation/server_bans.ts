/** What it takes to ban somebody from the whole server, and what comes of it. */

import { addressBlock, isLoopback } from "../addresses.ts";
import { type Banned, bannedError } from "../entry/bans.ts";
import { isAtLeast } from "../wire/command_row.ts";
import type { Caller, Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { Known } from "../known.ts";
import type { AuditEntry } from "./audit_entry.ts";
import type { Command } from "../protocol.ts";
import { forGood } from "./rules.ts";

/** A user or an address may not come any more: what they have here ends at once. */
export function banFromServer(
  core: Core,
  { known }: Caller,
  command: Command<"ban">,
): Outcome {
  requireStaff(known);
  const { reason, seconds } = command;
  const whom = whomOf(core, known, command);
  requireBelow(core, known, whom);
  const until = seconds === undefined ? forGood : core.clock.now() + seconds * 1000;
  const ban = { whom, until, ...reason !== undefined && { reason } };
  const entry = entryOf(core, known, whom, "banned");
  const alsoKept = () =>
    Promise.all([
      core.backend.audit.add({
        ...entry,
        ...reason !== undefined && { reason },
        ...seconds !== undefined && { seconds },
      }),
      whom.is === "user" && core.invitations.withdrawOf(whom.user.uid),
    ]);
  const keep = () => core.bans.add(ban, alsoKept);
  const kept = core.others && whom.is === "address"
    ? core.others.usersAt(whom.address).then((uids) => {
      requireAllBelow(known, uids.flatMap((uid) => core.people.get(uid) ?? []));
      return keep();
    })
    : keep();
  const answer = kept.then(() => {
    const error = bannedError(ban, core.clock);
    // It begins at once and isn't waited for: who doesn't take their last word holds up nobody.
    if (whom.is === "user") void core.endUser(whom.user.uid, error);
    else void core.endAddress(whom.address, error);
    return {};
  });
  return { answer };
}

/** They may come again. */
export function unbanFromServer(
  core: Core,
  { known }: Caller,
  command: Command<"unban">,
): Outcome {
  requireStaff(known);
  const banned = command.user === undefined ? undefined : core.bans.called(command.user);
  const whom: Banned = banned && command.address === undefined
    ? { is: "user", user: banned }
    : whomOf(core, known, command);
  const entry = entryOf(core, known, whom, "unbanned");
  const answer = core.bans.remove(whom, () => core.backend.audit.add(entry)).then(() => ({}));
  return { answer };
}

/** That somebody moderates the whole server. @throws {ChatError} `not_allowed` */
export function requireStaff({ role }: Known): void {
  if (isAtLeast(role, "moderator")) return;
  throw new ChatError(
    "not_allowed",
    'Cannot do that to the whole server: only its moderators may; name a "room" of yours',
  );
}

function whomOf(
  { people }: Core,
  known: Known,
  { user, address }: { readonly user?: string; readonly address?: string },
): Banned {
  if ((user === undefined) === (address === undefined)) {
    throw new ChatError("bad_message", 'Cannot do that: name either a "user" or an "address"');
  }
  if (address !== undefined) return { is: "address", address: blockOf(address) };
  const held = people.holder(user ?? "");
  if (!held) throw new ChatError("no_such_user", `There is no user "${user}" now`);
  if (held === known) throw new ChatError("not_allowed", "Cannot do that to yourself");
  return { is: "user", user: held.person };
}

function blockOf(address: string): string {
  const block = addressBlock(address);
  // However it is written; and of IPv6 whatever would be banned with it.
  if (isLoopback(block ?? address) || block === addressBlock("::1")) {
    throw new ChatError("not_allowed", "Cannot ban the server's own machine");
  }
  if (block !== undefined) return block;
  throw new ChatError("bad_message", `Cannot ban ${JSON.stringify(address)}: it is no address`);
}

/** Nobody is banned by somebody of a lower role, nor by the address where they are. */
function requireBelow({ people }: Core, known: Known, whom: Banned): void {
  requireAllBelow(known, those(people.sorted(), whom));
}

function requireAllBelow(known: Known, all: readonly Known[]): void {
  for (const other of all) {
    if (other === known) {
      throw new ChatError("not_allowed", "Cannot ban that address: you are there yourself");
    }
    if (isAtLeast(known.role, other.role)) continue;
    const { user } = other.person;
    throw new ChatError(
      "not_allowed",
      `Cannot do that to "${user}": their role is higher than yours`,
    );
  }
}

/** Whom a ban would put out. */
function those(all: readonly Known[], whom: Banned): readonly Known[] {
  if (whom.is === "user") return all.filter(({ uid }) => uid === whom.user.uid);
  return all.filter(({ listeners }) =>
    [...listeners].some(({ remote }) => addressBlock(remote) === whom.address)
  );
}

function entryOf(
  { clock }: Core,
  { person: { user: by, uid: by_uid } }: Known,
  whom: Banned,
  did: AuditEntry["did"],
): AuditEntry {
  const about = whom.is === "user" ? whom.user : { address: whom.address };
  return { at: clock.now(), did, by, by_uid, ...about };
}
