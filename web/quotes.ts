/** Messages that others quote, read from the server where they aren't among those that are known. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import { indexOfSeq } from "../lib/client/messages.ts";
import { decodeStored } from "../lib/decode.ts";
import { placeOf, type StoredEvent } from "../lib/events.ts";
import { ChatError } from "../lib/errors.ts";
import type { Here } from "./model.ts";

/** The quoted messages of the conversation in front. */
export class Quotes {
  readonly #chat: Pick<Chat, "send">;
  readonly #here: ReadonlySignal<Here | undefined>;
  readonly #asked = new Map<number, ReadonlySignal<StoredEvent | undefined>>();

  constructor(chat: Pick<Chat, "send">, here: ReadonlySignal<Here | undefined>) {
    this.#chat = chat;
    this.#here = here;
  }

  /** The message with that seq. */
  of(seq: number): ReadonlySignal<StoredEvent | undefined> {
    const known = this.#asked.get(seq);
    if (known) return known;
    const read = signal<StoredEvent | undefined>(undefined);
    const quoted = computed(() => this.#among(seq) ?? read.value);
    this.#asked.set(seq, quoted);
    const here = this.#here.peek();
    if (here && !quoted.peek()) void this.#read(here, seq, read);
    return quoted;
  }

  /** Another conversation is in front. */
  clear(): void {
    this.#asked.clear();
  }

  #among(seq: number): StoredEvent | undefined {
    const messages = this.#here.value?.messages ?? [];
    return messages[indexOfSeq(messages, seq)];
  }

  async #read(
    here: Here,
    seq: number,
    into: Signal<StoredEvent | undefined>,
  ): Promise<void> {
    const place = placeOf(here);
    try {
      const { events } = await this.#chat.send("history", { ...place, before: seq + 1, limit: 1 });
      const event = decodeStored({ ...events.at(0), ...place });
      if (event?.seq === seq) into.value = event;
    } catch (error) {
      // Without it the answer stands alone; when it is drawn again it is asked for again.
      if (!(error instanceof ChatError)) throw error;
      this.#asked.delete(seq);
    }
  }
}
