/** Who one was at this server, kept for the next visit. */

import { checkFields, note, opaque } from "../lib/wire/fields.ts";
import type { Uid } from "../lib/names.ts";
import { type Keep, readObject } from "./offline/keep.ts";

/** Who one was. */
export interface Login {
  readonly user: string;
  readonly uid: Uid;
  readonly token: string;
}

/** What lets one in beside a name. */
export interface Proof {
  readonly password?: string;
  readonly invite?: string;
}

/** Somebody whom the server doesn't know yet, or not on this device. */
export interface Comer extends Proof {
  readonly user: string;
}

const loginFields = { user: note(256), uid: opaque<Uid>(), token: note(200) } as const;
const name = "login";

/** The login of the last visit. */
export function readLogin(keep: Keep): Login | undefined {
  const kept = readObject(keep, name);
  return kept && checkFields(loginFields, kept);
}

/** Keeps a login. */
export function keepLogin(keep: Keep, { user, uid, token }: Login): void {
  keep.set(name, JSON.stringify({ user, uid, token }));
}

/** Forgets it: the server no longer knows it. */
export function forgetLogin(keep: Keep): void {
  keep.remove(name);
}

/** This user leaves for good: forgets everything of theirs. How they want the page stays. */
export function forgetUser(keep: Keep): void {
  for (const each of keep.names("")) if (each !== "settings") keep.remove(each);
}
