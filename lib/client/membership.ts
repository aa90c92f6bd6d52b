/** Who is in a room, as a list tells it that comes page by page. */

import type { Person, StoredEvent } from "../events.ts";
import { isRoomRole, type RoomRole } from "../moderation/rules.ts";
import type { Uid } from "../names.ts";
import { apply, emptyRoom, type Room } from "../rooms.ts";
import type { Role } from "../wire/command_row.ts";

/** Somebody in a room, and what they may do there, where that was told. */
export type Member = Person & { readonly role?: Role };

/**
 * A list while it comes. What happens in the room between its pages happens to it, too: in the end it
 * is what the room is, whoever came and left meanwhile.
 */
export class MemberList {
  readonly #room: Room;
  readonly #me: Uid;

  /** One's own role is told otherwise: it stays as `room` has it. */
  constructor({ id, name, rules }: Room, { user, uid }: Person) {
    this.#room = emptyRoom(id, name);
    this.#me = uid;
    this.#room.members.set(uid, { user, uid });
    const own = rules.roles.get(uid);
    if (own) this.#appoint([[uid, own]]);
  }

  get members(): ReadonlyMap<Uid, Person> {
    return this.#room.members;
  }

  get roles(): ReadonlyMap<Uid, RoomRole> {
    return this.#room.rules.roles;
  }

  /** A page of it. */
  add(page: readonly Member[]): void {
    for (const { user, uid } of page) this.#room.members.set(uid, { user, uid });
    this.#appoint(page.flatMap(({ uid, role }) => {
      return role !== undefined && isRoomRole(role) && uid !== this.#me ? [[uid, role]] : [];
    }));
  }

  apply(event: StoredEvent): void {
    apply(this.#room, event);
  }

  #appoint(some: readonly (readonly [Uid, RoomRole])[]): void {
    const { rules } = this.#room;
    this.#room.rules = { ...rules, roles: new Map([...rules.roles, ...some]) };
  }
}
