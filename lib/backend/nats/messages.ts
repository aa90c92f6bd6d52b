/**
 * Finds and takes out messages of a stream, one by one. A server of NATS 2.9.10 that is killed after a
 * purge of a subject comes back without messages of other subjects, and as the leader it takes them
 * from the others: so nothing is purged.
 */

import { type FileStreams, insist } from "./asking.ts";

/** Every subject with messages that fits a pattern. @throws as {@linkcode insist} does */
export async function subjectsOf(
  { jsm, clock }: FileStreams,
  stream: string,
  pattern: string,
): Promise<readonly string[]> {
  const ask = () => jsm.streams.info(stream, { subjects_filter: pattern });
  const { value: { state } } = await insist(ask, clock);
  return Object.keys(state.subjects ?? {});
}

/** Takes a message out, where it is there. @throws as {@linkcode insist} does */
export async function takeOut(
  { jsm, clock }: FileStreams,
  stream: string,
  seq: number,
): Promise<void> {
  await insist(async () => {
    try {
      await jsm.streams.deleteMessage(stream, seq, false);
    } catch (error) {
      if (await jsm.streams.getMessage(stream, { seq }) !== null) throw error;
    }
  }, clock);
}
