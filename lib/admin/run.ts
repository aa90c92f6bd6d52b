/** Does what a word says. */

import type { Config } from "../config.ts";
import { beyond, type Need, type Place } from "../config/reach.ts";
import type { Clock } from "../clock.ts";
import type { AuditEntry } from "../moderation_commands.ts";
import type { Asked } from "./arguments.ts";
import { type Ask, asking } from "./asking.ts";
import { type Copying, runBackup, runRestore } from "./copies.ts";
import { auditLines, listLines, loginLines } from "./lists.ts";

/** Where it is done. */
export interface Around {
  readonly config: Config;
  readonly place: Place;
  readonly clock: Clock;
  /** The program's version. */
  readonly version: string;
  /** As they were given, to say them again. */
  readonly args: readonly string[];
  /** The first line of the input. */
  readLine(): Promise<string>;
  print(...lines: readonly string[]): void;
  /** Says what is wrong. */
  warn(line: string): void;
}

/**
 * Does it, and prints what there is to say; the exit code.
 *
 * @throws {ConfigError} where Deno has to grant more.
 * @throws {Error} a sentence for whoever asked for it.
 */
export async function run(asked: Asked, around: Around): Promise<number> {
  const { word, operands: [first] } = asked;
  const copying: Copying = {
    ...around,
    requireGranted: (reads, writes) => requireGranted(around, reads, writes),
  };
  if (word === "backup") return await runBackup(first, copying);
  if (word === "restore") return await runRestore(first, copying);
  const { data, files } = around.config;
  requireGranted(around, [data, files], [data, files]);
  around.print(...await asking(around, (ask) => lines({ ...asked, word }, ask, around)));
  return 0;
}

/** What came of asking a server. */
async function lines(
  { word, operands, flags }: Asked & {
    readonly word: Exclude<Asked["word"], "backup" | "restore">;
  },
  ask: Ask,
  { readLine }: Pick<Around, "readLine">,
): Promise<readonly string[]> {
  const [user, second] = operands;
  switch (word) {
    case "list":
      return listLines(await ask("list", {}));
    case "logins":
      return loginLines(await ask("logins", { user }));
    case "audit":
      return auditLines(await auditOf(ask));
    case "invite":
      return await inviteLines(ask, flags);
    case "role": {
      await ask("role", { user, role: second as never });
      return [`${user} is ${second} now`];
    }
    case "reset-password": {
      const given = flags.has("stdin") ? { password: await readLine() } : {};
      const { password } = await ask("reset", { user, ...given });
      const how = "tell it to them, to be changed with /password; every login of theirs has ended";
      return flags.has("stdin")
        ? [`The password of ${user} is another one now; every login of theirs has ended`]
        : [`${user} logs in with ${password} now: ${how}`];
    }
    case "revoke": {
      const { ended } = await ask("revoke", { user, ...second !== undefined && { login: second } });
      return [`${ended} ${ended === 1 ? "login" : "logins"} of ${user} ended`];
    }
    case "remove": {
      const { messages, files } = await ask("remove", {
        user,
        messages: flags.has("withMessages"),
      });
      const gone = flags.has("withMessages")
        ? `, with ${messages} messages and ${files} files`
        : "";
      return [`${user} is removed${gone}`];
    }
    default:
      return word satisfies never;
  }
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

async function inviteLines(ask: Ask, flags: Asked["flags"]): Promise<readonly string[]> {
  const [uses, hours, role] = [flags.get("uses"), flags.get("hours"), flags.get("as")];
  const { code, url, address } = await ask("invite", {
    ...uses !== undefined && { uses: Number(uses) },
    ...hours !== undefined && { seconds: Number(hours) * 3600 },
    ...role !== undefined && { role: role as never },
  });
  return [code, ...[address, url].filter((line) => line !== "" && line !== code)];
}

/** @throws {ConfigError} with the line that grants what is missing. */
function requireGranted(
  { place, args }: Around,
  reads: readonly string[],
  writes: readonly string[],
): void {
  const needs: Need[] = [
    ...reads.map((what) => ({ kind: "read", what }) as const),
    ...writes.map((what) => ({ kind: "write", what }) as const),
  ];
  const missing = needs.filter((need) => !place.granted(need));
  if (missing.length > 0) throw beyond(place, missing, args.filter((arg) => arg !== "--"));
}
