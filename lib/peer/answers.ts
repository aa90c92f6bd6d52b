/** Answers to one peer, in the order of its commands. */

import type { CommandRow } from "../wire/command_row.ts";
import type { Answering, Made } from "./commands.ts";
import { encodeLine, encodeLines } from "../wire/encode.ts";
import type { ChatError } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { Outbox } from "./outbox.ts";
import type { CommandId } from "../wire/decode.ts";
import type { Request } from "../wire/decode_request.ts";
import { type CommandName, commands } from "../protocol.ts";

/** Who hears of the answers beside the peer. */
export interface Teller {
  /** The answer is sent now. */
  onOk(request: Request, fields: JsonObject): void;
  /** What the peer is told instead of an answer. */
  onError(request: Request, error: unknown): ChatError;
}

/** One place in the order; `line` comes once its answer is known. */
interface Slot {
  line: Line | undefined;
}

/** What an `ok` to a request carries, or a refusal as it is sent. */
type Line = { readonly request: Request; readonly made: Made } | { readonly refusal: object };

/** Most of the time nobody waits, and there are many queues. */
const none = [] as const;

/** Answers that wait: for the storage, or for the ones before them. */
export class AnswerQueue {
  readonly #outbox: Pick<Outbox, "push">;
  readonly #teller: Teller;
  /** Empty most of the time, as are the waiting: idle peers are many. */
  #slots: Slot[] = [];
  /** How many of a command wait; missing most of the time. */
  #unordered: Map<CommandName, number> | undefined;
  #flushing = false;
  #wake: readonly (() => void)[] = none;

  constructor(outbox: Pick<Outbox, "push">, teller: Teller) {
    this.#outbox = outbox;
    this.#teller = teller;
  }

  /** How many answers wait that come in order. */
  get ordered(): number {
    return this.#slots.length;
  }

  /** How many answers wait to this command, which is one of those that are answered in any order. */
  unordered(name: CommandName): number {
    return this.#unordered?.get(name) ?? 0;
  }

  /** Takes the answer of a command that was decided, which is the next one. */
  add(request: Request, answer: Answering): void {
    const row: CommandRow = commands[request.t];
    if (row.unordered === undefined) this.#addOrdered(request, answer);
    else void this.#addUnordered(request, answer);
  }

  /** Takes the refusal of the next command, and what else it is to say. */
  refuse(re: CommandId | undefined, error: ChatError, about: JsonObject = {}): void {
    this.#slots.push({ line: { refusal: { ...refused(re, error), ...about } } });
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

  #addOrdered(request: Request, answer: Answering): void {
    const slot: Slot = { line: undefined };
    this.#slots.push(slot);
    if (answer instanceof Promise) {
      answer.then(
        (made) => this.#settle(slot, { request, made }),
        (error) => this.#settle(slot, { refusal: this.#refusal(request, error) }),
      );
    } else {
      this.#settle(slot, { request, made: answer });
    }
  }

  #settle(slot: Slot, line: Line): void {
    slot.line = line;
    this.#flush();
  }

  /** Sends the answers that are due. Those that one commit has settled are sent together. */
  #flush(): void {
    if (this.#flushing || this.#slots[0]?.line === undefined) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#send();
    });
  }

  #send(): void {
    const lines: object[] = [];
    for (const { line } of this.#slots) {
      if (line === undefined) break;
      lines.push("refusal" in line ? line.refusal : this.#ok(line.request, line.made));
    }
    if (lines.length === this.#slots.length) this.#slots = [];
    else this.#slots.splice(0, lines.length);
    this.#outbox.push(encodeLines(lines));
    this.#woken();
  }

  async #addUnordered(request: Request, answer: Answering): Promise<void> {
    this.#count(request.t, 1);
    try {
      const made = await answer;
      this.#outbox.push(encodeLine(this.#ok(request, made)));
    } catch (error) {
      this.#outbox.push(encodeLine(this.#refusal(request, error)));
    }
    this.#count(request.t, -1);
    this.#woken();
  }

  /** An answer that is made when it is sent is made now. */
  #ok(request: Request, made: Made): object {
    const fields = typeof made === "function" ? made() : made;
    this.#teller.onOk(request, fields);
    return { t: "ok", re: request.id, ...fields };
  }

  #refusal(request: Request, error: unknown): object {
    return refused(request.id, this.#teller.onError(request, error));
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

/** A refusal as a line; `re` is missing where it answers no command. */
export function refused(re: CommandId | undefined, error: ChatError): object {
  const { code, message, retryMs, transfer, offset, account } = error;
  return { t: "refused", re, code, message, retry_ms: retryMs, transfer, offset, account };
}
