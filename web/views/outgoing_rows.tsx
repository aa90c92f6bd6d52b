/** What this user said and the server hasn't stored yet, behind the messages. */

import { actionIn } from "../../lib/client/doing.ts";
import type { Outgoing } from "../../lib/client/state.ts";
import { groupMs } from "../list/rows.ts";
import type { Here } from "../model.ts";
import { clockTime } from "../text/times.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icons.tsx";
import { Markdown } from "./markdown_view.tsx";
import { Deed, Tick } from "./message_row.tsx";
import type { PageProps } from "./ui.ts";

/** The rest is counted. */
const shownMax = 30;

/** Messages that wait, in order; those that were refused say why. */
export function OutgoingRows({ model, ui, here }: PageProps & { readonly here: Here }) {
  const { outgoing } = here;
  const hidden = outgoing.length - shownMax;
  const newest = here.messages.at(-1);
  const isOwn = newest?.t === "said" && newest.uid === model.me.value?.uid;
  const last = isOwn ? newest : undefined;
  return (
    <>
      {hidden > 0 && <p class="event">{hidden} earlier messages wait to be sent</p>}
      {outgoing.slice(-shownMax).map((each) => (
        <OutgoingRow
          key={each.cid}
          model={model}
          ui={ui}
          outgoing={each}
          isMore={goesOn(each, outgoing[outgoing.indexOf(each) - 1] ?? last)}
        />
      ))}
    </>
  );
}

/** Whether it goes on with what this user said just before. */
function goesOn({ at, quote }: Outgoing, before: { readonly at: number } | undefined): boolean {
  return before !== undefined && quote === undefined && at - before.at < groupMs;
}

function OutgoingRow({ model, ui, outgoing, isMore }: PageProps & {
  readonly outgoing: Outgoing;
  readonly isMore: boolean;
}) {
  const { cid, text, at, state, error } = outgoing;
  const isFailed = state === "failed";
  const user = model.me.value?.user ?? "";
  const done = actionIn(text);
  const isGroup = isMore && done === undefined;
  return (
    <div class={`message waiting${isGroup ? " more" : ""}${done === undefined ? "" : " deed"}`}>
      {isGroup ? <span /> : <Avatar name={user} />}
      <div class="message-body">
        {!isGroup && done === undefined && (
          <div class="message-head">
            <strong class="author">{user}</strong>
            <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
          </div>
        )}
        <div class="message-text own">
          {done === undefined
            ? <Markdown text={text} names={ui.names} />
            : (
              <p class="text action" dir="auto">
                <strong class="author">{user}</strong> <Deed done={done} names={ui.names} />
              </p>
            )}
          {!isFailed && <Tick name="clock" label="Waits to be sent" />}
        </div>
        {isFailed && (
          <p class="trouble">
            <Icon name="warning" />
            <span>{error?.message ?? "Not sent"}</span>
            <button
              type="button"
              class="link-button"
              onClick={() => model.retry(cid)}
            >
              Send again
            </button>
            <button
              type="button"
              class="link-button"
              onClick={() =>
                model.drop(cid)}
            >
              Give up
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
