/** A row of the list that is no message: who came and went, a topic, what became of a file. */

import type { SharedFile } from "../../lib/events.ts";
import { printableLine } from "../../lib/printable.ts";
import { happened, type Happening } from "../text/happened.ts";
import { clockTime, wholeTime } from "../text/times.ts";
import type { FileStanding } from "./file_card.tsx";
import { behind } from "./later.tsx";
import { Shared } from "./shared_room.tsx";
import type { Gallery } from "../list/galleries.ts";
import { Avatar, hueOf } from "./avatar.tsx";
import type { PageProps } from "./ui.ts";

/** What such a row is drawn with. */
export interface EventProps extends PageProps {
  readonly event: Happening;
  readonly isOwn: boolean;
  /** The file that it is about, where that is known. */
  readonly file?: SharedFile;
  readonly standing?: FileStanding;
  readonly gallery: Gallery | undefined;
  /** Those who came or went just before. */
  readonly also: string;
}

/** Something that happened. */
export function EventRow(props: EventProps) {
  const { event, isOwn, model, gallery } = props;
  if (event.t !== "shared") return <Notice {...props} />;
  const name = printableLine(event.user);
  return (
    <div class="message">
      <Avatar name={event.user} />
      <div class="message-body">
        <div class="message-head">
          <button
            type="button"
            class={`author hue-${hueOf(event.user)}`}
            onClick={() => model.open(`@${event.user}`)}
          >
            {name}
          </button>
          <span class="quiet">
            {event.with === undefined ? "shared " : "sent "}
            {gallery ? `${gallery.length} pictures` : "a file"}
          </span>
          <time dateTime={new Date(event.at).toISOString()} title={wholeTime(event.at)}>
            {clockTime(event.at)}
          </time>
        </div>
        <Shared
          event={event}
          isOwn={isOwn}
          standing={props.standing ?? "here"}
          gallery={gallery}
          model={model}
          ui={props.ui}
        />
      </div>
    </div>
  );
}

function Notice({ event, file, also }: EventProps) {
  const user = printableLine(event.user);
  const what = behind.value.value?.whatHappened ?? happened;
  return (
    <p class="event" title={wholeTime(event.at)}>
      <strong>{also === "" ? user : `${also} and ${user}`}</strong> {what(event, file?.name)}
      <time dateTime={new Date(event.at).toISOString()}>{clockTime(event.at)}</time>
    </p>
  );
}
