/** What moderators did, as sentences. Pure. */

import { type AuditEntry } from "../moderation/audit_entry.ts";
import { printableLine } from "../printable.ts";
import { spanText } from "./spans.ts";

/** `Alice muted Bob in #tea for 10 minutes: too loud`. */
export function auditLine(entry: AuditEntry): string {
  const { by, room, reason } = entry;
  const where = room === undefined ? " on the server" : ` in #${printableLine(room)}`;
  const why = reason === undefined ? "" : `: ${printableLine(reason)}`;
  return `${printableLine(by)} ${doing(entry)}${where}${longOf(entry)}${why}`;
}

function doing({ did, user, address, role, on, seconds, target, file }: AuditEntry): string {
  const whom = printableLine(user ?? address ?? "somebody");
  switch (did) {
    case "kicked":
      return `put out ${whom}`;
    case "banned":
    case "unbanned":
    case "muted":
    case "unmuted":
      return `${did} ${whom}`;
    case "appointed":
      return `made ${whom} ${role ?? "member"}`;
    case "locked":
      return on ? "locked the door" : "unlocked the door";
    case "slowed":
      return seconds ? "slowed writing" : "let everybody write as often as they like";
    case "made_readonly":
      return on ? "let only moderators write" : "let everybody write";
    case "deleted":
      return `deleted message ${target ?? ""} of ${whom}`;
    case "removed":
      return `removed ${file === undefined ? "a file" : printableLine(file)} of ${whom}`;
    case "reset_password":
      return `reset the password of ${whom}`;
    case "ended_logins":
      return `ended logins of ${whom}`;
    case "removed_user":
      return `removed ${whom}`;
    default:
      return did satisfies never;
  }
}

function longOf({ did, seconds }: AuditEntry): string {
  if (!seconds) return "";
  return did === "slowed"
    ? ` to one message each ${spanText(seconds)}`
    : ` for ${spanText(seconds)}`;
}
