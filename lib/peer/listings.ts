/** Answers that list something, each cut so that it fits a line. */

import { type Address, conversationOf } from "./addressing.ts";
import type { Conversation } from "../conversation.ts";
import type { Core } from "../core.ts";
import { wireEvent } from "../wire/encode.ts";
import { ChatError } from "../errors.ts";
import type { Person, Place, SharedFile } from "../events.ts";
import { type JsonObject, utf8Length } from "../wire/fields.ts";
import type { LibraryEntry } from "../file_store.ts";
import { otherOf } from "../hub.ts";
import { limits } from "../limits.ts";
import { type ConversationId, nameKey, type Uid } from "../names.ts";
import type { Known } from "../known.ts";
import type { Welcome } from "../entry/coming.ts";
import { roleIn } from "../moderation/rules.ts";
import { type Command, features } from "../protocol.ts";
import { takesPart } from "../sharing/shelf.ts";
import { isSeenBy } from "../entry/sight.ts";
import type { Room } from "../rooms.ts";
import { forGood, noRules, sanctioned } from "../moderation/rules.ts";
import type { Found, Mark } from "../store.ts";

/** As many of `items` from the start as fit a line. */
export function fitting<T>(items: readonly T[]): readonly T[] {
  let bytes = 0;
  const over = items.findIndex((item) => {
    bytes += utf8Length(JSON.stringify(item)) + 1;
    return bytes > limits.listBytesMax;
  });
  return over < 0 ? items : items.slice(0, Math.max(over, 1));
}

function pageSize(limit: number | undefined): number {
  return Math.min(limit ?? limits.pageUsual, limits.pageMax);
}

/** A page of `all`, which are in the order of `keyOf`. */
function pageOf<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
  { after, limit }: { readonly after?: string; readonly limit?: number },
): { readonly page: readonly T[]; readonly more: boolean } {
  const key = after === undefined ? undefined : nameKey(after) as string;
  const from = key === undefined ? 0 : all.findIndex((one) => keyOf(one) > key);
  if (from < 0) return { page: [], more: false };
  const page = all.slice(from, from + pageSize(limit));
  return { page, more: from + page.length < all.length };
}

/** What `users` answers. */
export function userPage({ people }: Core, command: Command<"users">): JsonObject {
  const { page, more } = pageOf(people.sorted(), ({ key }) => key, command);
  const users = page.map((known) => ({
    ...userOf(people, known),
    ...known.away !== undefined && people.isOnline(known) && { away: known.away },
  }));
  return { users, more };
}

function userOf(people: Core["people"], known: Known): JsonObject {
  return { ...known.person, online: people.isOnline(known), role: known.role };
}

/** What `members` answers. */
export async function memberPage(
  core: Core,
  known: Known,
  command: Command<"members">,
): Promise<JsonObject> {
  const conversation = await conversationOf(core, known.person, command, "read");
  if (conversation === core.hub.lobby) {
    const { page, more } = pageOf(core.people.sorted(), ({ key }) => key, command);
    return { members: page.map((known) => userOf(core.people, known)), more };
  }
  const other = otherOf(conversation.id, known.uid);
  const members = other
    ? [known.person, await core.people.user(other)].filter((one) => one !== undefined)
    : [...conversation.room.members.values()];
  const sorted = members.toSorted((a, b) => nameKey(a.user) < nameKey(b.user) ? -1 : 1);
  const { page, more } = pageOf(sorted, ({ user }) => nameKey(user), command);
  const { room } = conversation;
  return { members: page.map((person) => memberOf(core, room, person)), more };
}

function memberOf({ people }: Core, room: Readonly<Room>, { user, uid }: Person): JsonObject {
  const known = people.get(uid);
  const role = roleIn(room, uid, known?.role ?? "guest");
  return known ? { ...userOf(people, known), role } : { user, uid, online: false, role };
}

/** What `rooms` answers. */
export async function roomPage(
  core: Core,
  known: Known,
  command: Command<"rooms">,
): Promise<JsonObject> {
  const all = command.private ? await privateRooms(core, known) : openRooms(core, known);
  const keyOf = ({ room }: { readonly room: string }) => nameKey(room);
  const sorted = all.toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
  const { page, more } = pageOf(sorted, keyOf, command);
  return { rooms: page, more };
}

function openRooms(core: Core, known: Known) {
  const seen = [...core.hub.rooms()].filter(({ room }) => isSeenBy(core, room, known.uid));
  return seen.map(({ room }) => ({
    room: room.name,
    topic: room.topic,
    count: countOf(core, room),
    seq: room.seq,
    joined: room === core.hub.lobby.room || room.members.has(known.uid),
    locked: false,
    ...rulesFor(core, known, room),
  }));
}

