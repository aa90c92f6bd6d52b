/** Who gets in: those who have a login, and those who are new and were invited. */

import type { Core } from "./core.ts";
import { ChatError } from "./errors.ts";
import { limits } from "./limits.ts";
import type { Welcome } from "./people.ts";
import type { Command } from "./protocol.ts";

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
  const invitation = invite === undefined ? undefined : await invitations.find(invite);
  if (token !== undefined || password !== undefined) {
    const welcome = await people.hello(hello);
    const isMore = invitation && await invitations.redeem(welcome.known, invitation);
    return isMore ? { ...welcome, invited: invitation.room } : welcome;
  }
  const use = invitation && invitations.use(invitation);
  if (use === undefined && invitations.isRequired(remote)) {
    // Not the right ones: whoever shares an address with somebody who guesses still gets in.
    if (invite !== undefined) await core.visitors.take(`invite ${remote}`, limits.inviteGuessCost);
    throw badInvite();
  }
  try {
    // The use goes to the disk with the new user: neither is there without the other.
    const welcome = await people.hello(hello, use && ((uid) => use.keep(uid)));
    return { ...welcome, invited: use && invitation?.room };
  } catch (error) {
    await use?.giveBack();
    throw error;
  }
}

/** One sentence for all of them: that a code was good once is nothing to tell. */
function badInvite(): ChatError {
  const how = "ask somebody who is in for one";
  return new ChatError("bad_invite", `Cannot come in without an invitation that is good: ${how}`);
}
