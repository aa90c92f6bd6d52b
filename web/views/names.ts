/** Whom and what a text can name: those that this user knows of. */

import { nameKey } from "../../lib/names.ts";
import type { Model } from "../model.ts";
import type { Names } from "./markdown_view.tsx";

/** What names in texts come to; looked up when a text is drawn, and not again. */
export function namesOf(model: Model): Names {
  return {
    get me() {
      const user = model.me.peek()?.user;
      return user === undefined ? undefined : nameKey(user);
    },
    isPerson: (name) => {
      const key = nameKey(name);
      return model.users.peek().some(({ user }) => nameKey(user) === key);
    },
    isRoom: (name) => {
      const key = nameKey(name);
      return model.rows.peek().some((row) => row.key === key) ||
        model.roomList.peek().rooms.some(({ room }) => nameKey(room) === key);
    },
    open: (name) => model.open(name),
  };
}
