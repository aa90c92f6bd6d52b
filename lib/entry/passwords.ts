/** What a password may be, and the contract of what keeps it from being read. A leaf. */

import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";

/** Makes of a password what may be kept of it. Slow on purpose, and off the event loop. */
export interface Passwords {
  /** How many may be made at once without taking the machine from everything else. */
  readonly atOnce: number;
  /**
   * One text that says everything that {@linkcode verify} needs, and differs each time. A
   * `password` is one that {@linkcode passwordOf} gave.
   */
  hash(password: string): Promise<string>;
  /** Whether `kept` was made of this password. MUST take as long where it wasn't. */
  verify(password: string, kept: string): Promise<boolean>;
  /** Whether `kept` was made with less work than is made today. */
  isWeak(kept: string): boolean;
  /** Made of no password: what is verified where there is nothing to verify, to take as long. */
  readonly decoy: string;
}

/** A password in the one form in which it is compared, whichever keyboard it was typed on. */
export function plainPassword(text: string): string {
  return text.normalize("NFKC");
}

/**
 * The same of a new one.
 *
 * @throws {ChatError} `bad_message` where it is too short or too long: nothing else is asked of it
 */
export function passwordOf(text: string): string {
  const { passwordCharsMin: least, passwordCharsMax: most } = limits;
  const password = plainPassword(text);
  const chars = [...password].length;
  if (chars >= least && chars <= most) return password;
  const wrong = chars < least ? "short" : "long";
  const bounds = `it has ${least} to ${most.toLocaleString("en")} characters`;
  throw new ChatError("bad_message", `That password is too ${wrong}: ${bounds}`);
}
