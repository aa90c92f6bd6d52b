/** The two streams, one message at a time; reading.ts reads the entries on and on. */

import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
  type StreamConfig,
} from "@nats-io/jetstream";
import { parseLine } from "../../wire/decode.ts";
import { checkFields, flag, integer, opaque, optional } from "../../wire/fields.ts";
import type { NodeId } from "../../nodes.ts";
import type { Entry, Founding } from "../order.ts";
import { type Layout, signed, signedIn } from "./layout.ts";

/** How long NATS may take to say that it keeps something, or has it, until that is asked again. */
export const answerMs = 2000;
/** The same for an entry: it takes a server of NATS that was lost some seconds to be replaced. */
const keepMs = 1000;
const noCluster =
  "it is one server, and no cluster; --nats-replicas is for as many servers as it says";
/** The sign of whoever founds: no node's. */
const founder = "founder" as NodeId;
const foundingFields = { id: opaque(), events: integer(0), keepsFiles: optional(flag) } as const;

/** A founding, with what all nodes do as the first one did. */
export interface NatsFounding extends Founding {
  /** Whether NATS keeps their files; missing where an earlier version began. */
  readonly keepsFiles?: boolean;
}

/** What stands for an entry in its place. */
interface Standing {
  readonly text: string;
  readonly node: NodeId;
  readonly number: number;
  /** Its number in the stream of what stands for others; 0 where it is the entry itself. */
  readonly instead: number;
}

/** What one server of NATS has at a position: an entry, a place that was erased, or nothing yet. */
export type Glimpse = Entry | "erased" | "later";

/** Makes and reads both streams. */
export class Streams {
  readonly #js: JetStreamClient;
  readonly #jsm: JetStreamManager;
  readonly #layout: Layout;

  constructor(js: JetStreamClient, jsm: JetStreamManager, layout: Layout) {
    this.#js = js;
    this.#jsm = jsm;
    this.#layout = layout;
  }

  /** Makes the streams where they aren't there, and more replicas of them where there are less. */
  async make(replicas: number): Promise<void> {
    const { entries, instead } = this.#layout;
    await this.#make(entries.stream, entries.subject, replicas);
    await this.#make(instead.stream, instead.subject("*"), replicas);
  }

  /**
   * Begins the order where nobody has; of several who do at once, the first counts. Nothing that NATS
   * might refuse is published to this stream: after that, servers of 2.9 that were killed count its
   * messages otherwise than the others.
   */
  async found(founding: NatsFounding): Promise<NatsFounding> {
    const text = JSON.stringify(founding);
    if (await this.last() === 0) await this.publish({ node: founder, number: 0, text });
    const found = await this.founding();
    if (found) return found;
    const { stream } = this.#layout.entries;
    throw new Error(`the stream "${stream}" of NATS doesn't begin as one of Parley's does`);
  }

  /** What the order began with; `undefined` where nobody has begun it, or it isn't one of Parley's. */
  async founding(): Promise<NatsFounding | undefined> {
    try {
      const first = await this.#message(this.#layout.entries.stream, 1);
      const json = first && parseLine(signedIn(first.data).text);
      return json && checkFields(foundingFields, json);
    } catch (error) {
      if (isApiError(error, JetStreamApiCodes.StreamNotFound)) return undefined;
      throw error;
    }
  }

  /** The number of the newest entry, also where it was erased. */
  async last(): Promise<number> {
    const { state } = await this.#jsm.streams.info(this.#layout.entries.stream);
    return state.last_seq;
  }

  /** Resolves with the position when an entry is kept, on a majority of the replicas. */
  async publish(entry: Omit<Entry, "position">): Promise<number> {
    const { subject } = this.#layout.entries;
    const { seq } = await this.#js.publish(subject, signed(entry), { timeout: keepMs });
    return seq;
  }

  async entry(position: number): Promise<Entry | undefined> {
    const standing = await this.#standing(position);
    return standing && { position, ...standing };
  }

