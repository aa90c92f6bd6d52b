/** A long list of which only the rows in sight are drawn, and that keeps its place. */

import { indexOfSeq } from "../../lib/client/messages.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { movesOf } from "./align.ts";
import { Heights, type Range } from "./heights.ts";
import { guessHeight } from "./rows.ts";

/** The elements of a list: `block` holds the drawn rows, in `rows`, which is as high as all. */
export interface ListElements {
  readonly box: HTMLElement;
  readonly rows: HTMLElement;
  readonly block: HTMLElement;
}

/** Drawn before and behind what is in sight, in pixels. */
const moreUsual = 900;
/** As much of it has to be left before the rows are drawn anew. */
const moreMin = 600;
/** This near to the end, one is at the end. */
const endPx = 40;
const sightUsual = 900;
const widthUsual = 800;

/**
 * Where one is in a list: at its end, or at some row, whatever comes and goes before it. `take` the
 * messages, draw the `range`, then `settle` what was drawn.
 */
export class Scroller {
  readonly #heights = new Heights();
  #messages: readonly StoredEvent[] = [];
  #elements: ListElements | undefined;
  #isAtEnd = true;
  /** Kept, since asking for it makes the browser lay everything out. */
  #sight = sightUsual;
  #width = widthUsual;
  /** How far the box was scrolled when that was last looked at. */
  #scrollTop = 0;
  /** Whether rows came or went, or one goes elsewhere, since the last ones were settled. */
  #isMoved = false;
  /** Whether one goes elsewhere, and isn't there yet: what was scrolled before is no matter. */
  #isGoing = false;
  /** Which row is at the top of what is in sight, and how far above it that row begins. */
  #anchor: { readonly seq: number; readonly offset: number } | undefined;

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** How many pixels of known rows are above what is in sight. */
  get above(): number {
    return this.#y;
  }

  /** How high what is in sight is. */
  get sight(): number {
    return this.#sight;
  }

  /** The elements are there; `undefined`: no longer. */
  attach(elements: ListElements | undefined): void {
    this.#elements = elements;
  }

  /** The messages as they are now. */
  take(messages: readonly StoredEvent[]): void {
    const before = this.#messages;
    if (messages === before) return;
    // Before the rows move, where one is still can be told by where they were.
    this.scrolled();
    this.#isMoved = true;
    const guess = (event: StoredEvent) => guessHeight(event, this.#width);
    const moves = movesOf(before, messages);
    if (moves === undefined) {
      this.#heights.truncate(0);
    } else {
      this.#heights.drop(moves.dropped);
      this.#heights.prepend(messages.slice(0, moves.prepended).map(guess));
    }
    this.#heights.truncate(messages.length);
    this.#heights.append(messages.slice(this.#heights.count).map(guess));
    this.#messages = messages;
  }

  /** The rows to draw. */
  range(more: number = moreUsual): Range {
    return this.#heights.range(this.#y, this.sight, more);
  }

  /** Whether rows that may soon be in sight aren't in what was drawn. */
  isShort(drawn: Range): boolean {
    const needed = this.range(moreMin);
    return needed.from < drawn.from || needed.to > drawn.to;
  }

  /** Measures what was drawn, and puts it and what is in sight where they belong. */
  settle(drawn: Range): void {
    if (!this.#elements) return;
    if (!this.#isMoved) this.scrolled();
    this.#isMoved = false;
    this.#isGoing = false;
    const { box, rows, block } = this.#elements;
    this.#sight = box.clientHeight || sightUsual;
    this.#width = box.clientWidth || widthUsual;
    let index = drawn.from;
    for (const row of block.children) {
      this.#heights.measured(index++, row.getBoundingClientRect().height);
    }
    // All is read before anything is written: the browser lays out once.
    const { scrollTop } = box;
    const { offsetTop } = rows;
    rows.style.height = `${this.#heights.total}px`;
    block.style.transform = `translateY(${this.#heights.top(drawn.from)}px)`;
    const wanted = this.#isAtEnd
      ? box.scrollHeight - box.clientHeight
      : Math.max(0, offsetTop + this.#y);
    this.#scrollTop = scrollTop;
    // Setting it also where nothing changes would end a scroll that is under way.
    if (Math.abs(scrollTop - wanted) < 1) return;
    box.scrollTop = wanted;
    this.#scrollTop = wanted;
  }

  /** Where one is now, if one has scrolled. */
  scrolled(): void {
    if (!this.#elements || this.#isGoing) return;
    const { box, rows } = this.#elements;
    // What is told of our own scrolling comes late: by then the box may be another size.
    if (Math.abs(box.scrollTop - this.#scrollTop) < 1) return;
    // A box that grew was scrolled back by the browser, and may have shrunk again since.
    if (this.#isAtEnd && box.clientHeight !== this.#sight) return;
    this.#scrollTop = box.scrollTop;
    this.#isAtEnd = box.scrollHeight - box.clientHeight - box.scrollTop < endPx;
    const y = box.scrollTop - rows.offsetTop;
    const index = this.#heights.at(y);
    if (index < 0) return;
    this.#anchor = { seq: this.#messages[index].seq, offset: y - this.#heights.top(index) };
  }

  /** Goes to the newest. */
  toEnd(): void {
    this.#isMoved = true;
    this.#isGoing = true;
    this.#isAtEnd = true;
  }

  /** Goes to a message, `above` pixels below the edge; `false` where it isn't there. */
  toSeq(seq: number, above: number): boolean {
    if (indexOfSeq(this.#messages, seq) < 0) return false;
    this.#isMoved = true;
    this.#isGoing = true;
    this.#isAtEnd = false;
    this.#anchor = { seq, offset: -above };
    return true;
  }

  /** How many pixels of rows there are from a message on. */
  from(seq: number): number {
    const index = indexOfSeq(this.#messages, seq);
    return index < 0 ? 0 : this.#heights.total - this.#heights.top(index);
  }

  get #y(): number {
    if (this.#isAtEnd || !this.#anchor) return this.#heights.total - this.sight;
    const index = indexOfSeq(this.#messages, this.#anchor.seq);
    return index < 0 ? 0 : this.#heights.top(index) + this.#anchor.offset;
  }
}
