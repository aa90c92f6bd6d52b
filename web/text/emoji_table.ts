/** Emoji as the picker shows them. Large: it is loaded when it is first wanted. Pure. */

import { gemoji } from "gemoji";
import { emojiNames, emojiOf } from "../../lib/client/emoji.ts";

/** An emoji and its usual short name. */
export interface NamedEmoji {
  readonly emoji: string;
  readonly name: string;
}

/** Emoji of one kind, as every list of them has it. */
export interface EmojiGroup {
  readonly title: string;
  readonly all: readonly NamedEmoji[];
}

/** Every emoji, by kind. */
export const emojiGroups: readonly EmojiGroup[] = groups();

/** Emoji whose short names begin with `start`, the shortest first. */
export function emojiFrom(start: string, most: number): readonly NamedEmoji[] {
  const named = emojiNames(start, most * 2).map((name) => ({ emoji: emojiOf(name) ?? "", name }));
  return [...new Map(named.map((each) => [each.emoji, each])).values()].slice(0, most);
}

/** Emoji that a word is about: in their names, their tags or what they show. */
export function findEmoji(word: string, most: number): readonly NamedEmoji[] {
  const wanted = word.trim().toLowerCase().replace(/^:|:$/g, "");
  const named = emojiFrom(wanted, most);
  const about = gemoji
    .filter(({ names, tags, description }) =>
      names.some((name) => name.includes(wanted)) || tags.some((tag) => tag.startsWith(wanted)) ||
      description.toLowerCase().includes(wanted)
    )
    .map(({ emoji, names }) => ({ emoji, name: names[0] }));
  return [...new Map([...named, ...about].map((each) => [each.emoji, each])).values()]
    .slice(0, most);
}

function groups(): EmojiGroup[] {
  const all = new Map<string, NamedEmoji[]>();
  for (const { emoji, names, category } of gemoji) {
    const group = all.get(category) ?? [];
    all.set(category, group);
    group.push({ emoji, name: names[0] });
  }
  return [...all].map(([title, group]) => ({ title, all: group }));
}
