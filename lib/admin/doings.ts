/** What words ask a server for, and the lines that say what came of it: a function for each. */

import { type Role, roles } from "../command_row.ts";
import type { AuditEntry } from "../audit_entry.ts";
import type { Asked } from "./arguments.ts";
import type { Ask } from "./asking.ts";
import { auditLines, counted, listLines, loginLines } from "./lists.ts";
import type { WordName } from "./words.ts";

/** A word that a server is asked by: the others work on folders. */
export type AskingWord = Exclude<WordName, "backup" | "restore">;

/** What a function gets. */
interface Given extends Pick<Asked, "operands" | "flags"> {
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
  role,
  "reset-password": resetPassword,
  revoke,
  remove,
};

async function invite(ask: Ask, { flags }: Given): Promise<readonly string[]> {
  const [uses, hours, role] = [flags.get("uses"), flags.get("hours"), flags.get("as")];
  const { code, url, address } = await ask("invite", {
    ...uses !== undefined && { uses: Number(uses) },
    ...hours !== undefined && { seconds: Number(hours) * 3600 },
    ...role !== undefined && { role: roleOf(role) },
  });
  // A server that doesn't run has no address.
  return [code, ...[address, url].filter((line) => line !== "" && line !== code)];
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
