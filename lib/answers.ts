/** Answers to one peer, in the order of its commands. */

import type { Answering } from "./commands.ts";
import { encodeLine, encodeLines } from "./encode.ts";
import type { ChatError } from "./errors.ts";
import type { JsonObject } from "./fields.ts";
import type { Outbox } from "./outbox.ts";
import type { CommandId } from "./decode.ts";
import type { CommandName } from "./protocol.ts";

/** A command that was decided, and what it will be answered with. */
export interface Due {
  readonly re: CommandId | undefined;
  readonly answer: Answering;
  /** Which command it is where it doesn't wait for the answers of the commands before it. */
  readonly unordered: CommandName | undefined;
  /** The answer is sent now. */
  onOk(fields: JsonObject): void;
  /** What the peer is told instead of an answer. */
  onError(error: unknown): ChatError;
}

/** One place in the order; `make` comes once its answer is known. */
interface Slot {
  make: (() => object) | undefined;
}

/** Most of the time nobody waits, and there are many queues. */
const none = [] as const;

/** Answers that wait: for the storage, or for the ones before them. */
export class AnswerQueue {
  readonly #outbox: Pick<Outbox, "push">;
  /** Empty most of the time, as are the waiting: idle peers are many. */
  #slots: Slot[] = [];
  /** How many of a command wait; missing most of the time. */
  #unordered: Map<CommandName, number> | undefined;
  #flushing = false;
  #wake: readonly (() => void)[] = none;

  constructor(outbox: Pick<Outbox, "push">) {
    this.#outbox = outbox;
  }

  /** How many answers wait that come in order. */
  get ordered(): number {
    return this.#slots.length;
  }

  /** How many answers wait to this command, which is one of those that are answered in any order. */
  unordered(name: CommandName): number {
    return this.#unordered?.get(name) ?? 0;
  }

  /** Takes the next command's answer. */
  add(due: Due): void {
    if (due.unordered === undefined) this.#addOrdered(due);
    else void this.#addUnordered(due, due.unordered);
  }

  /** Takes the refusal of the next command, and what else it is to say. */
  refuse(re: CommandId | undefined, error: ChatError, about: JsonObject = {}): void {
    this.#slots.push({ make: () => ({ ...refused(re, error), ...about }) });
    this.#flush();
  }

  /** Resolves when the answer of at least one waiting command was sent. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = [...this.#wake, resolve];
    });
  }

  /** Resolves when no answer waits that goes in the order of the commands. */
  async caughtUp(): Promise<void> {
    while (this.#slots.length > 0) await this.change();
  }

  /** Resolves when no answer waits. */
  async empty(): Promise<void> {
    while (this.#slots.length > 0 || this.#unordered) await this.change();
  }

  #addOrdered(due: Due): void {
    const slot: Slot = { make: undefined };
    this.#slots.push(slot);
    const { answer } = due;
    if (answer instanceof Promise) {
      answer.then((fields) => this.#settle(slot, () => ok(due, known(fields))), (error) => {
        const refusal = due.onError(error);
        this.#settle(slot, () => refused(due.re, refusal));
      });
    } else {
      this.#settle(slot, () => ok(due, known(answer)));
    }
  }

  #settle(slot: Slot, make: () => object): void {
    slot.make = make;
    this.#flush();
  }

  /** Sends the answers that are due. Those that one commit has settled are sent together. */
  #flush(): void {
    if (this.#flushing || this.#slots[0]?.make === undefined) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#send();
    });
  }

  #send(): void {
    const due = this.#slots.findIndex(({ make }) => make === undefined);
    const slots = this.#slots.splice(0, due < 0 ? this.#slots.length : due);
    if (this.#slots.length === 0) this.#slots = [];
    this.#outbox.push(encodeLines(slots.map(({ make }) => make!())));
    this.#woken();
  }

  async #addUnordered(due: Due, name: CommandName): Promise<void> {
    this.#count(name, 1);
    try {
      const fields = await due.answer;
      this.#outbox.push(encodeLine(ok(due, known(fields))));
    } catch (error) {
      this.#outbox.push(encodeLine(refused(due.re, due.onError(error))));
    }
    this.#count(name, -1);
    this.#woken();
  }

  #count(name: CommandName, more: number): void {
    const counts = this.#unordered ?? new Map<CommandName, number>();
    const count = (counts.get(name) ?? 0) + more;
    if (count > 0) counts.set(name, count);
    else counts.delete(name);
    this.#unordered = counts.size > 0 ? counts : undefined;
  }

  #woken(): void {
    if (this.#wake.length === 0) return;
    const wake = this.#wake;
    this.#wake = none;
    for (const resolve of wake) resolve();
  }
}

/** An answer that is made when it is sent is made now. */
function known(answer: JsonObject | (() => JsonObject)): JsonObject {
  return typeof answer === "function" ? answer() : answer;
}

function ok(due: Due, fields: JsonObject): object {
  due.onOk(fields);
  return { t: "ok", re: due.re, ...fields };
}

/** A refusal as a line; `re` is missing where it answers no command. */
export function refused(re: CommandId | undefined, error: ChatError): object {
  const { code, message, retryMs, transfer, offset, account } = error;
  return { t: "refused", re, code, message, retry_ms: retryMs, transfer, offset, account };
}
