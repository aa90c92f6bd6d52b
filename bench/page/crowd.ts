/** Thousands of people in one room, some of whom come and go, and a thousand rooms. */

import { Peer } from "../peer.ts";

/** The room that all are in. */
export const hall = "hall";
/** Connections that are begun at once. */
const atOnce = 50;
/** Rooms that each of those who make some makes: the server's bound for an hour. */
const roomsEach = 20;

/** How a name in the crowd is spelt: as long as people's are, and each its own. */
export function nameOf(index: number): string {
  const first = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "June"];
  return `${first[index % first.length]}-${String(index).padStart(4, "0")}`;
}

/** How a room is called. */
export function roomOf(index: number): string {
  return `topic-${String(index).padStart(4, "0")}`;
}

/** A crowd of people; all connected, all in the hall. */
export class Crowd implements AsyncDisposable {
  readonly #port: number;
  readonly #tokens: string[] = [];
  readonly #peers = new Map<number, Peer>();

  private constructor(port: number) {
    this.#port = port;
  }

  /** Connects `people`, who make `rooms` between them. */
  static async gather(port: number, people: number, rooms: number): Promise<Crowd> {
    const crowd = new Crowd(port);
    const makers = Math.ceil(rooms / roomsEach);
    // Each goes at once, so that the others' coming needn't be told to them all: millions of lines.
    await inBunches(people, async (index) => {
      const { peer, token } = await crowd.#connect(index);
      crowd.#tokens[index] = token;
      await peer.ask({ t: "join", room: hall });
      for (let made = 0; index < makers && made < roomsEach; made++) {
        const room = index * roomsEach + made;
        if (room < rooms) await peer.ask({ t: "join", room: roomOf(room) });
      }
      peer.close();
    });
    await inBunches(people, (index) => crowd.#come(index));
    return crowd;
  }

  /** `rate` of them a second go or come back. */
  async stir(rate: number, seconds: number): Promise<void> {
    const began = performance.now();
    const doing: Promise<void>[] = [];
    for (let moved = 0; moved < rate * seconds; moved++) {
      const due = began + moved * 1000 / rate - performance.now();
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
      const index = moved % 2 === 0
        ? moved * 7 % this.#tokens.length
        : (moved - 1) * 7 % this.#tokens.length;
      doing.push(this.#move(index));
    }
    await Promise.all(doing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers.values()) peer.close();
    return Promise.resolve();
  }

  async #move(index: number): Promise<void> {
    const peer = this.#peers.get(index);
    this.#peers.delete(index);
    if (peer) peer.close();
    else await this.#come(index);
  }

  async #come(index: number): Promise<void> {
    const { peer } = await this.#connect(index);
    this.#peers.set(index, peer);
  }

  async #connect(index: number) {
    const none = { onEvent: () => {}, onPiece: () => {}, onEnd: () => {} };
    const peer = await Peer.connect(this.#port, none);
    const token = this.#tokens[index];
    const hello = { t: "hello", v: 1, user: nameOf(index) };
    const answer = await peer.ask(token === undefined ? hello : { ...hello, token });
    return { peer, token: String(answer.token) };
  }
}

async function inBunches(count: number, act: (index: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    const bunch = Math.min(atOnce, count - from);
    await Promise.all(Array.from({ length: bunch }, (_, index) => act(from + index)));
  }
}
