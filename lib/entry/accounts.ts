/** The handlers of the commands about accounts, their logins and roles. */

import type { Caller, Outcome } from "../peer/commands.ts";
import type { Core } from "../core.ts";
import type { Attempt } from "./credentials.ts";
import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";
import { appoint } from "../moderation/moderating.ts";
import { nameKey } from "../names.ts";
import { passwordOf, plainPassword } from "./passwords.ts";
import { type Known, userOf } from "../known.ts";
import type { Welcome } from "./coming.ts";
import type { Command } from "../protocol.ts";
import { giveRole, tellRole } from "../roles.ts";
import type { Login } from "../store.ts";

/** The handlers, one for each row of the table of commands about accounts. */
export const accountHandlers = { register, password, logout, logins, revoke, role } as const;

/**
 * Logs an account in on a device that isn't known yet.
 *
 * @throws {ChatError} `bad_login`, `slow_down`
 */
export async function logIn(
  core: Core,
  { user = "", password = "", agent = "" }: Command<"hello">,
  remote: string,
): Promise<Welcome> {
  // It may have just been made on another node.
  await core.others?.caughtUp();
  const held = core.people.holder(user);
  const account = held && isAccount(held) ? held : undefined;
  const attempt = { key: nameKey(user), uid: account?.uid, remote, wrong: wrongText };
  return await core.credentials.verified(attempt, plainPassword(password), async () => {
    if (account === undefined) throw new Error("Nobody's password was right");
    // They were removed while this waited for its turn.
    if (!isAccount(account)) throw new ChatError("bad_login", wrongText);
    core.bans.requireUser(account.uid);
    await dropOldest(core, account);
    return await core.people.logIn(account, agent);
  });
}

const wrongText = "Cannot log in: there is no account of that name, or its password is another one";

/** An account is on its way in: its address is a good one, and it may be the owner's. */
export async function cameIn(
  core: Core,
  known: Known,
  { remote, mayOwn }: { readonly remote: string; readonly mayOwn: boolean },
): Promise<void> {
  const { credentials, ownership } = core;
  if (!isAccount(known)) return;
  credentials.cameIn({ key: known.key, remote });
  if (!mayOwn || !ownership.keeps(known.key)) return;
  await giveRole(core, known, { role: "owner" });
  ownership.taken();
}

function isAccount({ role }: Known): boolean {
  return role !== "guest";
}

function register(core: Core, caller: Caller, command: Command<"register">): Outcome {
  const { known } = caller;
  const password = passwordOf(command.password);
  requireFree(core, caller);
  const answer = core.credentials.registered(attemptOf(caller), password, async (credential) => {
    requireFree(core, caller);
    const isOwner = core.ownership.keeps(known.key);
    const before = known.role;
    // From now on the name isn't given up, whatever happens to the connection meanwhile.
    known.role = isOwner ? "owner" : core.invitations.roleOf(known.uid);
    try {
      await Promise.all([
        core.backend.accounts.saveAccount(userOf(known, true), credential),
        core.invitations.registered(known.uid),
      ]);
    } catch (error) {
      known.role = before;
      // On another node they did so at once, and this one was told: then they are what is kept.
      const kept = core.others && await core.backend.accounts.user(known.uid);
      if (kept && kept.role !== before) {
        known.role = kept.role;
        tellRole(core, known);
      }
      throw error;
    }
    if (isOwner) core.ownership.taken();
    tellRole(core, known);
    return { role: known.role };
  });
  return { answer };
}

/** That the caller may make their name theirs. */
function requireFree({ ownership, people }: Core, { known, mayOwn }: Caller): void {
  if (isAccount(known)) {
    const how = 'its password is changed with "password"';
    throw new ChatError("not_allowed", `Cannot register: the name is yours already; ${how}`);
  }
  if (people.get(known.uid) !== known) {
    throw new ChatError("not_allowed", "Cannot register: the name isn't held any more");
  }
  if (ownership.keeps(known.key) && !mayOwn) {
    const how = "come from the server's own machine, or with the code that it said at its start";
    throw new ChatError("not_allowed", `Cannot register: the name is kept for the owner; ${how}`);
  }
  if (people.accounts >= limits.accountsMax) {
    const most = `this server has ${limits.accountsMax} accounts, which is all that it takes`;
    throw new ChatError("not_allowed", `Cannot register: ${most}`);
  }
}

function password(core: Core, caller: Caller, command: Command<"password">): Outcome {
  const { known } = caller;
  const wanted = passwordOf(command.new);
  const attempt = {
    ...attemptOf(caller),
    wrong: "Cannot change it: the old password is another one",
  };
  const answer = core.credentials.verified(attempt, plainPassword(command.old), async () => {
    const credential = await core.credentials.made(wanted);
    const others = (await core.backend.accounts.logins(known.uid))
      .filter(({ hash }) => hash !== caller.login);
    // Logins first, and both in one commit: else whoever has the old password could stay by theirs.
    await Promise.all([
      core.backend.accounts.dropLogins(others.map(({ hash }) => hash)),
      core.backend.accounts.saveCredential(known.uid, credential),
    ]);
    end(core, known, others, "The password was changed: log in with the new one");
    return {};
  });
  return { answer };
}

