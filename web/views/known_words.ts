/** What the words of this user may become: those who are near first. */

import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Here, Model } from "../model.ts";
import type * as EmojiTable from "../text/emoji_table.ts";
import type { KnownWords } from "../text/suggest.ts";

/** Whoever spoke this lately comes first. */
const lately = 100;

/** Names of people, rooms and files that this user knows of, each found when it is asked for. */
export function knownWords(model: Model, emoji: typeof EmojiTable | undefined): KnownWords {
  return {
    get users() {
      return usersOf(model);
    },
    get rooms() {
      const rows = model.rows.peek().filter((row) => row.with === undefined);
      const listed = model.roomList.peek().rooms;
      return distinct([...rows, ...listed].map(({ room }) => room));
    },
    get files() {
      const shared =
        model.here.peek()?.messages.flatMap((event) =>
          event.t === "shared" ? [event.file.name] : []
        ) ?? [];
      return distinct([...shared, ...model.library.peek().files.map(({ name }) => name)]);
    },
    emoji: (start, most) => emoji?.emojiFrom(start, most) ?? [],
  };
}

/** Those who are near first: one by one, since of thousands only the first few are asked for. */
function* usersOf(model: Model): Generator<string> {
  const here = model.here.peek();
  const me = model.me.peek()?.user;
  const seen = new Set<string | undefined>([me]);
  for (const user of namesNear(here, model)) {
    if (seen.has(user)) continue;
    seen.add(user);
    if (canBeTyped(user)) yield user;
  }
}

function* namesNear(here: Here | undefined, model: Model): Generator<string> {
  for (const { user } of here?.messages.slice(-lately).reverse() ?? []) yield user;
  for (const { user } of here?.members ?? []) yield user;
  for (const { user, online } of model.users.peek().values()) if (online) yield user;
}

function distinct(names: readonly string[]): string[] {
  return [...new Map(names.filter(canBeTyped).map((name) => [nameKey(name), name])).values()];
}

/** What others made up must not act on the screen. */
function canBeTyped(name: string): boolean {
  return name === printableLine(name);
}
