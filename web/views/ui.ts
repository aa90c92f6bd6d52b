/** What is open on the page: the one thing that views keep themselves. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Said } from "../../lib/client/messages.ts";
import type { KnownUser } from "../../lib/client/state.ts";
import type { NameKey } from "../../lib/names.ts";
import type { Person, SharedFile, StoredEvent } from "../../lib/events.ts";
import type { Model, Row } from "../model.ts";
import type { Names } from "./markdown_view.tsx";
import { namesOf } from "./names.ts";

/** What is open, made once by the page. */
export interface Ui {
  /** On a phone: the rooms, over the conversation. */
  readonly isMenuOpen: Signal<boolean>;
  /** Who is here, beside the conversation; on a phone, over it. */
  readonly isPeopleOpen: Signal<boolean>;
  /** Whether who is here has room beside the conversation. */
  readonly isWide: Signal<boolean>;
  /** Where one goes anywhere from. */
  readonly isPaletteOpen: Signal<boolean>;
  /** Which messages of the conversation in front call. */
  readonly isBellOpen: Signal<boolean>;
  /** The message that a finger was held on: what can be done with it. */
  readonly held: Signal<Said | undefined>;
  /** Whom a moderator does something with. */
  readonly person: Signal<Person | undefined>;
  /** The file that is shown in place. */
  readonly preview: Signal<SharedFile | undefined>;
  /** Files that turned out to be no pictures. */
  readonly broken: Signal<ReadonlySet<string>>;
  /** The row whose buttons are shown. */
  readonly activeRow: Signal<string | undefined>;
  /** The message that an emoji is chosen for. */
  readonly reactingTo: Signal<StoredEvent | undefined>;
  /** What waits in all conversations. */
  readonly waiting: ReadonlySignal<{ readonly unread: number; readonly mentions: number }>;
  readonly names: Names;
  /** Whom this user knows of, by name. */
  readonly known: ReadonlySignal<ReadonlyMap<NameKey, KnownUser>>;
  /** Puts the cursor where one writes. */
  readonly focusComposer: Signal<number>;
  /** Goes to the newest message. */
  readonly toNewest: Signal<number>;
}

/** What most views are given. */
export interface PageProps {
  readonly model: Model;
  readonly ui: Ui;
}

/** Wide enough for who is here to stand beside the conversation. */
export const wideQuery = "(min-width: 1100px)";

/** So narrow that the conversations lie over the one in front. */
export const narrowQuery = "(max-width: 799px)";

/** What is open at first; `isWide`: whether there is room for who is here. */
export function newUi(model: Model, isWide: boolean): Ui {
  const known = model.users;
  return {
    names: namesOf(model, known),
    known,
    waiting: computed(() => waitingIn(model.rows.value)),
    isMenuOpen: signal(false),
    isPeopleOpen: signal(isWide),
    isWide: signal(isWide),
    isPaletteOpen: signal(false),
    isBellOpen: signal(false),
    held: signal(undefined),
    person: signal(undefined),
    preview: signal(undefined),
    broken: signal(new Set()),
    activeRow: signal(undefined),
    reactingTo: signal(undefined),
    focusComposer: signal(0),
    toNewest: signal(0),
  };
}

/** Private messages call as loudly as those that name this user. */
function waitingIn(rows: readonly Row[]): { readonly unread: number; readonly mentions: number } {
  const sum = (count: (row: Row) => number) => rows.reduce((all, row) => all + count(row), 0);
  return {
    unread: sum((row) => row.unread),
    mentions: sum((row) => row.with === undefined ? row.mentions : row.unread),
  };
}
