/** Comings and goings, gathered, and who is told of them. */

import type { Clock, Stop } from "./clock.ts";
import { encodeLine } from "./wire/encode.ts";
import type { PassingEvent } from "./events.ts";
import { limits } from "./limits.ts";
import type { Hub } from "./hub.ts";
import type { Known, Listener } from "./known.ts";
import type { People } from "./people.ts";

/** What {@linkcode Presence} needs. */
export interface PresenceOptions {
  readonly hub: Hub;
  readonly people: People;
  readonly clock: Clock;
}

type Move = "came" | "went";

/** Names in one line: of the longest it holds a thousand with room to spare. */
const namesMax = 1000;

/** Tells who has come and gone, a crowd in one line; who is back at once was never away. */
export class Presence {
  readonly #options: PresenceOptions;
  #moves = new Map<Known, Move>();
  #stop: Stop | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** The first connection of `known` began, or the last one ended. */
  moved(known: Known, move: Move): void {
    const { clock } = this.#options;
    this.#stop ??= clock.after(limits.presenceGatherMs, () => this.#tellMoves());
    const before = this.#moves.get(known);
    if (before !== undefined && before !== move) this.#moves.delete(known);
    else this.#moves.set(known, move);
  }

  /** Somebody says now that they are away; or without a text, back. */
  setAway(known: Known, text: string | undefined): void {
    this.#setAway(known, text, Math.max(this.#options.clock.now(), known.awayAt + 1));
  }

  /** Another node says what they have said; of what was said at once, all nodes take the same. */
  learnAway(known: Known, { text, at }: { readonly text?: string; readonly at: number }): void {
    const isSame = known.away === text;
    const isLater = at > known.awayAt || (at === known.awayAt && (known.away ?? "") < (text ?? ""));
    if (isLater && isSame) known.awayAt = at;
    else if (isLater) this.#setAway(known, text, at);
  }

  #setAway(known: Known, text: string | undefined, at: number): void {
    known.away = text;
    known.awayAt = at;
    if (!this.#options.people.isOnline(known)) return;
    const { user } = known.person;
    this.tell(
      known,
      text === undefined ? { t: "gone_away", user } : { t: "gone_away", user, text },
    );
  }

  /** Tells nothing more. */
  close(): void {
    this.#stop?.();
  }

  /** Tells those who hear of the comings and goings of `known` something else about them. */
  tell(known: Known, event: PassingEvent): void {
    const { people, hub } = this.#options;
    if (people.online <= limits.presenceAllMax) return hub.tellAll(event);
    const lines = [encodeLine(event)];
    for (const listener of new Set(hub.neighbours(known))) listener.hear(lines);
  }

  #tellMoves(): void {
    this.#stop = undefined;
    const moves = this.#moves;
    this.#moves = new Map();
    if (moves.size === 0) return;
    if (this.#options.people.online <= limits.presenceAllMax) this.#tellAll(moves);
    else this.#tellNeighbours(moves);
  }

  #tellAll(moves: ReadonlyMap<Known, Move>): void {
    for (const t of ["came", "went"] as const) {
      const users = [...moves].filter(([, move]) => move === t).map(([known]) => known.person.user);
      for (const some of portions(users)) this.#options.hub.tellAll({ t, users: some });
    }
  }

  #tellNeighbours(moves: ReadonlyMap<Known, Move>): void {
    const told = new Map<Listener, Record<Move, string[]>>();
    for (const [known, move] of moves) {
      for (const listener of new Set(this.#options.hub.neighbours(known))) {
        const news = told.get(listener) ?? { came: [], went: [] };
        news[move].push(known.person.user);
        told.set(listener, news);
      }
    }
    for (const [listener, news] of told) {
      for (const t of ["came", "went"] as const) {
        for (const users of portions(news[t])) listener.hear([encodeLine({ t, users })]);
      }
    }
  }
}

function portions(users: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(users.length / namesMax);
  return Array.from({ length: count }, (_, index) => {
    return users.slice(index * namesMax, (index + 1) * namesMax);
  });
}
