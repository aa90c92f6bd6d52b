/** The handlers of what only the operator may ask for. */

import { end, loginId } from "../entry/accounts.ts";
import { conversationKept } from "../peer/addressing.ts";
import type { AuditEntry } from "./audit_entry.ts";
import { randomText } from "../clock.ts";
import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { ConversationId } from "../names.ts";
import { pairOf } from "../names.ts";
import type { OperatorCommand, OperatorOk, own } from "../wire/operator_commands.ts";
import { passwordOf } from "../entry/passwords.ts";
import type { Known } from "../known.ts";
import { giveRole } from "../roles.ts";

type Name = keyof typeof own;
/** Who asks: what they take away is taken away by them. */
interface Asker {
  readonly known: Known;
  readonly remote: string;
}
type Handler<K extends Name> = (
  core: Core,
  command: OperatorCommand<K>,
  asker: Asker,
) => Promise<OperatorOk<K>>;

/** The handlers, one for each row of the table. */
export const operatorHandlers: { readonly [K in Name]: Handler<K> } = {
  list,
  logins,
  revoke,
  reset,
  remove,
};

/** Bytes of chance in a password that is made: as many as nobody guesses, and one can type. */
const passwordBytes = 12;
/** Messages taken back at once. */
const messagesAtOnce = 200;

async function list(core: Core): Promise<OperatorOk<"list">> {
  const { accounts, library } = core.backend;
  const used = await library.used();
  const users: OperatorOk<"list">["users"][number][] = [];
  for (const known of core.people.sorted()) {
    const { person, role } = known;
    const logins = await accounts.logins(person.uid);
    const at = logins.reduce((latest, { at }) => Math.max(latest, at), 0);
    users.push({
      ...{ user: person.user, uid: person.uid, role },
      ...{ online: core.people.isOnline(known), logins: logins.length },
      ...at > 0 && { at },
      ...role !== "guest" && { bytes: used.accounts.get(person.uid) ?? 0 },
    });
  }
  const rooms = [...core.hub.rooms()].map(({ room }) => ({
    ...{ room: room.name, members: room.members.size, seq: room.seq },
    locked: room.rules.lock !== undefined,
  }));
  return { users, rooms, guestBytes: used.guests };
}

async function logins(core: Core, { user }: OperatorCommand<"logins">) {
  const logins = await core.backend.accounts.logins(holderOf(core, user).uid);
  return { logins: logins.map(({ hash, agent, at }) => ({ login: loginId(hash), agent, at })) };
}

async function revoke(core: Core, { user, login }: OperatorCommand<"revoke">, asker: Asker) {
  const known = holderOf(core, user);
  const kept = await core.backend.accounts.logins(known.uid);
  const ended = kept.filter(({ hash }) => login === undefined || loginId(hash) === login);
  if (login !== undefined && ended.length === 0) {
    throw new ChatError("bad_login", `${quoted(user)} has no login ${quoted(login)} (any more)`);
  }
  await Promise.all([
    core.backend.accounts.dropLogins(ended.map(({ hash }) => hash)),
    ended.length > 0 && told(core, asker, known, "ended_logins"),
  ]);
  end(core, known, ended, "This login was ended by whoever runs the server");
  return { ended: ended.length };
}

async function reset(core: Core, { user, password }: OperatorCommand<"reset">, asker: Asker) {
  const known = holderOf(core, user);
  if (known.role === "guest") {
    throw new ChatError("not_allowed", `${quoted(user)} is a guest and has no password`);
  }
  const wanted = passwordOf(password ?? randomText(passwordBytes));
  // Whoever logs in with the old one meanwhile has a login before that, or none.
  return await core.credentials.inTurn(whose(known, asker), async () => {
    const credential = await core.credentials.made(wanted);
    const kept = await core.backend.accounts.logins(known.uid);
    // Logins first, and all in one commit: else whoever has the old password could stay by theirs.
    await Promise.all([
      core.backend.accounts.dropLogins(kept.map(({ hash }) => hash)),
      core.backend.accounts.saveCredential(known.uid, credential),
      told(core, asker, known, "reset_password"),
    ]);
    end(core, known, kept, "Your password was reset: log in with the new one");
    return { password: wanted };
  });
}

/**
 * They are out first, so that nothing is added while it is taken away; each step can be done again
 * where the one after it fails.
 */
async function remove(core: Core, { user, messages }: OperatorCommand<"remove">, asker: Asker) {
  const known = holderOf(core, user);
  await core.credentials.inTurn(whose(known, asker), async () => {
    // Nobody logs in as a guest, and only a guest's name can be given up.
    await giveRole(core, known, { role: "guest", by: asker.known.person });
    const kept = await core.backend.accounts.logins(known.uid);
    await core.backend.accounts.dropLogins(kept.map(({ hash }) => hash));
    core.people.logins.end(kept.map(({ hash }) => hash));
  });
  await told(core, asker, known, "removed_user");
  await core.endUser(known.uid, new ChatError("revoked", "You were removed from this server"));
  await core.invitations.withdrawOf(known.uid);
  const taken = messages
    ? {
      messages: await removeMessages(core, known, asker),
      files: await removeFiles(core, known, asker),
    }
    : { messages: 0, files: 0 };
  await core.endGuest(known);
  // Why is in the log; nothing is left undone by asking again.
  if (core.people.get(known.uid)) throw new Error(`${quoted(user)} still has the name`);
  return taken;
}

/** Into the trail that owners read. */
async function told(
  { backend, clock }: Core,
  { known: { person: { user: by, uid: by_uid } } }: Asker,
  { person }: Known,
  did: AuditEntry["did"],
): Promise<void> {
  await backend.audit.add({ at: clock.now(), did, by, by_uid, ...person });
}

async function removeMessages(core: Core, known: Known, asker: Asker): Promise<number> {
  let count = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const page = await core.backend.log.said(known.uid, { after, limit: messagesAtOnce });
    for (const { conversation, seq } of page.messages) {
      if (await removeMessage(core, doerIn(conversation, known, asker), { conversation, seq })) {
        count++;
      }
    }
    after = page.next;
  }
  return count;
}

async function removeMessage(
  core: Core,
  by: Known,
  { conversation: id, seq }: { readonly conversation: ConversationId; readonly seq: number },
): Promise<boolean> {
  const conversation = await conversationKept(core, id);
  if (conversation === undefined) return false;
  try {
    const deed = { by: by.person, change: { t: "deleted", target: seq } } as const;
    await (await conversation.decideOn(deed, seq)).stored;
    return true;
  } catch (error) {
    // Somebody else has taken it away meanwhile.
    if (error instanceof ChatError && error.code === "no_such_message") return false;
    throw error;
  } finally {
    core.hub.release(conversation);
  }
}

async function removeFiles(core: Core, known: Known, asker: Asker): Promise<number> {
  const entries = await core.backend.library.filesOf(known.uid);
  for (const { conversation, file } of entries) {
    await core.shelf.takeOut(doerIn(conversation, known, asker), file.file);
  }
  return entries.length;
}

/** By what passwords take turns. */
function whose({ key }: Known, { remote }: Asker) {
  return { key, remote };
}

/** Nobody has a say in a private conversation but the two. */
function doerIn(conversation: ConversationId, known: Known, asker: Asker): Known {
  return pairOf(conversation) ? known : asker.known;
}

function holderOf(core: Core, user: string): Known {
  const known = core.people.holder(user);
  if (known) return known;
  throw new ChatError("no_such_user", `Nobody is called ${quoted(user)}`);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
