/** The emoji that somebody means. Pure. */

import { ChatError } from "../lib/errors.ts";
import type { EmojiTable } from "./emoji_names.ts";

/**
 * The emoji that is called so, or that is written itself.
 *
 * @throws {ChatError} where there is no emoji of that name.
 */
export function emojiCalled(written: string, { emojiOf, nearestEmoji }: EmojiTable): string {
  const emoji = emojiOf(written) ?? written;
  if (!/^[\x21-\x7e]*[a-z][\x21-\x7e]*$/i.test(emoji)) return emoji;
  const near = nearestEmoji(emoji);
  const hint = near === undefined ? "choose one beside the message" : `:${near}: may be meant`;
  throw new ChatError("bad_message", `There is no emoji "${emoji}": ${hint}`);
}
