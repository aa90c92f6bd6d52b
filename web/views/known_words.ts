/** What the words of this user may become: those who are near first. */

import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
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

function usersOf(model: Model): string[] {
  const here = model.here.peek();
  const me = nameKey(model.me.peek()?.user ?? "");
  const near = here?.messages.slice(-lately).map(({ user }) => user).reverse() ?? [];
  const members = here?.members?.map(({ user }) => user) ?? [];
  const others = model.users.peek().filter(({ online }) => online).map(({ user }) => user);
  return distinct([...near, ...members, ...others]).filter((user) => nameKey(user) !== me);
}

/** Names that can be typed: what others made up must not act on the screen. */
function distinct(names: readonly string[]): string[] {
  const plain = names.filter((name) => name === printableLine(name));
  return [...new Map(plain.map((name) => [nameKey(name), name])).values()];
}
