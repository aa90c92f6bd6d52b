/** What a chat is made with. */

import type { Clock } from "../clock.ts";
import type { ChatError } from "../errors.ts";
import type { Uid } from "../names.ts";
import type { Command } from "../protocol.ts";
import type { Dial, LinkOptions } from "./link.ts";
import type { ChatChange } from "./state.ts";

/** What a Chat is made with. */
export interface ChatOptions {
  readonly dial: Dial;
  readonly hello: Command<"hello">;
  readonly clock: Clock;
  /** At least 0 and under 1, for the spread of attempts. */
  random(): number;
  onChange(change: ChatChange): void;
  /** Lines of history read on entering a conversation; 20 where it isn't said. */
  readonly historyLines?: number;
  /** Messages kept of each conversation; 2,000 where it isn't said. */
  readonly messagesMax?: number;
  /** Whether to keep who is here; `true` where it isn't said. */
  readonly presence?: boolean;
  /** Whose messages don't count as unread; nobody's where it isn't said. */
  ignores?(uid: Uid): boolean;
  /** A part sent over this connection was refused. */
  onPartRefused?(error: ChatError): void;
  readonly newFetches?: LinkOptions["newFetches"];
}
