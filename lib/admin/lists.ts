/** What lists show, as lines. Pure. */

import stringWidth from "string-width";
import { sizeText } from "../client/amounts.ts";
import { auditLine } from "../client/audit_text.ts";
import type { AuditEntry } from "../moderation/audit_entry.ts";
import type { OperatorOk } from "../wire/operator_commands.ts";
import { printableLine } from "../printable.ts";

/** Users with their role, when they were here last and what they keep; then the rooms. */
export function listLines({ users, rooms, guestBytes }: OperatorOk<"list">): readonly string[] {
  const shown = users.map(({ user, role, online, at, logins, bytes }) => [
    printableLine(user),
    role,
    online ? "here" : timeText(at),
    String(logins),
    bytes === undefined || bytes === 0 ? "" : sizeText(bytes),
  ]);
  const guests = guestBytes === 0 ? [] : ["", `Files of all guests: ${sizeText(guestBytes)}`];
  return [
    ...table([["USER", "ROLE", "LAST HERE", "LOGINS", "FILES"], ...shown]),
    ...guests,
    "",
    ...table([
      ["ROOM", "MEMBERS", "EVENTS", ""],
      ...rooms.map(({ room, members, seq, locked }) => [
        printableLine(room),
        room === "lobby" ? "all" : String(members),
        String(seq),
        locked ? "locked" : "",
      ]),
    ]),
  ];
}

/** A user's logins, the one used last first. */
export function loginLines({ logins }: OperatorOk<"logins">): readonly string[] {
  const shown = logins.map(({ login, agent, at }) => [login, timeText(at), printableLine(agent)]);
  return table([["LOGIN", "LAST USED", "DEVICE"], ...shown]);
}

/** What moderators did, and when. */
export function auditLines(entries: readonly AuditEntry[]): readonly string[] {
  return entries.map((entry) => `${timeText(entry.at)}  ${auditLine(entry)}`);
}

/** So many things, as people say it. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function timeText(at: number | undefined): string {
  if (at === undefined) return "";
  // Swedish writes it as year, month and day.
  return new Date(at).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
}

/** Rows as lines in columns, the last one as long as it is. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0].map((_, column) => {
    return rows.reduce((most, row) => Math.max(most, stringWidth(row[column])), 0);
  });
  return rows.map((row) =>
    row.map((cell, column) => cell + " ".repeat(widths[column] - stringWidth(cell)))
      .join("  ").trimEnd()
  );
}
