/** A transfer whose bytes are all there is checked and becomes a file; or it ends without one. */

import { ChatError } from "../errors.ts";
import { type FileSteps, type Finished, finishFile } from "./file_steps.ts";
import type { Incoming, TransferRecord } from "../file_store.ts";
import { requireHash } from "../files.ts";

/**
 * Goes through the steps that are left; of one that is shared already, answers what came of it.
 *
 * @param incoming The transfer's file where it is open; it is closed.
 * @param sha256 What its sender says that its bytes are.
 * @throws {ChatError} `bad_hash`, `bad_message` for a cid that stands for something else by now,
 * `no_such_user` where nobody is left to get it, `no_such_transfer` where its bytes are gone, `moved`
 * where there aren't as many as were sent; or
 * why it can't be kept now, after which the same may be tried again.
 */
export async function finishTransfer(
  steps: FileSteps,
  record: TransferRecord,
  { incoming, sha256 }: { readonly incoming?: Incoming; readonly sha256?: string },
): Promise<Finished> {
  const { state, transfer } = record;
  if (state.is !== "unfinished") {
    await incoming?.[Symbol.asyncDispose]();
    requireHash(state.file.sha256, sha256);
    return await finishFile(steps, record, state.file.sha256);
  }
  const found = await sealed(incoming ?? await steps.blobs.receive(transfer), record);
  requireHash(found, sha256);
  return await finishFile(steps, record, found);
}

async function sealed(
  incoming: Incoming,
  { transfer, size }: Pick<TransferRecord, "transfer" | "size">,
): Promise<string> {
  await using open = incoming;
  // Another node may have written to it, that was taken for gone.
  if (open.offset !== size) {
    const how = '"resume" says from which byte on it has to come';
    throw new ChatError("moved", `Cannot finish: bytes are missing; ${how}`, { transfer });
  }
  return await open.seal();
}
