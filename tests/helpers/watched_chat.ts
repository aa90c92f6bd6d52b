/** A chat whose changes a test can wait for. */

import { Chat } from "../../lib/client/chat.ts";
import type { ChatOptions } from "../../lib/client/chat_options.ts";
import type { Dial } from "../../lib/client/link.ts";
import type { ChatChange, ConversationView } from "../../lib/client/state.ts";
import type { Clock } from "../../lib/clock.ts";

type Kind = ChatChange["is"];
type Change<K extends Kind> = Extract<ChatChange, { is: K }>;

/** A {@linkcode Chat}, started, that writes down what it tells. */
export class WatchedChat {
  readonly chat: Chat;
  readonly changes: ChatChange[] = [];
  #wake: (() => void)[] = [];

  constructor(
    options: Partial<ChatOptions> & { readonly dial: Dial; readonly clock: Clock },
  ) {
    this.chat = new Chat({
      hello: { v: 1, user: "alice" },
      random: () => 0.5,
      presence: false,
      ...options,
      onChange: (change) => {
        options.onChange?.(change);
        this.changes.push(change);
        const wake = this.#wake;
        this.#wake = [];
        for (const resolve of wake) resolve();
      },
    });
    this.chat.start();
  }

  /** The conversation with this key, as it is. */
  view(key: string): ConversationView {
    return this.chat.state.conversations.get(key) ??
      (() => {
        throw new Error(`There is no conversation "${key}"`);
      })();
  }

  /** Everything told so far of one kind. */
  all<K extends Kind>(kind: K): Change<K>[] {
    return this.changes.filter((change) => isOf(change, kind));
  }

  /** Resolves the first change of a kind, told or to be told, that `fits`. */
  first<K extends Kind>(
    kind: K,
    fits: (change: Change<K>) => boolean = () => true,
  ): Promise<Change<K>> {
    return this.#find(0, kind, fits);
  }

  /** The same among what is told from now on. */
  next<K extends Kind>(
    kind: K,
    fits: (change: Change<K>) => boolean = () => true,
  ): Promise<Change<K>> {
    return this.#find(this.changes.length, kind, fits);
  }

  async #find<K extends Kind>(
    from: number,
    kind: K,
    fits: (change: Change<K>) => boolean,
  ): Promise<Change<K>> {
    for (let at = from;; at++) {
      while (at >= this.changes.length) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
      const change = this.changes[at];
      if (isOf(change, kind) && fits(change)) return change;
    }
  }

  /** Resolves when `seq` of a conversation is known here. */
  async reached(key: string, seq: number): Promise<void> {
    while ((this.chat.state.conversations.get(key)?.seq ?? -1) < seq) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Resolves when it is online. */
  async online(): Promise<void> {
    await this.first("status", ({ status }) => status.is === "online");
  }

  /**
   * What was told of one conversation, in short: `said 3 live`, `gap 2+0`, `edited 4 read`.
   */
  told(key: string): string[] {
    return this.changes.flatMap((change) => {
      if (!("conversation" in change) || change.conversation.key !== key) return [];
      switch (change.is) {
        case "event":
        case "changed":
          return `${change.event.t} ${change.event.seq} ${change.live ? "live" : "read"}`;
        case "gap":
          return `gap ${change.missed}+${change.lost}`;
        case "delivered":
          return `delivered ${change.seq}`;
        default:
          return change.is;
      }
    });
  }

  /** Forgets what was told. */
  clear(): void {
    this.changes.length = 0;
  }
}

function isOf<K extends Kind>(change: ChatChange, kind: K): change is Change<K> {
  return change.is === kind;
}
