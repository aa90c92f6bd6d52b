/**
 * Who is connected to which node: each tells the others who has come to it and gone, and who is
 * there where one asks. What is told is counted, so that whoever has missed something notices.
 */

import type { Clock, Stop } from "../clock.ts";
import { limits } from "../limits.ts";
import type { Known } from "../known.ts";
import type { Uid } from "../names.ts";
import { type Note, noteUsersMax } from "./node_notes.ts";
import type { NodeId, Nodes } from "../nodes.ts";
import type { People } from "../people.ts";
import type { Presence } from "../presence.ts";

/** What a {@linkcode Roster} needs. */
export interface RosterOptions {
  readonly nodes: Pick<Nodes, "pass">;
  readonly people: People;
  readonly presence: Presence;
  readonly clock: Pick<Clock, "soon" | "after">;
}

/** What is known of another node. */
interface Other {
  /** How many moves it has told; `undefined`: some were missed, and it was asked. */
  n: number | undefined;
  /** Its list, while that comes. */
  readonly coming: Set<Uid>;
  readonly away: Said[];
}

function unheard(): Other {
  return { n: undefined, coming: new Set(), away: [] };
}

type Told<K extends Note["is"]> = Extract<Note, { is: K }>;
/** That somebody is away, or back. */
type Said = Told<"moved">["away"][number];

