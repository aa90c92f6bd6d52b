/** Whom and what a text can name: those that this user knows of. */

import type { ReadonlySignal } from "@preact/signals";
import type { KnownUser } from "../../lib/client/state.ts";
import { type NameKey, nameKey } from "../../lib/names.ts";
import type { Model } from "../model.ts";
import type { Names } from "./markdown_view.tsx";

/** What names in texts come to; looked up when a text is drawn, and not again. */
export function namesOf(
  model: Model,
  known: ReadonlySignal<ReadonlyMap<NameKey, KnownUser>>,
): Names {
  return {
    get me() {
      const user = model.me.peek()?.user;
      return user === undefined ? undefined : nameKey(user);
    },
    isPerson: (name) => known.peek().has(nameKey(name)),
    isRoom: (name) => {
      const key = nameKey(name);
      return model.rows.peek().some((row) => row.key === key) ||
        model.roomList.peek().rooms.some(({ room }) => nameKey(room) === key);
    },
    open: (name) => model.open(name),
    model,
  };
}
