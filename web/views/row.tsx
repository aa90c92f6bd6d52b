/** A row of the list: what stands above a message, and the message. */

import type { SharedFile, StoredEvent } from "../../lib/events.ts";
import type { Gallery } from "../list/galleries.ts";
import type { RowLook } from "../list/rows.ts";
import { dayText } from "../text/times.ts";
import { EventRow } from "./event_row.tsx";
import type { FileStanding } from "./file_card.tsx";
import { behind } from "./later.tsx";
import { memo } from "./memo.tsx";
import { Message } from "./message_row.tsx";
import type { PageProps } from "./ui.ts";

/** What a row is drawn with: simple values, so that few rows are drawn again. */
export interface RowProps extends PageProps, RowLook {
  readonly rowKey: string;
  readonly event: StoredEvent;
  readonly isOwn: boolean;
  readonly isSeen: boolean;
  readonly isActive: boolean;
  /** Whether the address names it. */
  readonly isTarget: boolean;
  readonly file: SharedFile | undefined;
  readonly standing: FileStanding | undefined;
  /** The pictures that stand together in this row. */
  readonly gallery: Gallery | undefined;
}

/** One row. */
export const Row = memo((props: RowProps) => {
  const { rowKey, isDay, isNew, lost, event, model, isTarget, isFolded } = props;
  return (
    <div
      class={isTarget ? "row target" : "row"}
      data-row={rowKey}
      data-seq={event.seq}
      role="article"
      aria-label={nameOf(props)}
      tabIndex={-1}
    >
      {isDay && (
        <div class="rule day">
          <span>{dayText(event.at, model.now.peek())}</span>
        </div>
      )}
      {isNew && (
        <div class="rule new">
          <span>New</span>
        </div>
      )}
      {lost > 0 && (
        <p class="event">{lost} older {lost === 1 ? "event is" : "events are"} no longer kept</p>
      )}
      {!isFolded && <RowBody {...props} />}
    </div>
  );
});

/** What a screen reader calls it, once that is loaded. */
function nameOf({ event, file, gallery, model, ...look }: RowProps): string | undefined {
  const pictures = gallery?.length ?? 0;
  return behind.value.value?.rowName(event, {
    ...look,
    ...{ pictures, file: file?.name, now: model.now.peek() },
  });
}

function RowBody(props: RowProps) {
  const { event } = props;
  switch (event.t) {
    case "said":
      return <Message {...props} message={event} />;
    // These show in the messages that they change.
    case "edited":
    case "deleted":
    case "reacted":
      return null;
    default: {
      const { file, standing, ...rest } = props;
      return (
        <EventRow
          {...rest}
          event={event}
          {...file === undefined ? {} : { file }}
          {...standing === undefined ? {} : { standing }}
        />
      );
    }
  }
}
