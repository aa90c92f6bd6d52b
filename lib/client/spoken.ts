/** Which lines are said to others, and which are /commands. Pure. */

import { ChatError } from "../errors.ts";
import { utf8Length } from "../wire/fields.ts";
import { wireLimits } from "../wire/wire_limits.ts";
import type { ChatState } from "./state.ts";

/** What a line says; `undefined` where it is a /command. `//` stands for a leading slash. */
export function spokenIn(line: string): string | undefined {
  if (line.startsWith("//")) return line.slice(1).trimEnd();
  return line.startsWith("/") ? undefined : line.trimEnd();
}

/** @throws {ChatError} where a text is longer than the server takes. */
export function requireFits(
  text: string,
  { limits: { text: most } }: Pick<ChatState, "limits">,
): void {
  const bytesMax = most ?? wireLimits.textBytesMax;
  const bytes = utf8Length(text);
  if (bytes <= bytesMax) return;
  const sentence = `Cannot send this, it is too long: ${bytes} bytes of at most ${bytesMax}`;
  throw new ChatError("bad_message", `${sentence}; send it as a file`);
}
