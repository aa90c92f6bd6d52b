/**
 * Which node receives which transfer, where there are several. A claim is a record: all nodes learn
 * of claims in one order, and the last one counts. Before its bytes are touched, the node that had
 * it says that it writes nothing more, unless it is gone.
 */

import { type Clock, pause, within } from "../clock.ts";
import { ChatError } from "../errors.ts";
import type { JsonObject } from "../wire/fields.ts";
import type { TransferId } from "../names.ts";
import type { NodeId, Nodes } from "../nodes.ts";
import type { Records } from "../store.ts";

/** What {@linkcode Claims} needs. */
export interface ClaimsOptions {
  readonly records: Records;
  readonly nodes: Pick<Nodes, "id" | "pass" | "caughtUp">;
  readonly clock: Clock;
  onTrouble(error: unknown): void;
}

/** Stops what this node does with a transfer; resolves when it writes nothing more. */
type LetGo = (transfer: TransferId) => Promise<void>;

const kind = "upload";
/** How often a node is asked that doesn't answer. */
const askMs = 250;
/** After so long every node that is there is known to this one. */
const settledMs = 10_000;

/** Who has claimed what. */
export class Claims {
  readonly #options: ClaimsOptions;
  readonly #holders = new Map<TransferId, NodeId>();
  /** What this node is about to claim, or has claimed and may still be written elsewhere. */
  readonly #claiming = new Map<TransferId, Promise<void>>();
  /** Of these, what waits for the node that had it. */
  readonly #releasing = new Map<TransferId, Promise<void>>();
  /** What another node has claimed since, until nothing is written here any more. */
  readonly #stopping = new Map<TransferId, Promise<void>>();
  /** By the number of the claim: what resolves when it is given. */
  readonly #asking = new Map<number, () => void>();
  readonly #present = new Set<NodeId>();
  readonly #gone = new Set<NodeId>();
  readonly #since: number;
  #letGo: LetGo = () => Promise.resolve();
  #claims = 0;
  #isCut = false;
  #isClosed = false;

  private constructor(options: ClaimsOptions) {
    this.#options = options;
    this.#since = options.clock.now();
  }

  static async load(options: ClaimsOptions): Promise<Claims> {
    const claims = new Claims(options);
    for (const { key, value } of await options.records.all(kind)) claims.#know(key, value);
    return claims;
  }

  /** Whom it tells that something was claimed elsewhere. */
  begin(letGo: LetGo): void {
    this.#letGo = letGo;
  }

