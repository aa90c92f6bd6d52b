/**
 * Uploads that go on where they stopped, with tus 1.0 (https://tus.io/protocols/resumable-upload):
 * an upload is a transfer, and has a place in the same queue.
 */

import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import type { SharedFile } from "../events.ts";
import type { TransferId } from "../names.ts";
import { Visit } from "../peer/visit.ts";
import { comerOf } from "./comer.ts";
import { fileUrl, lengthOf } from "./drop_route.ts";
import { pour, requireTurn } from "./pouring.ts";
import type { Route, RouteValues, WebAnswer, WebRequest } from "./route.ts";
import { refusalAnswer } from "./statuses.ts";
import {
  metadataHeader,
  numberOf,
  offerOf,
  offsetType,
  tusExtensions,
  tusVersion,
} from "./tus_headers.ts";

/** Everything of tus. */
export const tusRoutes: readonly Route[] = [
  { method: "OPTIONS", pattern: "/files", run: options },
  { method: "OPTIONS", pattern: "/files/:transfer", run: options },
  tus("POST", "/files", create),
  tus("HEAD", "/files/:transfer", head),
  tus("PATCH", "/files/:transfer", patch),
  tus("DELETE", "/files/:transfer", terminate),
  tus("POST", "/files/:transfer", override),
];

/** What does one thing for somebody who is there while it does. */
type Run = (to: To, values: RouteValues) => Promise<WebAnswer>;

interface To {
  readonly core: Core;
  readonly request: WebRequest;
  readonly visit: Visit;
}

/** How a transfer stands, or the file that it has become. */
type Standing =
  | { readonly file: SharedFile }
  | {
    readonly file?: undefined;
    readonly transfer: TransferId;
    readonly name: string;
    readonly offset: number;
    readonly size: number;
    readonly place: number;
  };

function tus(method: string, pattern: string, run: Run): Route {
  return {
    method,
    pattern,
    run: async (core, request, values) => {
      const answer = await answered(run, { core, request, values });
      return { ...answer, headers: { ...answer.headers, "tus-resumable": tusVersion } };
    },
  };
}

async function answered(
  run: Run,
  { core, request, values }: Omit<To, "visit"> & { readonly values: RouteValues },
): Promise<WebAnswer> {
  try {
    if (request.headers["tus-resumable"] !== tusVersion) return wrongVersion();
    // A guest for one request couldn't go on with what they began.
    const { user: _user, ...comer } = comerOf(request);
    await using visit = await Visit.begin(core, comer);
    return await run({ core, request, visit }, values);
  } catch (error) {
    // Refusals, too, have to say which version they are in.
    if (error instanceof ChatError && error.cause === undefined) return refusalAnswer(error);
    throw error;
  }
}

function wrongVersion(): WebAnswer {
  const must = `"Tus-Resumable" has to be ${tusVersion}`;
  const answer = refusalAnswer(new ChatError("bad_version", `Cannot take that: ${must}`), 412);
  return { ...answer, headers: { ...answer.headers, "tus-version": tusVersion } };
}

function options(core: Core): Promise<WebAnswer> {
  return Promise.resolve({
    status: 204,
    headers: {
      "tus-resumable": tusVersion,
      "tus-version": tusVersion,
      "tus-extension": tusExtensions,
      "tus-max-size": String(core.bounds.fileBytesMax),
    },
  });
}

async function create(to: To): Promise<WebAnswer> {
  const { core, request, visit } = to;
  const offer = offerOf(request.headers);
  const { transfer, offset, place } = await visit.run("offer", offer);
  const location = `/files/${transfer}`;
  const { name, size } = offer;
  const standing = { transfer, name, size, offset, place };
  const brings = request.headers["content-type"] === offsetType && lengthOf(request) !== 0;
  // Where it can't be sent at once, or was begun before, it is gone on with by itself.
  const now = offset === size
    ? await finished(visit, transfer)
    : brings && offset === 0 && place === 0
    ? await received(to, standing)
    : standing;
  return { status: 201, headers: { location, ...stands(core, now) } };
}

async function head({ core, visit }: To, { transfer }: RouteValues): Promise<WebAnswer> {
  const standing = await resumed(visit, transfer);
  const { name, size } = standing.file ?? standing;
  return {
    status: 200,
    headers: {
      ...stands(core, standing),
      "upload-length": String(size),
      "upload-metadata": metadataHeader({ filename: name }),
      "cache-control": "no-store",
    },
  };
}

async function patch(to: To, { transfer }: RouteValues): Promise<WebAnswer> {
  const { core, request: { headers }, visit } = to;
  if (headers["content-type"] !== offsetType) {
    const must = `"Content-Type" has to be ${offsetType}`;
    return refusalAnswer(new ChatError("bad_message", `Cannot take that: ${must}`), 415);
  }
  const from = numberOf(headers, "upload-offset");
  const standing = await resumed(visit, transfer);
  const offset = offsetOf(standing);
  if (from !== offset) {
    throw new ChatError("bad_offset", `Cannot take that: the next byte is at ${offset}`, {
      offset,
    });
  }
  const now = standing.file ? standing : await received(to, standing);
  return { status: 204, headers: stands(core, now) };
}

async function terminate({ visit }: To, { transfer }: RouteValues): Promise<WebAnswer> {
  await visit.run("cancel", { transfer });
  return { status: 204 };
}

/** For those behind something that lets only the usual methods pass. */
function override(to: To, values: RouteValues): Promise<WebAnswer> {
  switch (to.request.headers["x-http-method-override"]?.toUpperCase()) {
    case "PATCH":
      return patch(to, values);
    case "HEAD":
      return head(to, values);
    case "DELETE":
      return terminate(to, values);
    default:
      throw new ChatError("bad_message", "Cannot POST to an upload: PATCH adds bytes to it");
  }
}

/** Takes the request's body, and finishes the file where that was the rest of it. */
async function received(
  { request, visit }: To,
  { transfer, offset, size, place }: Exclude<Standing, { readonly file: SharedFile }>,
): Promise<Standing> {
  if ((lengthOf(request) ?? 0) > size - offset) {
    const most = `${size} bytes were announced, and no more`;
    throw new ChatError("file_size", `Cannot take that: ${most}`);
  }
  await requireTurn(visit, place);
  await pour(visit, { transfer, offset }, request.body());
  return await resumed(visit, transfer);
}

/** How a transfer stands when all that came of it is written; finished, where it is whole. */
async function resumed(visit: Visit, id: string): Promise<Standing> {
  const { transfer, name, size, offset, place, file } = await visit.run("resume", { transfer: id });
  if (file) return { file };
  if (transfer === undefined || name === undefined || size === undefined) throw neither();
  if (offset === undefined || place === undefined) throw neither();
  if (offset === size) return await finished(visit, transfer);
  return { transfer, name, size, offset, place };
}

function neither(): Error {
  return new Error('The answer to "resume" says neither how it stands nor what it has become');
}

async function finished(visit: Visit, transfer: TransferId): Promise<Standing> {
  const { file } = await visit.run("finish", { transfer });
  return { file };
}

function offsetOf(standing: Standing): number {
  return standing.file ? standing.file.size : standing.offset;
}

/** How far it is, until when it is kept, and where it is when it is whole. */
function stands({ clock, bounds }: Core, standing: Standing): Readonly<Record<string, string>> {
  const offset = { "upload-offset": String(offsetOf(standing)) };
  if (standing.file) return { ...offset, "content-location": fileUrl(standing.file) };
  const until = new Date(clock.now() + bounds.unfinishedHours * 3_600_000);
  return { ...offset, "upload-expires": until.toUTCString() };
}
