/** What few texts have: tables, spoilers, links to this server's own messages. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { StoredEvent } from "../../lib/events.ts";
import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Key, Model } from "../model.ts";
import { routeOf } from "../routes.ts";
import type { Inline } from "../text/inline.ts";
import { placeSign } from "../text/places.ts";
import type { Align, Cell, Table } from "../text/table.ts";
import { dayText, shortTime } from "../text/times.ts";
import { Icon } from "./icons.tsx";
import { InlineText, type Names } from "./markdown_view.tsx";

/** A table that scrolls in itself where it is wide. */
export function TableBlock({ table, names }: { readonly table: Table; readonly names: Names }) {
  const { columns, head, rows } = table;
  const cells = (row: readonly Cell[], Tag: "th" | "td") =>
    row.map((cell, index) => (
      <Tag key={index} class={lookOf(columns[index])} {...Tag === "th" ? { scope: "col" } : {}}>
        <InlineText pieces={cell} names={names} />
      </Tag>
    ));
  return (
    <div class="table-box" role="group" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>{cells(head, "th")}</tr>
        </thead>
        <tbody>{rows.map((row, index) => <tr key={index}>{cells(row, "td")}</tr>)}</tbody>
      </table>
    </div>
  );
}

function lookOf(align: Align): string | undefined {
  return align === undefined || align === "left" ? undefined : `to-${align}`;
}

/** Text that is hidden until it is asked for, by a click or a key. */
export function Spoiler({ pieces, names }: {
  readonly pieces: readonly Inline[];
  readonly names: Names;
}) {
  const [isShown, setShown] = useState(false);
  const shown = useRef<HTMLSpanElement>(null);
  // The focus goes to what was hidden, so that a screen reader says it.
  useEffect(() => {
    if (isShown) shown.current?.focus({ preventScroll: true });
  }, [isShown]);
  const inside = <InlineText pieces={pieces} names={names} />;
  if (isShown) {
    return <span key="shown" ref={shown} class="spoiler shown" tabIndex={-1}>{inside}</span>;
  }
  const show = (event: Event) => {
    event.preventDefault();
    setShown(true);
  };
  // No <button>: that can't go on in the next line, as a text does.
  return (
    <span
      key="hidden"
      class="spoiler"
      role="button"
      tabIndex={0}
      aria-label="Spoiler: show it"
      title="Spoiler: show it"
      onClick={show}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") show(event);
      }}
    >
      <span class="veiled" aria-hidden="true">{inside}</span>
    </span>
  );
}

/** A link to a message of this server, said as what it leads to; opened in place. */
export function MessageLink({ to, text, names, inside }: {
  readonly to: string;
  /** What stands in the link: its address, or what its writer called it. */
  readonly text: string;
  readonly names: Names;
  /** The link as any other. */
  readonly inside: ComponentChildren;
}) {
  const { hash } = new URL(to);
  const route = routeOf(hash);
  if (route?.is !== "chat") return <>{inside}</>;
  const { key, seq } = route;
  const { model } = names;
  const place = model.rows.value.find((row) => row.key === key)?.room ??
    (key.startsWith("@") ? "a private conversation" : roomOf(key, model));
  const event = seq === undefined ? undefined : model.quoted(seq, key).value;
  const label = [
    key.startsWith("@") ? printableLine(place) : placeSign(place),
    ...seq === undefined ? [] : [event === undefined ? "a message" : saidOf(event, model)],
  ].join(", ");
  const isNamed = text !== to && (!URL.canParse(text) || new URL(text).href !== to);
  return (
    <a
      href={hash}
      class="message-link"
      title={isNamed ? label : to}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        // Also where the address is this one already, and one has scrolled away.
        event.preventDefault();
        model.go(route);
      }}
    >
      <Icon name={seq === undefined ? "hash" : "link"} />
      {isNamed ? text : label}
    </a>
  );
}

/** A room's name as its users write it, where that is known. */
function roomOf(key: Key, { roomList }: Model): string {
  return roomList.value.rooms.find(({ room }) => nameKey(room) === key)?.room ?? key;
}

function saidOf({ user, at }: StoredEvent, model: Model): string {
  const now = model.now.peek();
  const when = dayText(at, now) === dayText(now, now) ? "at" : "on";
  return `message by ${printableLine(user)} ${when} ${shortTime(at, now)}`;
}
