/** Where one goes anywhere from with a few letters: conversations, people, rooms, views. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { KnownUser } from "../../lib/client/state.ts";
import { nameKey } from "../../lib/names.ts";
import { printableLine } from "../../lib/printable.ts";
import { Roster } from "../list/roster.ts";
import type { Model } from "../model.ts";
import { placeSign } from "../text/places.ts";
import { Icon, type IconName } from "./icons.tsx";
import type { PageProps } from "./ui.ts";
import { useReturn } from "./use_return.ts";

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
  useReturn(box);
  useEffect(() => model.loadRooms(), []);
  const roster = useMemo(() => new Roster(), []);
  const close = () => ui.isPaletteOpen.value = false;
  const goals = goalsOf(model, roster.take(model.users.value), word);
  const take = (goal: Goal | undefined) => {
    if (goal === undefined) return;
    // First: what closes goes back to where one was.
    goal.go();
    close();
  };
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen(goals.length === 0 ? 0 : (chosen + step + goals.length) % goals.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // Whoever types fast is ahead of what is drawn.
      const { value } = event.currentTarget;
      const isDrawn = value === word;
      take(isDrawn ? goals[chosen] : goalsOf(model, roster.take(model.users.value), value)[0]);
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

/** What a word may mean, made only where it is shown: of people there may be thousands. */
interface Candidate {
  /** As it is called, with its sign. */
  readonly name: string;
  readonly goal: () => Goal;
}

function goalsOf(model: Model, people: readonly KnownUser[], typed: string): readonly Goal[] {
  const word = typed.trim();
  const sign = /^[#@]/.exec(word)?.[0] ?? "";
  const key = nameKey(word.slice(sign.length));
  const most = shownMax - 1;
  const first: Candidate[] = [];
  const others: Candidate[] = [];
  for (const each of candidates(model, people)) {
    if (first.length === most) break;
    if (!each.name.startsWith(sign)) continue;
    const at = nameKey(each.name.replace(/^[#@]/, "")).indexOf(key);
    if (at === 0) first.push(each);
    else if (at > 0 && others.length < most) others.push(each);
  }
  const goals = [...first, ...others].slice(0, most).map(({ goal }) => goal());
  return word === "" ? goals : [...goals, searchFor(model, word)];
}

function* candidates(model: Model, people: readonly KnownUser[]): Generator<Candidate> {
  yield* conversations(model);
  yield* otherRooms(model);
  yield* strangers(model, people);
  for (const goal of views(model)) yield { name: goal.label, goal: () => goal };
}

function* conversations(model: Model): Generator<Candidate> {
  const rows = model.rows.value.filter(({ isHere }) => !isHere);
  const unread = rows.filter(({ unread }) => unread > 0);
  const read = rows.filter(({ unread }) => unread === 0);
  // What is unread is what one most likely looks for.
  for (const { key, room, unread: count, with: other } of [...unread, ...read]) {
    const label = placeSign(room);
    yield {
      name: label,
      goal: () => ({
        id: `row ${key}`,
        icon: other === undefined ? "hash" : "people",
        label,
        detail: count > 0 ? `${count} unread` : "",
        go: () => model.go({ is: "chat", key }),
      }),
    };
  }
}

function* otherRooms(model: Model): Generator<Candidate> {
  for (const { room, count, joined } of model.roomList.value.rooms) {
    const label = placeSign(room);
    const goal = (): Goal => ({
      id: `room ${room}`,
      icon: "hash",
      label,
      detail: `enter, ${count === 1 ? "1 person" : `${count} people`}`,
      go: () => model.open(room),
    });
    if (!joined) yield { name: label, goal };
  }
}

function* strangers(model: Model, people: readonly KnownUser[]): Generator<Candidate> {
  const known = new Set(model.rows.value.map(({ room }) => room));
  const me = model.me.value?.user;
  for (const { user, online } of people) {
    const goal = (): Goal => ({
      id: `user ${user}`,
      icon: "people",
      label: `@${printableLine(user)}`,
      detail: online ? "here" : "gone",
      go: () => model.open(`@${user}`),
    });
    if (user !== me && !known.has(`@${user}`)) yield { name: `@${user}`, goal };
  }
}

function views(model: Model): Goal[] {
  const all = [
    ["library", "library", "Files"],
    ["transfers", "transfers", "Transfers"],
    ["search", "search", "Search"],
    ["hash", "rooms", "All rooms"],
    ["settings", "settings", "Settings"],
    ["key", "account", "Account and devices"],
    ["invite", "invite", "Invite people"],
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
