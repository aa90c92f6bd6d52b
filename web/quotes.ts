/** Messages that others quote or link to, read from the server where they aren't among those that are known. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import { indexOfSeq } from "../lib/client/messages.ts";
import { decodeStored } from "../lib/wire/decode.ts";
import { type Place, placeOf, type StoredEvent } from "../lib/events.ts";
import { ChatError } from "../lib/errors.ts";
import type { Here, Key } from "./model.ts";

/** Messages that the conversation in front quotes, and those that it links to. */
export class Quotes {
  readonly #chat: Pick<Chat, "send" | "state">;
  readonly #here: ReadonlySignal<Here | undefined>;
  readonly #asked = new Map<string, ReadonlySignal<StoredEvent | undefined>>();

  constructor(chat: Pick<Chat, "send" | "state">, here: ReadonlySignal<Here | undefined>) {
    this.#chat = chat;
    this.#here = here;
  }

  /** The message with that seq in the conversation in front, or in another one. */
  of(seq: number, key?: Key): ReadonlySignal<StoredEvent | undefined> {
    const here = this.#here.peek();
    const isHere = key === undefined || key === here?.key;
    const id = isHere ? `${seq}` : `${key}/${seq}`;
    const known = this.#asked.get(id);
    if (known) return known;
    const read = signal<StoredEvent | undefined>(undefined);
    const quoted = computed(() => (isHere ? this.#among(seq) : undefined) ?? read.value);
    this.#asked.set(id, quoted);
    const place = isHere ? here && placeOf(here) : this.#placeOf(key);
    if (place && !quoted.peek()) {
      void this.#read(place, seq, read).then((isDone) => {
        // Without it the answer stands alone; when it is drawn again it is asked for again. What
        // this user may not read stays unread.
        if (!isDone && isHere) this.#asked.delete(id);
      });
    }
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

  #placeOf(key: Key): Place {
    const conversation = this.#chat.state.conversations.get(key);
    return conversation ? placeOf(conversation) : { room: key };
  }

  /** Whether it could be asked for. */
  async #read(
    place: Place,
    seq: number,
    into: Signal<StoredEvent | undefined>,
  ): Promise<boolean> {
    try {
      const { events } = await this.#chat.send("history", { ...place, before: seq + 1, limit: 1 });
      const event = decodeStored({ ...events.at(0), ...place });
      if (event?.seq === seq) into.value = event;
      return true;
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      return false;
    }
  }
}
