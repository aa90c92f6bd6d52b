/** Which way a finger goes. Pure. */

/** Where a finger is, in pixels, and when, in milliseconds. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly at: number;
}

/** A finger that rests moves by less. */
const restPx = 10;
/** What goes across goes so much more to the side than up or down. */
const acrossFactor = 1.5;
/** Speed is that of the last moments. */
const speedMs = 100;

/** A finger from where it came down. */
export class Swipe {
  readonly start: Point;
  #recent: Point[];
  #way: "none" | "across" | "along" = "none";

  constructor(start: Point) {
    this.start = start;
    this.#recent = [start];
  }

  /** Where it goes, which is decided once: `none` while it rests. */
  get way(): "none" | "across" | "along" {
    return this.#way;
  }

  /** How far it is to the right of where it began. */
  get dx(): number {
    return this.#last.x - this.start.x;
  }

  /** Pixels a millisecond to the right. */
  get speed(): number {
    const [first] = this.#recent;
    const ms = this.#last.at - first.at;
    return ms === 0 ? 0 : (this.#last.x - first.x) / ms;
  }

  take(point: Point): void {
    this.#recent = [...this.#recent.filter(({ at }) => point.at - at <= speedMs), point];
    if (this.#way !== "none") return;
    const [across, along] = [Math.abs(this.dx), Math.abs(point.y - this.start.y)];
    if (Math.max(across, along) < restPx) return;
    this.#way = across > along * acrossFactor ? "across" : "along";
  }

  get #last(): Point {
    return this.#recent[this.#recent.length - 1];
  }
}

/** So fast a finger throws, whatever way it has gone. */
const throwSpeed = 0.4;

/**
 * Whether what is `width` wide and was pulled by `dx` towards being open (or closed: negative) is
 * to go all the way there.
 */
export function isPulled(
  { dx, speed }: Pick<Swipe, "dx" | "speed">,
  way: 1 | -1,
  width: number,
): boolean {
  if (speed * way < -throwSpeed) return false;
  return dx * way > width * 0.4 || (speed * way > throwSpeed && dx * way > 0);
}
