/** Those who are known, as they begin. */

import { nameKey, type Uid } from "./names.ts";
import type { Known } from "./people.ts";
import type { User } from "./store.ts";

/** Most make no rooms, and there are many. */
const never = [] as const;

/** Whoever runs the server. No guest or account has such a uid: theirs are longer. */
export const operatorUid = "admin" as Uid;

/** What events call whoever runs the server; nobody who comes as somebody new is called so. */
export const operatorName = "admin";

/** Whoever runs the server, as events name them. They hold no name, and nobody sees them come. */
export function operatorKnown(): Known {
  const name = operatorName;
  return newKnown(
    { uid: operatorUid, name, key: nameKey(name), role: "owner", holds: false },
    0,
  );
}

/** A user who has just got their name; `goneAt` as {@linkcode Known} has it. */
export function newKnown(user: User, goneAt: number): Known {
  return {
    uid: user.uid,
    person: { user: user.name, uid: user.uid },
    key: user.key,
    role: user.role,
    listeners: new Set(),
    rooms: new Set(),
    partners: undefined,
    away: undefined,
    goneAt,
    isOver: false,
    roomsMadeAt: never,
  };
}
