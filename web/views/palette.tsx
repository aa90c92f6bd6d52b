/** Where one goes anywhere from with a few letters: conversations, people, rooms, views. */

import { useEffect, useRef, useState } from "preact/hooks";
import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import type { Model } from "../model.ts";
import { placeSign } from "../text/places.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { PageProps } from "./ui.ts";

const shownMax = 12;

interface Goal {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly detail: string;
  readonly go: () => void;
}

/** A field over the page, and what its letters may mean. */
export function Palette({ model, ui }: PageProps) {
  const box = useRef<HTMLDialogElement>(null);
  const [word, setWord] = useState("");
  const [chosen, setChosen] = useState(0);
  useEffect(() => {
    box.current?.showModal();
    model.loadRooms();
  }, []);
  const close = () => ui.isPaletteOpen.value = false;
  const goals = goalsOf(model, word);
  const take = (goal: Goal | undefined) => {
    if (goal === undefined) return;
    close();
    goal.go();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen(goals.length === 0 ? 0 : (chosen + step + goals.length) % goals.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(goals[chosen]);
    }
  };
  return (
    <dialog
      ref={box}
      class="palette"
      aria-label="Go to"
      onClose={close}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div class="palette-field">
        <Icon name="search" />
        <input
          placeholder="Go to a room, a person, a view"
          aria-label="Go to a room, a person, a view"
          role="combobox"
          aria-expanded={goals.length > 0}
          aria-controls="goals"
          aria-activedescendant={goals.length > 0 ? `goal-${chosen}` : undefined}
          autocomplete="off"
          value={word}
          onInput={(event) => {
            setWord(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {goals.length > 0 && (
        <ul id="goals" role="listbox" aria-label="Where to go">
          {goals.map((goal, index) => (
            <li
              key={goal.id}
              id={`goal-${index}`}
              role="option"
              aria-selected={index === chosen}
              onPointerMove={() => setChosen(index)}
              onClick={() => take(goal)}
            >
              <Icon name={goal.icon} />
              <span class="goal-label">{goal.label}</span>
              <span class="quiet">{goal.detail}</span>
            </li>
          ))}
        </ul>
      )}
    </dialog>
  );
}

function goalsOf(model: Model, typed: string): readonly Goal[] {
  const word = typed.trim();
  const key = nameKey(word.replace(/^[#@]/, ""));
  const all = [...conversations(model), ...otherRooms(model), ...people(model), ...views(model)]
    .filter(({ label }) => !/^[#@]/.test(word) || label.startsWith(word[0]));
  const place = (goal: Goal) => nameKey(goal.label.replace(/^[#@]/, "")).indexOf(key);
  const found = all.map((goal) => ({ goal, at: place(goal) })).filter(({ at }) => at >= 0);
  const first = found.filter(({ at }) => at === 0);
  const others = found.filter(({ at }) => at > 0);
  const goals = [...first, ...others].map(({ goal }) => goal).slice(0, shownMax - 1);
  return word === "" ? goals : [...goals, searchFor(model, word)];
}

function conversations(model: Model): Goal[] {
  const rows = model.rows.value.filter(({ isHere }) => !isHere);
  // What is unread is what one most likely looks for.
  return [...rows.filter(({ unread }) => unread > 0), ...rows.filter(({ unread }) => unread === 0)]
    .map(({ key, room, unread, with: other }) => ({
      id: `row ${key}`,
      icon: other === undefined ? "hash" : "people",
      label: placeSign(room),
      detail: unread > 0 ? `${unread} unread` : "",
      go: () => model.go({ is: "chat", key }),
    }));
}

function otherRooms(model: Model): Goal[] {
  return model.roomList.value.rooms.filter(({ joined }) => !joined).map(({ room, count }) => ({
    id: `room ${room}`,
    icon: "hash",
    label: placeSign(room),
    detail: `enter, ${count === 1 ? "1 person" : `${count} people`}`,
    go: () => model.open(room),
  }));
}

function people(model: Model): Goal[] {
  const me = nameKey(model.me.value?.user ?? "");
  const known = new Set(model.rows.value.map((row) => nameKey(row.room)));
  return model.users.value
    .filter(({ user }) => nameKey(user) !== me && !known.has(nameKey(`@${user}`)))
    .map(({ user, online }) => ({
      id: `user ${user}`,
      icon: "people",
      label: `@${printableLine(user)}`,
      detail: online ? "here" : "gone",
      go: () => model.open(`@${user}`),
    }));
}

function views(model: Model): Goal[] {
  const all = [
    ["library", "library", "Files"],
    ["transfers", "transfers", "Transfers"],
    ["search", "search", "Search"],
    ["hash", "rooms", "All rooms"],
    ["help", "help", "Help"],
  ] as const;
  return all.map(([icon, is, label]) => ({
    id: `view ${is}`,
    icon,
    label,
    detail: "",
    go: () => model.go({ is }),
  }));
}

function searchFor(model: Model, word: string): Goal {
  return {
    id: "search",
    icon: "search",
    label: `Search for "${word}"`,
    detail: "in all messages",
    go: () => {
      model.find(word);
      model.go({ is: "search" });
    },
  };
}
