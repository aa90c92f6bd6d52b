/**
 * What everybody in one room is to be told, byte by byte. Whoever is told something first has it read
 * in full: whose message it is, its number and its seq. What all others are told is compared with
 * that as bytes, which costs a hundredth of reading it, and proves as much: on every node the same
 * messages, in one order, under the same seqs. Only the senders' own cids and answers are beside it.
 */

import { Buffer } from "node:buffer";
import type { Faults } from "../ledger.ts";
import { messageDigits, type Payload, readHex, writeHex } from "../payload.ts";

const newline = 10;
const encoder = new TextEncoder();
const ok = encoder.encode('{"t":"ok","re":"');
const refused = encoder.encode('{"t":"refused"');
const seqName = encoder.encode(',"seq":');
const lineEnd = encoder.encode("}\n");
const zero = "0".charCodeAt(0);
const nine = "9".charCodeAt(0);

/** What a {@linkcode Transcript} is made for. */
export interface TranscriptOptions {
  readonly receivers: number;
  /** The first ones of the receivers. */
  readonly senders: number;
  readonly payload: Payload;
  /** Bytes that the one who is told first may be ahead of the last one. */
  readonly bytesMax: number;
}

/** A receiver, as far as it has come. */
interface Receiver {
  /** In the bytes of all. */
  at: number;
  /** Where its own lines end that others were told first, and their numbers. */
  own: { readonly end: number; readonly number: number }[];
  /** Messages that were acknowledged. */
  acknowledged: number;
  /** Whether it was told something else: nothing is compared any more. */
  isWrong: boolean;
}

/** What was wrong with what was told, and with answers. */
export interface RoomFaults extends Faults {
  readonly unanswered: number;
  readonly refused: number;
}

/** Bytes that were taken, or what is wrong with them. */
type Step = number | keyof RoomFaults;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A message that not all have. */
interface Told {
  readonly end: number;
  readonly sender: number;
}

/** The bytes of one room, and how far each receiver has come in them. */
export class Transcript {
  /** Messages that everybody has. */
  messages = 0;
  /** For each sender, how many messages some receiver hasn't got. */
  readonly outstanding: Int32Array;
  readonly #payload: Payload;
  readonly #cids: readonly OwnCid[];
  readonly #receivers: readonly Receiver[];
  readonly #sent: Int32Array;
  /** The number of each sender's next message. */
  readonly #next: Int32Array;
  readonly #bytes: Buffer;
  /** Where the bytes that are kept begin and end, of all that there were. */
  #from = 0;
  #end = 0;
  #seq = 0;
  #told: Told[] = [];
  readonly #faults = { lost: 0, doubled: 0, disordered: 0, corrupt: 0, unanswered: 0, refused: 0 };

