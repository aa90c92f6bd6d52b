/** What isn't kept: notes between the nodes, and which of them are there. */

import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { type Clock, every, type Stop, within } from "../../clock.ts";
import { parseLine } from "../../wire/decode.ts";
import { checkFields, flag, integer, type JsonObject, note, optional } from "../../wire/fields.ts";
import type { NodeAddress, NodeId } from "../../nodes.ts";
import type { Passenger } from "../order.ts";
import { type Layout, signed, signedIn } from "./layout.ts";

/** How often a node says that it is there. */
const beatMs = 2000;
/** Silence that ends its lease. */
const leaseMs = 7000;
const checkMs = 1000;
/** How long the last word may take. */
const lastWordMs = 1000;

const beatFields = {
  /** Up to where it has read the entries. */
  position: integer(0),
  /** Missing where it leaves, or asks and takes no part. */
  chat: optional(note(1024)),
  web: optional(note(1024)),
  /** Whether it wants to know at once who is there. */
  asks: optional(flag),
  leaves: optional(flag),
} as const;

/** A node that is there. */
interface Present {
  address: NodeAddress;
  heardAt: number;
}

/** What a bus needs. */
export interface BusOptions {
  readonly connection: NatsConnection;
  readonly layout: Layout;
  readonly node: NodeId;
  readonly clock: Clock;
  /** Up to where this node has read the entries. */
  position(): number;
  /** Another one has read that far. */
  onPosition(position: number): void;
}

/** Tells and hears what goes between nodes; owns which of them are there. */
export class Bus implements Disposable {
  readonly #options: BusOptions;
  readonly #present = new Map<NodeId, Present>();
  #passenger: Passenger | undefined;
  /** Where this node is reached, while it takes part. */
  #address: NodeAddress | undefined;
  /** When NATS has answered last: silence before that says nothing about others. */
  #linkedAt: number;
  #isChecking = false;
  #stops: readonly Stop[] = [];
  #subscriptions: readonly { unsubscribe(): void }[] = [];

  constructor(options: BusOptions) {
    this.#options = options;
    this.#linkedAt = options.clock.now();
  }

  /** Begins to hear. */
  board(passenger: Passenger): void {
    const { connection, layout, node, clock } = this.#options;
    this.#passenger = passenger;
    const hear = (subject: string, take: (from: NodeId, json: JsonObject) => void) =>
      connection.subscribe(subject, {
        callback: (error, message) => {
          const heard = error === null ? heardIn(message) : undefined;
          if (heard && heard.from !== node) take(heard.from, heard.json);
        },
      });
    const takeNote = (from: NodeId, json: JsonObject) => this.#passenger?.note(from, json);
    this.#subscriptions = [
      hear(layout.notes, takeNote),
      hear(layout.notesTo(node), takeNote),
      hear(layout.beats, (from, json) => this.#heard(from, json)),
    ];
    this.#stops = [
      every(clock, beatMs, () => this.#beat()),
      every(clock, checkMs, () => void this.#check()),
    ];
    this.#beat({ asks: true });
  }

  pass(note: JsonObject, to?: NodeId): void {
    const { layout, node } = this.#options;
    const text = JSON.stringify(note);
    this.#publish(to === undefined ? layout.notes : layout.notesTo(to), text, node);
  }

  join(address: NodeAddress): void {
    this.#address = address;
    this.#beat({ asks: true });
  }

  /** Takes part no more; resolves when NATS has heard it, or can't. */
  async leave(): Promise<void> {
    if (this.#address === undefined) return;
    this.#address = undefined;
    this.#beat({ leaves: true });
    const { connection, clock } = this.#options;
    if (!connection.isClosed()) await within(clock, lastWordMs, connection.flush());
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
    if (this.#options.connection.isClosed()) return;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #beat(more: { readonly asks?: true; readonly leaves?: true } = {}): void {
    if (this.#address === undefined && Object.keys(more).length === 0) return;
    const { layout, node } = this.#options;
    const beat = { position: this.#options.position(), ...this.#address, ...more };
    this.#publish(layout.beats, JSON.stringify(beat), node);
  }

  #publish(subject: string, text: string, node: NodeId): void {
    const { connection } = this.#options;
    if (connection.isClosed()) return;
    connection.publish(subject, signed({ node, number: 0, text }));
  }

  #heard(node: NodeId, json: JsonObject): void {
    const beat = checkFields(beatFields, json);
    if (!beat) return;
    const { position, chat, web, asks, leaves } = beat;
    this.#options.onPosition(position);
    if (leaves) this.#gone(node);
    if (chat !== undefined) {
      this.#there(node, { chat, ...web !== undefined && { web } });
    }
    if (asks) this.#beat();
  }

  #there(node: NodeId, address: NodeAddress): void {
    const heardAt = this.#options.clock.now();
    const known = this.#present.get(node);
    this.#present.set(node, { address, heardAt });
    if (known && known.address.chat === address.chat && known.address.web === address.web) return;
    this.#passenger?.came(node, address);
    // It may know us, or may not.
    if (!known) this.#beat();
  }

  #gone(node: NodeId): void {
    if (this.#present.delete(node)) this.#passenger?.went(node);
  }

  /** Ends the leases of those who are silent, while we are sure to hear. */
  async #check(): Promise<void> {
    const { connection } = this.#options;
    if (this.#isChecking || connection.isClosed()) return;
    this.#isChecking = true;
    try {
      await connection.flush();
      this.#endLeases();
    } catch {
      // There is no connection now.
    } finally {
      this.#isChecking = false;
    }
  }

  #endLeases(): void {
    const { clock } = this.#options;
    const now = clock.now();
    if (now - this.#linkedAt > leaseMs / 2) {
      // Nobody was heard, whoever was there.
      for (const present of this.#present.values()) present.heardAt = now;
      this.#beat({ asks: true });
    }
    this.#linkedAt = now;
    for (const [node, { heardAt }] of [...this.#present]) {
      if (now - heardAt > leaseMs) this.#gone(node);
    }
  }
}

/** What a node has said; nothing where none did: NATS's client ends a connection with an error. */
function heardIn(
  { data }: Msg,
): { readonly from: NodeId; readonly json: JsonObject } | undefined {
  try {
    const { node: from, text } = signedIn(data);
    const json = parseLine(text);
    return json && { from, json };
  } catch {
    return undefined;
  }
}
