/** The two streams that have files, as they have to be. */

import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import type { FileLayout } from "./file_layout.ts";

/** How much is kept, and how often. */
export interface Keep {
  readonly replicas: number;
  /** Bytes of files altogether, without their copies. */
  readonly room: number;
}

/** Everything is kept until it is taken out, and refused where there is no more room. */
const kept = {
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  allow_direct: true,
  deny_purge: true,
} as const satisfies Partial<StreamConfig>;

/** Makes the streams where they aren't there, and larger or with more replicas where they are. */
export async function makeFileStreams(
  jsm: JetStreamManager,
  { notes, bytes }: FileLayout,
  { replicas, room }: Keep,
): Promise<void> {
  await make(jsm, { name: notes.stream, subjects: [notes.subjects], num_replicas: replicas });
  await make(jsm, {
    name: bytes.stream,
    subjects: [bytes.subjects],
    num_replicas: replicas,
    max_bytes: room,
    // The last piece of a file is written again when there is more of it.
    max_msgs_per_subject: 1,
  });
}

/** Whether a Parley keeps its files here. */
export async function hasFileStreams(jsm: JetStreamManager, layout: FileLayout): Promise<boolean> {
  return await configOf(jsm, layout.bytes.stream) !== undefined;
}

async function make(
  jsm: JetStreamManager,
  wanted: Pick<StreamConfig, "name" | "subjects" | "num_replicas"> & Partial<StreamConfig>,
): Promise<void> {
  const there = await configOf(jsm, wanted.name);
  if (there === undefined) {
    // Where two nodes are the first at once, they ask for the same.
    await jsm.streams.add({ ...kept, ...wanted });
    return;
  }
  // Somebody may have given it more by hand, and less might be less than it has.
  const num_replicas = Math.max(there.num_replicas, wanted.num_replicas);
  const max_bytes = larger(there.max_bytes, wanted.max_bytes ?? there.max_bytes);
  if (there.num_replicas === num_replicas && there.max_bytes === max_bytes) return;
  await jsm.streams.update(wanted.name, { num_replicas, max_bytes });
}

/** Of two bounds; -1 is none. */
function larger(one: number, other: number): number {
  return one < 0 || other < 0 ? -1 : Math.max(one, other);
}

async function configOf(jsm: JetStreamManager, stream: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(stream)).config;
  } catch (error) {
    const isMissing = error instanceof JetStreamApiError &&
      error.code === JetStreamApiCodes.StreamNotFound;
    if (isMissing) return undefined;
    throw error;
  }
}
