/** Who gives roles on other nodes: what is kept of a role doesn't say it, so it is told before. */

import type { Role } from "../wire/command_row.ts";
import type { Uid } from "../names.ts";

/** So many are remembered that nobody has asked for; each is asked for in the next moment. */
const givenMax = 100;

/** What the others have told, until the role itself is heard of. */
export class Givers {
  readonly #given = new Map<Uid, { readonly role: Role; readonly by: Uid }>();

  /** Somebody is about to be given a role. */
  heard(uid: Uid, role: Role, by: Uid): void {
    this.#given.delete(uid);
    this.#given.set(uid, { role, by });
    const [oldest] = this.#given.keys();
    if (this.#given.size > givenMax) this.#given.delete(oldest);
  }

  /** They have the role: who gave it to them, where that was told. */
  take(uid: Uid, role: Role): Uid | undefined {
    const given = this.#given.get(uid);
    this.#given.delete(uid);
    return given?.role === role ? given.by : undefined;
  }
}
