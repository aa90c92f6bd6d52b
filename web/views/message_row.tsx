/** A message as the list shows it. */

import { mentions } from "../../lib/client/mentions.ts";
import type { Said } from "../../lib/client/messages.ts";
import { actionIn } from "../../lib/client/doing.ts";
import { placeOf, type StoredEvent } from "../../lib/events.ts";
import { printable, printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
import { parseInline } from "../text/inline.ts";
import { gist } from "../text/gist.ts";
import { clockTime, wholeTime } from "../text/times.ts";
import { Avatar, hueOf } from "./avatar.tsx";
import { Icon } from "./icons.tsx";
import { InlineText, Markdown } from "./markdown_view.tsx";
import { laterView } from "./later.tsx";
import { Reactions } from "./reactions.tsx";
import type { PageProps } from "./ui.ts";

const MessageButtons = laterView((loaded) => loaded.MessageButtons);

/** What a message is drawn with. */
export interface MessageProps extends PageProps {
  readonly message: Said;
  /** Whether it goes on with what its author said just before. */
  readonly isMore: boolean;
  readonly isOwn: boolean;
  /** In a private conversation: whether the other has read it. */
  readonly isSeen: boolean;
  /** Whether its buttons are shown. */
  readonly isActive: boolean;
}

/** A message: who and when, what it answers, its text, what others felt. */
export function Message(props: MessageProps) {
  const { model, message, isMore, isOwn, isActive } = props;
  const me = model.me.peek();
  const { text } = message;
  const isRoom = message.with === undefined;
  const isNaming = isRoom && !isOwn && me !== undefined && text !== undefined &&
    mentions(text, me.user);
  const look = `message${isMore ? " more" : ""}${isNaming ? " naming" : ""}`;
  return (
    <div class={look}>
      {isMore
        ? <time class="beside" dateTime={isoOf(message)}>{clockTime(message.at)}</time>
        : <Avatar name={message.user} />}
      <div class="message-body">
        {!isMore && <Head message={message} model={model} />}
        {message.quote !== undefined && <Quote seq={message.quote} {...props} />}
        <Body {...props} />
        <Reactions message={message} model={model} />
      </div>
      {isActive && text !== undefined && <MessageButtons {...props} />}
    </div>
  );
}

function Head({ message, model }: { readonly message: Said; readonly model: Model }) {
  const name = printableLine(message.user);
  return (
    <div class="message-head">
      <button
        type="button"
        class={`author hue-${hueOf(message.user)}`}
        title={`Write to ${name} only`}
        onClick={() => model.open(`@${message.user}`)}
      >
        {name}
      </button>
      <time dateTime={isoOf(message)} title={wholeTime(message.at)}>{clockTime(message.at)}</time>
    </div>
  );
}

function Body({ message, ui, isOwn, isSeen }: MessageProps) {
  const { text, edited, user } = message;
  if (text === undefined) return <p class="gone">This message was taken back</p>;
  const done = actionIn(text);
  return (
    <div class="message-text">
      {done === undefined
        ? <Markdown text={text} names={ui.names} />
        : (
          <p class="text action" dir="auto">
            <strong>{printableLine(user)}</strong>{" "}
            <InlineText pieces={parseInline(printableLine(done))} names={ui.names} />
          </p>
        )}
      {edited !== undefined && <small class="edited" title={wholeTime(edited)}>edited</small>}
      {isOwn && (
        <span class={isSeen ? "tick seen" : "tick"} title={isSeen ? "Read" : "Delivered"}>
          <Icon name={isSeen ? "checks" : "check"} />
          <span class="hidden">{isSeen ? "Read" : "Delivered"}</span>
        </span>
      )}
    </div>
  );
}

/** What a message answers, on one line; a click goes there. */
function Quote({ seq, message, model }: MessageProps & { readonly seq: number }) {
  const quoted = model.quoted(seq).value;
  return (
    <button
      type="button"
      class="quote"
      onClick={() => model.show({ ...placeOf(message), seq })}
    >
      <Icon name="reply" />
      {quoted === undefined ? <span class="quote-text">an earlier message</span> : (
        <>
          <strong class={`hue-${hueOf(quoted.user)}`}>{printableLine(quoted.user)}</strong>
          <span class="quote-text">{gistOf(quoted)}</span>
        </>
      )}
    </button>
  );
}

/** Read of a long text to say what it is about. */
const gistChars = 400;

/** What an event says, on one line. */
export function gistOf(event: StoredEvent): string {
  if (event.t === "shared") return printableLine(event.file.name);
  if (event.t !== "said") return "";
  if (event.text === undefined) return "taken back";
  return gist(printable(event.text.slice(0, gistChars)));
}

function isoOf({ at }: { readonly at: number }): string {
  return new Date(at).toISOString();
}
