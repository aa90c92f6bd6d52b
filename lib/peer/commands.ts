/** One handler per command: what it means, in terms of conversations and people. */

import { accountHandlers } from "../entry/accounts.ts";
import { conversationOf, deed, roomToJoin } from "./addressing.ts";
import { change, orRepeat } from "./changing.ts";
import type { Core } from "../core.ts";
import type { CommandId } from "../wire/decode.ts";
import { ChatError } from "../errors.ts";
import type { Change } from "../events.ts";
import type { JsonObject } from "../wire/fields.ts";
import { limits } from "../limits.ts";
import {
  foundPage,
  historyPage,
  memberPage,
  readableBy,
  roomPage,
  rulesFor,
  userPage,
  welcome,
} from "./listings.ts";
import { moderationHandlers } from "../moderation/moderating.ts";
import { otherOf } from "../hub.ts";
import { inviteHandlers } from "../entry/inviting.ts";
import { entryOf, letIn } from "../entry/letting_in.ts";
import { type Command, type CommandName, protocolVersion } from "../protocol.ts";
import type { PeerFiles } from "../sharing/peer_files.ts";
import type { Known } from "../known.ts";
import type { Welcome } from "../entry/coming.ts";
import { isIn } from "../rooms.ts";
import { fileHandlers } from "../sharing/transferring.ts";

/** What a handler may know and change of the session that runs it. */
export interface Caller {
  /** Who it is. @throws {ChatError} `hello_first` */
  readonly known: Known;
  readonly greeted: boolean;
  /** Where they are: an address, without a port. */
  readonly remote: string;
  /** The hash of the login that it came with; a guest for one request has none. */
  readonly login: string | undefined;
  /** Whether they may have the name that is kept for the owner. */
  readonly mayOwn: boolean;
  /** What this connection sends and fetches. */
  readonly files: PeerFiles;
  /** From now on it is who was welcomed that hears what happens. */
  greet(welcome: Welcome, hello: Command<"hello">): void;
}

/** What an `ok` carries, or what makes it at the moment when it is sent; perhaps known later. */
export type Answering = Made | Promise<Made>;
/** What an `ok` carries, or what makes it when it is sent. */
export type Made = JsonObject | (() => JsonObject);

/** What a handler comes to, resolved once the command is decided and the next one may come. */
export interface Outcome {
  readonly answer: Answering;
  /** Whether the next command of the connection is decided only after this one is answered. */
  readonly comesFirst?: boolean;
  /** Done when it is answered, before the next command is decided. */
  after?(): void;
}

/** What came along with a command. */
export interface Along {
  /** What the peer calls it. */
  readonly id: CommandId | undefined;
  /** The raw bytes behind it, where they were wanted. */
  readonly body: Uint8Array | undefined;
}

type Handler<K extends CommandName> = (
  core: Core,
  caller: Caller,
  command: Command<K>,
  along: Along,
) => Outcome | Promise<Outcome>;

/** The handlers, one for each row of the command table. */
export const handlers: { readonly [K in CommandName]: Handler<K> } = {
  hello,
  ping: nothing,
  quit: nothing,
  // As it is when it is sent: what changes before that is told before it.
  users: (core, _caller, command) => ({ answer: () => userPage(core, command) }),
  rooms: async (core, { known }, command) => ({ answer: await roomPage(core, known, command) }),
  join,
  leave,
  members: async (core, { known }, command) => ({ answer: await memberPage(core, known, command) }),
  topic,
  say,
  edit,
  delete: remove,
  react,
  history: async (core, { known }, command) => ({
    answer: await historyPage(core, known, command),
  }),
  search,
  typing,
  away,
  read,
  ...fileHandlers,
  ...moderationHandlers,
  ...accountHandlers,
  ...inviteHandlers,
};

function nothing(): Outcome {
  return { answer: {} };
}

async function hello(core: Core, caller: Caller, command: Command<"hello">): Promise<Outcome> {
  if (caller.greeted) throw new ChatError("bad_message", "Cannot say hello twice");
  if (command.v !== protocolVersion) {
    const wanted = `this server speaks version ${protocolVersion}`;
    throw new ChatError("bad_version", `Cannot speak version ${command.v}: ${wanted}`);
  }
  const came = await letIn(core, command, caller.remote);
  const rest = await welcome(core, came);
  return {
    answer: () => {
      caller.greet(came, command);
      return rest();
    },
  };
}