/** What a room's rules are for `known`; nothing for most. */
export function rulesFor({ clock }: Core, { uid }: Known, room: Readonly<Room>): JsonObject {
  const { rules } = room;
  if (rules === noRules) return {};
  const muted = sanctioned(rules.muted, uid, clock.now());
  const here = rules.roles.get(uid);
  return {
    ...rules.lock !== undefined && { locked: true },
    ...rules.slow > 0 && { slow: rules.slow },
    ...rules.isReadOnly && { readonly: true },
    ...muted !== undefined && { muted: muted === forGood ? 0 : muted },
    ...here !== undefined && { role: here },
  };
}

async function privateRooms(core: Core, known: Known) {
  const pairs = await core.backend.log.pairs(known.uid, limits.pairsListedMax);
  const places = await placesOf(core, known, pairs.map(({ id }) => id));
  return pairs.flatMap(({ id, seq }) => {
    const place = places.get(id);
    return place ? [{ ...place, topic: "", count: 2, seq, joined: true, locked: false }] : [];
  });
}

function countOf({ hub, people }: Core, room: Readonly<Room>): number {
  return room.id === hub.lobby.id ? people.online : room.members.size;
}

/** How `known` names conversations, also private ones with somebody who is gone. */
async function placesOf(
  core: Core,
  known: Known,
  ids: readonly ConversationId[],
): Promise<ReadonlyMap<ConversationId, Place>> {
  const others = ids.flatMap((id) => otherOf(id, known.uid) ?? []);
  const strangers = others.filter((uid) => !core.people.get(uid));
  const users = strangers.length > 0 ? await core.backend.accounts.users(strangers) : [];
  const nameOf = new Map<Uid, string>(users.map(({ uid, name }) => [uid, name]));
  const places = new Map<ConversationId, Place>();
  for (const id of ids) {
    const other = otherOf(id, known.uid);
    const name = other && (core.people.get(other)?.person.user ?? nameOf.get(other));
    if (other && name !== undefined) places.set(id, { room: `@${name}`, with: other });
    const room = other ? undefined : core.hub.room(id)?.room;
    if (room) places.set(id, { room: room.name });
  }
  return places;
}

/** What `history` answers. */
export async function historyPage(
  core: Core,
  known: Known,
  command: Command<"history">,
): Promise<JsonObject> {
  const { after, before = Number.MAX_SAFE_INTEGER } = command;
  if (after !== undefined && command.before !== undefined) {
    throw new ChatError("bad_message", 'Cannot read history: give "before" or "after", not both');
  }
  const conversation = await conversationOf(core, known.person, command, "read");
  const ends = { limit: pageSize(command.limit), bytes: limits.textPageBytes };
  const range = after === undefined ? { before, ...ends } : { after, ...ends };
  const place = core.hub.place(conversation, known.uid);
  const { events, more, seq, first } = await core.backend.log.read(conversation.id, range);
  const shown = events.map((event) => wireEvent(event, place, known.uid));
  const fit = after === undefined ? fitting(shown.toReversed()).toReversed() : fitting(shown);
  return { events: fit, more: more || fit.length < shown.length, seq, first };
}

/** Where a search or list of `known` looks. */
export async function readableBy(
  core: Core,
  known: Known,
  { room, with: uid }: Pick<Command<"search">, "room" | "with">,
): Promise<ReadonlySet<ConversationId>> {
  if (room !== undefined) {
    const address: Address = uid === undefined ? { room } : { room, with: uid };
    const { id } = await conversationOf(core, known.person, address, "read");
    return new Set([id]);
  }
  const pairs = await core.backend.log.pairs(known.uid, limits.pairsListedMax);
  return new Set([core.hub.lobby.id, ...known.rooms, ...pairs.map(({ id }) => id)]);
}

/** What `files` answers. */
export async function filePage(
  core: Core,
  known: Known,
  command: Command<"files">,
): Promise<JsonObject> {
  const conversations = await readableBy(core, known, command);
  for (const id of conversations) requireTakesPart(core, known, id);
  const { after } = command;
  if (after !== undefined) await core.shelf.seen(known, after);
  const page = { limit: pageSize(command.limit), ...after !== undefined && { after } };
  const { entries, more } = await core.backend.library.files(conversations, page);
  const shown = await Promise.all(entries.map((entry) => sharedFile(core, known, entry)));
  const files = fitting(shown);
  return { files, more: more || files.length < shown.length };
}

function requireTakesPart(core: Core, known: Known, id: ConversationId): void {
  if (takesPart(known, id)) return;
  const name = core.hub.room(id)?.room.name ?? id;
  throw new ChatError("not_allowed", `Cannot list the files of "${name}": join it first`);
}

