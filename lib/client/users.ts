/** Who is here, as far as this user has been told. */

import type { PassingEvent } from "../events.ts";
import { type NameKey, nameKey, type Uid } from "../names.ts";
import type { Ok } from "../protocol.ts";
import type { Member } from "./conversation.ts";
import type { KnownUser } from "./state.ts";

/** Users kept; over it those who are gone are forgotten first, and then nobody is added. */
const usersMax = 5000;

/** The people that this user knows of. */
export class Users {
  readonly #users = new Map<NameKey, KnownUser>();

  get map(): ReadonlyMap<NameKey, KnownUser> {
    return this.#users;
  }

  /** Somebody as the server lists them. */
  meet(user: KnownUser): void {
    this.#set(user);
  }

  /** Somebody as a conversation lists them; with a role where that isn't the whole server's. */
  meetMember({ user, uid, online, role }: Ok<"members">["members"][number]): Member {
    const before = this.#users.get(nameKey(user));
    const away = online && before?.away !== undefined ? { away: before.away } : {};
    const onServer = before?.uid === uid ? before.role : undefined;
    this.#set({ user, uid, online, role: onServer ?? role, ...away });
    return onServer === role ? { user, uid } : { user, uid, role };
  }

  /** The connection is new: who is here is told again. */
  forgetPresence(): void {
    for (const [key, user] of this.#users) {
      const { away: _away, ...rest } = user;
      this.#users.set(key, { ...rest, online: false });
    }
  }

  /** Another server: nobody is known. */
  clear(): void {
    this.#users.clear();
  }

  /** Somebody did something: they are here, and this is who they are. */
  seen(user: string, uid: Uid): void {
    const known = this.#users.get(nameKey(user));
    if (known?.uid !== uid) this.#set({ user, uid, online: known?.online ?? false });
  }

  take(event: PassingEvent): void {
    switch (event.t) {
      case "came":
      case "went":
        for (const user of event.users) this.#move(user, event.t === "came");
        return;
      case "renamed": {
        const known = this.#users.get(nameKey(event.from));
        this.#users.delete(nameKey(event.from));
        this.#set({ online: true, ...known, user: event.user, uid: event.uid });
        return;
      }
      case "gone_away": {
        const known = this.#users.get(nameKey(event.user));
        const { away: _away, ...rest } = known ?? { online: true };
        const away = event.text === undefined ? {} : { away: event.text };
        this.#set({ ...rest, user: event.user, ...away });
        return;
      }
      case "role_given": {
        const { user, uid, role } = event;
        this.#set({ online: true, ...this.#users.get(nameKey(user)), user, uid, role });
        return;
      }
      case "typed":
      case "seen":
      case "queued":
      case "granted":
      case "stored":
      case "part":
      case "fetched":
      case "closing":
      case "stalled":
        return;
      default:
        event satisfies never;
    }
  }

  #move(user: string, online: boolean): void {
    const known = this.#users.get(nameKey(user));
    const { away: _away, ...rest } = known ?? {};
    this.#set({ ...rest, user, online });
  }

  #set(user: KnownUser): void {
    const key = nameKey(user.user);
    if (!this.#users.has(key) && this.#users.size >= usersMax && !this.#makePlace()) return;
    this.#users.set(key, user);
  }

  #makePlace(): boolean {
    for (const [key, { online }] of this.#users) {
      if (!online) return this.#users.delete(key);
    }
    return false;
  }
}