  constructor({ receivers, senders, payload, bytesMax }: TranscriptOptions) {
    this.#payload = payload;
    this.#receivers = Array.from({ length: receivers }, () => {
      return { at: 0, own: [], acknowledged: 0, isWrong: false };
    });
    this.#cids = Array.from({ length: senders }, (_, sender) => new OwnCid(sender));
    this.#sent = new Int32Array(senders);
    this.#next = new Int32Array(senders);
    this.outstanding = new Int32Array(senders);
    this.#bytes = Buffer.alloc(2 * bytesMax);
  }

  /** The next message of a sender goes out; its number. */
  send(sender: number): number {
    this.outstanding[sender]++;
    return this.#sent[sender]++;
  }

  /** Takes the whole lines in the first `to` bytes of what a receiver was told. */
  take(index: number, bytes: Uint8Array, to: number): void {
    const receiver = this.#receivers[index];
    for (let from = 0; from < to && !receiver.isWrong;) {
      const step = this.#step(index, bytes, { from, to });
      if (typeof step === "number") {
        from += step;
      } else {
        this.#faults[step]++;
        receiver.isWrong = true;
      }
    }
  }

  /** A receiver is told nothing more. */
  ended(index: number): void {
    this.#receivers[index].isWrong = true;
  }

  /** Counts what everybody has by now. */
  count(): void {
    let at = this.#end;
    for (const receiver of this.#receivers) if (!receiver.isWrong) at = Math.min(at, receiver.at);
    let count = 0;
    for (; count < this.#told.length && this.#told[count].end <= at; count++) {
      this.outstanding[this.#told[count].sender]--;
    }
    if (count === 0) return;
    this.messages += count;
    this.#told.splice(0, count);
  }

  /** Whether everybody has everything, and every message was acknowledged. */
  get isLevel(): boolean {
    this.count();
    return this.outstanding.every((count) => count === 0) && this.#unanswered === 0;
  }

  /** What was wrong, once nothing can come any more. */
  faults(): RoomFaults {
    const { lost, unanswered, ...others } = this.#faults;
    const missing = this.#sent.reduce((sum, sent, sender) => sum + sent - this.#next[sender], 0);
    const behind = this.#receivers.filter(({ at, isWrong }) => isWrong || at < this.#end).length;
    return {
      ...others,
      lost: lost + missing + behind,
      unanswered: unanswered + this.#unanswered,
    };
  }

  get #unanswered(): number {
    return this.#sent.reduce((sum, sent, index) => {
      return sum + sent - this.#receivers[index].acknowledged;
    }, 0);
  }

  /** Takes some more; how many bytes that were, or what is wrong with them. */
  #step(index: number, bytes: Uint8Array, range: Span): Step {
    const receiver = this.#receivers[index];
    const { from } = range;
    if (begins(bytes, from, ok)) return this.#acknowledged(receiver, bytes, from);
    if (begins(bytes, from, refused)) return "refused";
    if (receiver.at === this.#end) return this.#read(index, bytes, from);
    if (receiver.own[0]?.end === receiver.at) return this.#ownEnd(index, bytes, from);
    return this.#compare(receiver, bytes, range) || "corrupt";
  }

  /** Each message is acknowledged once, in its sender's order. */
  #acknowledged(receiver: Receiver, bytes: Uint8Array, from: number): Step {
    const number = readHex(bytes, from + ok.length, messageDigits);
    if (number !== receiver.acknowledged) return "unanswered";
    receiver.acknowledged++;
    return bytes.indexOf(newline, from + ok.length) + 1 - from;
  }

  /** Reads a line that nobody was told before. */
  #read(index: number, bytes: Uint8Array, from: number): Step {
    const payload = this.#payload;
    const to = bytes.indexOf(newline, from) + 1;
    const at = payload.find(bytes, from, to);
    if (at < 0 || !payload.read(bytes, at, to)) return "corrupt";
    const { sender, seq: number } = payload;
    if (sender >= this.#next.length || number >= this.#sent[sender]) return "corrupt";
    if (number < this.#next[sender]) return "doubled";
    if (number > this.#next[sender]) return "lost";
    if (!this.#isNextSeq(bytes, at + payload.bytes, to)) return "disordered";
    this.#next[sender]++;
    const own = index === sender ? this.#cids[sender].of(number) : undefined;
    const end = to - lineEnd.length - (own?.length ?? 0);
    if (own && !begins(bytes, end, own)) return "corrupt";
    this.#keep(bytes, from, end);
    const receiver = this.#receivers[index];
    if (own === undefined) this.#receivers[sender].own.push({ end: this.#end, number });
    this.#keep(lineEnd, 0, lineEnd.length);
    this.#told.push({ end: this.#end, sender });
    receiver.at = this.#end;
    return to - from;
  }

  /** Each has the next seq. */
  #isNextSeq(bytes: Uint8Array, from: number, to: number): boolean {
    let at = from;
    while (at < to && !begins(bytes, at, seqName)) at++;
    let seq = 0;
    for (at += seqName.length; bytes[at] >= zero && bytes[at] <= nine; at++) {
      seq = seq * 10 + bytes[at] - zero;
    }
    const isNext = seq > 0 && (this.#seq === 0 || seq === this.#seq + 1);
    this.#seq = seq;
    return isNext;
  }

  /** The end of a line of its own, which alone has the cid. */
  #ownEnd(index: number, bytes: Uint8Array, from: number): Step {
    const receiver = this.#receivers[index];
    const own = receiver.own.shift();
    const cid = this.#cids[index].of(own?.number ?? 0);
    const isIt = begins(bytes, from, cid) && begins(bytes, from + cid.length, lineEnd);
    receiver.at += lineEnd.length;
    return isIt ? cid.length + lineEnd.length : "corrupt";
  }

  /** Compares up to where something else may come; how many bytes were the same. */
  #compare(receiver: Receiver, bytes: Uint8Array, { from, to }: Span): number {
    const [own] = receiver.own;
    const { at } = receiver;
    const most = Math.min((own?.end ?? this.#end) - at, to - from);
    const same = this.#isSame(at, bytes, { from, length: most })
      ? most
      : this.#sameLines(at, bytes, { from, length: most });
    receiver.at += same;
    return same;
  }

  #isSame(
    at: number,
    bytes: Uint8Array,
    { from, length }: { from: number; length: number },
  ): boolean {
    const start = at - this.#from;
    return this.#bytes.compare(bytes, from, from + length, start, start + length) === 0;
  }

  /** How many bytes of whole lines are the same, where not all are. */
  #sameLines(
    at: number,
    bytes: Uint8Array,
    { from, length }: { from: number; length: number },
  ): number {
    let [same, differs] = [0, length];
    while (differs - same > 1) {
      const middle = (same + differs) >> 1;
      if (this.#isSame(at + same, bytes, { from: from + same, length: middle - same })) {
        same = middle;
      } else differs = middle;
    }
    return bytes.lastIndexOf(newline, from + same) + 1 - from;
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    if (this.#end - this.#from + to - from > this.#bytes.length) this.#forget();
    this.#bytes.set(bytes.subarray(from, to), this.#end - this.#from);
    this.#end += to - from;
  }

  /** Drops what everybody has. */
  #forget(): void {
    let at = this.#end;
    for (const receiver of this.#receivers) if (!receiver.isWrong) at = Math.min(at, receiver.at);
    this.#bytes.copyWithin(0, at - this.#from, this.#end - this.#from);
    this.#from = at;
  }
}

/** What a sender is told of its own messages, before the line's end: made once, and written over. */
class OwnCid {
  readonly #bytes: Uint8Array;

  constructor(sender: number) {
    this.#bytes = encoder.encode(`,"cid":"bench-${sender}-${"0".repeat(messageDigits)}"`);
  }

  /** That of one message, until the next is asked for. */
  of(number: number): Uint8Array {
    writeHex(this.#bytes, this.#bytes.length - 1 - messageDigits, number, messageDigits);
    return this.#bytes;
  }
}

function begins(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let index = 0; index < start.length; index++) {
    if (bytes[at + index] !== start[index]) return false;
  }
  return true;
}
