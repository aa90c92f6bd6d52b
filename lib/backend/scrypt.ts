/** Passwords with scrypt, in the thread pool. */

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { Passwords } from "../entry/passwords.ts";

/** How much work a hash is: what it takes to try one password more. */
export interface ScryptWork {
  /** The base-2 logarithm of N: with `r` it gives the memory, 128 * r * N bytes. */
  readonly ln: number;
  readonly r: number;
  /** How often it is done, one after the other. */
  readonly p: number;
}

/**
 * 32 MiB, and a third of a second on the machines that this runs on. Of the settings that OWASP
 * takes for equally strong (Password Storage Cheat Sheet), the one for servers with little memory.
 */
export const usualWork: ScryptWork = { ln: 15, r: 8, p: 3 };

const saltBytes = 16;
const keyBytes = 32;
/** More than any that was ever usual: a text that was tampered with must not take all memory. */
const memoryMax = 512 * 1024 * 1024;

interface Kept extends ScryptWork {
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

/** What is kept is `$scrypt$ln=15,r=8,p=3$SALT$KEY`, as other programs write it, too. */
export class ScryptPasswords implements Passwords {
  readonly atOnce: number;
  readonly decoy: string;
  readonly #work: ScryptWork;

  /** Half of the processors are left to everything else, where there are several. */
  constructor(work: ScryptWork = usualWork, processors: number = navigator.hardwareConcurrency) {
    this.atOnce = Math.max(1, Math.floor(processors / 2));
    this.#work = work;
    // Nothing is known whose key this would be.
    this.decoy = written({ ...work, salt: randomBytes(saltBytes), key: randomBytes(keyBytes) });
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    return written({ ...this.#work, salt, key: await keyOf(password, { ...this.#work, salt }) });
  }

  async verify(password: string, kept: string): Promise<boolean> {
    const read = readKept(kept);
    const key = await keyOf(password, read);
    return key.length === read.key.length && timingSafeEqual(key, read.key);
  }

  isWeak(kept: string): boolean {
    const { ln, r, p } = readKept(kept);
    return ln < this.#work.ln || r < this.#work.r || p < this.#work.p;
  }
}

function written({ ln, r, p, salt, key }: Kept): string {
  const [saltText, keyText] = [salt, key].map((bytes) => bytes.toBase64({ omitPadding: true }));
  return `$scrypt$ln=${ln},r=${r},p=${p}$${saltText}$${keyText}`;
}

function readKept(text: string): Kept {
  const fields = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(text)?.slice(1);
  if (fields === undefined) throw new Error("What is kept of a password isn't what it has to be");
  const [ln, r, p] = fields.slice(0, 3).map(Number);
  const [salt, key] = fields.slice(3).map((base64) => Uint8Array.fromBase64(base64));
  return { ln, r, p, salt, key };
}

function keyOf(
  password: string,
  { ln, r, p, salt }: ScryptWork & { readonly salt: Uint8Array },
): Promise<Uint8Array> {
  const options = { N: 2 ** ln, r, p, maxmem: memoryMax };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => error ? reject(error) : resolve(key));
  });
}