/** A file as `known` sees it. */
export async function sharedFile(
  core: Core,
  known: Known,
  { conversation, file }: Pick<LibraryEntry, "conversation" | "file">,
): Promise<SharedFile> {
  const places = await placesOf(core, known, [conversation]);
  // Nobody is in the room any more, and what it was called is in its log only.
  return { ...file, ...places.get(conversation) ?? { room: conversation } };
}

/** What `search` answers. */
export async function foundPage(core: Core, known: Known, found: Found): Promise<JsonObject> {
  const { hits, more, cursor } = found;
  const places = await placesOf(core, known, [...new Set(hits.map((hit) => hit.conversation))]);
  const shown = hits.flatMap(({ conversation, event }) => {
    const place = places.get(conversation);
    return place ? [{ ...place, event: wireEvent(event, place, known.uid) }] : [];
  });
  return { hits: shown, more, ...cursor !== undefined && { cursor } };
}

/** What `hello` answers: the function makes it at the moment when live events begin. */
export async function welcome(core: Core, came: Welcome): Promise<() => JsonObject> {
  const { known, token, isNew, renamedFrom, invited } = came;
  const { accounts, log } = core.backend;
  const { lobby } = core.hub;
  // Who comes from another node has seen what it has told; a log that ends before that is another.
  const isBehind = !isNew && await core.others?.caughtUp() === false;
  if (isNew) await accounts.mark(known.uid, { conversation: lobby.id, seq: lobby.room.seq });
  const pairs = isNew ? [] : await log.pairs(known.uid, limits.pairsListedMax);
  const marks = new Map((await accounts.marks(known.uid)).map((mark) => [mark.conversation, mark]));
  const ids = [lobby.id, ...known.rooms, ...pairs.map(({ id }) => id)];
  const read: Mark[] = ids.map((id) => marks.get(id) ?? { conversation: id, seq: 0 });
  const unread = isNew ? ids.map(() => 0) : await log.unread(known.uid, read);
  const pairSeqs = new Map(pairs.map(({ id, seq }) => [id, seq]));
  const places = await placesOf(core, known, ids);
  if (pairs.length > 0) {
    known.partners = new Set(pairs.flatMap(({ id }) => otherOf(id, known.uid) ?? []));
  }
  return () => {
    const { user, uid } = known.person;
    if (renamedFrom !== undefined) {
      const renamed = { t: "renamed", from: renamedFrom, user, uid } as const;
      core.hub.tellAll(renamed);
      core.others?.tellAll(renamed);
    }
    const rooms = ids.flatMap((id, index) => {
      const place = places.get(id);
      const there = conversationInUse(core, id)?.room;
      const seq = there?.seq ?? pairSeqs.get(id);
      if (!place || seq === undefined) return [];
      const count = there && !place.with ? countOf(core, there) : 2;
      const topic = there?.topic ?? "";
      const rules = there ? rulesFor(core, known, there) : {};
      const marks = { read: read[index].seq, unread: unread[index] };
      return [{ ...place, topic, seq, count, ...rules, ...marks }];
    });
    const fit = fitting(rooms);
    const more = fit.length < rooms.length && { more: true };
    const behind = isBehind && { behind: true };
    const stalled = core.others?.isCut && { stalled: true };
    const room = invited && { invited: core.hub.room(invited)?.room.name ?? invited };
    const state = { ...behind, ...stalled };
    return { ...person(known), token, ...server(core), rooms: fit, ...more, ...state, ...room };
  };
}

function conversationInUse({ hub }: Core, id: ConversationId): Conversation | undefined {
  return hub.pairInUse(id) ?? hub.room(id);
}

function person({ person: { user, uid }, role }: Known): JsonObject {
  return { user, uid, role };
}

function server({ backend, name, version, clock, bounds, addresses }: Core): JsonObject {
  return {
    server: { id: backend.id, name, version, at: clock.now(), features, addresses },
    limits: {
      text: limits.textBytesMax,
      line: limits.lineBytesInMax,
      part: limits.bodyBytesMax,
      data: limits.dataBytesMax,
      ahead: limits.aheadBytesMax,
      file: bounds.fileBytesMax,
      fetches: limits.fetchesAtOnceMax,
      name: bounds.nameCharsMax,
      room: bounds.roomNameCharsMax,
      topic: limits.topicCharsMax,
      reactions: limits.reactionKindsMax,
      emoji: limits.emojiBytesMax,
      history: limits.pageMax,
      joined: bounds.roomsJoinedMax,
    },
  };
}