function attemptOf({ known, remote }: Caller): Attempt {
  return { key: known.key, uid: isAccount(known) ? known.uid : undefined, remote };
}

async function logout(core: Core, caller: Caller, { all }: Command<"logout">): Promise<Outcome> {
  const logins = await core.backend.accounts.logins(caller.known.uid);
  const ended = logins.filter(({ hash }) => all || hash === caller.login);
  const why = all ? "You logged out everywhere" : "You logged out";
  const outcome = await dropped(core, caller, ended, why);
  // Nobody can come back as them.
  if (!isAccount(caller.known)) {
    core.people.retire(caller.known);
    core.others?.retired(caller.known);
  }
  return outcome;
}

async function logins(core: Core, { known, login }: Caller): Promise<Outcome> {
  const logins = await core.backend.accounts.logins(known.uid);
  const shown = logins.slice(0, limits.loginsMax).map(({ hash, agent, at }) => ({
    login: loginId(hash),
    agent,
    at,
    ...hash === login && { here: true },
  }));
  return { answer: { logins: shown } };
}

async function revoke(core: Core, caller: Caller, { login }: Command<"revoke">): Promise<Outcome> {
  const { known } = caller;
  const logins = await core.backend.accounts.logins(known.uid);
  const ended = logins.filter(({ hash }) => loginId(hash) === login);
  if (ended.length === 0) {
    throw new ChatError("bad_login", `You have no login ${JSON.stringify(login)} (any more)`);
  }
  return await dropped(core, caller, ended, "This login was ended on another device");
}

/** What a login is called: part of its token's hash, from which neither can be made. */
export function loginId(hash: string): string {
  return hash.slice(0, 12);
}

/** Drops logins of the caller's, who hears that it is done before theirs ends. */
async function dropped(
  core: Core,
  { known, login }: Caller,
  logins: readonly Login[],
  why: string,
): Promise<Outcome> {
  await core.backend.accounts.dropLogins(logins.map(({ hash }) => hash));
  const [own, others] = [true, false].map((isOwn) =>
    logins.filter(({ hash }) => (hash === login) === isOwn)
  );
  end(core, known, others, why);
  return own.length === 0
    ? { answer: {} }
    : { answer: {}, after: () => end(core, known, own, why) };
}

/** Ends what came with logins that aren't kept any more. */
export function end(core: Core, { uid }: Known, logins: readonly Login[], why: string): void {
  if (logins.length === 0) return;
  void core.endLogins(uid, logins.map(({ hash }) => hash), new ChatError("revoked", why));
}

/** Makes room for one login more. */
async function dropOldest(core: Core, known: Known): Promise<void> {
  const { accounts } = core.backend;
  const oldest = (await accounts.logins(known.uid)).slice(limits.loginsMax - 1);
  if (oldest.length === 0) return;
  await accounts.dropLogins(oldest.map(({ hash }) => hash));
  end(core, known, oldest, `You have more than ${limits.loginsMax} logins: log in again`);
}

function role(
  core: Core,
  caller: Caller,
  command: Command<"role">,
): Outcome | Promise<Outcome> {
  const { role, room } = command;
  if (room !== undefined) return appoint(core, caller, { ...command, room });
  const { known } = caller;
  if (known.role !== "owner") {
    throw new ChatError("not_allowed", "Cannot do that: only the owner may");
  }
  const whom = core.people.holder(command.user);
  const shown = JSON.stringify(command.user);
  if (whom === undefined) throw new ChatError("no_such_user", `Nobody is called ${shown}`);
  if (!isAccount(whom)) {
    throw new ChatError("not_allowed", `Cannot give ${shown} a role: they have to register first`);
  }
  if (role === "guest") {
    throw new ChatError("not_allowed", `Cannot make ${shown} a guest: the name is theirs for good`);
  }
  if (whom.role === "owner" && role !== "owner" && core.people.owners === 1) {
    const how = "make somebody else the owner first";
    throw new ChatError("not_allowed", `Cannot leave the server without an owner: ${how}`);
  }
  const { user: by, uid: by_uid } = known.person;
  const entry = {
    at: core.clock.now(),
    did: "appointed",
    by,
    by_uid,
    ...whom.person,
    role,
  } as const;
  const given = giveRole(core, whom, { role, by: known.person });
  const kept = Promise.all([given, core.backend.audit.add(entry)]);
  return { answer: kept.then(() => ({})) };
}
