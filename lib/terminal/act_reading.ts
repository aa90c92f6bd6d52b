/** Reads what was said: history, what stands around a message, what a search finds. */

import { conversationCalled } from "../client/find_conversation.ts";
import type { ConversationView } from "../client/state.ts";
import { decodeStored } from "../wire/decode.ts";
import { ChatError } from "../errors.ts";
import { placeOf } from "../events.ts";
import type { Stage } from "./act.ts";

/** Lines of a history where no number was said. */
export const historyUsual = 20;
const historyMax = 200;
/** Shown before and behind the message that is gone to. */
const aroundLines = 5;

/** The conversation that is called `name`, where this user has it. */
export function known(stage: Stage, name: string): ConversationView | undefined {
  return conversationCalled(stage.chat.state, name);
}

/** Shows what was said in a room, or in front; `/more` goes on. */
export async function history(
  stage: Stage,
  room: string | undefined,
  count: number,
): Promise<void> {
  const of = room === undefined ? stage.here : known(stage, room) ?? { room };
  const limit = Math.min(count, historyMax);
  const whole = "key" in of ? of : undefined;
  const page = async (before: number | undefined): Promise<void> => {
    const answer = await stage.chat.send("history", {
      ...placeOf(of),
      limit,
      ...before === undefined ? {} : { before },
    });
    const events = answer.events.flatMap((frame) => decodeStored(frame) ?? []);
    const view = { ...stage.view(), here: of };
    stage.show(
      events.length === 0 ? ["Nothing was said there"] : stage.feed.list(events, whole, view),
    );
    const first = events.at(0)?.seq;
    const more = answer.more && first !== undefined;
    stage.keepMore(more ? () => page(first) : undefined);
    if (more) stage.show([stage.view().paint.quiet("/more shows what came before")]);
  };
  await page(undefined);
}

/** A message, with as much before it as behind it. */
export async function around(stage: Stage, { seq }: { readonly seq: number }): Promise<void> {
  const { here } = stage;
  const answer = await stage.chat.send("history", {
    ...placeOf(here),
    before: seq + aroundLines + 1,
    limit: 2 * aroundLines + 1,
  });
  const events = answer.events.flatMap((frame) => decodeStored(frame) ?? []);
  const isThere = events.some((event) => event.seq === seq);
  if (!isThere) {
    throw new ChatError(
      "no_such_message",
      `There is no message ${seq} here: /history has their numbers`,
    );
  }
  stage.show(stage.feed.list(events, here, stage.view()));
}

/** Shows what a search finds; `/more` goes on. */
export async function search(
  stage: Stage,
  query: { readonly text: string; readonly room?: string },
  before?: string,
): Promise<void> {
  const where = query.room === undefined ? undefined : known(stage, query.room);
  const found = await stage.chat.search({
    text: query.text,
    ...query.room === undefined ? {} : placeOf(where ?? { room: query.room }),
    ...before === undefined ? {} : { before },
  });
  const { cursor } = found;
  // The server tells the newest first; on a terminal the newest stand nearest to the prompt.
  const hits = [...found.hits].reverse();
  if (hits.length === 0) stage.show([cursor === undefined ? "Nothing was found" : "Nothing yet"]);
  else stage.show(stage.feed.list(hits, undefined, { ...stage.view(), here: undefined }));
  stage.keepMore(cursor === undefined ? undefined : () => search(stage, query, cursor));
  if (cursor !== undefined) stage.show([stage.view().paint.quiet("/more looks further back")]);
}
