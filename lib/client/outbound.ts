/** What one conversation's user said and the server hasn't acknowledged. */

import { ChatError, refusalOf } from "../errors.ts";
import type { StoredEvent } from "../events.ts";
import type { Ok } from "../protocol.ts";
import type { Link } from "./link.ts";
import type { ChatChange, ConversationView, Outgoing } from "./state.ts";

/** Says it; where what it answers was taken back meanwhile, without that. */
export async function sayWhole(
  link: Link,
  place: Pick<ConversationView, "room" | "with">,
  { cid, text, quote }: Outgoing,
): Promise<Ok<"say">> {
  const said = { ...place, text, cid };
  if (quote === undefined) return await link.send("say", said);
  try {
    return await link.send("say", { ...said, quote });
  } catch (error) {
    if (refusalOf(error).code !== "no_such_message") throw error;
    return await link.send("say", said);
  }
}

/** Failed messages kept for trying again; of more, the oldest are forgotten. */
const failedMax = 100;

/**
 * The cids of what was refused in a conversation, in the order in which it was said.
 *
 * @throws {ChatError} where nothing was.
 */
export function refusedIn({ outgoing }: ConversationView): readonly string[] {
  const refused = outgoing.filter(({ state }) => state === "failed").map(({ cid }) => cid);
  if (refused.length > 0) return refused;
  throw new ChatError("bad_message", "Nothing that you said here was refused");
}

/**
 * Outgoing messages in the order in which they were said. One goes when its event is shown or its
 * answer came, whichever is first; `delivered` is told when both have.
 */
export class Outbound {
  readonly #conversation: ConversationView;
  readonly #emit: (change: ChatChange) => void;
  #list: Outgoing[] = [];
  /** Cids by seq, acknowledged before their events were shown. */
  readonly #early = new Map<number, string>();

  constructor(
    conversation: ConversationView,
    options: { emit(change: ChatChange): void },
  ) {
    this.#conversation = conversation;
    this.#emit = (change) => options.emit(change);
  }

  get list(): readonly Outgoing[] {
    return this.#list;
  }

  /** Whether it has to be sent; one that is known by its cid already doesn't. */
  add(outgoing: Outgoing): boolean {
    if (this.#list.some(({ cid }) => cid === outgoing.cid)) return false;
    this.#list.push(outgoing);
    return outgoing.state === "sending";
  }

  /** A failed message is tried again. */
  retry(cid: string): Outgoing | undefined {
    const failed = this.#list.find((one) => one.cid === cid && one.state === "failed");
    if (!failed) return undefined;
    const { error: _error, ...rest } = failed;
    const again: Outgoing = { ...rest, state: "sending" };
    this.#list = this.#list.map((one) => one === failed ? again : one);
    return again;
  }

  /** A failed message is given up. */
  drop(cid: string): void {
    this.#list = this.#list.filter((one) => one.cid !== cid || one.state !== "failed");
  }

  /** An own event is about to be shown: its outgoing message is no longer. */
  shown(event: StoredEvent): void {
    if (event.cid !== undefined) this.#remove(event.cid);
  }

  /** Everything up to `seq` was shown, or is lost to us. */
  told(seq: number): void {
    for (const [early, cid] of this.#early) {
      if (early > seq) continue;
      this.#early.delete(early);
      this.#remove(cid);
      this.#emit({ is: "delivered", conversation: this.#conversation, cid, seq: early });
    }
  }

  /** The server has it for good. */
  acknowledged(cid: string, seq: number): void {
    this.#early.set(seq, cid);
    this.told(this.#conversation.seq);
  }

  /** The server refused it. */
  failed(cid: string, error: ChatError): void {
    const one = this.#list.find((outgoing) => outgoing.cid === cid);
    if (!one) return;
    this.#list = this.#list.map((other) =>
      other === one ? { ...one, state: "failed", error } : other
    );
    const failed = this.#list.filter(({ state }) => state === "failed");
    if (failed.length > failedMax) this.drop(failed[0].cid);
    this.#emit({
      is: "failed",
      conversation: this.#conversation,
      cid,
      text: one.text,
      error,
    });
  }

  /** Everything not acknowledged, taken over by another conversation's object. */
  moveTo(other: Outbound): void {
    for (const outgoing of this.#list) other.add(outgoing);
    this.#list = [];
  }

  #remove(cid: string): void {
    if (this.#list.some((one) => one.cid === cid)) {
      this.#list = this.#list.filter((one) => one.cid !== cid);
    }
  }
}
