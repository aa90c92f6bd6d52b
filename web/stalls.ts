/**
 * Behind the page's one address there may be several nodes. While the one that it is connected to
 * can't keep anything, this looks whether it comes to another one there that can.
 */

import { effect } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import type { Dial } from "../lib/client/link.ts";
import { lookElsewhere, type LookingOptions } from "../lib/client/looking.ts";
import type { Stop } from "../lib/clock.ts";
import type { Command } from "../lib/protocol.ts";
import type { Talking } from "./talking.ts";

/** What it takes to look. */
export interface StallOptions extends Pick<LookingOptions, "clock" | "random"> {
  readonly talking: Pick<Talking, "status"> & { readonly chat: Pick<Chat, "reconnect"> };
  readonly dial: Dial;
  /** How this user comes in; `undefined` before they are known. */
  hello(): Command<"hello"> | undefined;
}

/** Looks whenever the server says that it can't keep anything, until it can or is another one. */
export function watchStalls(options: StallOptions): Stop {
  const { talking: { chat, status }, dial, clock } = options;
  return effect(() => {
    const hello = options.hello();
    if (status.value.is !== "online" || !status.value.isStalled || !hello) return;
    return lookElsewhere({
      hello: { ...hello, quiet: true },
      clock,
      random: () => options.random(),
      others: () => [["", dial]],
      found: () => chat.reconnect(),
    });
  });
}