  /** How many nodes there are, and which of them, by their names' order from 0, this one is. */
  get place(): { readonly count: number; readonly index: number } {
    const { id } = this.#options.nodes;
    const before = [...this.#present].filter((other) => other < id);
    return { count: this.#present.size + 1, index: before.length };
  }

  /** Whether every node that is there is known: not so for a while after the start. */
  get knowsAll(): boolean {
    return this.#options.clock.now() - this.#since >= settledMs;
  }

  /** Whether nothing can be claimed, nor heard that was claimed. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Whether this node is the one that writes a transfer. */
  holds(transfer: TransferId): boolean {
    return this.#holders.get(transfer) === this.#options.nodes.id &&
      !this.#claiming.has(transfer);
  }

  /** Whether nobody writes a transfer any more: whoever did is gone. */
  isAbandoned(transfer: TransferId): boolean {
    const holder = this.#holders.get(transfer);
    return holder === undefined || (holder !== this.#options.nodes.id && this.#isGone(holder));
  }

  /** Transfers that are claimed. */
  get claimed(): Iterable<TransferId> {
    return this.#holders.keys();
  }

  /** {@linkcode Nodes.caughtUp} */
  caughtUp(): Promise<boolean> {
    return this.#options.nodes.caughtUp();
  }

  /** A transfer begins here, that no other node knows yet. Resolves when that is on disk. */
  async first(transfer: TransferId): Promise<void> {
    await this.#put(transfer);
    this.#holders.set(transfer, this.#options.nodes.id);
  }

  /**
   * Resolves when this node writes a transfer and no other one does, and everything is here that
   * came of it.
   *
   * @throws {ChatError} `moved` where another node has claimed it since; what storing throws
   */
  async claim(transfer: TransferId): Promise<void> {
    if (this.holds(transfer)) return;
    let claiming = this.#claiming.get(transfer);
    if (!claiming) {
      claiming = this.#claim(transfer).finally(() => this.#claiming.delete(transfer));
      this.#claiming.set(transfer, claiming);
    }
    await claiming;
    if (this.holds(transfer)) return;
    const how = 'it goes on at another node; "resume" takes it back';
    throw new ChatError("moved", `Cannot go on with this transfer: ${how}`, { transfer });
  }

  /** A transfer has ended. */
  end(transfer: TransferId): void {
    if (!this.#holders.delete(transfer)) return;
    const { records, onTrouble } = this.#options;
    void records.put(kind, transfer, undefined).catch(onTrouble);
  }

  /** Another node has kept a record. */
  learn(
    record: { readonly kind: string; readonly key: string; readonly value?: JsonObject },
  ): void {
    if (record.kind !== kind) return;
    const transfer = record.key as TransferId;
    const wasOurs = this.#holders.get(transfer) === this.#options.nodes.id;
    this.#know(record.key, record.value);
    if (wasOurs) this.#stop(transfer);
  }

  /** Another node has claimed a transfer that this one has. */
  async asked(from: NodeId, { transfer, n }: { transfer: TransferId; n: number }): Promise<void> {
    // It asks again.
    if (!await this.caughtUp()) return;
    // Claimed back since then, and given by that node.
    if (this.holds(transfer)) return;
    await this.#stopping.get(transfer);
    this.#options.nodes.pass({ is: "given", transfer, n }, from);
  }

  /** A transfer that this node has asked for is its own now. */
  given({ n }: { readonly n: number }): void {
    this.#asking.get(n)?.();
  }

  came(node: NodeId): void {
    this.#present.add(node);
    this.#gone.delete(node);
  }

  went(node: NodeId): void {
    if (this.#present.delete(node)) this.#gone.add(node);
  }

  cut(isCut: boolean): void {
    this.#isCut = isCut;
  }

  /** Waits for nobody any more. */
  close(): void {
    this.#isClosed = true;
  }

  #know(key: string, value: JsonObject | undefined): void {
    const transfer = key as TransferId;
    if (typeof value?.node === "string") this.#holders.set(transfer, value.node as NodeId);
    else this.#holders.delete(transfer);
  }

  #put(transfer: TransferId): Promise<void> {
    const { records, nodes: { id: node } } = this.#options;
    return records.put(kind, transfer, { node });
  }

  async #claim(transfer: TransferId): Promise<void> {
    await this.#put(transfer);
    // As the claim before this one left it.
    const holder = this.#holders.get(transfer);
    const { id } = this.#options.nodes;
    this.#holders.set(transfer, id);
    if (holder !== undefined && holder !== id) {
      const releasing = this.#released(transfer, holder);
      this.#releasing.set(transfer, releasing);
      await releasing;
      if (this.#releasing.get(transfer) === releasing) this.#releasing.delete(transfer);
    }
    await this.#stopping.get(transfer);
    // Who doesn't know what came of it may write over that.
    while (!await this.caughtUp() && !this.#isClosed) await pause(this.#options.clock, askMs);
  }

  /** Resolves when a node doesn't write a transfer any more. */
  async #released(transfer: TransferId, holder: NodeId): Promise<void> {
    const { nodes, clock } = this.#options;
    const n = ++this.#claims;
    let isGiven = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asking.set(n, () => {
      isGiven = true;
      resolve();
    });
    while (!isGiven && !this.#isGone(holder) && !this.#isClosed) {
      nodes.pass({ is: "give", transfer, n }, holder);
      await within(clock, askMs, promise);
    }
    this.#asking.delete(n);
  }

  /** Whoever had it before this node is through first. */
  #stop(transfer: TransferId): void {
    const releasing = this.#releasing.get(transfer) ?? Promise.resolve();
    const stopping = releasing.then(() => this.#letGo(transfer))
      .catch(this.#options.onTrouble)
      .finally(() => {
        if (this.#stopping.get(transfer) === stopping) this.#stopping.delete(transfer);
      });
    this.#stopping.set(transfer, stopping);
  }

  #isGone(node: NodeId): boolean {
    if (this.#present.has(node) || this.#isCut) return false;
    return this.#gone.has(node) || this.knowsAll;
  }
}
