/** One handler per command: what it means, in terms of conversations and people. */

import { conversationOf, deed, roomToJoin } from "./addressing.ts";
import type { Stored } from "./conversation.ts";
import type { Core } from "./core.ts";
import { ChatError } from "./errors.ts";
import type { JsonObject } from "./fields.ts";
import { limits } from "./limits.ts";
import {
  foundPage,
  historyPage,
  memberPage,
  readableBy,
  roomPage,
  userPage,
  welcome,
} from "./listings.ts";
import { otherOf } from "./hub.ts";
import { type Command, type CommandName, protocolVersion } from "./protocol.ts";
import type { Known } from "./people.ts";
import { isIn } from "./rooms.ts";

/** What a handler may know and change of the session that runs it. */
export interface Caller {
  /** Who it is. @throws {ChatError} `hello_first` */
  readonly known: Known;
  readonly greeted: boolean;
  /** From now on it is `known` who hears what happens. */
  greet(known: Known, hello: Command<"hello">): void;
}

/** What an `ok` carries: known now, when something is on disk, or when the answer is sent. */
export type Answering = JsonObject | Promise<JsonObject> | (() => JsonObject);

/** What a handler comes to, resolved once the command is decided. */
export interface Outcome {
  readonly answer: Answering;
}

type Handler<K extends CommandName> = (
  core: Core,
  caller: Caller,
  command: Command<K>,
) => Outcome | Promise<Outcome>;

/** The handlers, one for each row of the command table. */
export const handlers: { readonly [K in CommandName]: Handler<K> } = {
  hello,
  ping: nothing,
  quit: nothing,
  users: (core, _caller, command) => ({ answer: userPage(core, command) }),
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
  if (command.password !== undefined) {
    throw new ChatError("unsupported", "Cannot take a password: this server has no accounts");
  }
  const came = await core.people.hello(command);
  const rest = await welcome(core, came);
  return {
    answer: () => {
      caller.greet(came.known, command);
      return rest();
    },
  };
}

async function join(core: Core, { known }: Caller, command: Command<"join">): Promise<Outcome> {
  const { conversation, created } = await roomToJoin(core, known, command.room);
  const { id } = conversation;
  const isNew = !isIn(conversation.decided, known.uid);
  const stored = conversation.decide(deed(known, { t: "joined" }, command.cid));
  const answer = stored.then(async ({ seq }) => {
    if (isNew) await core.backend.accounts.mark(known.uid, { conversation: id, seq });
    const { name, topic, members } = conversation.room;
    return { room: name, topic, members: members.size, seq, ...created && { created } };
  });
  return { answer: answer.finally(() => core.hub.release(conversation)) };
}

async function leave(core: Core, { known }: Caller, command: Command<"leave">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "write");
  return stored(conversation.decide(deed(known, { t: "left" }, command.cid)));
}

async function topic(core: Core, { known }: Caller, command: Command<"topic">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "write");
  const change = { t: "retitled", topic: command.topic } as const;
  return stored(conversation.decide(deed(known, change, command.cid)));
}

function say(core: Core, { known }: Caller, command: Command<"say">): Outcome | Promise<Outcome> {
  const { text, quote, cid } = command;
  const change = quote === undefined
    ? { t: "said", text } as const
    : { t: "said", text, quote } as const;
  const found = conversationOf(core, known, command, "write");
  // Without waiting where it can be: most of what a server does goes this way.
  if (!(found instanceof Promise) && quote === undefined) {
    return stored(found.decide(deed(known, change, cid)));
  }
  return (async () => {
    const conversation = await found;
    if (quote === undefined) return stored(conversation.decide(deed(known, change, cid)));
    return stored((await conversation.decideOn(deed(known, change, cid), quote)).stored);
  })();
}

async function edit(core: Core, { known }: Caller, command: Command<"edit">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "write");
  const change = { t: "edited", target: command.seq, text: command.text } as const;
  const decided = await conversation.decideOn(deed(known, change, command.cid), command.seq);
  return stored(decided.stored);
}

async function remove(core: Core, { known }: Caller, command: Command<"delete">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "write");
  const change = { t: "deleted", target: command.seq } as const;
  const decided = await conversation.decideOn(deed(known, change, command.cid), command.seq);
  return stored(decided.stored);
}

async function react(core: Core, { known }: Caller, command: Command<"react">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "write");
  const { seq, emoji, on = true, cid } = command;
  const change = { t: "reacted", target: seq, emoji, on } as const;
  return stored((await conversation.decideOn(deed(known, change, cid), seq)).stored);
}

async function search(core: Core, { known }: Caller, command: Command<"search">): Promise<Outcome> {
  const { text, before, limit = limits.pageUsual } = command;
  const conversations = await readableBy(core, known, command);
  const found = core.backend.search.find({
    text,
    conversations,
    ...before !== undefined && { before },
    limit: Math.min(limit, limits.pageMax),
    bytes: limits.textPageBytes,
  });
  return { answer: found.then((page) => foundPage(core, known, page)) };
}

async function typing(core: Core, { known }: Caller, command: Command<"typing">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "write");
  const { user } = known.person;
  core.hub.pass(conversation, (place) => ({ t: "typed", ...place, user }), known);
  return { answer: {} };
}

function away(core: Core, { known }: Caller, { text }: Command<"away">): Outcome {
  known.away = text;
  const { user } = known.person;
  core.presence.tell(
    known,
    text === undefined ? { t: "gone_away", user } : { t: "gone_away", user, text },
  );
  return { answer: {} };
}

async function read(core: Core, { known }: Caller, command: Command<"read">): Promise<Outcome> {
  const conversation = await conversationOf(core, known, command, "read");
  const { id, room } = conversation;
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

function stored(answer: Promise<Stored>): Outcome {
  return { answer };
}
