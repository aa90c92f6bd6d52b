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
import { Icon, type IconName } from "./icons.tsx";
import { InlineText, Markdown, type Names } from "./markdown_view.tsx";
import { laterView } from "./later.tsx";
import type { ReactionsProps } from "./reactions.tsx";
import type { PageProps } from "./ui.ts";

const MessageButtons = laterView((loaded) => loaded.MessageButtons);
const Reactions = laterView<ReactionsProps>((loaded) => loaded.Reactions);

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
  const isDeed = text !== undefined && actionIn(text) !== undefined;
  const isRoom = message.with === undefined;
  const isNaming = isRoom && !isOwn && me !== undefined && text !== undefined &&
    mentions(text, me.user);
  const look = `message${isMore ? " more" : ""}${isDeed ? " deed" : ""}${
    isNaming ? " naming" : ""
  }`;
  return (
    <div class={look}>
      {isMore
        ? <time class="beside" dateTime={isoOf(message)}>{clockTime(message.at)}</time>
        : <Avatar name={message.user} />}
      <div class="message-body">
        {!isMore && !isDeed && <Head message={message} model={model} />}
        {message.quote !== undefined && <Quote seq={message.quote} {...props} />}
        <Body {...props} />
        {message.reactions && <Reactions message={message} model={model} />}
      </div>
      {isActive && text !== undefined && <MessageButtons {...props} />}
    </div>
  );
}

function Head({ message, model }: { readonly message: Said; readonly model: Model }) {
  return (
    <div class="message-head">
      <Author message={message} model={model} />
      <time dateTime={isoOf(message)} title={wholeTime(message.at)}>{clockTime(message.at)}</time>
    </div>
  );
}

function Author({ message, model }: { readonly message: Said; readonly model: Model }) {
  const name = printableLine(message.user);
  return (
    <button
      type="button"
      class={`author hue-${hueOf(message.user)}`}
      title={`Write to ${name} only`}
      onClick={() => model.open(`@${message.user}`)}
    >
      {name}
    </button>
  );
}

function Body({ message, model, ui, isOwn, isSeen }: MessageProps) {
  const { text, edited } = message;
  if (text === undefined) return <p class="gone">This message was taken back</p>;
  const done = actionIn(text);
  return (
    <div class={isOwn ? "message-text own" : "message-text"}>
      {done === undefined
        ? <Markdown text={text} names={ui.names} />
        : (
          <p class="text action" dir="auto">
            <Author message={message} model={model} /> <Deed done={done} names={ui.names} />
            <time dateTime={isoOf(message)} title={wholeTime(message.at)}>
              {clockTime(message.at)}
            </time>
          </p>
        )}
      {edited !== undefined && <small class="edited" title={wholeTime(edited)}>edited</small>}
      {isOwn && <Tick name={isSeen ? "checks" : "check"} label={isSeen ? "Read" : "Delivered"} />}
    </div>
  );
}

/** What somebody does, said of them. */
export function Deed({ done, names }: { readonly done: string; readonly names: Names }) {
  return (
    <em>
      <InlineText pieces={parseInline(printableLine(done))} names={names} />
    </em>
  );
}

/** How far a message has come: always at the right edge of the text, over its last line. */
export function Tick({ name, label }: { readonly name: IconName; readonly label: string }) {
  return (
    <span class={name === "checks" ? "tick seen" : "tick"} title={label}>
      <Icon name={name} />
      <span class="hidden">{label}</span>
    </span>
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
  return gist(printable(event.text.slice(0, gistChars)), event.text.length > gistChars);
}

function isoOf({ at }: { readonly at: number }): string {
  return new Date(at).toISOString();
}