async function join(core: Core, caller: Caller, command: Command<"join">): Promise<Outcome> {
  const { known } = caller;
  const wanted = deed(known, { t: "joined" }, command.cid);
  const found = await orRepeat(core, wanted, command, roomToJoin(core, caller, command.room));
  if ("answer" in found) return found;
  const { conversation, created } = found;
  const { id } = conversation;
  const isNew = !isIn(conversation.decided, known.uid);
  const entry = isNew ? await entryOf(core, caller, conversation, command.key) : {};
  const stored = conversation.decide({ ...wanted, entry });
  const answer = stored.then(async ({ seq }) => {
    if (isNew) await core.backend.accounts.mark(known.uid, { conversation: id, seq });
    await core.invitations.joined(known.uid, id);
    const { name, topic, members, rules: { roles } } = conversation.room;
    const rules = rulesFor(core, known, conversation.room);
    // Somebody on another node may have made it just before.
    const made = created && roles.get(known.uid) === "owner" && { created };
    return { room: name, topic, members: members.size, seq, ...rules, ...made };
  });
  return { answer: answer.finally(() => core.hub.release(conversation)) };
}

function leave(core: Core, { known }: Caller, command: Command<"leave">) {
  return change(core, deed(known, { t: "left" }, command.cid), command);
}

function topic(core: Core, { known }: Caller, command: Command<"topic">) {
  return change(core, deed(known, { t: "retitled", topic: command.topic }, command.cid), command);
}

function say(core: Core, { known }: Caller, command: Command<"say">) {
  const { text, quote, cid } = command;
  const said: Change = quote === undefined ? { t: "said", text } : { t: "said", text, quote };
  return change(core, deed(known, said, cid), command, quote);
}

function edit(core: Core, { known }: Caller, command: Command<"edit">) {
  const { seq, text, cid } = command;
  return change(core, deed(known, { t: "edited", target: seq, text }, cid), command, seq);
}

function remove(core: Core, { known }: Caller, command: Command<"delete">) {
  const { seq, cid } = command;
  return change(core, deed(known, { t: "deleted", target: seq }, cid), command, seq);
}

function react(core: Core, { known }: Caller, command: Command<"react">) {
  const { seq, emoji, on = true, cid } = command;
  return change(core, deed(known, { t: "reacted", target: seq, emoji, on }, cid), command, seq);
}

async function search(core: Core, caller: Caller, command: Command<"search">): Promise<Outcome> {
  const { known } = caller;
  const { text, before, limit = limits.pageUsual } = command;
  const conversations = await readableBy(core, known, command);
  const query = {
    text,
    conversations,
    ...before !== undefined && { before },
    limit: Math.min(limit, limits.pageMax),
    bytes: limits.textPageBytes,
  };
  const found = core.floods.search(caller, () => core.backend.search.find(query));
  return { answer: found.then((page) => foundPage(core, known, page)) };
}

async function typing(core: Core, { known }: Caller, command: Command<"typing">): Promise<Outcome> {
  const conversation = await conversationOf(core, known.person, command, "write");
  const { user } = known.person;
  core.hub.pass(conversation.id, (place) => ({ t: "typed", ...place, user }), known);
  core.others?.typed(conversation.id, known);
  return { answer: {} };
}

function away(core: Core, { known }: Caller, { text }: Command<"away">): Outcome {
  core.presence.setAway(known, text);
  core.others?.away(known);
  return { answer: {} };
}

async function read(core: Core, { known }: Caller, command: Command<"read">): Promise<Outcome> {
  const conversation = await conversationOf(core, known.person, command, "read");
  const { id, room } = conversation;
  // It may have been heard from another node.
  if (command.seq > room.seq) await core.others?.caughtUp();
  const seq = Math.min(command.seq, room.seq);
  const { user, uid } = known.person;
  const other = otherOf(id, uid);
  const seen = (other ? [uid, other] : [uid]).map((viewer) => {
    return [viewer, { t: "seen", ...core.hub.place(conversation, viewer), user, seq }] as const;
  });
  const answer = core.backend.accounts.mark(uid, { conversation: id, seq }).then(() => {
    for (const [viewer, event] of seen) core.hub.tell(viewer, event);
    return {};
  });
  return { answer };
}
