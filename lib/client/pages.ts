/** Lists and finds that come page by page. */

import { ChatError, refusalOf } from "../errors.ts";
import { wireLimits } from "../wire/wire_limits.ts";
import { decodeStored } from "../wire/decode.ts";
import type { Person, Place, StoredEvent } from "../events.ts";
import { nameKey, type Uid } from "../names.ts";
import type { Command, Ok } from "../protocol.ts";
import { passesWithTime } from "./backoff.ts";
import type { Link } from "./link.ts";

type Sender = Pick<Link, "send">;

const limit = wireLimits.pageMax;
/** Users, as many as are kept (users.ts), and rooms. */
const usersMax = 5000;
const roomsMax = 2000;
/** As many as a room may have. */
const membersMax = 10_000;

/**
 * Everybody whom the server knows, whether here or gone lately. `onOk` is called for each page before
 * anything that came behind it is told: that is newer.
 *
 * @throws {ChatError}
 */
export function listUsers(
  link: Sender,
  onOk: (page: Ok<"users">) => void,
): Promise<Ok<"users">["users"]> {
  return allPages(async (after) => {
    const { users, more } = await link.send("users", { after, limit }, { onOk });
    return { entries: users, more };
  }, { most: usersMax, nameOf: ({ user }) => user });
}

/** The rooms there are, or one's own private conversations. @throws {ChatError} */
export function listRooms(
  link: Sender,
  options: { readonly private?: boolean },
): Promise<Ok<"rooms">["rooms"]> {
  return allPages(async (after) => {
    const { rooms, more } = await link.send("rooms", { ...options, after, limit });
    return { entries: rooms, more };
  }, { most: roomsMax, nameOf: ({ room }) => room });
}

/** Who is in a conversation; `onOk` as with {@linkcode listUsers}. @throws {ChatError} */
export function listMembers(
  link: Sender,
  place: Place,
  onOk: (page: Ok<"members">) => void,
): Promise<Ok<"members">["members"]> {
  return allPages(async (after) => {
    const { members, more } = await link.send("members", { ...place, after, limit }, { onOk });
    return { entries: members, more };
  }, { most: membersMax, nameOf: ({ user }) => user });
}

/** What a search has found. */
export interface Found {
  /** Newest first. */
  readonly hits: readonly StoredEvent[];
  /** `before` of the next page. */
  readonly cursor?: string;
}

/** One page of what was said. @throws {ChatError} */
export async function findSaid(link: Sender, query: Command<"search">): Promise<Found> {
  const { hits, cursor } = await link.send("search", query);
  const events = hits.flatMap(({ event, ...place }) => decodeStored({ ...event, ...place }) ?? []);
  return cursor === undefined ? { hits: events } : { hits: events, cursor };
}

/** One page: its entries, and whether there are more. */
interface ListPage<T> {
  readonly entries: readonly T[];
  readonly more: boolean;
}

/**
 * The first `most` entries of a list. `ask` gets the name of the last entry of the page before.
 *
 * @throws {ChatError} what the server refuses a page with.
 */
async function allPages<T>(
  ask: (after: string | undefined) => Promise<ListPage<T>>,
  options: { readonly most: number; nameOf(entry: T): string },
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const last = all.at(-1);
    const { entries, more } = await ask(last === undefined ? undefined : options.nameOf(last));
    all.push(...entries);
    if (!more || entries.length === 0 || all.length >= options.most) {
      return all.slice(0, options.most);
    }
  }
}

/**
 * Who has a name, `@bob`, now; without a connection, who had it last of those with whom there is a
 * private conversation.
 *
 * @throws {ChatError} `no_such_user`, and what the server refuses it with.
 */
export async function whoIs(
  link: Sender,
  name: string,
  own: { readonly uid: Uid; readonly known: Iterable<Place> },
): Promise<Person> {
  const key = nameKey(name.slice(1));
  try {
    const { members } = await link.send("members", { room: name });
    const other = members.find(({ user, uid }) => nameKey(user) === key && uid !== own.uid);
    if (other) return other;
  } catch (error) {
    const known = [...own.known].find(({ with: uid, room }) =>
      uid !== undefined && nameKey(room) === nameKey(name)
    );
    if (known?.with === undefined || !passesWithTime(refusalOf(error).code)) throw error;
    return { user: known.room.slice(1), uid: known.with };
  }
  throw new ChatError("no_such_user", `There is no user "${name.slice(1)}" now`);
}
