/** Who got what: each message once at each receiver, each sender's in their order. */

/** What was wrong with the deliveries; all 0 where nothing was. */
export interface Faults {
  readonly lost: number;
  readonly doubled: number;
  /** Came after one that was sent later. */
  readonly disordered: number;
  /** Other bytes than were sent, or bytes that nobody sent. */
  readonly corrupt: number;
}

/** What a {@linkcode Ledger} is made for. */
export interface LedgerOptions {
  readonly receivers: number;
  readonly senders: number;
  /** Whether this receiver is to get what this sender says. */
  hears(receiver: number, sender: number): boolean;
  /** Messages of one sender that may be on their way at once. */
  readonly window: number;
}

/** The deliveries of one measurement. */
export class Ledger {
  /** Deliveries that were right. */
  delivered = 0;
  corrupt = 0;
  /** For each sender, how many messages some receiver hasn't got. */
  readonly outstanding: Int32Array;
  readonly #options: LedgerOptions;
  /** The number of the next message, for each receiver and sender. */
  readonly #next: Uint32Array;
  readonly #sent: Uint32Array;
  readonly #audience: Int32Array;
  /** For each sender and each message on its way, how many receivers haven't got it. */
  readonly #left: Int32Array;
  /** Messages passed over, by receiver and sender: lost, or late. */
  readonly #missing = new Map<number, Set<number>>();
  #doubled = 0;
  #disordered = 0;

  constructor(options: LedgerOptions) {
    const { receivers, senders, window } = options;
    this.#options = options;
    this.#next = new Uint32Array(receivers * senders);
    this.#sent = new Uint32Array(senders);
    this.#left = new Int32Array(senders * window);
    this.outstanding = new Int32Array(senders);
    this.#audience = Int32Array.from({ length: senders }, (_, sender) => {
      const all = Array.from({ length: receivers }, (_, receiver) => receiver);
      return all.filter((receiver) => options.hears(receiver, sender)).length;
    });
  }

  /** The next message of a sender goes out; its number. */
  send(sender: number): number {
    const seq = this.#sent[sender]++;
    this.#left[sender * this.#options.window + seq % this.#options.window] = this.#audience[sender];
    this.outstanding[sender]++;
    return seq;
  }

  /** A message has come to a receiver. */
  take(receiver: number, sender: number, seq: number): void {
    const { senders, window, hears } = this.#options;
    if (sender >= senders || seq >= this.#sent[sender] || !hears(receiver, sender)) {
      this.corrupt++;
      return;
    }
    const pair = receiver * senders + sender;
    if (seq === this.#next[pair]) this.#next[pair]++;
    else if (!this.#takeOther(pair, seq)) return;
    this.delivered++;
    if (--this.#left[sender * window + seq % window] === 0) this.outstanding[sender]--;
  }

  /** What was wrong, once nothing can come any more. */
  faults(): Faults {
    const { receivers, senders, hears } = this.#options;
    let lost = 0;
    for (const seqs of this.#missing.values()) lost += seqs.size;
    for (let receiver = 0; receiver < receivers; receiver++) {
      for (let sender = 0; sender < senders; sender++) {
        if (!hears(receiver, sender)) continue;
        lost += this.#sent[sender] - this.#next[receiver * senders + sender];
      }
    }
    const { corrupt } = this;
    return { lost, doubled: this.#doubled, disordered: this.#disordered, corrupt };
  }

  /** Not the one that was next: later ones were lost or are late, earlier ones late or doubled. */
  #takeOther(pair: number, seq: number): boolean {
    const missing = this.#missing.get(pair) ?? new Set();
    this.#missing.set(pair, missing);
    if (seq > this.#next[pair]) {
      for (let passed = this.#next[pair]; passed < seq; passed++) missing.add(passed);
      this.#next[pair] = seq + 1;
      return true;
    }
    const isLate = missing.delete(seq);
    if (isLate) this.#disordered++;
    else this.#doubled++;
    return isLate;
  }
}
