/** What words ask a server for, and the lines that say what came of it: a function for each. */

import { addressBlock } from "../addresses.ts";
import { banText, type ListedBan } from "../client/ban_list.ts";
import { type Role, roles } from "../wire/command_row.ts";
import type { AuditEntry } from "../moderation/audit_entry.ts";
import type { Clock } from "../clock.ts";
import type { Asked } from "./arguments.ts";
import type { Ask } from "./asking.ts";
import { auditLines, counted, listLines, loginLines } from "./lists.ts";
import type { WordName } from "./words.ts";

/** A word that a server is asked by: the others work on folders. */
export type AskingWord = Exclude<WordName, "backup" | "restore">;

/** What a function gets. */
interface Given extends Pick<Asked, "operands" | "flags"> {
  readonly clock: Pick<Clock, "now">;
  /** The first line of the input. */
  readLine(): Promise<string>;
}

type Doing = (ask: Ask, given: Given) => Promise<readonly string[]>;

/** The functions. What is behind a word was checked against its row. */
export const doings: { readonly [K in AskingWord]: Doing } = {
  list: async (ask) => listLines(await ask("list", {})),
  logins: async (ask, { operands: [user] }) => loginLines(await ask("logins", { user })),
  audit: async (ask) => auditLines(await auditOf(ask)),
  invite,
  ban,
  unban,
  bans,
  role,
  "reset-password": resetPassword,
  revoke,
  remove,
};

async function invite(ask: Ask, { flags }: Given): Promise<readonly string[]> {
  const [uses, role] = [flags.get("uses"), flags.get("as")];
  const { code, url, address } = await ask("invite", {
    ...whereOf(flags),
    ...lastingOf(flags),
    ...uses !== undefined && { uses: Number(uses) },
    ...role !== undefined && { role: roleOf(role) },
  });
  // A server that doesn't run has no address.
  return [code, ...[address, url].filter((line) => line !== "" && line !== code)];
}

async function ban(ask: Ask, { operands: [whom], flags }: Given): Promise<readonly string[]> {
  const reason = flags.get("reason");
  const where = whereOf(flags);
  await ask("ban", {
    ...whomOf(whom),
    ...where,
    ...lastingOf(flags),
    ...reason !== undefined && { reason },
  });
  return [`${whom} is banned from ${placeText(where)}`];
}

async function unban(ask: Ask, { operands: [whom], flags }: Given): Promise<readonly string[]> {
  const where = whereOf(flags);
  await ask("unban", { ...whomOf(whom), ...where });
  return [`${whom} may come to ${placeText(where)} again`];
}

async function bans(ask: Ask, { flags, clock }: Given): Promise<readonly string[]> {
  const where = whereOf(flags);
  const all: ListedBan[] = [];
  for (let after: string | undefined, more = true; more;) {
    const page = await ask("bans", { ...where, ...after !== undefined && { after } });
    all.push(...page.bans);
    const last = page.bans.at(-1);
    after = last?.uid ?? last?.address;
    more = page.more && after !== undefined;
  }
  if (all.length === 0) return [`Nobody is banned from ${placeText(where)}`];
  return all.map((ban) => banText(ban, clock.now()));
}

type Where = { readonly room?: string };

function whereOf(flags: Given["flags"]): Where {
  const room = flags.get("room");
  return room === undefined ? {} : { room: room.replace(/^#/, "") };
}

function placeText({ room }: Where): string {
  return room === undefined ? "the server" : `#${room}`;
}

function lastingOf(flags: Given["flags"]): { readonly seconds?: number } {
  const hours = flags.get("hours");
  return hours === undefined ? {} : { seconds: Number(hours) * 3600 };
}

/** Nobody's name is an address. */
function whomOf(whom: string): { readonly user: string } | { readonly address: string } {
  return addressBlock(whom) === undefined ? { user: whom } : { address: whom };
}

async function role(ask: Ask, { operands: [user, role] }: Given): Promise<readonly string[]> {
  await ask("role", { user, role: roleOf(role) });
  return [`${user} is ${role} now`];
}

async function resetPassword(
  ask: Ask,
  { operands: [user], flags, readLine }: Given,
): Promise<readonly string[]> {
  if (flags.has("stdin")) {
    await ask("reset", { user, password: await readLine() });
    return [`The password of ${user} is another one now; every login of theirs has ended`];
  }
  const { password } = await ask("reset", { user });
  const how = "tell it to them, to be changed with /password; every login of theirs has ended";
  return [`${user} logs in with ${password} now: ${how}`];
}

async function revoke(ask: Ask, { operands: [user, login] }: Given): Promise<readonly string[]> {
  const { ended } = await ask("revoke", { user, ...login !== undefined && { login } });
  return [`${counted(ended, "login")} of ${user} ended`];
}

async function remove(ask: Ask, { operands: [user], flags }: Given): Promise<readonly string[]> {
  const isAll = flags.has("withMessages");
  const { messages, files } = await ask("remove", { user, messages: isAll });
  if (!isAll) return [`${user} is removed`];
  return [`${user} is removed, with ${counted(messages, "message")} and ${counted(files, "file")}`];
}

async function auditOf(ask: Ask): Promise<readonly AuditEntry[]> {
  const all: AuditEntry[] = [];
  for (let before: string | undefined, more = true; more;) {
    const page = await ask("audit", before === undefined ? {} : { before });
    all.push(...page.entries);
    before = page.cursor;
    more = page.more && before !== undefined;
  }
  return all;
}

/** What was checked to be a role. */
function roleOf(text: string): Role {
  const role = roles.find((known) => known === text);
  if (role) return role;
  throw new TypeError(`"${text}" is no role`);
}
