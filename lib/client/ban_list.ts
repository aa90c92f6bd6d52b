/** Who is banned, as a moderator reads it. */

import type { Ok } from "../protocol.ts";
import { printableLine } from "../printable.ts";
import type { Chat } from "./chat.ts";
import { roomMeant } from "./moderate.ts";
import { spanText } from "./spans.ts";
import type { ConversationView } from "./state.ts";

/** One who is banned. */
export type ListedBan = Ok<"bans">["bans"][number];

/** Those who are banned. */
export interface BanList {
  /** From which room; missing where it is the whole server. */
  readonly room?: string;
  /** In the order of their names, addresses first. */
  readonly bans: readonly ListedBan[];
  /** Whether there are more than one answer holds. */
  readonly more: boolean;
}

const listedMax = 200;

/**
 * Asks for those who are banned from the room in front, or from the server.
 *
 * @throws {ChatError} what the server refused.
 */
export async function listBans(
  chat: Pick<Chat, "send">,
  here: Pick<ConversationView, "key" | "room" | "with">,
  onServer: boolean,
): Promise<BanList> {
  const where = roomMeant(here, onServer);
  const { bans, more } = await chat.send("bans", { ...where, limit: listedMax });
  return { ...where, bans: bans.toSorted((a, b) => nameOf(a) < nameOf(b) ? -1 : 1), more };
}

/** `Bob for 3 days more: spam`. */
export function banText(ban: ListedBan, now: number): string {
  const { until, reason } = ban;
  const lasting = until === undefined ? "for good" : `for ${restText(until - now)} more`;
  const why = reason === undefined ? "" : `: ${printableLine(reason)}`;
  return `${printableLine(nameOf(ban))} ${lasting}${why}`;
}

function nameOf({ user, address, uid }: ListedBan): string {
  return user ?? address ?? uid ?? "";
}

/** What is left of a time, rounded up to what people would say. */
function restText(ms: number): string {
  const [minute, hour, day] = [60, 3600, 86_400];
  const seconds = ms / 1000;
  const unit = seconds > 2 * day ? day : seconds > 2 * hour ? hour : minute;
  return spanText(Math.max(1, Math.ceil(seconds / unit)) * unit);
}
