/** The rooms of the server, and one to be made. */

import { useEffect, useState } from "preact/hooks";
import { isName, nameKey, nameRuleText } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import { Icon } from "./icons.tsx";
import { PlaceHead } from "./place_head.tsx";
import type { PageProps } from "./ui.ts";

/** Until the server has said it. */
const roomCharsUsual = 32;
/** More than these are found by their names. */
const shownMax = 200;

/** A field that finds a room and makes one, and all rooms. */
export function RoomsView({ model, ui }: PageProps) {
  const [word, setWord] = useState("");
  const { rooms, isBusy } = model.roomList.value;
  useEffect(() => model.loadRooms(), []);
  const name = word.trim().replace(/^#/, "");
  const found = rooms.filter(({ room }) => nameKey(room).includes(nameKey(name)));
  const rule = { charsMax: model.limits.value.room ?? roomCharsUsual, plain: false };
  const isThere = rooms.some(({ room }) => nameKey(room) === nameKey(name));
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
      <div class="place-body" tabIndex={0} role="region" aria-label="All rooms">
        {name !== "" && !isGood && <p class="trouble">A room's name has {nameRuleText(rule)}</p>}
        <ul class="room-cards">
          {found.slice(0, shownMax).map(({ room, topic, count, joined }) => (
            <li key={room}>
              <button type="button" class="room-card" onClick={() => model.open(room)}>
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
            </li>
          ))}
        </ul>
        {!isBusy && isGood && found.length === 0 && (
          <p class="empty">No room has this in its name: you can make it.</p>
        )}
        {isBusy && <p class="empty">Reading</p>}
        {!isBusy && found.length > shownMax && (
          <p class="empty">and {found.length - shownMax} more: write a part of the name</p>
        )}
      </div>
    </section>
  );
}
