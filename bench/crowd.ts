/** All connections of the load client, greeted and in their rooms. */

import type { JsonObject } from "../lib/wire/fields.ts";
import { Ledger } from "./ledger.ts";
import type { Order } from "./order.ts";
import { Payload } from "./payload.ts";
import { Peer } from "./peer.ts";
import type { Checked } from "./result.ts";
import { Sender } from "./sender.ts";

/** Connections that are made at once. */
const connectsAtOnce = 32;

/** What a crowd tells while it hears. */
export interface Hearing {
  /** A message has come; `due` is when it was to be said, in microseconds. */
  onDelivery?(due: number): void;
  /** A piece of what came to one connection has been taken. */
  onPiece?(): void;
}

/** The connections, what they say, and what they have heard. */
export class Crowd implements Disposable {
  readonly ledger: Ledger;
  readonly senders: readonly Sender[];
  readonly #peers: readonly Peer[];
  readonly #ended: () => number;

  private constructor(parts: {
    readonly ledger: Ledger;
    readonly senders: readonly Sender[];
    readonly peers: readonly Peer[];
    ended(): number;
  }) {
    this.ledger = parts.ledger;
    this.senders = parts.senders;
    this.#peers = parts.peers;
    this.#ended = parts.ended;
  }

  /** Connects everybody, to the nodes by turns where there are several, and has each join a room. */
  static async gather(
    order: Order & { readonly ports?: readonly number[] },
    hearing: Hearing = {},
  ): Promise<Crowd> {
    const { conns, senders, rooms, window, bytes, ports = [order.port] } = order;
    const hears = (receiver: number, sender: number) => receiver % rooms === sender % rooms;
    const ledger = new Ledger({ receivers: conns, senders, window, hears });
    const payload = new Payload(bytes);
    const roomOf = (index: number) => `bench${index % rooms}`;
    let ended = 0;
    async function join(index: number): Promise<Peer> {
      const peer = await Peer.connect(ports[index % ports.length], {
        onEvent: (line, from, to) => take(index, line, from, to),
        onPiece: () => hearing.onPiece?.(),
        onEnd: () => ended++,
      });
      await peer.ask({ t: "hello", v: 1, user: `b${index}.${Deno.pid}` });
      await peer.ask({ t: "join", room: roomOf(index) });
      return peer;
    }
    function take(index: number, line: Uint8Array, from: number, to: number): void {
      const at = payload.find(line, from, to);
      if (at < 0) return;
      if (!payload.read(line, at, to)) {
        ledger.corrupt++;
        return;
      }
      ledger.take(index, payload.sender, payload.seq);
      hearing.onDelivery?.(payload.due);
    }
    const peers: Peer[] = [];
    while (peers.length < conns) {
      const count = Math.min(connectsAtOnce, conns - peers.length);
      const some = Array.from({ length: count }, (_, index) => join(peers.length + index));
      peers.push(...await Promise.all(some));
    }
    const speakers = Array.from({ length: senders }, (_, index) => {
      const peer = peers[index];
      return new Sender({ index, room: roomOf(index), order, peer, ledger, payload });
    });
    return new Crowd({ ledger, senders: speakers, peers, ended: () => ended });
  }

  /** Resolves when everything that is said has come, or can't come any more. */
  async settle(): Promise<void> {
    await Promise.all(this.senders.map((sender) => sender.sent()));
    // Answers come in order: after the senders' everything is decided and on its way to all, and
    // after everybody's it has come.
    const senders = this.#peers.slice(0, this.senders.length);
    await Promise.all(senders.map((peer) => peer.ask({ t: "ping" })));
    await Promise.all(this.#peers.map((peer) => peer.ask({ t: "ping" })));
  }

  /** Whether everybody has got all that was said. */
  get isLevel(): boolean {
    return this.ledger.outstanding.every((count) => count === 0);
  }

  /** The first connection sends a command; resolves with its answer. */
  ask(command: JsonObject): Promise<JsonObject> {
    return this.#peers[0].ask(command);
  }

  /** What was wrong. Where things said are `answered`, one without an answer is a fault. */
  checked({ answered }: { readonly answered: boolean }): Checked {
    const said = this.senders.reduce((sum, sender) => sum + sender.said, 0);
    const acknowledged = this.#peers.reduce((sum, peer) => sum + peer.acknowledged, 0);
    const refused = this.#peers.reduce((sum, peer) => sum + peer.refusals.length, 0);
    const faults = {
      ...this.ledger.faults(),
      unanswered: answered ? said - acknowledged - refused : 0,
      refused,
      ended: this.#ended(),
    };
    const { delivered } = this.ledger;
    return { delivered, faults, verified: Object.values(faults).every((count) => count === 0) };
  }

  /** Ends every connection. */
  [Symbol.dispose](): void {
    for (const peer of this.#peers) peer.close();
  }
}