/** This node's end of it. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #others = new Map<NodeId, Other>();
  /** Nodes that are gone, whose people may be on their way to others. */
  readonly #gone = new Map<NodeId, Stop>();
  /** Whose connections to this node began or ended, and what is so now. */
  #moves = new Map<Uid, boolean>();
  /** Who said that they are away, or back. */
  #saidAway = new Set<Uid>();
  /** What was said of users that aren't known yet, the oldest first. */
  readonly #early = new Map<Uid, Said>();
  #n = 0;
  #isClosed = false;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** The first connection of somebody to this node began, or the last one ended. */
  moved(uid: Uid, isHere: boolean): void {
    this.#tellSoon();
    // Who came and went in one turn was never here, for the others; but is away no more.
    if (this.#moves.get(uid) === !isHere) {
      this.#moves.delete(uid);
      this.#saidAway.add(uid);
    } else this.#moves.set(uid, isHere);
  }

  /** Somebody on this node is away, or back. */
  away(uid: Uid): void {
    this.#tellSoon();
    this.#saidAway.add(uid);
  }

  /** Somebody is known from now on. */
  met(known: Known): void {
    const said = this.#early.get(known.uid);
    if (said && this.#early.delete(known.uid)) this.#options.presence.learnAway(known, said);
  }

  /** A node is there, perhaps again; it may not know that this one is. */
  came(node: NodeId): void {
    this.#tellHere(node);
    this.#ask(node);
  }

  /** Nobody is connected to a node any more; most of them come to another one in a moment. */
  went(node: NodeId): void {
    if (this.#isClosed) return;
    this.#others.delete(node);
    this.#gone.get(node)?.();
    const stop = this.#options.clock.after(limits.movingMs, () => {
      this.#gone.delete(node);
      // Where it is there again, its own list says who is on it.
      if (this.#others.has(node)) return;
      for (const uid of this.#options.people.elsewhere.on(node)) this.#left(node, uid);
    });
    this.#gone.set(node, stop);
  }

  /** Tells nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const stop of this.#gone.values()) stop();
  }

  /** Another node has told something of it. */
  heard(from: NodeId, note: Told<"moved" | "here" | "who">): void {
    switch (note.is) {
      case "who":
        return this.#tellHere(from);
      case "here":
        return this.#heardHere(from, note);
      case "moved":
        return this.#heardMoves(from, note);
      default:
        note satisfies never;
    }
  }

  /** Tells how much was told, so that nothing stays missed; to be called now and then. */
  check(): void {
    this.#pass({ is: "moved", n: this.#n, came: [], went: [], away: [] });
  }

  #tellSoon(): void {
    if (this.#moves.size > 0 || this.#saidAway.size > 0) return;
    this.#options.clock.soon(() => this.#tellMoves());
  }

  #tellMoves(): void {
    const [moves, saidAway] = [this.#moves, this.#saidAway];
    this.#moves = new Map();
    this.#saidAway = new Set();
    const about = [...new Set([...moves.keys(), ...saidAway])];
    for (let at = 0; at < about.length; at += noteUsersMax) {
      const some = about.slice(at, at + noteUsersMax);
      const [came, went] = [true, false].map((is) => some.filter((uid) => moves.get(uid) === is));
      const away = this.#awayOf(some.filter((uid) => saidAway.has(uid) || moves.get(uid)));
      this.#pass({ is: "moved", n: ++this.#n, came, went, away });
    }
  }

  /** Of those who came as well: what is known elsewhere may be from before they went. */
  #awayOf(uids: readonly Uid[]): Told<"moved">["away"] {
    return uids.flatMap((uid) => {
      const { away: text, awayAt: at = 0 } = this.#options.people.get(uid) ?? {};
      return at === 0 ? [] : [{ uid, at, ...text !== undefined && { text } }];
    });
  }

  #tellHere(to: NodeId): void {
    // What waits to be told is in the list already.
    this.#tellMoves();
    const { people } = this.#options;
    const here = people.sorted().filter(({ listeners }) => listeners.size > 0);
    // Of all: whoever has said it to a node, or is back, may have left it since.
    const saidAway = this.#awayOf(people.sorted().map(({ uid }) => uid));
    const count = here.length;
    const end = Math.max(count, saidAway.length, 1);
    for (let at = 0; at < end; at += noteUsersMax) {
      const users = here.slice(at, at + noteUsersMax).map(({ uid }) => uid);
      const away = saidAway.slice(at, at + noteUsersMax);
      const place = { isFirst: at === 0, isLast: at + noteUsersMax >= end, count };
      this.#pass({ is: "here", n: this.#n, users, away, ...place }, to);
    }
  }

  #heardMoves(from: NodeId, { n, came, went, away }: Told<"moved">): void {
    const other = this.#others.get(from);
    const isNothing = [came, went, away].every(({ length }) => length === 0);
    // Its list is on the way; or was lost, then it is asked again when nothing else is told.
    if (other && other.n === undefined && !isNothing) return;
    if (other?.n !== (isNothing ? n : n - 1)) return this.#ask(from);
    other.n = n;
    for (const uid of came) this.#here(from, uid);
    for (const uid of went) this.#left(from, uid);
    this.#heardAway(away);
  }

  #heardAway(away: Told<"moved">["away"]): void {
    const { people, presence } = this.#options;
    for (const said of away) {
      const known = people.get(said.uid);
      if (known) presence.learnAway(known, said);
      else this.#keepEarly(said);
    }
  }

  /** Notes may be faster than what is kept: who is away may not be known yet. */
  #keepEarly(said: Said): void {
    this.#early.delete(said.uid);
    this.#early.set(said.uid, said);
    const [oldest] = this.#early.keys();
    if (this.#early.size > noteUsersMax && oldest !== undefined) this.#early.delete(oldest);
  }

  #heardHere(
    from: NodeId,
    { n, users, away, isFirst, isLast, count }: Told<"here">,
  ): void {
    const other = isFirst ? unheard() : this.#others.get(from) ?? unheard();
    this.#others.set(from, other);
    for (const uid of users) other.coming.add(uid);
    other.away.push(...away);
    // Where a part was lost, it is asked again when nothing else is told.
    if (!isLast || other.coming.size !== count) return;
    const before = this.#options.people.elsewhere.on(from);
    for (const uid of other.coming) this.#here(from, uid);
    for (const uid of before) if (!other.coming.has(uid)) this.#left(from, uid);
    this.#heardAway(other.away);
    this.#others.set(from, { ...unheard(), n });
  }

  #ask(node: NodeId): void {
    this.#others.set(node, unheard());
    this.#pass({ is: "who" }, node);
  }

  #here(node: NodeId, uid: Uid): void {
    const known = this.#options.people.cameElsewhere(node, uid);
    if (known) this.#options.presence.moved(known, "came");
  }

  #left(node: NodeId, uid: Uid): void {
    const known = this.#options.people.wentElsewhere(node, uid);
    if (known) this.#options.presence.moved(known, "went");
  }

  #pass(note: Told<"moved" | "here" | "who">, to?: NodeId): void {
    this.#options.nodes.pass(note, to);
  }
}
