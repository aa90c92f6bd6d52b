/** Who gets in: those who have a login, and those who are new and were invited. */

import { cameIn, logIn } from "./accounts.ts";
import { networkOf } from "../addresses.ts";
import type { Caller } from "../peer/commands.ts";
import type { Conversation } from "../conversation.ts";
import type { Core } from "../core.ts";
import { awayError } from "../errors.ts";
import { badInvite } from "./invitations.ts";
import { limits } from "../limits.ts";
import type { Welcome } from "./coming.ts";
import type { Command } from "../protocol.ts";
import { tried } from "./room_keys.ts";
import type { Entry } from "../rooms.ts";

/**
 * Lets somebody in who comes from the address `remote`. Whoever is new needs an invitation there,
 * which is looked at before anything that they say of themselves: a stranger learns no name.
 *
 * @throws {ChatError} `bad_invite`; `slow_down` where too many wrong ones came from there; whatever
 * `People.hello` refuses
 */
export async function letIn(
  core: Core,
  hello: Command<"hello">,
  remote: string,
): Promise<Welcome> {
  const { people, invitations } = core;
  const { invite, token, password } = hello;
  const invitation = invite === undefined ? undefined : await found(core, invite);
  const mayOwn = core.ownership.isProven({ remote, invite });
  if (token !== undefined || password !== undefined) {
    const welcome = token === undefined
      ? await logIn(core, hello, remote)
      : await people.hello(hello, { mayOwn });
    await cameIn(core, welcome.known, { remote, mayOwn });
    const isMore = invitation && await invitations.redeem(welcome.known, invitation);
    return { ...welcome, mayOwn, ...isMore && { invited: invitation.room } };
  }
  if (core.others?.isCut) throw awayError();
  const use = invitation && invitations.use(invitation);
  const isInvited = use !== undefined || core.ownership.opens(invite);
  if (!isInvited && invitations.isRequired(remote)) {
    // Not the right ones: whoever shares an address with somebody who guesses still gets in.
    if (invite !== undefined) {
      await core.visitors.take(`invite ${networkOf(remote)}`, limits.inviteGuessCost);
    }
    throw badInvite();
  }
  try {
    // The use goes to the disk with the new user: neither is there without the other.
    const welcome = await people.hello(hello, {
      mayOwn,
      ...use && { alsoKept: (uid) => use.keep(uid) },
    });
    return { ...welcome, mayOwn, invited: use && invitation?.room };
  } catch (error) {
    await use?.giveBack();
    throw error;
  }
}

async function found({ invitations, others }: Core, code: string) {
  const invitation = await invitations.find(code);
  if (invitation || !others) return invitation;
  // It may have just been made on another node.
  await others.caughtUp();
  return await invitations.find(code);
}

/**
 * What somebody who is about to join a room shows at its door: that they were invited, or what the
 * key comes to that they say. Wrong keys are answered more and more slowly.
 */
export async function entryOf(
  { floods, invitations, visitors }: Core,
  asker: Pick<Caller, "known" | "remote">,
  { id, decided }: Conversation,
  key: string | undefined,
): Promise<Entry> {
  const { lock } = decided.rules;
  const { known, remote } = asker;
  if (lock === undefined) return {};
  if (await invitations.mayJoin(known, id, key)) return { isInvited: true };
  if (key === undefined) return {};
  const comesTo = await floods.key(asker, () => tried(key, lock));
  if (comesTo !== lock) await visitors.take(`key ${networkOf(remote)}`, limits.inviteGuessCost);
  return { key: comesTo };
}
