/** The name that is kept for the server's owner, and how somebody shows that they are. */

import { isLoopback } from "../addresses.ts";
import { ChatError } from "../errors.ts";
import { inviteCode, plainCode } from "./invite_code.ts";
import { type NameKey, nameKey } from "../names.ts";

/** Where somebody is, and the code that they have brought. */
export interface Claim {
  /** An address, without a port. */
  readonly remote: string;
  readonly invite?: string;
}

/** One name, until somebody has it as the owner. */
export class Ownership {
  readonly #name: string | undefined;
  readonly #key: NameKey | undefined;
  #code: string | undefined;

  /** Without a name nothing is kept for anybody. */
  constructor(name?: string) {
    this.#name = name;
    this.#key = name === undefined ? undefined : nameKey(name);
    this.#code = name === undefined ? undefined : inviteCode();
  }

  /** The name that is to be had, with the code that is good for it once. */
  get offered(): { readonly name: string; readonly code: string } | undefined {
    if (this.#name === undefined || this.#code === undefined) return undefined;
    return { name: this.#name, code: this.#code };
  }

  /** Whether a name is kept for the owner, who hasn't come yet. */
  keeps(key: NameKey): boolean {
    return this.#code !== undefined && key === this.#key;
  }

  /** Whether `invite` is the code. */
  opens(invite: string | undefined): boolean {
    if (this.#code === undefined || invite === undefined) return false;
    return plainCode(invite) === plainCode(this.#code);
  }

  /** Whether who comes like that may have the name that is kept, and be the owner. */
  isProven({ remote, invite }: Claim): boolean {
    return this.#code !== undefined && (isLoopback(remote) || this.opens(invite));
  }

  /** They are: nobody else can be, by this name or code. */
  taken(): void {
    this.#code = undefined;
  }
}

/** What others hear who want the name. */
export function keptName(name: string): ChatError {
  const how = "who comes from its own machine, or with the code that it printed";
  return new ChatError(
    "name_taken",
    `The name "${name}" is kept for the server's owner, ${how}: choose another one`,
  );
}