  /**
   * What stands at a position, by any server of NATS that can be asked: they answer while they have
   * elected nobody. One that is behind has nothing yet, and what was just erased it may still have.
   */
  async glimpse(position: number): Promise<Glimpse> {
    const { stream, subject } = this.#layout.entries;
    const query = { seq: position, next_by_subj: subject };
    const found = await this.#jsm.direct.getMessage(stream, query);
    if (found === null) return "later";
    return found.seq === position ? { position, ...signedIn(found.data) } : "erased";
  }

  /** The position of the newest entry that any server of NATS has, which there may be newer ones than. */
  async newest(): Promise<number> {
    const { stream, subject } = this.#layout.entries;
    const found = await this.#jsm.direct.getMessage(stream, { last_by_subj: subject });
    return found?.seq ?? 0;
  }

  /** Puts a text in an entry's place, and takes what stood there off the disks. */
  async replace({ position, text }: Pick<Entry, "position" | "text">): Promise<void> {
    const { entries, instead } = this.#layout;
    const standing = await this.#standing(position);
    if (standing === undefined) throw new Error(`Entry ${position} isn't there`);
    let newest = standing.instead;
    if (text !== standing.text) {
      const { node, number } = standing;
      const payload = signed({ node, number, text });
      newest = (await this.#js.publish(instead.subject(position), payload)).seq;
    }
    if (newest === 0) return;
    // Its stand-in is there before it goes, and nobody needs an older one.
    await this.#erase(entries.stream, position);
    await this.#eraseOlder(instead.subject(position), newest);
  }

  async #eraseOlder(subject: string, newest: number): Promise<void> {
    const { stream } = this.#layout.instead;
    for (let seq = 1; seq < newest;) {
      const next = await this.#jsm.direct.getMessage(stream, { next_by_subj: subject, seq });
      if (next === null || next.seq >= newest) return;
      await this.#erase(stream, next.seq);
      seq = next.seq + 1;
    }
  }

  /** Writes over a message in its file, and takes it out. */
  async #erase(stream: string, seq: number): Promise<void> {
    try {
      await this.#jsm.streams.deleteMessage(stream, seq, true);
    } catch (error) {
      if (await this.#message(stream, seq) !== undefined) throw error;
    }
  }

  async #standing(position: number): Promise<Standing | undefined> {
    const { entries, instead } = this.#layout;
    // In this order: the entry goes when its stand-in is there.
    const itself = await this.#message(entries.stream, position);
    const message = await this.#lastOf(instead.stream, instead.subject(position)) ?? itself;
    if (message === undefined) return undefined;
    return { ...signedIn(message.data), instead: message === itself ? 0 : message.seq };
  }

  async #message(stream: string, seq: number): Promise<StoredMsg | undefined> {
    return await this.#jsm.streams.getMessage(stream, { seq }) ?? undefined;
  }

  async #lastOf(stream: string, subject: string): Promise<StoredMsg | undefined> {
    return await this.#jsm.streams.getMessage(stream, { last_by_subj: subject }) ?? undefined;
  }

  async #make(name: string, subject: string, replicas: number): Promise<void> {
    try {
      const { config, cluster } = await this.#jsm.streams.info(name);
      // Somebody may have given it more by hand.
      if (config.num_replicas >= replicas) return;
      // 2.9 says yes, and refuses the stream at its next start.
      if (cluster === undefined) throw new Error(noCluster);
      await this.#jsm.streams.update(name, { num_replicas: replicas });
    } catch (error) {
      if (!isApiError(error, JetStreamApiCodes.StreamNotFound)) throw error;
      // Where two nodes are the first at once, they ask for the same.
      await this.#jsm.streams.add({ ...kept, name, subjects: [subject], num_replicas: replicas });
    }
  }
}

/** Everything is kept, for good, and refused rather than forgotten where there is no more room. */
const kept = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  deny_purge: true,
  allow_direct: true,
} as const satisfies Partial<StreamConfig>;

function isApiError(error: unknown, code: JetStreamApiCodes): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
