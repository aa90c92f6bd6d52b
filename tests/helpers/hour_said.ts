/** What people say in an hour, under marks of its own, and what is to become of it. */

import { assert } from "@std/assert";
import { Chance } from "./chance.ts";
import type { Fate } from "./views.ts";

/** The rooms that everybody is in. */
export const rooms = ["lobby", "kitchen"] as const;
/** A room that people enter and leave. */
export const garden = "garden";

/** One thing that somebody may do, how likely it is, and what it is called. */
export type Act = readonly [weight: number, name: string, act: () => Promise<void>];

/** A message and where it was said. */
interface Meant extends Fate {
  readonly room: string;
  /** Whether it is no longer as it was said. */
  readonly isChanged: boolean;
}

const words = "soup bread rain oven bus key window lamp river paper moss tea".split(" ");

/** Everything that was said and shared by all. */
export class Said {
  /** What was said, by its mark. */
  readonly fates = new Map<string, Meant>();
  /** In which room each file was shared. */
  readonly shared = new Map<string, string>();
  #marks = 0;
  #files = 0;

  /** A new mark. */
  mark(): string {
    return `m${++this.#marks}`;
  }

  /** The name of a new file. */
  file(of: string): string {
    return `${of}-${++this.#files}.bin`;
  }
}

/** Somebody, where they are, and what is theirs. */
export class Actor {
  readonly name: string;
  readonly said: Said;
  readonly chance: Chance;
  /** The room in front. */
  at = "lobby";
  /** The marks of what they said in each room and didn't take back, the newest last. */
  readonly #own = new Map<string, string[]>();

  constructor(name: string, said: Said, chance: Chance) {
    this.name = name;
    this.said = said;
    // Their own, so that what they do doesn't hang on who is faster.
    this.chance = new Chance(chance.below(2 ** 31));
  }

  /** The marks of what they said in the room in front and didn't take back, the newest last. */
  get own(): readonly string[] {
    return this.#own.get(this.at) ?? [];
  }

  /** The text of a new message, which is to be there at the end. */
  new(room: string): string {
    const mark = this.said.mark();
    const text = `${mark} ${this.words(4)}`;
    this.said.fates.set(mark, { mark, text, room, isChanged: false });
    this.#own.set(room, [...this.#own.get(room) ?? [], mark]);
    return text;
  }

  /** What the message with that mark is to be now. */
  changed(mark: string): string {
    const text = `${mark} ${this.words(2)} changed-${this.said.mark()}`;
    this.said.fates.set(mark, { ...this.fate(mark), text, isChanged: true });
    return text;
  }

  /** The message with that mark, in the room in front, is there no longer. */
  takenBack(mark: string): void {
    this.#own.set(this.at, this.own.filter((each) => each !== mark));
    this.said.fates.set(mark, { ...this.fate(mark), text: undefined, isChanged: true });
  }

  fate(mark: string): Meant {
    const fate = this.said.fates.get(mark);
    assert(fate, `Nobody has said ${mark}`);
    return fate;
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.chance.pick(words)).join(" ");
  }

  /** Does one of `acts`, as chance has it; `tell` is told what it is called. */
  async oneOf(acts: readonly Act[], tell: (name: string) => void): Promise<void> {
    let left = this.chance.below(acts.reduce((sum, [weight]) => sum + weight, 0));
    const [, name, act] = acts.find(([weight]) => (left -= weight) < 0) ?? acts[0];
    tell(name);
    try {
      await act();
    } catch (error) {
      throw new Error(`${this.name} couldn't ${name}`, { cause: error });
    }
  }
}

/** What a private conversation of two is called here. */
export function pairOf(one: string, other: string): string {
  return [one, other].sort().join(" and ");
}

/** A small file's. */
export function someBytes(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(40_000));
}
