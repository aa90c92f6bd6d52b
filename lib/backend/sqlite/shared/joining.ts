/** A store that takes part in an order which several nodes share, in place of writing by itself. */

import { type Clock, within } from "../../../clock.ts";
import type { Nodes } from "../../../nodes.ts";
import type { Entry, Order } from "../../order.ts";
import type { WorkQueue } from "../commit_queue.ts";
import type { Port } from "../port.ts";
import type { Kept, Opened, WriterCalls } from "../work.ts";
import { Applying } from "./applying.ts";
import { Eraser } from "./erasing.ts";
import { OtherNodes } from "./other_nodes.ts";
import { Publishing } from "./publishing.ts";

/** How long an end waits for what was asked for before it. */
const lastMs = 3000;

const anew =
  'begin anew with what "deno task admin restore" makes of a backup of the node that has most';
const nothingThere =
  "it is a node's, and NATS has nothing of it: --nats and --nats-name have to be those of " +
  `the other nodes. Where NATS has lost everything, ${anew}`;

/** What a store needs to take part. */
export interface JoiningOptions {
  readonly writer: Port<WriterCalls>;
  readonly clock: Clock;
  /** Hears of each transaction that is in the store. */
  readonly onCommit: (kept: Kept) => void;
}

/** A store's part in an order, until it is disposed of; the order itself belongs to others. */
export interface Part extends AsyncDisposable {
  readonly queue: WorkQueue;
  readonly nodes: Nodes;
  /** Resolves when everything is here that is in the order now. */
  caughtUp(): Promise<void>;
  /** Resolves when nothing that was deleted here up to now is in the order. */
  erased(): Promise<void>;
}

/**
 * Makes sure that a store and an order belong together, and resolves with the store's name: an empty
 * store takes that of the order.
 *
 * @throws {Error} the rest of a sentence about the store's folder.
 */
export async function belong(
  order: Order,
  { writer, opened }: { readonly writer: Port<WriterCalls>; readonly opened: Opened },
): Promise<string> {
  const { id, n, position, newest, isEmpty } = opened;
  // Before this node founds what a wrong name would leave there.
  if (position > 0 && await order.last() === 0) throw new Error(nothingThere);
  const found = await order.found({ id, events: n });
  if (found.id !== id && !isEmpty) {
    throw new Error(
      "it is another Parley's than the one that the other nodes share; name another folder with --data",
    );
  }
  if (position === 0 && n !== found.events) {
    throw new Error(
      `this Parley was one server before, and NATS hasn't what it had then (${found.events} events): ` +
        "copy the data folder of a node that is stopped to an empty one, and name that with --data",
    );
  }
  if (found.id !== id) await writer.ask("adopt", found.id);
  const there = newest && await order.entry(position);
  // Others may have written on since.
  const isOther = there && (there.node !== newest.node || there.number !== newest.number);
  if (isOther || await order.last() < position) {
    throw new Error(
      `it has more than NATS, which has lost its end; ${anew}, under another --nats-name`,
    );
  }
  return found.id;
}

/** Begins to take part. */
export function join(
  order: Order,
  opened: Opened,
  { writer, clock, onCommit }: JoiningOptions,
): Part {
  const publishing = new Publishing(order, clock);
  const applying: Applying = new Applying(opened.position, {
    clock,
    node: order.id,
    publishing,
    apply: (entries) => writer.askPacked("apply", entries),
    onApplied(taken, entries) {
      onCommit(taken);
      if (taken.erasing.length === 0) return;
      const own = new Set(entries.filter(({ node }) => node === order.id).map(placeOf));
      eraser.begin(taken.erasing.filter(({ since }) => own.has(since)));
    },
    onNews: (news) => nodes.tell(news),
    onStuck: (isStuck) => nodes.setStuck(isStuck),
  });
  const nodes = new OtherNodes(order, applying, clock);
  const caughtUp = async () => await applying.reached(await order.last());
  const eraser = new Eraser({ order, writer, queue: publishing, clock, caughtUp });
  order.read(opened.position, (entries) => applying.take(entries));
  return {
    queue: publishing,
    nodes,
    async caughtUp() {
      await caughtUp();
      nodes.begin();
    },
    erased: () => eraser.settled(),
    async [Symbol.asyncDispose]() {
      await within(clock, lastMs, publishing.settled());
      eraser.close();
      publishing.close();
      applying.close();
    },
  };
}

function placeOf({ position }: Entry): number {
  return position;
}
