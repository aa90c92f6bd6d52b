/** The rooms of the server, and one to be made. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { isName, nameKey, nameRuleText } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model, RoomList } from "../model.ts";
import { Icon } from "./icons.tsx";
import { memo } from "./memo.tsx";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";
import { WideRows } from "./wide_rows.tsx";

/** Until the server has said it. */
const roomCharsUsual = 32;

/** A field that finds a room and makes one, and all rooms. */
export function RoomsView({ model, ui }: PageProps) {
  const [word, setWord] = useState("");
  const { rooms, isBusy } = model.roomList.value;
  useEffect(() => model.loadRooms(), []);
  const name = word.trim().replace(/^#/, "");
  const wanted = nameKey(name);
  const found = useMemo(
    () => wanted === "" ? rooms : rooms.filter(({ room }) => nameKey(room).includes(wanted)),
    [rooms, wanted],
  );
  const rule = { charsMax: model.limits.value.room ?? roomCharsUsual, plain: false };
  const isThere = rooms.some(({ room }) => nameKey(room) === wanted);
  const isGood = name !== "" && isName(name, rule);
  const enter = () => {
    if (isGood) model.join(name);
  };
  return (
    <section class="place" aria-label="Rooms">
      <PlaceHead title="Rooms" ui={ui} />
      <form
        class="place-bar"
        onSubmit={(event) => {
          event.preventDefault();
          enter();
        }}
      >
        <input
          class="field"
          placeholder="Find a room, or name a new one"
          aria-label="Find a room, or name a new one"
          autocomplete="off"
          value={word}
          onInput={(event) => setWord(event.currentTarget.value)}
        />
        <button type="submit" class="button primary" disabled={!isGood}>
          {isThere || name === "" ? "Enter" : `Make #${name}`}
        </button>
      </form>
      <div class="place-body" data-scrolls tabIndex={-1} role="region" aria-label="All rooms">
        {name !== "" && !isGood && <p class="trouble">A room's name has {nameRuleText(rule)}</p>}
        <WideRows
          items={found}
          keyOf={({ room }) => room}
          label="Rooms"
          class="room-cards"
          row={(room, tabIndex) => <RoomCard room={room} tabIndex={tabIndex} model={model} />}
        />
        {!isBusy && isGood && found.length === 0 && (
          <p class="empty">No room has this in its name: you can make it.</p>
        )}
        {isBusy && rooms.length === 0 && <p class="empty">Reading</p>}
      </div>
    </section>
  );
}

const RoomCard = memo(({ room: { room, topic, count, joined }, tabIndex, model }: {
  readonly room: RoomList["rooms"][number];
  readonly tabIndex: number;
  readonly model: Model;
}) => (
  <button type="button" class="room-card" tabIndex={tabIndex} onClick={() => model.open(room)}>
    <Icon name="hash" />
    <span class="file-words">
      <span class="room-name">{printableLine(room)}</span>
      <span class="quiet">{topic === "" ? "No topic" : printableLine(topic)}</span>
    </span>
    <span class="quiet">
      {count === 1 ? "1 person" : `${count} people`}
      {joined ? ", you too" : ""}
    </span>
  </button>
));
