/** This user's conversations, and where else one can go. */

import { useEffect, useRef } from "preact/hooks";
import { isUnderWay } from "../../lib/client/transfer_state.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model, Route, Row } from "../model.ts";
import { Avatar } from "./avatar.tsx";
import { Icon, IconButton, type IconName } from "./icons.tsx";
import { MePanel } from "./me_panel.tsx";
import { ConnectionLine } from "./connection_line.tsx";
import { presenceOf } from "./presence.ts";
import type { PageProps } from "./ui.ts";

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
  const go = (route: Route) => {
    model.go(route);
    close();
  };
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
      <div class="sidebar-lists">
        <div class="list-head">
          <h2>Rooms</h2>
          <IconButton
            name="plus"
            label="All rooms, and a new one"
            isQuiet
            onClick={() => go({ is: "rooms" })}
          />
        </div>
        <ul>
          {rooms.map((row) => <RoomLine key={row.key} row={row} model={model} ui={ui} onGo={go} />)}
        </ul>
        {people.length > 0 && (
          <>
            <div class="list-head">
              <h2>People</h2>
            </div>
            <ul>
              {people.map((row) => (
                <RoomLine key={row.key} row={row} model={model} ui={ui} onGo={go} />
              ))}
            </ul>
          </>
        )}
      </div>
      <ul class="sidebar-places">
        <Place name="library" is="library" label="Files" model={model} onGo={go} />
        <TransfersPlace model={model} onGo={go} />
        <Place name="search" is="search" label="Search" model={model} onGo={go} />
        <Place name="help" is="help" label="Help" model={model} onGo={go} />
      </ul>
      <MePanel model={model} ui={ui} />
    </nav>
  );
}

interface LineProps {
  readonly model: Model;
  readonly onGo: (route: Route) => void;
}

function RoomLine({ row, model, ui, onGo }: LineProps & PageProps & { readonly row: Row }) {
  const { key, unread, mentions, isHere, hasDraft, unsent } = row;
  const isThere = isHere && model.route.value.is === "chat";
  const name = printableLine(row.room);
  const isNamed = row.with !== undefined;
  return (
    <li>
      <button
        type="button"
        class={unread > 0 ? "room-line unread" : "room-line"}
        aria-current={isThere ? "page" : undefined}
        onClick={() => onGo({ is: "chat", key })}
      >
        {isNamed
          ? <Avatar name={name.slice(1)} presence={presenceOf(ui, name.slice(1))} />
          : <Icon name="hash" />}
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
    </li>
  );
}

function Count({ unread, mentions, isNamed }: {
  readonly unread: number;
  readonly mentions: number;
  readonly isNamed: boolean;
}) {
  const isLoud = mentions > 0 || isNamed;
  return (
    <span class={isLoud ? "count loud" : "count"}>
      {mentions > 0 && !isNamed && <span aria-hidden="true">@</span>}
      {unread > 999 ? "999+" : unread}
      <span class="hidden">{mentions > 0 ? ` unread, ${mentions} name you` : " unread"}</span>
    </span>
  );
}

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
