/** Emoji by their names in what is sent. Their table is large: it is loaded when it is first wanted. */

/** What the table is loaded from. */
export type EmojiTable = Pick<
  typeof import("../lib/client/emoji.ts"),
  "emojiOf" | "nearestEmoji" | "withEmoji"
>;

const named = /:[a-z0-9_+-]+:/;

/** The names that people write between colons. */
export class EmojiNames {
  readonly #load: () => Promise<EmojiTable>;

  constructor(load: () => Promise<EmojiTable>) {
    this.#load = load;
  }

  /** Whether a text may have names of emoji in it. */
  isNamed(text: string): boolean {
    return named.test(text);
  }

  /** The text with emoji for their names; as it is where the table can't be had. */
  async in(text: string): Promise<string> {
    if (!this.isNamed(text)) return text;
    const table = await this.#load().catch(() => undefined);
    return table === undefined ? text : table.withEmoji(text);
  }

  /** The table. */
  table(): Promise<EmojiTable> {
    return this.#load();
  }
}
