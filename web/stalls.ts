/**
 * While the server can't keep anything: says so, and looks for one that can. Behind the page's one
 * address there may be several nodes, and the next connection may lead to another.
 */

import { effect, untracked } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import type { Dial } from "../lib/client/link.ts";
import { lookElsewhere, type LookingOptions } from "../lib/client/looking.ts";
import { stalledText } from "../lib/client/stalled_text.ts";
import type { Stop } from "../lib/clock.ts";
import type { Command } from "../lib/protocol.ts";
import type { Notices } from "./notices.ts";
import type { Talking } from "./talking.ts";

/** What it takes to say it, and to look. */
export interface StallOptions extends Pick<LookingOptions, "clock" | "random"> {
  readonly talking: Pick<Talking, "status"> & { readonly chat: Pick<Chat, "reconnect"> };
  readonly notices: Pick<Notices, "tell">;
  readonly dial: Dial;
  /** How this user comes in; `undefined` before they are known. */
  hello(): Command<"hello"> | undefined;
}

/** Begins to watch how the server is. */
export function watchStalls(options: StallOptions): Stop {
  const { talking: { chat, status }, notices, dial, clock } = options;
  let wasStalled = false;
  return effect(() => {
    if (status.value.is !== "online") return;
    const { isStalled } = status.value;
    // Not again by each connection.
    if (isStalled !== wasStalled) {
      untracked(() => notices.tell(stalledText(isStalled), isStalled ? "trouble" : "notice"));
    }
    wasStalled = isStalled;
    const hello = options.hello();
    if (!isStalled || !hello) return;
    return lookElsewhere({
      hello: { ...hello, quiet: true },
      clock,
      random: () => options.random(),
      others: () => [["", dial]],
      found: () => chat.reconnect(),
    });
  });
}
