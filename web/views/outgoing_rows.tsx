/** What this user said and the server hasn't stored yet, behind the messages. */

import type { Outgoing } from "../../lib/client/state.ts";
import type { Here } from "../model.ts";
import { clockTime } from "../text/times.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icons.tsx";
import { Markdown } from "./markdown_view.tsx";
import type { PageProps } from "./ui.ts";

/** The rest is counted. */
const shownMax = 30;

/** Messages that wait, in order; those that were refused say why. */
export function OutgoingRows({ model, ui, here }: PageProps & { readonly here: Here }) {
  const { outgoing } = here;
  const hidden = outgoing.length - shownMax;
  return (
    <>
      {hidden > 0 && <p class="event">{hidden} earlier messages wait to be sent</p>}
      {outgoing.slice(-shownMax).map((each) => (
        <OutgoingRow key={each.cid} model={model} ui={ui} outgoing={each} />
      ))}
    </>
  );
}

function OutgoingRow({ model, ui, outgoing }: PageProps & { readonly outgoing: Outgoing }) {
  const { cid, text, at, state, error } = outgoing;
  const isFailed = state === "failed";
  const user = model.me.value?.user ?? "";
  return (
    <div class={isFailed ? "message waiting failed" : "message waiting"}>
      <Avatar name={user} />
      <div class="message-body">
        <div class="message-head">
          <strong class="author">{user}</strong>
          <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
        </div>
        <div class="message-text">
          <Markdown text={text} names={ui.names} />
          {!isFailed && (
            <span class="tick" title="Waits to be sent">
              <Icon name="clock" />
              <span class="hidden">Waits to be sent</span>
            </span>
          )}
        </div>
        {isFailed && (
          <p class="trouble">
            <Icon name="warning" />
            <span>{error?.message ?? "Not sent"}</span>
            <button type="button" class="link-button" onClick={() => model.retry(cid)}>
              Send again
            </button>
            <button type="button" class="link-button" onClick={() => model.drop(cid)}>
              Give up
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
