/** The ways to one server: where it is, also by other names, and which is taken next. */

import type { Stop } from "../clock.ts";
import type { Connection } from "../wire/connection.ts";
import type { Dial } from "./link.ts";
import { type Look, lookElsewhere } from "./looking.ts";

/** What {@linkcode Ways} are made of. */
export interface WaysOptions {
  /** Where the server is, as its user said; the first is taken first. At least one. */
  readonly typed: readonly string[];
  /** Dials an address; `undefined` for one that can't be meant. */
  dialTo(address: string): Dial | undefined;
  /** At least 0 and under 1: a thousand clients of a node that ends don't all take the same. */
  random(): number;
}

/** So many addresses that a server told are tried. */
const toldMax = 20;

/** Every address of a server; what a server tells takes the place of what one told before. */
export class Ways {
  readonly #options: WaysOptions;
  readonly #dials = new Map<string, Dial>();
  #current: string;
  #told: readonly string[] = [];
  /** Those that were tried since the server was last there. */
  #tried = new Set<string>();
  /** The next one, where it is known to be better. */
  #better: string | undefined;

  constructor(options: WaysOptions) {
    this.#options = options;
    this.#current = options.typed[0];
    for (const address of options.typed) this.#add(address);
  }

  /** The one that is taken now. */
  get current(): string {
    return this.#current;
  }

  /** Dials the one that is taken now. */
  readonly dial = (): Promise<Connection> => {
    const dial = this.#dials.get(this.#current);
    return dial ? dial() : Promise.reject(new Error(`Cannot reach ${this.#current}`));
  };

  /** The server is there, and says where else it is. */
  well(addresses: readonly string[]): void {
    this.#tried = new Set();
    this.learn(addresses);
  }

  /** The server says where else it is. */
  learn(addresses: readonly string[]): void {
    this.#told = [...new Set(addresses)].slice(0, toldMax).filter((address) => this.#add(address));
    const kept = new Set([this.#current, ...this.#told, ...this.#options.typed]);
    for (const address of this.#dials.keys()) if (!kept.has(address)) this.#dials.delete(address);
  }

  /**
   * It isn't to be had there: the next one. Whether that is one that wasn't tried since the server
   * was last there, so that there is no need to wait.
   */
  turn(): boolean {
    this.#tried.add(this.#current);
    if (this.#better !== undefined) {
      this.#current = this.#better;
      this.#better = undefined;
      return true;
    }
    const fresh = (addresses: readonly string[]) =>
      addresses.filter((address) => this.#dials.has(address) && !this.#tried.has(address));
    const next = this.#anyOf(fresh(this.#told)) ?? this.#anyOf(fresh(this.#options.typed));
    if (next !== undefined) {
      this.#current = next;
      return true;
    }
    // All of them once more, one for each attempt.
    this.#tried = new Set([this.#current]);
    const others = [...this.#dials.keys()].filter((address) => address !== this.#current);
    this.#current = this.#anyOf(others) ?? this.#current;
    return false;
  }

  /** Looks at the others until it is stopped; where one keeps everything, the next turn is there. */
  look({ move, ...look }: Look & { move(): void }): Stop {
    return lookElsewhere({
      ...look,
      random: () => this.#options.random(),
      others: () => [...this.#dials].filter(([address]) => address !== this.#current),
      found: (address) => {
        this.#better = address;
        move();
      },
    });
  }

  #anyOf(addresses: readonly string[]): string | undefined {
    return addresses[Math.floor(this.#options.random() * addresses.length)];
  }

  #add(address: string): boolean {
    if (this.#dials.has(address)) return true;
    const dial = this.#options.dialTo(address);
    if (dial) this.#dials.set(address, dial);
    return dial !== undefined;
  }
}
