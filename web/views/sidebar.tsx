/** This user's conversations, and where else one can go. */

import { useComputed } from "@preact/signals";
import type { ComponentChild } from "preact";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { isUnderWay } from "../../lib/client/transfer_state.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model, Route, Row } from "../model.ts";
import { Avatar } from "./avatar.tsx";
import { Icon, IconButton, type IconName } from "./icons.tsx";
import { MePanel } from "./me_panel.tsx";
import { ConnectionLine } from "./connection_line.tsx";
import { Count } from "./count.tsx";
import { behind, laterView } from "./later.tsx";
import { memo } from "./memo.tsx";
import { presenceOf } from "./presence.ts";
import type { PageProps } from "./ui.ts";
import type { WideRowsProps } from "./wide_rows.tsx";

/** The column at the left; on a phone it lies over the conversation. */
export function Sidebar({ model, ui }: PageProps) {
  const rows = model.rows.value;
  const nav = useRef<HTMLElement>(null);
  const isOpen = ui.isMenuOpen.value;
  useEffect(() => {
    if (isOpen) nav.current?.focus();
  }, [isOpen]);
  const rooms = rows.filter((row) => row.with === undefined);
  const people = rows.filter((row) => row.with !== undefined);
  const close = () => ui.isMenuOpen.value = false;
  const go = useCallback((route: Route) => {
    model.go(route);
    close();
  }, []);
  const show = (row: Row, tabIndex: number) => (
    <RoomLine key={row.key} row={row} tabIndex={tabIndex} model={model} ui={ui} onGo={go} />
  );
  return (
    <nav
      ref={nav}
      class={isOpen ? "sidebar open" : "sidebar"}
      aria-label="Conversations"
      tabIndex={-1}
    >
      <div class="sidebar-head">
        <img class="logo" src="/icon.svg" alt="" width="32" height="32" />
        <p class="server-name">{printableLine(model.server.value?.name ?? "Parley")}</p>
        <ConnectionLine model={model} />
      </div>
      <button
        type="button"
        class="go-field"
        onClick={() => {
          close();
          ui.isPaletteOpen.value = true;
        }}
      >
        <Icon name="search" />
        <span>Go to…</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="sidebar-lists" data-scrolls>
        <div class="list-head">
          <h2>Rooms</h2>
          <IconButton
            name="plus"
            label="All rooms, and a new one"
            isQuiet
            onClick={() => go({ is: "rooms" })}
          />
        </div>
        <RoomLines label="Rooms" rows={rooms} show={show} />
        {people.length > 0 && (
          <>
            <div class="list-head">
              <h2>People</h2>
            </div>
            <RoomLines label="People" rows={people} show={show} />
          </>
        )}
      </div>
      <ul class="sidebar-places" data-stop="list">
        <Place name="library" is="library" label="Files" model={model} onGo={go} />
        <TransfersPlace model={model} onGo={go} />
        <Place name="search" is="search" label="Search" model={model} onGo={go} />
        <Place name="help" is="help" label="Help" model={model} onGo={go} />
      </ul>
      <MePanel model={model} ui={ui} />
    </nav>
  );
}

/** More rows than these are drawn only where they are in sight, by what is loaded later. */
const plainMax = 60;

const WideLines = laterView<WideRowsProps<Row>>((loaded) => loaded.WideRows);

function RoomLines({ label, rows, show }: {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly show: (row: Row, tabIndex: number) => ComponentChild;
}) {
  if (rows.length > plainMax && behind.value.value !== undefined) {
    return <WideLines items={rows} keyOf={({ key }) => key} row={show} label={label} />;
  }
  return (
    <ul data-stop="list">
      {rows.slice(0, plainMax).map((row) => <li key={row.key}>{show(row, 0)}</li>)}
    </ul>
  );
}

interface LineProps {
  readonly model: Model;
  readonly onGo: (route: Route) => void;
}

interface RoomLineProps extends LineProps, PageProps {
  readonly row: Row;
  readonly tabIndex: number;
}

const RoomLine = memo(({ row, tabIndex, model, ui, onGo }: RoomLineProps) => {
  const { key, unread, mentions, isHere, hasDraft, unsent } = row;
  const isThere = isHere && model.route.value.is === "chat";
  const name = printableLine(row.room);
  const isNamed = row.with !== undefined;
  // Drawn again only where this one comes or goes, not with everybody.
  const presence = useComputed(() => isNamed ? presenceOf(ui, name.slice(1)) : "offline").value;
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      class={unread > 0 ? "room-line unread" : "room-line"}
      aria-current={isThere ? "page" : undefined}
      onClick={() => onGo({ is: "chat", key })}
    >
      {isNamed ? <Avatar name={name.slice(1)} presence={presence} /> : <Icon name="hash" />}
      <span class="room-name">{isNamed ? name.slice(1) : name}</span>
      {unsent > 0 && (
        <span class="room-mark" title="Not sent yet">
          <Icon name="clock" />
          <span class="hidden">{unsent} not sent yet</span>
        </span>
      )}
      {hasDraft && !isHere && (
        <span class="room-mark" title="Begun to write">
          <Icon name="edit" />
          <span class="hidden">draft</span>
        </span>
      )}
      {unread > 0 && <Count unread={unread} mentions={mentions} isNamed={isNamed} />}
    </button>
  );
});

function Place({ name, is, label, model, onGo, count }: LineProps & {
  readonly name: IconName;
  readonly is: Exclude<Route["is"], "chat">;
  readonly label: string;
  readonly count?: number;
}) {
  return (
    <li>
      <button
        type="button"
        class="room-line"
        aria-current={model.route.value.is === is ? "page" : undefined}
        onClick={() => onGo({ is })}
      >
        <Icon name={name} />
        <span class="room-name">{label}</span>
        {count !== undefined && count > 0 && <span class="count">{count}</span>}
      </button>
    </li>
  );
}

function TransfersPlace(props: LineProps) {
  const { transfers, asked, resting } = props.model;
  const moving = transfers.value.filter(isUnderWay);
  const count = moving.length + asked.value.length + resting.value.length;
  return <Place {...props} name="transfers" is="transfers" label="Transfers" count={count} />;
}
