/** Does what a line that keeps order came to, in the conversation in front. */

import { ChatError } from "../errors.ts";
import { lobby } from "../names.ts";
import { printableLine } from "../printable.ts";
import type { Chat } from "./chat.ts";
import type { BanAction, ModerationAction } from "./slash_row.ts";
import type { ConversationView } from "./state.ts";

/** The conversation in front. */
type Front = Pick<ConversationView, "key" | "room" | "with">;

/** What a moderator does: all but reading lists. */
export type Moderating = Exclude<ModerationAction, { readonly is: "audit" | "bans" }>;

/**
 * Does it, and resolves a sentence where nothing that happens in the conversation says it.
 *
 * @throws {ChatError} what the server refused, or where nobody can be moderated.
 */
export async function moderate(
  chat: Pick<Chat, "send">,
  here: Front,
  action: Moderating,
): Promise<string | undefined> {
  switch (action.is) {
    case "kick": {
      const { is, ...whom } = action;
      await chat.send(is, { room: roomOf(here), ...whom });
      return undefined;
    }
    case "mute": {
      const { is, ...whom } = action;
      await chat.send(is, { room: roomOf(here), ...whom });
      return undefined;
    }
    case "unmute":
      await chat.send("unmute", { room: roomOf(here), user: action.user });
      return undefined;
    case "appoint": {
      const { user, role } = action;
      await chat.send("role", { room: roomOf(here), user, role });
      return undefined;
    }
    case "ban":
    case "unban":
      return await ban(chat, here, action);
    case "lock": {
      const { is, ...key } = action;
      await chat.send(is, { room: roomOf(here), ...key });
      return undefined;
    }
    case "slow":
      await chat.send("slow", { room: roomOf(here), seconds: action.seconds });
      return undefined;
    case "readonly":
      await chat.send("readonly", { room: roomOf(here), on: action.on });
      return undefined;
    default:
      return action satisfies never;
  }
}

/** From the room in front; the lobby and addresses stand for the whole server. */
async function ban(
  chat: Pick<Chat, "send">,
  here: Front,
  { is, whom, isAddress, onServer, ...why }: BanAction,
): Promise<string | undefined> {
  const who = isAddress ? { address: whom } : { user: whom };
  const where = roomMeant(here, isAddress || onServer);
  await chat.send(is, { ...who, ...where, ...why });
  if (where.room !== undefined) return undefined;
  const name = printableLine(whom);
  return is === "ban"
    ? `${name} is banned from the server`
    : `${name} may come to the server again`;
}

/** The room in front as commands name it; nothing where they are about the whole server. */
export function roomMeant(here: Front, onServer: boolean): { readonly room?: string } {
  return onServer || here.key === lobby ? {} : { room: roomOf(here) };
}

function roomOf({ room, with: other }: Front): string {
  if (other === undefined) return room;
  throw new ChatError("not_allowed", "Nobody moderates a private conversation: turn to a room");
}
