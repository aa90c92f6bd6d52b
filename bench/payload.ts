/** What the load client says: texts of one length that tell who said them, in which order and when. */

const mark = "PLY~";
const senderDigits = 3;
const seqDigits = 8;
/** Microseconds of the load client's own clock. */
const dueDigits = 12;
const headBytes = mark.length + senderDigits + seqDigits + dueDigits;

/** The shortest payload: its head, and something after it that can be wrong. */
export const payloadBytesMin = headBytes + 5;
/** Senders that a payload can tell apart. */
export const sendersMax = 16 ** senderDigits;

const encoder = new TextEncoder();
const markBytes = encoder.encode(mark);
const digits = encoder.encode("0123456789abcdef");
/** The value of each byte as a hexadecimal digit; 255 for what is none. */
const values = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = digits.indexOf(byte);
  return value < 0 ? 255 : value;
});

/** Writes and reads payloads of one length; what was read last is in its fields. */
export class Payload {
  sender = 0;
  seq = 0;
  due = 0;
  readonly bytes: number;
  readonly #rest: Uint8Array;
  /** Where the payload began in the line before: lines of one conversation are alike. */
  #hint = 0;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.#rest = Uint8Array.from({ length: bytes - headBytes }, (_, index) => 97 + index % 26);
  }

  /** The payload of sender `sender` as a text with zeros where {@linkcode Payload.write} writes. */
  blank(sender: number): string {
    const name = sender.toString(16).padStart(senderDigits, "0");
    const rest = new TextDecoder().decode(this.#rest);
    return `${mark}${name}${"0".repeat(seqDigits + dueDigits)}${rest}`;
  }

  /** Writes a number and a time into a blank payload that begins at `at`. */
  write(into: Uint8Array, at: number, seq: number, due: number): void {
    writeHex(into, at + mark.length + senderDigits, seq, seqDigits);
    writeHex(into, at + mark.length + senderDigits + seqDigits, due, dueDigits);
  }

  /** Where the payload begins in the line from `from` to `to`; -1 where there is none. */
  find(line: Uint8Array, from: number, to: number): number {
    if (this.#marked(line, from + this.#hint, to)) return from + this.#hint;
    for (let at = from; at < to; at++) {
      if (!this.#marked(line, at, to)) continue;
      this.#hint = at - from;
      return at;
    }
    return -1;
  }

  /** Reads the payload at `at`; `false` where a byte of it is wrong. */
  read(line: Uint8Array, at: number, to: number): boolean {
    if (at + this.bytes > to) return false;
    const senderAt = at + mark.length;
    this.sender = readHex(line, senderAt, senderDigits);
    this.seq = readHex(line, senderAt + senderDigits, seqDigits);
    this.due = readHex(line, senderAt + senderDigits + seqDigits, dueDigits);
    // Millions of times a second: a local variable, and no way out of the loop.
    const rest = this.#rest;
    const start = at + headBytes;
    let wrong = 0;
    for (let index = 0; index < rest.length; index++) wrong |= rest[index] ^ line[start + index];
    return wrong === 0 && this.sender >= 0 && this.seq >= 0 && this.due >= 0;
  }

  #marked(line: Uint8Array, at: number, to: number): boolean {
    if (at + markBytes.length > to) return false;
    for (let index = 0; index < markBytes.length; index++) {
      if (line[at + index] !== markBytes[index]) return false;
    }
    return true;
  }
}

/** The value of `length` hexadecimal digits; -1 where a byte is none. */
export function readHex(from: Uint8Array, at: number, length: number): number {
  let value = 0;
  let wrong = 0;
  for (let index = at; index < at + length; index++) {
    const digit = values[from[index]];
    wrong |= digit;
    value = value * 16 + digit;
  }
  return wrong > 15 ? -1 : value;
}

/** Writes `value` as `length` hexadecimal digits. */
export function writeHex(into: Uint8Array, at: number, value: number, length: number): void {
  for (let index = at + length - 1, left = value; index >= at; index--) {
    into[index] = digits[left % 16];
    left = Math.floor(left / 16);
  }
}

/** How many digits {@linkcode writeHex} needs for the number of a message. */
export const messageDigits = seqDigits;
