/** A whole file over HTTP with one request: `curl -T notes.pdf …/drop/lobby/?user=ci`. */

import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { SharedFile } from "../events.ts";
import type { TransferId } from "../names.ts";
import { Visit } from "../peer/visit.ts";
import { comerOf } from "./comer.ts";
import { pour, requireTurn } from "./pouring.ts";
import type { Route, RouteValues, WebAnswer, WebRequest } from "./route.ts";
import { jsonAnswer, refusalAnswer } from "./statuses.ts";

/** Sending a file. */
export const dropRoute: Route = { method: "PUT", pattern: "/drop/:room/:name", run: drop };

async function drop(core: Core, request: WebRequest, values: RouteValues): Promise<WebAnswer> {
  const size = lengthOf(request);
  if (size === undefined) {
    const how = "say how many bytes come with Content-Length, or use tus at /files";
    return refusalAnswer(new ChatError("bad_message", `Cannot take that: ${how}`), 411);
  }
  await using visit = await Visit.begin(core, comerOf(request));
  await visit.enter(values.room);
  const offer = { ...values, ...offerOf(request), size };
  let standing = await visit.run("offer", offer);
  // What a request before has sent of it can't be told from what would be missing.
  if (standing.offset > 0 && standing.offset < size) {
    await dropped(visit, standing.transfer);
    standing = await visit.run("offer", offer);
  }
  const { transfer, offset, place } = standing;
  if (offset < size) {
    try {
      await requireTurn(visit, place);
      await pour(visit, standing, request.body());
    } catch (error) {
      // Somebody goes on with it already, or may under its cid, perhaps before this end was heard of.
      const isLeft = error instanceof ChatError ? error.code === "moved" : offer.cid !== undefined;
      if (!isLeft) await dropped(visit, transfer).catch(() => {});
      throw explained(error);
    }
  }
  const { file } = await visit.run("finish", { transfer }).catch((error) => {
    throw explained(error);
  });
  const url = fileUrl(file);
  return jsonAnswer(201, { ...file, url }, { location: url });
}

/** Drops a transfer, which the request before may be doing at the same time. */
async function dropped(visit: Visit, transfer: TransferId): Promise<void> {
  try {
    await visit.run("cancel", { transfer });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ChatError && error.code === "no_such_transfer";
}

/** Of two requests under one cid the later counts, and begins anew: what the other is told. */
function explained(error: unknown): unknown {
  if (!isGone(error)) return error;
  const how = "another request under this cid sends it, or it was cancelled";
  return new ChatError("moved", `Cannot go on: ${how}; try again`);
}

/** The path at which a file can be fetched. */
export function fileUrl({ file, name }: Pick<SharedFile, "file" | "name">): string {
  return `/files/${file}/${encodeURIComponent(name)}`;
}

/** The bytes of a body, where its sender says how many there are. */
export function lengthOf({ headers }: WebRequest): number | undefined {
  const length = headers["content-length"];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function offerOf({ headers, query }: WebRequest) {
  const mime = headers["content-type"];
  const [cid, other, folder] = ["cid", "with", "folder"].map((name) => query.get(name));
  return {
    ...mime !== undefined && { mime },
    ...cid !== null && { cid },
    ...other !== null && { with: other },
    ...folder !== null && { folder },
  };
}
