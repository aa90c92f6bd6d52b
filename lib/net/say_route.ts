/** Words over HTTP, for scripts: `curl -d "the build is done" …/say/lobby?user=ci`. */

import type { Core } from "../core.ts";
import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";
import { Visit } from "../peer/visit.ts";
import { comerOf } from "./comer.ts";
import type { Route, RouteValues, WebAnswer, WebRequest } from "./route.ts";
import { jsonAnswer } from "./statuses.ts";

/** Saying something. */
export const sayRoute: Route = { method: "POST", pattern: "/say/:room", run: say };

async function say(core: Core, request: WebRequest, { room }: RouteValues): Promise<WebAnswer> {
  const { query } = request;
  await using visit = await Visit.begin(core, comerOf(request));
  // What ends the last line of a file is no part of what it says.
  const text = (await textOf(request)).replaceAll("\r\n", "\n").replace(/\n$/, "");
  await visit.enter(room);
  const [cid, other] = [query.get("cid"), query.get("with")];
  const { seq, at } = await visit.run("say", {
    room,
    text,
    ...cid !== null && { cid },
    ...other !== null && { with: other },
  });
  return jsonAnswer(200, { room, seq, at });
}

async function textOf(request: WebRequest): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const pieces: string[] = [];
  let bytes = 0;
  for await (const chunk of request.body()) {
    bytes += chunk.length;
    // A line's end that isn't kept may come on top.
    if (bytes > limits.textBytesMax + 2) {
      throw new ChatError("too_long", `Cannot say that: a text has ${limits.textBytesMax} bytes`);
    }
    pieces.push(decoded(decoder, chunk));
  }
  return pieces.join("") + decoded(decoder);
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw new ChatError("bad_message", "Cannot say that: it must be text in UTF-8");
  }
}
