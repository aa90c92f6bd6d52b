/** What this user said and the server hasn't stored: kept over reloads, and said again after one. */

import type { Chat } from "../../lib/client/chat.ts";
import { keyOf } from "../../lib/client/conversation.ts";
import type { ConversationView } from "../../lib/client/state.ts";
import { ChatError } from "../../lib/errors.ts";
import { type Place, placeOf } from "../../lib/events.ts";
import type { Ok } from "../../lib/protocol.ts";
import type { Keep } from "./keep.ts";
import { type KeptMessage, KeptOutbox } from "./kept_outbox.ts";
import type { Notices } from "../notices.ts";

/** What {@linkcode Unsent} is made with. */
export interface UnsentOptions {
  readonly chat: Chat;
  readonly keep: Keep;
  readonly notices: Notices;
  /** Some of it is shown now, or no more. */
  onChange(): void;
}

/** The messages of one user that are on their way. */
export class Unsent {
  readonly #options: UnsentOptions;
  readonly #outbox: KeptOutbox;

  constructor(options: UnsentOptions) {
    this.#options = options;
    this.#outbox = new KeptOutbox(options.keep);
  }

  /** Keeps a message of the conversation as it stands. */
  keep({ key }: Pick<ConversationView, "key">, cid: string): void {
    const { me, server, conversations } = this.#options.chat.state;
    const conversation = conversations.get(key);
    const outgoing = conversation?.outgoing.find((each) => each.cid === cid);
    if (!me || !server || !conversation || !outgoing) return;
    this.#outbox.put({ place: placeOf(conversation), server: server.id, uid: me.uid, outgoing });
  }

  /** It is stored, or given up. */
  remove(cid: string): void {
    this.#outbox.remove(cid);
  }

  /** An earlier visit's conversations are shown: with what was said in them. */
  restored(): void {
    const { chat, onChange } = this.#options;
    const { me, server, conversations } = chat.state;
    for (const kept of this.#outbox.read()) {
      const key = keyOf(kept.place);
      const isOurs = kept.server === server?.id && kept.uid === me?.uid;
      if (isOurs && key !== undefined && conversations.has(key)) chat.putBack(key, kept.outgoing);
    }
    onChange();
  }

  /** The server lets this user in: all of it is said again, under the same cids. */
  online(hello: Ok<"hello">): void {
    for (const kept of this.#outbox.read()) void this.#putBack(kept, hello);
  }

  async #putBack(kept: KeptMessage, hello: Ok<"hello">): Promise<void> {
    const { chat, notices, onChange } = this.#options;
    const { place, server, uid, outgoing } = kept;
    const isOurs = server === hello.server.id && uid === hello.uid;
    const isForRoom = place.with === undefined && outgoing.quote === undefined;
    // As in the chat itself: rooms are rooms on every server, people and messages aren't.
    if (!isOurs && (server === hello.server.id || !isForRoom)) {
      this.#outbox.remove(outgoing.cid);
      notices.tell(`Not sent, the server has begun anew: "${outgoing.text}"`);
      return;
    }
    try {
      const { key } = await this.#conversationOf(place);
      chat.putBack(key, outgoing);
    } catch (error) {
      // Without a connection the next one tries again.
      if (chat.state.status.is !== "online") return;
      this.#outbox.remove(outgoing.cid);
      notices.tell(`Not sent: "${outgoing.text}"`, "trouble");
      notices.complain(error);
    }
    onChange();
  }

  async #conversationOf(place: Place): Promise<ConversationView> {
    const { chat } = this.#options;
    const { room } = place;
    const key = keyOf(place);
    const known = key === undefined ? undefined : chat.state.conversations.get(key);
    const found = known ?? await chat.open(room);
    if (found.key === key) return found;
    throw new ChatError("no_such_user", `Not sent: "${room.slice(1)}" is somebody else now`);
  }
}
