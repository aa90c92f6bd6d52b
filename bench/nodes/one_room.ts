/** A room with writers on several nodes at once, and a transcript of what all of them are told. */

import { delay } from "@std/async/delay";
import { Payload } from "../payload.ts";
import { Peer } from "../peer.ts";
import type { Order } from "../order.ts";
import { Sender } from "../sender.ts";
import { Transcript } from "./transcript.ts";

const room = "bench0";
/** Time until everybody has heard that all the others are there. */
const presenceMs = 1000;
/** What is said when everybody is there: nothing before it is looked at. */
const beginning = "now we begin";
const decoder = new TextDecoder();
/** Bytes of a message as it is told, at most. */
const lineBytesMax = 512;
/** Connections that are made at once. */
const connectsAtOnce = 32;

/** Everybody in it writes, and is on one of the nodes by turns. */
export class OneRoom implements Disposable {
  readonly transcript: Transcript;
  readonly senders: readonly Sender[];
  readonly #peers: readonly Peer[];
  /** Called when something was told. */
  onPiece: () => void = () => {};
  #isOn = false;
  #isDue = false;

  private constructor(
    transcript: Transcript,
    senders: readonly Sender[],
    peers: readonly Peer[],
  ) {
    this.transcript = transcript;
    this.senders = senders;
    this.#peers = peers;
  }

  /** Resolves when everybody is there. */
  static async gather(order: Order & { readonly ports: readonly number[] }): Promise<OneRoom> {
    const { conns, window, ports } = order;
    const payload = new Payload(order.bytes);
    const bytesMax = conns * window * lineBytesMax;
    const transcript = new Transcript({ receivers: conns, senders: conns, payload, bytesMax });
    const begun: Promise<void>[] = [];
    let self: OneRoom | undefined;
    async function join(index: number): Promise<Peer> {
      const { promise, resolve } = Promise.withResolvers<void>();
      begun.push(promise);
      const peer = await Peer.connect(ports[index % ports.length], {
        onEvent(line, from, to) {
          if (decoder.decode(line.subarray(from, to)).includes(beginning)) resolve();
        },
        onPiece: () => self?.goOn(),
        onEnd: () => transcript.ended(index),
      });
      await peer.ask({ t: "hello", v: 1, user: `b${index}.${Deno.pid}` });
      await peer.ask({ t: "join", room });
      return peer;
    }
    const peers: Peer[] = [];
    while (peers.length < conns) {
      const count = Math.min(connectsAtOnce, conns - peers.length);
      const some = Array.from({ length: count }, (_, index) => join(peers.length + index));
      peers.push(...await Promise.all(some));
    }
    await delay(presenceMs);
    await peers[0].ask({ t: "say", room, text: beginning });
    await Promise.all(begun);
    for (const [index, peer] of peers.entries()) {
      peer.takeLines = (bytes, to) => transcript.take(index, bytes, to);
    }
    const senders = peers.map((peer, index) => {
      return new Sender({ index, room, order, peer, ledger: transcript, payload });
    });
    return self = new OneRoom(transcript, senders, peers);
  }

  /** Everybody says as much as they may from now on. */
  begin(): void {
    this.#isOn = true;
    this.goOn();
  }

  /** Nobody says anything more. */
  end(): void {
    this.#isOn = false;
  }

  /** Something was told: once for all that comes in a turn, whoever may says more. */
  goOn(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.transcript.count();
      this.onPiece();
      if (this.#isOn) { for (const sender of this.senders) sender.fill(); }
    });
  }

  [Symbol.dispose](): void {
    for (const peer of this.#peers) peer.close();
  }
}
