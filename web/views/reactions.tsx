/** What others felt about a message. */

import type { Said } from "../../lib/client/messages.ts";
import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";

/** Names told of one reaction; the others are counted. */
const namesMax = 12;

/** What they need. */
export interface ReactionsProps {
  readonly message: Said;
  readonly model: Model;
}

/** A button for each kind; pressed, it is this user's too. */
export function Reactions({ message, model }: ReactionsProps) {
  const all = Object.entries(message.reactions ?? {});
  if (all.length === 0) return null;
  const me = nameKey(model.me.peek()?.user ?? "");
  return (
    <div class="reactions">
      {all.map(([emoji, users]) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          aria-pressed={users.some((user) => nameKey(user) === me)}
          title={namesText(users)}
          onClick={() => model.react(message, emoji)}
        >
          <span class="emoji">{printableLine(emoji)}</span> {users.length}
        </button>
      ))}
    </div>
  );
}

function namesText(users: readonly string[]): string {
  const named = users.slice(0, namesMax).map(printableLine).join(", ");
  return users.length > namesMax ? `${named} and ${users.length - namesMax} more` : named;
}
